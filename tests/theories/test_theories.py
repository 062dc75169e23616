"""A theory of one's own is settings, an implementation and one registration."""

import json
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pytest
from pydantic import Field, TypeAdapter, ValidationError

from ikmeanfield import MeanField
from ikmeanfield.analysis.diagrams import bifurcation_plane, equilibrium_diagram
from ikmeanfield.analysis.traces import ramp_traces
from ikmeanfield.circuit import Circuit, excitatory_inhibitory, regular_spiking
from ikmeanfield.datasets import time_series
from ikmeanfield.schema import explain
from ikmeanfield.theories import (
    THEORIES,
    MeanFieldSettings,
    TheoryChoice,
    TheorySettings,
    UnansweredError,
    require,
)
from ikmeanfield.theories.mean_field import ResetDomainError, adjusted_current, firing_rate


class ConstantRateSettings(TheorySettings):
    """Every population fires at one rate for ever."""

    title: ClassVar[str] = "theory of constant rates"
    answers: ClassVar[frozenset] = frozenset({"series", "rates"})
    implementation: ClassVar[str] = f"{__name__}:ConstantRate"

    kind: Literal["constant"] = "constant"
    rate: float = Field(10.0, ge=0)

    def knows(self, path):
        return path.endswith(".leakage")


@dataclass(frozen=True)
class ConstantRate:
    circuit: Circuit
    rate: float
    title = ConstantRateSettings.title
    answers = ConstantRateSettings.answers

    @property
    def attributes(self):
        return {"rate": self.rate}

    def integrate(self, inputs=None, *, duration, sample, progress=None):
        time = np.arange(1, round(duration / sample) + 1) * sample
        populations, synapses = len(self.circuit.populations), 0
        synapses = sum(len(p.synapses) for p in self.circuit.populations.values())
        series = {
            "firing_rate": np.full((populations, time.size), self.rate),
            "recovery": np.zeros((populations, time.size)),
            "membrane_potential": np.zeros((populations, time.size)),
            "synaptic_activation": np.zeros((synapses, time.size)),
        }
        return time_series(self.circuit, time, series, {"model": self.title})

    def rates(self, population, current):
        return np.full(np.shape(current), self.rate)


FIELD = TypeAdapter(dict[str, TheoryChoice])


@pytest.fixture
def constant(monkeypatch):
    monkeypatch.setitem(THEORIES._things, "constant", ConstantRateSettings)


def test_a_registered_theory_is_chosen_by_its_kind(constant):
    """Oracle: the settings that were written, in and out of storage."""
    data = {"toy": {"kind": "constant", "rate": 3}, "corrected": {}, "plain": {"form": "absolute"}}
    found = FIELD.validate_python(data)
    assert found["toy"] == ConstantRateSettings(rate=3.0)
    assert found["corrected"] == MeanFieldSettings()
    assert found["plain"] == MeanFieldSettings(form="absolute")
    assert FIELD.dump_python(found)["toy"] == {"kind": "constant", "rate": 3.0}
    assert FIELD.validate_json(FIELD.dump_json(found)) == found
    assert FIELD.validate_python(found) == found
    schema = json.dumps(FIELD.json_schema())
    assert '"reset_correction"' in schema
    assert '"rate"' in schema


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kind": "other"}, "theories.a: .* kind = 'other' is not one of mean_field, .*, constant"),
        ({"kind": 3}, "theories.a: .* kind = 3 is not one of mean_field, .*, constant"),
        (
            5,
            "theories.a: got 5; a mapping is expected, with `kind` one of mean_field, .*, constant",
        ),
        ({"kind": "constant", "rate": -1.0}, "theories.a.rate: got -1.0; .* greater than or equal"),
        ({"kind": "constant", "form": "paper"}, "theories.a.form: unknown key"),
        ({"reset_correction": "on"}, "theories.a.reset_correction: got 'on'"),
    ],
)
def test_wrong_settings_are_refused_by_key_and_value(constant, settings, words):
    import re

    with pytest.raises(ValidationError) as caught:
        FIELD.validate_python({"a": settings})
    assert re.search(words, str(explain(caught.value, "theories")))


