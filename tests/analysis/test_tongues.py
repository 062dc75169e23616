"""The tongue of a forced circle, whose edges are known in closed form.

In the frame that rotates with the drive, R = |z|² obeys F² = R ((1 − R)² + d²) with the detuning
d and the amplitude F. Folds are at d² = (1 − R)(3 R − 1), where F² = 2 R² (1 − R), so that
d = F for weak forcing; they meet in a cusp at R = 2/3, F² = 8/27, d² = 1/3. Torus points at
F² = (1/4 + d²)/2 begin at R = 1/2, F = d = 1/2, where the multipliers meet at 1, and bound locking
above the cusp.
"""

import numpy as np
import pytest
from scipy.optimize import brentq

from continuation.cycle_curve_systems import forced_circle
from ikmeanfield.analysis.tongues import KINDS, longest_run, tongue
from ikmeanfield.continuation import forced, simulated_cycle

FREQUENCY = 1 / (2 * np.pi)
RANGE = (0.2 * FREQUENCY, 1.8 * FREQUENCY)


def locked_at(amplitude, amplitudes=None):
    """The tongue of the circle, from its locked orbit without detuning."""
    problem = forced(
        forced_circle(), {"ax": 0.0, "ay": 0.25}, amplitude=amplitude, frequency=FREQUENCY
    )
    start = simulated_cycle(problem, np.array([1.0, 0.0, 1.0, 0.0]), 100.0, 20.0)
    return tongue(problem, start, RANGE, amplitudes)


def half_width(amplitude):
    """Detuning at the fold of the orbit that is close to the free one."""
    ratio = brentq(lambda r: 2 * r * r * (1 - r) - amplitude**2, 2 / 3, 1.0)
    return np.sqrt((1 - ratio) * (3 * ratio - 1))


@pytest.fixture(scope="module")
def folds():
    return locked_at(0.3, (0.02, 0.45))


def test_the_edges_of_a_weakly_forced_circle(folds):
    """Oracle: the folds above, on both sides alike."""
    for amplitude in (0.05, 0.1, 0.2, 0.3, 0.4):
        edges = folds.at(amplitude)
        detuning = np.array([edge.frequency / FREQUENCY - 1 for edge in edges])
        np.testing.assert_allclose(detuning, half_width(amplitude) * np.array([-1, 1]), atol=2e-6)
        assert [KINDS[edge.kind] for edge in edges] == ["LPC", "LPC"]


def test_the_tip_of_the_tongue(folds):
    """Oracle: Adler's range, twice the amplitude; the next term is of third order."""
    low, high = folds.at(0.03)
    assert (high.frequency - low.frequency) / FREQUENCY == pytest.approx(0.06, rel=3e-4)


def test_there_are_no_edges_where_none_were_followed(folds):
    """Oracle: the bounds; and one amplitude is followed in frequency alone."""
    assert np.isnan([edge.frequency for edge in folds.at(0.5)]).all()
    alone = locked_at(0.3)
    assert alone.curves == ((), ())
    np.testing.assert_allclose(alone.at(0.3), folds.at(0.3))
    assert np.isnan(alone.at(0.2)[0].frequency)


@pytest.mark.long
def test_torus_points_pass_into_folds_where_multipliers_meet_at_1():
    """Oracle: torus points above the cusp, and from the 1:1 resonance on folds over the cusp.

    On the upper side, where multipliers turn by less than half a turn in the period.
    """
    found = locked_at(0.6, (0.1, 0.65))
    for amplitude, kind, width in (
        (0.62, "TR", np.sqrt(2 * 0.62**2 - 0.25)),
        (0.6, "TR", np.sqrt(2 * 0.6**2 - 0.25)),
        (0.52, "LPC", half_width(0.52)),
        (0.2, "LPC", half_width(0.2)),
    ):
        _, high = found.at(amplitude)
        assert KINDS[high.kind] == kind
        assert high.frequency / FREQUENCY - 1 == pytest.approx(width, abs=1e-5)
    torus, fold = found.curves[1]
    for curve, mark, amplitude, detuning in (
        (torus, "R1", 0.5, 0.5), (fold, "CPC", np.sqrt(8 / 27), np.sqrt(1 / 3))
    ):  # fmt: skip
        place = curve.marks.index(mark)
        assert curve.amplitude[place] == pytest.approx(amplitude, abs=1e-4)
        assert curve.frequency[place] / FREQUENCY - 1 == pytest.approx(detuning, abs=1e-4)
    # The part of the curve of folds behind R1 does not bound locking.
    assert fold.marks[0] == "R1"
    assert fold.amplitude[-1] == pytest.approx(0.1)


def test_of_two_passes_of_a_resonance_the_longer_run_counts():
    """Oracle: by hand. Rows 1 and 8 are the same point; rounding marks row 9 stable."""
    stable = np.array([0, 0, 1, 1, 1, 0, 0, 0, 1, 1], dtype=bool)
    assert longest_run(stable, [1, 8]) == (1, 1, 4)
    assert longest_run(stable, [8]) == (8, 8, 9)
    assert longest_run(np.zeros(3, dtype=bool), [1]) == (1, 1, 1)
