"""Claims about the size of networks: each verdict is reached on made-up draws."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from made_up import MadeUp, draws, judged, plan_of

SIZES = np.repeat([500, 2000, 8000, 32000], 40)


def rates(limit, exponent=-0.5, seed=1):
    """Errors of a theory that tend to a limit, and scatter as a power of N."""
    noise = np.random.default_rng(seed).standard_normal(SIZES.size)
    error = limit + 20 * SIZES**exponent * noise
    return MadeUp(
        xr.Dataset(
            {
                "difference_mean": (("run", "theory", "population"), error[:, None, None]),
                "rs_size": ("run", SIZES.copy()),
            },
            {"theory": ["field"]},
        ),
        plan_of({"field": SimpleNamespace(kind="mean_field")}),
    )


def folds(limit, exponent=-0.5, seed=2, kind="mean_field"):
    """The same for both folds of held networks."""
    noise = np.random.default_rng(seed).standard_normal(SIZES.size)
    own = 15 * SIZES**exponent * noise
    count, dims = SIZES.size, ("transition",)
    return MadeUp(
        xr.Dataset(
            {
                "rs_size": ("run", SIZES.copy()),
                "transition_run_number": (dims, np.tile(np.arange(count), 2)),
                "held_difference": (dims, np.tile(own - limit, 2)),
            },
            {
                "kind_of": (dims, ["fold"] * 2 * count),
                "side_of": (dims, np.repeat(["upper", "lower"], count)),
                "theory_of": (dims, ["field"] * 2 * count),
            },
        ),
        plan_of({"field": SimpleNamespace(kind=kind)}),
    )


@pytest.mark.parametrize(("limit", "verdict"), [(2.0, "holds"), (0.0, "does not hold")])
def test_errors_in_large_networks(limit, verdict):
    """Oracle: errors that tend to 2 or to 0 as N grows."""
    found = judged("errors_remain", folds(limit), rates(limit), rates(limit, seed=7))
    assert [finding.verdict for finding in found] == [verdict] * 3
    for finding in found:
        assert finding.value == pytest.approx(limit, abs=4 * finding.uncertainty)


def test_errors_of_one_size_cannot_be_decided():
    """Oracle: a single size says nothing of the limit; an exact theory is not judged."""
    one = rates(2.0)
    one.summary["rs_size"][:] = 500
    found = judged("errors_remain", folds(0.0, kind="stationary"), one, one)
    assert [finding.verdict for finding in found] == ["cannot be decided"] * 2


@pytest.mark.parametrize(
    ("limit", "verdict"), [(0.0, "holds"), (0.5, "does not hold"), (0.1, "cannot be decided")]
)
def test_the_limit_of_folds(limit, verdict):
    """Oracle: folds that tend to the theory's, to others, or to the criterion itself."""
    source = draws(scatter=0.02, limits=(limit,), kind="stationary")
    (found,) = judged("exact_folds_are_the_limit", source)
    assert found.verdict == verdict


def test_folds_of_other_theories_are_not_judged():
    """Oracle: no exact theory."""
    (found,) = judged("exact_folds_are_the_limit", draws(scatter=0.02))
    assert found.verdict == "cannot be decided"


@pytest.mark.parametrize(("exponent", "verdict"), [(-0.5, "holds"), (0.3, "does not hold")])
def test_scatter_between_draws(exponent, verdict):
    """Oracle: draws whose standard deviation falls as 1/√N, or rises."""
    found = judged(
        "scatter_falls_with_size", folds(1.0, exponent), rates(1.0, exponent),
        rates(1.0, exponent, seed=9),
    )  # fmt: skip
    assert [finding.verdict for finding in found] == [verdict] * 3


def test_scatter_of_one_size_cannot_be_decided():
    """Oracle: one size has no exponent."""
    one = rates(2.0)
    one.summary["rs_size"][:] = 500
    found = judged("scatter_falls_with_size", folds(0.0), one, one)
    assert found[1].verdict == "cannot be decided"
