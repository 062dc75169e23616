"""Claims about barriers and locking: each verdict can be reached, on summaries of known truth."""

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.claims import CLAIMS
from test_claims import MadeUp, judged

WIDTHS = [0.5, 1.0, 2.0]
NAN3 = [np.nan] * 3


def barriers(pulse, barrier, gap):
    """A mean field, a network and a theory of stationary states, in both states alike."""
    dims = ("run", "model", "state")

    def column(first, last):
        values = np.array([first, first, last], float).T
        return (dims, np.repeat(values[:, :, None], 2, axis=2))

    return xr.Dataset(
        {
            "pulse": column(pulse, NAN3),
            "barrier": column(barrier, NAN3),
            "gap": column(gap, gap),
        },
        {
            "model": ["network", "mean_field", "exact"], "state": ["low", "high"],
            "sweep": ("run", ["width"] * 3), "rs_threshold_width": ("run", WIDTHS),
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pulse", "barrier", "gap", "verdicts"),
    [
        ([9, 6, 3], [9, 6, 3], [9, 6, 3], ["holds"] * 3),
        ([9, 6, 5], [9, 9, 9], [9, 9, 9], ["does not hold"] * 3),
        ([9, 6, 3], [9, 9, 9], NAN3, ["holds in part"] * 2 + ["cannot be decided"]),
        ([9, 6, 3], NAN3, [9, 6, 3], ["holds"] * 3),
    ],
)
def test_barriers_that_fall_and_barriers_that_do_not(pulse, barrier, gap, verdicts):
    """Oracle: shares of 1/3, 5/9 and 1 that remain, made up, against one half."""
    found = judged("barriers_fall_with_heterogeneity", MadeUp(barriers(pulse, barrier, gap)))
    assert [finding.verdict for finding in found] == verdicts


def test_the_share_of_a_barrier_is_of_those_that_are_known():
    """Oracle: 4/8 between the first and the last known value."""
    source = MadeUp(barriers([np.nan, 8, 4], NAN3, NAN3))
    network = next(iter(judged("barriers_fall_with_heterogeneity", source)))
    assert network.value == pytest.approx(0.5)
    strict = next(iter(judged("barriers_fall_with_heterogeneity", source, remains=0.4)))
    assert strict.verdict == "does not hold"


FREQUENCIES = np.arange(2.0, 6.1, 0.25)


def locking(narrow, wide, free=(3.0, 4.0), edges=((2.5, 3.5), (2.5, 5.0))):
    """Locked ranges (low, high) in Hz at two widths, at one amplitude, and the tongue's edges."""
    shape = (2, 2, 1)
    low, high = (
        np.broadcast_to(np.array([narrow[i], wide[i]], float)[:, None, None], shape) for i in (0, 1)
    )
    dims = ("run", "model", "amplitude")
    edge = np.full((2, 2, 1, 2), np.nan)
    edge[:, 1, 0] = edges
    return xr.Dataset(
        {
            "locked_low": (dims, low), "locked_high": (dims, high),
            "locked_width": (dims, np.where(np.isfinite(low), high - low + 0.25, 0.0)),
            "coherence": ((*dims, "frequency"), np.ones((*shape, FREQUENCIES.size))),
            "free_frequency": (("run", "model"), np.array([free, free]).T),
            "edge": (("run", "model", "amplitude", "side"), edge),
        },
        {
            "model": ["network", "mean_field"], "amplitude": [3.5],
            "side": ["low", "high"], "frequency": FREQUENCIES,
            "sweep": ("run", ["tongue"] * 2), "rs_threshold_width": ("run", [0.1, 1.0]),
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("narrow", "wide", "verdict"),
    [
        ((2.5, 3.5), (3.0, 5.0), "holds"),
        ((2.5, 3.5), (3.0, 3.75), "does not hold"),
        ((2.5, 3.5), (3.0, 4.25), "cannot be decided"),  # 1.5 ± 0.1 Hz over 1.25 ± 0.1 Hz
        ((2.0, 3.5), (3.0, 5.5), "cannot be decided"),  # the first may be wider than it is seen
        ((2.5, 5.0), (3.5, 6.0), "cannot be decided"),  # so may the second
        ((2.5, 3.5), (3.0, 6.0), "holds"),  # it is wide enough as it is
    ],
)
def test_locking_that_widens_and_locking_that_does_not(narrow, wide, verdict):
    """Oracle: ranges that were made up, counted as points times their spacing of 0.25 Hz."""
    found = list(judged("heterogeneity_widens_locking", MadeUp(locking(narrow, wide))))
    assert [(one.model, one.verdict) for one in found] == [
        ("network", verdict), ("mean_field", verdict), ("mean_field", "holds"),
    ]  # fmt: skip
    assert found[-1].value == pytest.approx(2.5)
    (edges,) = list(
        judged(
            "heterogeneity_widens_locking",
            MadeUp(locking(narrow, wide, edges=((2.5, 3.5), (2.5, 3.6)))),
        )
    )[2:]
    assert edges.verdict == "does not hold"


def test_both_studies_count():
    """Oracle: locking widens at one amplitude, and not at that of the other study."""
    tongues = locking((2.5, 3.5), (3.0, 5.0))
    widths = locking((2.5, 3.5), (3.0, 3.75)).assign_coords(
        amplitude=[2.0], sweep=("run", ["width"] * 2)
    )
    claim = CLAIMS["heterogeneity_widens_locking"]
    sources = [{"tongues": MadeUp(tongues), "widths": MadeUp(widths)}]
    network = next(iter(claim.judge(sources, claim.criterion)))
    assert (network.verdict, network.where) == ("holds in part", "3.5 pA")


def test_only_populations_that_oscillate_by_themselves_count():
    """Oracle: without a rhythm of its own at the larger width there is nothing to compare."""
    source = MadeUp(locking((2.5, 3.5), (3.0, 5.0), free=(3.0, np.nan)))
    assert list(judged("heterogeneity_widens_locking", source)) == []


@pytest.mark.parametrize(
    "name", ["barriers_fall_with_heterogeneity", "heterogeneity_widens_locking"]
)
def test_their_criteria_are_numbers(name):
    assert all(isinstance(value, float) for value in CLAIMS[name].criterion.values())
