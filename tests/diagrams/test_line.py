"""Diagrams in one parameter, with cycles, of the single population."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from ikmeanfield.analysis.diagrams import DiagramError, equilibrium_diagram
from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking
from ikmeanfield.theories import MeanFieldSettings

CURRENT = "rs.input_current"
ACTIVATION = "rs.ampa.synaptic_activation"
REFERENCE = json.loads((Path(__file__).parents[1] / "continuation" / "reference.json").read_text())[
    "single_population_uncorrected"
]


@cache
def diagram(kappa):
    circuit = regular_spiking().replace({"rs.adaptation": kappa})
    return equilibrium_diagram(
        circuit, CURRENT, 0.0, 80.0, theory=MeanFieldSettings(reset_correction=False)
    )


def test_weak_adaptation_has_folds_and_no_cycles():
    # oracle: AUTO-07p
    assert list(diagram(25.0)) == ["equilibria"]
    found = [p.parameters[CURRENT] for p in diagram(25.0)["equilibria"].special]
    np.testing.assert_allclose(found, [p["I"] for p in REFERENCE["kappa=25"]], rtol=1e-7)


def test_strong_adaptation_has_one_branch_of_cycles_between_its_hopf_points():
    # oracle: AUTO-07p's branch of cycles, at its own currents
    assert list(diagram(100.0)) == ["equilibria", "cycles_1"]
    cycles = diagram(100.0)["cycles_1"]
    assert [end.reason for end in cycles.ends] == ["start", "hopf"]
    hopf = [p.parameters[CURRENT] for p in cycles.points("HB")]
    np.testing.assert_allclose(hopf, [p["I"] for p in REFERENCE["kappa=100"]], rtol=1e-7)
    table = REFERENCE["kappa=100 cycles (columns I, period, s_min, s_max, r_min, r_max, "
                      "largest nontrivial |multiplier|, stable)"]  # fmt: skip
    column = cycles.variables.index(ACTIVATION)
    low, high = (cycles.extra[name][1][:, column] for name in ("minimum", "maximum"))
    for current, _, least, most, *_ in table[2:-1]:
        # between computed points by straight lines: good to a per cent
        assert np.interp(current, cycles[CURRENT], low) == pytest.approx(least, abs=0.02)
        assert np.interp(current, cycles[CURRENT], high) == pytest.approx(most, abs=0.02)
    assert cycles.stable[1:-1].all()


def test_failure_to_find_an_equilibrium_is_told_in_words():
    # resets at both ends of the diagram from which the correction is defined nowhere
    circuit = regular_spiking().replace({"rs.reset_potential": -70.0})
    with pytest.raises(DiagramError, match=r"no equilibria.*-49 forward: rs: .*-48 backward: rs: "):
        equilibrium_diagram(
            circuit,
            "rs.reset_potential",
            -49.0,
            -48.0,
            theory=MeanFieldSettings(reset_correction=True),
        )


def test_a_branch_ends_where_the_papers_form_would_give_a_negative_rate():
    # Oracle: a rate of zero at rest asks for v = v_r by the first equation of the mean field,
    # and |v − v_r| instead leads on to the bound.
    circuit = excitatory_inhibitory()
    ends = {}
    for form in ("paper", "absolute"):
        branch = equilibrium_diagram(
            circuit,
            "fs.input_current",
            100.0,
            150.0,
            theory=MeanFieldSettings(form=form),
            cycles=False,
        )["equilibria"]  # fmt: skip
        ends[form] = branch
        assert branch["rs.firing_rate"].min() > -1e-12
    last = ends["paper"].ends[1]
    assert last.reason == "domain"
    assert "rs.firing_rate would be negative" in last.message
    assert 120 < ends["paper"]["fs.input_current"][-1] < 130
    resting = circuit.populations["rs"].resting_potential
    assert ends["paper"]["rs.membrane_potential"][-1] == pytest.approx(resting, abs=1e-8)
    assert ends["absolute"]["fs.input_current"][-1] == 150.0


@pytest.mark.parametrize("width", [0.5, 2.0])
@pytest.mark.parametrize(
    "settings", [{}, {"reset_correction": False}, {"form": "absolute"}], ids=str
)
def test_a_start_at_rest_on_a_kink_and_on_two_bounds_leaves_by_the_parameter(settings, width):
    # oracle: at zero current v = v_r and r = 0 solve Eqs. 22-25 exactly; there |v - v_r| has a kink
    # and the rate is at its lower bound, but one branch joins the two ends of the range of currents
    circuit = regular_spiking().replace(
        {"rs.adaptation": 25.0, "rs.truncation": 15.0, "rs.threshold_width": width,
         "rs.peak_potential": 60.0, "rs.reset_potential": -110.0}
    )  # fmt: skip
    found = equilibrium_diagram(
        circuit, "rs.input_current", 0.0, 100.0,
        theory=MeanFieldSettings(**settings), cycles=False,
    )  # fmt: skip
    assert list(found) == ["equilibria"]
    assert [end.reason for end in found["equilibria"].ends] == ["bound", "bound"]
    assert found["equilibria"]["rs.input_current"].min() == 0.0
    assert found["equilibria"]["rs.input_current"].max() == 100.0