def test_a_theory_is_asked_what_it_answers_and_refuses_the_rest(constant):
    """Oracle: the constant it was given, beside networks; no diagram is begun."""
    circuit = regular_spiking().replace({"rs.size": 20})
    toy = ConstantRateSettings(rate=7.0)
    assert isinstance(toy.build(circuit), ConstantRate)
    data = ramp_traces(circuit, [(0, 0.0), (50, 40.0)], theory=toy)
    np.testing.assert_array_equal(data["firing_rate"].isel(model=0), 7.0)
    assert data.attrs["rate"] == 7.0
    refusal = (
        "the theory of constant rates does not give equilibria and their bifurcations; it gives: "
        "the circuit's course in time; firing rates of single neurons"
    )
    bounds = (0.0, 80.0)
    for ask in (
        lambda: equilibrium_diagram(circuit, "rs.input_current", *bounds, theory=toy),
        lambda: bifurcation_plane(
            circuit, ("rs.input_current", "rs.adaptation"), (bounds, bounds), theory=toy
        ),
        lambda: toy.require("equilibria"),
        lambda: require(toy.build(circuit), "series", "equilibria"),
    ):
        with pytest.raises(UnansweredError, match=refusal):
            ask()


def test_identity_holds_what_a_theory_knows(constant):
    """Oracle: written down by hand."""
    circuit = excitatory_inhibitory()
    got = ConstantRateSettings(rate=1.0).identity(circuit, {"rs.leakage": 0.5})
    assert got == {
        "circuit": {"populations": {"rs": {"leakage": 0.5}, "fs": {"leakage": 1.0}}},
        "constant": {"rate": 1.0},
    }


def test_identity_of_the_mean_field_is_the_one_that_stored_results_have():
    """Oracle: the rule of the version before there was a registry, by hand."""
    circuit = regular_spiking()
    data = circuit.model_dump()
    for name in ("size", "truncation", "recovery"):
        del data["populations"]["rs"][name]
    data["populations"]["rs"]["input_current"] = 5.0
    free = {"rs.input_current": 5.0}
    own = {"reset_correction": True, "form": "paper"}
    assert MeanFieldSettings().identity(circuit, free) == {"circuit": data, "meanfield": own}
    plain = MeanFieldSettings(reset_correction=False)
    for name in ("peak_potential", "reset_potential"):
        del data["populations"]["rs"][name]
        assert MeanFieldSettings().knows(f"rs.{name}")
        assert not plain.knows(f"rs.{name}")
    own["reset_correction"] = False
    assert plain.identity(circuit, free) == {"circuit": data, "meanfield": own}
    assert plain.knows("rs.ampa.weights.size")  # a source population of that name


def test_settings_build_and_check_what_the_class_does():
    circuit = regular_spiking()
    settings = MeanFieldSettings(reset_correction=False, form="absolute")
    assert settings.build(circuit) == settings(circuit) == MeanField(circuit, False, "absolute")
    high = circuit.replace({"rs.reset_potential": -45.0})
    with pytest.raises(ResetDomainError, match="rs: the reset correction needs"):
        MeanFieldSettings().check(high)
    settings.check(high)


def test_rates_of_single_neurons():
    """Oracle: at I* the neuron without ends fires as the finite one does at I (Eqs. 30-34)."""
    circuit = regular_spiking()
    current = np.linspace(0.0, 120.0, 25)
    corrected, plain = (MeanField(circuit, on).rates("rs", current) for on in (True, False))
    population = circuit.populations["rs"]
    shifted = firing_rate(population, adjusted_current(population, current), infinite_reset=True)
    np.testing.assert_allclose(corrected, shifted, rtol=1e-9)
    assert (corrected[-5:] > plain[-5:]).all()
    with pytest.raises(ValueError, match="population 'fs'; the circuit has rs"):
        MeanField(circuit).rates("fs", 1.0)


def test_what_is_no_circuit_is_refused_in_words():
    with pytest.raises(TypeError, match=r"circuit = 'rs': expected a Circuit"):
        MeanField("rs")  # type: ignore[arg-type]
