"""Claims about bistability and repertoires: each verdict is reached on made-up summaries."""

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.studies.hysteresis import REGIONS
from made_up import MadeUp, judged

WIDTHS = np.array([0.5, 1.0, 2.0, 4.0])
BISTABLE, OSCILLATING = (REGIONS.index(name) for name in ("bistable", "oscillating"))


def attribution(ranges):
    """Folds whose distance is as given, with all assumptions and with none, over the width."""
    fold = np.zeros((4, 2, 2, 2, 2))
    fold[..., 0] = np.asarray(ranges, float)[:, None, None, None]
    switches = ["infinite_reset", "full_lorentzian", "shared_recovery"]
    return MadeUp(
        xr.Dataset(
            {
                "fold": (("run", *switches, "fold_kind"), fold),
                "sweep": ("run", ["width"] * 4),
                "rs_threshold_width": ("run", WIDTHS),
            },
            {**{name: [0, 1] for name in switches}, "fold_kind": ["upper", "lower"]},
        )
    )


def held(regions, fs=None, widths=(0, 0, 0, 0)):
    """Hysteresis over the widths of RS thresholds; a row of regions for each width."""
    regions = np.asarray(regions, int)
    count = len(regions)
    region = np.repeat(np.repeat(regions[:, None, None], 2, axis=1)[..., None], 5, axis=-1)
    given = np.repeat(np.resize(np.asarray(widths, float), count)[:, None, None], 2, axis=1)
    data = {
        "region": (("run", "model", "population", "current"), region),
        "width": (("run", "model", "population"), given),
        "sweep": ("run", ["rs_width"] * count),
        "rs_adaptation": ("run", np.full(count, 10.0)),
        "rs_threshold_width": ("run", np.resize(WIDTHS, count)),
    }
    if fs is not None:
        data["fs_threshold_width"] = ("run", np.asarray(fs, float))
    axes = {"model": ["network", "field"], "population": ["rs"], "current": np.arange(5) * 2.5}
    return MadeUp(xr.Dataset(data, axes))


@pytest.mark.parametrize(
    ("ranges", "verdict"),
    [([20, 10, 5, 0], "holds"), ([5, 10, 15, 20], "does not hold"),
     ([0, 0, 0, 0], "cannot be decided")],
)  # fmt: skip
def test_bistable_ranges(ranges, verdict):
    """Oracle: ranges that were made up, of theories and networks alike."""
    found = judged(
        "heterogeneity_removes_bistability", attribution(ranges), held([0] * 4, widths=ranges)
    )
    assert [finding.verdict for finding in found] == [verdict] * 4


def test_a_range_that_the_steps_of_the_current_cannot_tell_is_not_decided():
    """Oracle: with steps of 2.5 pA, a range of 4 pA of at most 8 pA is half of it or not."""
    *_, found = judged(
        "heterogeneity_removes_bistability", attribution([20, 10, 5, 0]),
        held([0] * 4, widths=[8, 6, 5, 4]),
    )  # fmt: skip
    assert found.verdict == "cannot be decided"


ALONE = [BISTABLE, BISTABLE, 1, 1]
OTHER = [OSCILLATING] * 4


@pytest.mark.parametrize(
    ("alike", "different", "verdict"),
    [(OTHER, ALONE, "holds"), (ALONE, OTHER, "does not hold"), (ALONE, ALONE, "holds in part")],
)
def test_repertoires(alike, different, verdict):
    """Oracle: states of the circuit, made up, that are those of RS neurons alone or not."""
    circuit = held([*alike, *different], fs=[0.2] * 4 + [2.0] * 4)
    found = judged("different_inhibition_only_shifts", circuit, held(ALONE))
    assert [finding.verdict for finding in found] == [verdict] * 2


def test_a_slow_passage_is_no_oscillation():
    """Oracle: the circuit seems to oscillate at two of five currents, or does at three."""
    for count, verdict in ((2, "holds in part"), (3, "holds")):
        circuit = held([*ALONE, *ALONE], fs=[0.2] * 4 + [2.0] * 4)
        region = circuit.summary["region"]
        region[:4, ..., :count] = OSCILLATING
        region[:4, ..., 4] = BISTABLE
        alone = held([BISTABLE] * 4)
        circuit.summary["region"][4:] = BISTABLE
        found = judged("different_inhibition_only_shifts", circuit, alone)
        assert {finding.verdict for finding in found} == {verdict}


def test_repertoires_without_the_neurons_alone():
    """Oracle: neurons alone were measured at another adaptation only."""
    alone = held(ALONE)
    alone.summary["rs_adaptation"][:] = 100.0
    circuit = held([*OTHER, *ALONE], fs=[0.2] * 4 + [2.0] * 4)
    found = judged("different_inhibition_only_shifts", circuit, alone)
    assert {finding.verdict for finding in found} == {"cannot be decided"}
