"""The same data to the bit, however the work is divided and ordered; the same figures."""

import copy

import pytest
import xarray as xr

from checkouts import content
from ikmeanfield.datasets import open_experiment
from small import both

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def everything(folder, config, *options, cores=2, **environment):
    process = folder.start(config, *options, cores=cores, **environment)
    assert process.wait(timeout=600) == 0, (folder.folder / "output").read_text()


@pytest.mark.parametrize("cores", [1, 16])
def test_cores_order_and_threads_do_not_change_a_byte(undisturbed, empty, cores):
    """Oracle: checksums of all data and all bytes of the figures of a run on two cores.

    One core goes with eight threads in every library and with the figures' jobs asked for in
    reverse; sixteen cores (so many jobs at once) go with one thread.
    """
    threads = dict.fromkeys(THREADS, "8" if cores == 1 else "1")
    targets = [] if cores == 16 else [
        *(f"results/adaptation/{part}/batch-00{n}.nc" for n in (1, 0)
          for part in ("continuation", "transitions")),
        *(f"results/truncation/spiking/batch-00{n}.nc" for n in (3, 2, 1, 0)),
    ]  # fmt: skip
    for target in targets:  # one at a time, so that this is the order
        if "00" in target and target.endswith(("3.nc", "1.nc")):
            everything(empty, both(), target, cores=cores, **threads)
    everything(empty, both(), cores=cores, **threads)
    assert empty.data == undisturbed.data
    assert empty.figures == undisturbed.figures


@pytest.mark.parametrize("size", [1, 5])
def test_batches_do_not_change_the_data(undisturbed, empty, size):
    """Oracle: every run's series, the points of every run and the summaries, value by value."""
    config = copy.deepcopy(both())
    config["runs_per_job"] = size
    everything(empty, config, cores=4)
    for part in ("spiking", "corrected"):
        found, wanted = (
            open_experiment(folder.folder / "results/truncation", part).drop_attrs()
            for folder in (empty, undisturbed)
        )
        xr.testing.assert_identical(found, wanted)
    for name in ("truncation/summary.nc", "adaptation/summary.nc"):
        found, wanted = (content(folder.stored[name]) for folder in (empty, undisturbed))
        xr.testing.assert_identical(found.drop_attrs(), wanted.drop_attrs())
    for name in ("adaptation/continuation/plane.nc", "adaptation/traces.nc"):
        assert empty.data[name] == undisturbed.data[name]
    assert empty.figures == undisturbed.figures
