"""The same data to the bit, however the work is divided and ordered; the same figures."""

import copy

import pytest
import xarray as xr

from ikmeanfield import open_experiment
from small import both

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def everything(folder, config, *options, cores=2, **environment):
    process = folder.start(config, *options, cores=cores, **environment)
    assert process.wait(timeout=600) == 0, (folder.folder / "output").read_text()


def of_the_item(result):
    """A result without what tells apart the files of batches."""
    if isinstance(result, xr.Dataset):
        return result.assign_attrs(checksum="", keys="")
    return result


@pytest.mark.parametrize("cores", [1, 16])
def test_cores_order_and_threads_do_not_change_a_byte(undisturbed, empty, cores):
    """Oracle: checksums of all data and all bytes of the figures of a run on two cores.

    One core goes with eight threads in every library and with the figures' jobs asked for in
    reverse; sixteen cores (so many jobs at once) go with one thread.
    """
    threads = dict.fromkeys(THREADS, "8" if cores == 1 else "1")
    if cores == 1:  # some jobs one at a time, the last batches first
        for experiment, study in (("adaptation", "points"), ("truncation", "networks")):
            plan = open_experiment(undisturbed.folder / "results" / experiment).plan
            for batch in reversed(plan.batches[study]):
                target = f"results/{experiment}/{study}/batch-{batch}.nc"
                everything(empty, both(), target, cores=cores, **threads)
    everything(empty, both(), cores=cores, **threads)
    assert empty.data == undisturbed.data
    assert empty.figures == undisturbed.figures


@pytest.mark.parametrize("size", [1, 5])
def test_batches_do_not_change_the_data(undisturbed, empty, size):
    """Oracle: every item of every study and all summaries, value by value."""
    config = copy.deepcopy(both())
    config["runs_per_job"] = size
    everything(empty, config, cores=4)
    for experiment in ("truncation", "adaptation"):
        found, wanted = (
            open_experiment(folder.folder / "results" / experiment)
            for folder in (empty, undisturbed)
        )
        for name, study in wanted.plan.studies.items():
            if study.summarises():
                ours, theirs = (one.summary(name).drop_attrs() for one in (found, wanted))
                xr.testing.assert_identical(ours, theirs)
            mine, yours = (
                {(item.key, item.label): result for item, result in one.each(name)}
                for one in (found, wanted)
            )
            assert mine.keys() == yours.keys()
            for key, result in mine.items():
                same = of_the_item(result).identical(of_the_item(yours[key]))
                assert same, f"{experiment}, {name}, {key}"
    assert empty.figures == undisturbed.figures
