"""Inputs of a configuration: today's waveforms, and one of one's own from class to results."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
from pydantic import Field, TypeAdapter, ValidationError
from scipy.integrate import solve_ivp

from ikmeanfield import MeanField, integrate, simulate
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.inputs import INPUTS, Current, Input, constant, ramp, steps
from ikmeanfield.schema import Validated, explain


class Pulse(Validated):
    """A current that is there for a while."""

    height: float
    start: float
    width: float = Field(gt=0)

    def current(self, scale, offset):
        end = self.start + self.width
        high = scale * self.height + offset
        return steps([(self.start - 1.0, offset), (self.start, high), (end, offset)])


@dataclass(frozen=True)
class Sine(Current):
    """A current that no straight lines make up."""

    mean_value: float
    amplitude: float
    period: float

    def __call__(self, time):
        phase = 2 * np.pi * np.asarray(time, dtype=float) / self.period
        return self.mean_value + self.amplitude * np.sin(phase)

    def mean(self, begin, end):
        w = 2 * np.pi / self.period
        begin, end = np.asarray(begin), np.asarray(end)
        area = self.amplitude / w * (np.cos(w * begin) - np.cos(w * end))
        return self.mean_value + area / (end - begin)

    def breaks(self, begin, end):
        return []


@pytest.fixture
def pulse(monkeypatch):
    monkeypatch.setitem(INPUTS._things, "pulse", Pulse)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"constant": 5.0}, constant(5.0)),
        ({"constant": 5, "scale": 2.0, "offset": 1.0}, constant(11.0)),
        ({"steps": [[0.0, 1.0], [5, 2.0]], "scale": 3.0}, steps([(0, 3), (5, 6)])),
        ({"ramp": [[0.0, 1.0], [5.0, 2.0]], "offset": -1.0}, ramp([(0, 0), (5, 1)])),
    ],
)
def test_settings_make_currents_and_survive_storage(settings, expected):
    given = Input.model_validate(settings)
    assert given.current() == expected
    assert Input.model_validate_json(given.model_dump_json()) == given
    assert Input.model_validate(given.model_dump(exclude_unset=True)) == given
    assert given.model_copy(update={"offset": 7.0}).offset == 7.0


def test_identity_is_the_one_that_stored_runs_have():
    """Oracle: written down from the version before waveforms were registered."""
    given = Input.model_validate({"steps": [[0, 1.5]], "offset": 2.0})
    stored = {"constant": None, "steps": [[0.0, 1.5]], "ramp": None, "offset": 2.0}
    assert given.identity() == stored
    assert Input.model_validate({"constant": 1}).identity() == {
        "constant": 1.0, "steps": None, "ramp": None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "input.rs: got {}; give at least one of constant, steps, ramp.*; got none"),
        ({"scale": 2.0}, "give at least one of constant, steps, ramp.*; got none"),
        ({"sine": 1.0}, r"input.rs.sine: unknown key \(value 1.0\)"),
        ({"constant": "x"}, "input.rs.constant: got 'x'; Input should be a valid number"),
        ({"constant": True}, "input.rs.constant: got True"),
        ({"constant": None, "steps": [[0.0, 1.0]]}, "input.rs.constant: got None"),
        ({"steps": [[0.0, float("nan")]]}, r"input.rs.steps.0.1: got nan; .* finite"),
        ({"steps": [[0.0, 1.0, 2.0]]}, r"input.rs.steps.0: got .* at most 2"),
        ({"ramp": []}, r"input.rs.ramp: got \[\]; .* at least 1"),
        ({"steps": [[5.0, 1.0], [5.0, 2.0]]}, "times of a current must increase"),
        ({"constant": 1.0, "scale": "x"}, "input.rs.scale: got 'x'"),
    ],
)
def test_wrong_settings_are_refused_by_key_and_value(settings, words):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(dict[str, Input]).validate_python({"rs": settings})
    import re

    assert re.search(words, str(explain(caught.value, "input")))


def test_a_registered_waveform_is_known_without_a_new_model(pulse):
    """Oracle: the current by hand, in value and mean; the schema names it."""
    settings = {"pulse": {"height": 30, "start": 10.0, "width": 5.0}, "offset": 20.0}
    given = TypeAdapter(dict[str, Input]).validate_python({"rs": settings})["rs"]
    current = given.current()
    np.testing.assert_array_equal(current([0.0, 9.9, 10.0, 14.9, 15.0]), [20, 20, 50, 50, 20])
    assert float(current.mean(8.0, 18.0)) == pytest.approx(35.0)
    assert current.breaks(0.0, 100.0) == [10.0, 15.0]
    assert Input.model_validate_json(given.model_dump_json()) == given
    own = {"height": 30.0, "start": 10.0, "width": 5.0}
    assert given.identity()["pulse"] == own
    schema = Input.model_json_schema()
    assert {"pulse", "steps", "scale"} <= set(schema["properties"])
    assert json.dumps(schema)
    with pytest.raises(ValidationError) as caught:
        Input.model_validate({"pulse": {"height": 1.0, "start": 0.0, "width": 0.0}})
    assert "pulse.width: got 0.0; Input should be greater than 0" in str(explain(caught.value))


def test_a_registered_waveform_drives_network_and_mean_field(pulse):
    """Oracle: the same pulse written as steps, to the last bit."""
    given = Input.model_validate(
        {"pulse": {"height": 60.0, "start": 30.0, "width": 20.0}, "offset": 10.0}
    )
    same = steps([(0.0, 10.0), (30.0, 70.0), (50.0, 10.0)])
    circuit = regular_spiking().replace({"rs.size": 50})
    for run in (simulate, integrate):
        one, two = (
            run(circuit, {"rs": c}, duration=100.0, sample=1.0) for c in (given.current(), same)
        )
        assert one.equals(two)


def test_a_current_that_is_not_linear_drives_the_mean_field():
    """Oracle: scipy's solve_ivp on the field, the current set at every call."""
    circuit = regular_spiking()
    current = Sine(50.0, 15.0, 40.0)
    model = MeanField(circuit)
    p = model.problem().vector()
    place = list(model.parameters).index("rs.input_current")

    def field(t, y):
        p[place] = 50.0 + 15.0 * np.sin(2 * np.pi * t / 40.0)
        return model.field(y, p)

    time = np.arange(1.0, 101.0)
    expected = solve_ivp(
        field, (0.0, 100.0), model.initial_state(), method="Radau", t_eval=time, rtol=1e-9,
        atol=1e-11,
    ).y  # fmt: skip
    for method in ("LSODA", "BDF"):
        got = integrate(circuit, {"rs": current}, duration=100.0, sample=1.0, method=method)
        rates = got["firing_rate"].sel(population="rs").values
        np.testing.assert_allclose(rates, 1e3 * expected[0], rtol=1e-4, atol=1e-5)


def test_a_current_that_is_not_linear_drives_the_network():
    """Oracle: many straight lines between its values, which close in as the square of the knots."""
    circuit = regular_spiking().replace({"rs.size": 100})
    current = Sine(50.0, 15.0, 40.0)
    rates = []
    for knots in (401, 1601):
        t = np.linspace(0.0, 100.0, knots)
        lines = ramp(zip(t, current(t), strict=True))
        rates.append(simulate(circuit, {"rs": lines}, duration=100.0, sample=100.0))
    got = simulate(circuit, {"rs": current}, duration=100.0, sample=100.0)
    away = [abs(float((run["recovery"] - got["recovery"]).item())) for run in rates]
    assert away[1] < away[0] / 8
    assert away[1] < 1e-4
