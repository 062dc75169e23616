"""The study of stability: with all assumptions of the mean field, its unstable eigenvalues."""

import pytest

from ikmeanfield.analysis.linear_response import LinearResponse
from ikmeanfield.experiments import expand, parse
from ikmeanfield.theories.mean_field import MeanField
from stored import computed

ALL = {"infinite_reset": True, "full_lorentzian": True, "shared_recovery": True}
STUDY = {"kind": "stability", "theory": "exact", "parameter": "rs.input_current", "low": 20.0}


def experiment(**changes):
    widths = {"parameter": "rs.threshold_width", "values": [0.6, 1.6]}
    return {
        "circuit": {
            "preset": "regular_spiking",
            "set": {"rs.adaptation": 100.0, "rs.input_current": 60.0},
        },
        "theories": {"exact": {"kind": "stationary", **ALL}, "field": {"kind": "mean_field"}},
        "studies": {"stability": {**STUDY, **changes}},
        "sweeps": {"widths": {"axes": [widths]}},
    }


@pytest.mark.long
def test_modes_are_the_unstable_eigenvalues_of_the_mean_field(tmp_path):
    """Oracle: the mean field, which is exact under these assumptions; it oscillates at 0.6 mV."""
    study = computed(tmp_path, experiment())["stability"]
    for place, run in enumerate(study.plan.runs):
        field = MeanField(run.circuit, reset_correction=False)
        here = LinearResponse.settled(field, {"rs": 60.0}, 3000.0)
        found = study.summary.isel(run=place)
        assert float(found["rate"][0]) == pytest.approx(1000 * here.state[0], rel=1e-5)
        assert int(found["modes"]) == int((here.eigenvalues.real > 1e-3).sum())
    assert study.summary["modes"].values.tolist() == [2, 0]
    table = (study.all.folder / "stability/stability.csv").read_text().splitlines()
    assert len(table) == 3
    assert "modes" in table[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"theory": "field"}, "theory of kind: stationary"),
        ({"theory": "other"}, "no 'other'"),
        ({"low": 60.0}, "take a lower one"),
        ({"parameter": "rs.speed"}, "rs.speed"),
    ],
)
def test_what_cannot_be_done_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        expand(parse({"seed": 1, "experiments": {"made_up": experiment(**changes)}}), "made_up")
