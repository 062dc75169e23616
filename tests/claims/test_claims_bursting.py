"""Claims about bursting: each verdict is reached on made-up summaries."""

import numpy as np
import pytest
import xarray as xr

from made_up import MadeUp, judged

CURRENT = np.arange(0.0, 1000.0, 100.0)
FIELD = np.isin(CURRENT, [400.0, 500.0, 600.0])
BEFORE = CURRENT < 350


def oscillations(
    tonic=0.0, low=0.0, within=0.0, extrema=0.0, network=FIELD, field=FIELD
):  # fmt: skip
    """Networks whose recovery is above the mean field's by these shares."""
    plain = np.where(BEFORE, low, tonic)
    inside = np.where(BEFORE, within, tonic)

    def pair(own):
        return (("run", "model", "population"), np.stack([own, np.ones(10)], axis=1)[..., None])

    flags = np.stack([network, field], axis=1)[..., None].astype(int)
    return MadeUp(
        xr.Dataset(
            {
                "recovery_mean": pair(1 + plain), "recovery_within": pair(1 + inside),
                "recovery_lowest": pair(np.full(10, 1 - extrema)),
                "recovery_highest": pair(np.full(10, 1 + extrema)),
                "oscillates": (("run", "model", "population"), flags),
                "p_input_current": ("run", CURRENT),
            },
            {"model": ["network", "field"], "population": ["p"]},
        )
    )  # fmt: skip


NOWHERE, EVERYWHERE = np.zeros(10, bool), np.ones(10, bool)


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (oscillations(tonic=0.005), "holds"),
        (oscillations(tonic=-0.02), "does not hold"),
        (oscillations(network=EVERYWHERE), "cannot be decided"),
    ],
)
def test_tonic_means(source, verdict):
    """Oracle: differences that were made up, against 1 %."""
    (found,) = judged("tonic_recovery_agrees", source)
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (oscillations(extrema=0.02), "holds"),
        (oscillations(extrema=0.05), "does not hold"),
        (oscillations(network=NOWHERE), "cannot be decided"),
    ],
)
def test_extrema(source, verdict):
    """Oracle: differences that were made up, against 3 %."""
    (found,) = judged("burst_extrema_agree", source)
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (oscillations(low=0.05, within=0.4), "holds"),
        (oscillations(low=-0.4, within=-0.4), "does not hold"),
        (oscillations(network=EVERYWHERE), "cannot be decided"),
    ],
)
def test_the_offset(source, verdict):
    """Oracle: differences that were made up, of which 7/8, nothing or what is not known goes."""
    (found,) = judged("offset_from_averaging", source)
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("network", "verdict"),
    [
        (np.isin(CURRENT, [200.0, 300.0, 400.0]), "holds"),
        (np.isin(CURRENT, [600.0, 700.0, 800.0]), "does not hold"),
        (np.isin(CURRENT, [300.0, 500.0, 800.0]), "holds in part"),
        (FIELD, "cannot be decided"),
        (NOWHERE, "cannot be decided"),
    ],
)
def test_borders_of_bursting(network, verdict):
    """Oracle: networks that burst earlier, later, over a wider range, alike or never."""
    (found,) = judged("network_bursts_earlier", oscillations(network=network))
    assert found.verdict == verdict
