"""Claims of Fig. 8 A to D: each verdict can be reached, on made-up summaries of known truth."""

import numpy as np
import pytest

from dynamics import (
    Study,
    diagrams,
    hysteresis,
    modes,
    oscillations,
    sensitivity,
    stability,
)
from ikmeanfield.analysis.eigenvalue_changes import relative_changes
from ikmeanfield.claims import CLAIMS

HOLDS, NOT, PART, OPEN = "holds", "does not hold", "holds in part", "cannot be decided"


def judged(name, *sources):
    claim = CLAIMS[name]
    return {one.model: one.verdict for one in claim.judge(list(sources), claim.criterion)}


@pytest.mark.parametrize(
    ("swing", "modes_of_one", "verdict"),
    [
        ([50, 30, 10, 0], [2, 2, 2, 0], HOLDS),
        ([50, 30, 40, 20], [2, 2, 2, 2], NOT),
        ([0, 30, 20, 0], [0, 2, 2, 0], NOT),
        ([0, 0, 1, 0], [0, 0, 0, 0], OPEN),
    ],
)
def test_desynchronisation(swing, modes_of_one, verdict):
    """Oracle: swings and numbers of modes that were made up; networks with u_i never oscillate."""
    source = {
        "oscillations": Study(oscillations("high", [60.0], [0.1] * 4, swing, swing)),
        "stability": Study(stability("exact_high", 60.0, [0] * 4, modes_of_one)),
    }
    found = judged("heterogeneity_desynchronises", source)
    assert found == {
        "network, own u": OPEN, "network, one u": verdict, "mean_field": verdict,
        "exact, own u": OPEN, "exact, one u": verdict,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("swing", "modes_of_one", "verdict"),
    [
        ([0, 30, 20, 0], [0, 2, 2, 0], HOLDS),
        ([50, 30, 20, 0], [2, 2, 2, 0], NOT),
        ([0, 0, 0, 0], [0, 0, 0, 0], OPEN),
    ],
)
def test_synchrony_at_intermediate_heterogeneity(swing, modes_of_one, verdict):
    """Oracle: swings and numbers of modes that were made up."""
    regions = oscillations("map", [45.0, 50.0], [0.1] * 4, swing, swing)
    source = {
        "regions": Study(regions),
        "stability": Study(stability("exact_low", 50.0, [0] * 4, modes_of_one)),
    }
    found = judged("intermediate_heterogeneity_synchronises", source, {"regions": Study(regions)})
    assert {found.pop(f"{where}network, own u") for where in ("", "circuit: ")} == {OPEN}
    assert found.pop("exact, own u") == OPEN
    assert set(found.values()) == {verdict}
    assert len(found) == 5


def test_synchrony_at_some_currents():
    """Oracle: the pattern was made up at one of two currents."""
    regions = oscillations("map", [45.0, 50.0], [0.1] * 4, [0, 30, 20, 0], [0] * 4)
    first = (regions["rs_input_current"].values == 45.0) & (regions["rs_threshold_width"] == 0.1)
    regions["rate_highest"][np.flatnonzero(first.values)] = 60.0
    (finding,) = (
        one
        for one in CLAIMS["intermediate_heterogeneity_synchronises"].judge(
            [{"regions": Study(regions)}] * 2, {"least": 3.0}
        )
        if one.model == "network, one u"
    )
    assert (finding.verdict, finding.where, finding.value) == (PART, "50 pA", 0.5)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([1.0, 3.0, 2.0, 1.0], HOLDS), ([1.0, 2.0, 3.0, 4.0], NOT), ([4.0, 3.0, 2.0, 1.0], NOT),
        ([1.0, 1.05, 1.0, 1.0], NOT), ([np.nan] * 4, OPEN),
    ],
)  # fmt: skip
def test_an_optimum_of_sensitivity(values, verdict):
    """Oracle: values that were made up, with a peak inside or not."""
    found = judged("sensitivity_has_an_optimum", {"sensitivity": Study(sensitivity(values))})
    assert set(found.values()) == {verdict}
    assert len(found) == 3


def test_gains_count_where_something_follows():
    """Oracle: a peak of information alone was made up, where gains follow nothing."""
    claim = CLAIMS["sensitivity_has_an_optimum"]
    source = {"sensitivity": Study(sensitivity([1.0, 1.15, 1.0, 1.0], share=0.01))}
    for finding in claim.judge([source], claim.criterion):
        assert finding.verdict == PART  # d′ differs by less than its error
        assert finding.where.startswith("information at 45 pA, τ = 5 ms")
        assert "not decided: gain" in finding.where
        assert "d′" not in finding.where


def test_linearity_and_number_of_states():
    """Oracle: folded and straight curves that were made up; the folds' distance in closed form."""
    source = {"diagrams": diagrams(1.5, -3.0), "hysteresis": Study(hysteresis(25.0, 0.0))}
    for name in ("heterogeneity_linearises", "heterogeneity_leaves_one_state"):
        found = judged(name, source)
        assert len(found) == 5
        assert set(found.values()) == {HOLDS}
    reverse = {"diagrams": diagrams(1.5, 1.5), "hysteresis": Study(hysteresis(25.0, 25.0))}
    found = judged("heterogeneity_leaves_one_state", reverse)
    assert set(found.values()) == {NOT}
    assert judged("heterogeneity_linearises", reverse)["mean_field"] == NOT
    findings = CLAIMS["heterogeneity_leaves_one_state"].judge([reverse], {"least": 2.5})
    assert findings[0].value == pytest.approx(10 * 4 / 3 * 1.5**1.5, rel=1e-4)
    single = {"diagrams": diagrams(-1.0, -3.0), "hysteresis": Study(hysteresis(0.0, 0.0))}
    assert set(judged("heterogeneity_leaves_one_state", single).values()) == {OPEN}


@pytest.mark.parametrize(
    ("slopes", "verdict"), [((40.0, 10.0), HOLDS), ((10.0, 40.0), NOT), ((10.0, 9.0), NOT)]
)
def test_dependence_of_eigenvalues(slopes, verdict):
    """Oracle: growth rates that were made linear in the logarithm of each parameter."""
    summary = modes(*slopes)
    changes = relative_changes(summary)["change"]
    assert changes.sizes == {"parameter": 3, "current": 2, "rs_threshold_width": 2}
    for place, slope in enumerate(slopes):
        np.testing.assert_allclose(changes.isel(rs_threshold_width=place), slope, rtol=1e-9)
    found = judged("heterogeneity_steadies_eigenvalues", {"modes": Study(summary)})
    assert found == {"mean_field": verdict}
