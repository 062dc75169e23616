"""Files are complete or absent, and damage is noticed and named."""

import netCDF4
import numpy as np
import pytest
import xarray as xr

from ikmeanfield.datasets.store import DatasetError, read, write
from ikmeanfield.files import replacing


@pytest.fixture
def dataset():
    rng = np.random.default_rng(0)
    return xr.Dataset(
        {
            "firing_rate": (("run", "time"), rng.random((3, 500)), {"units": "Hz"}),
            "mean": ("run", rng.random(3)),
            "circuit": ("run", ["{}", '{"a": 1}', "ü"]),
        },
        {"time": ("time", np.arange(1, 501) * 0.1), "key": ("run", ["a", "b", "c"])},
        {"experiment": "test", "seed": 2**62, "step": 0.1},
    )


def test_what_is_written_is_read_and_series_are_single_precision(dataset, tmp_path):
    write(dataset, tmp_path / "a.nc")
    found = read(tmp_path / "a.nc", {"experiment": "test"})
    assert found["firing_rate"].dtype == np.float32
    assert found["mean"].dtype == np.float64
    xr.testing.assert_allclose(found, dataset, rtol=1e-6)
    assert found.attrs["seed"] == 2**62


def test_the_same_data_give_the_same_bytes(dataset, tmp_path):
    write(dataset, tmp_path / "a.nc")
    write(dataset, tmp_path / "b.nc")
    assert (tmp_path / "a.nc").read_bytes() == (tmp_path / "b.nc").read_bytes()


def truncated(path):
    path.write_bytes(path.read_bytes()[:-200])


def emptied(path):
    path.write_bytes(b"")


def replaced(path):
    path.write_text("not a dataset")


def foreign(path):
    xr.Dataset({"x": ("t", [1.0])}).to_netcdf(path)


def altered(path):
    with netCDF4.Dataset(path, "a") as file:
        file["firing_rate"][0, 0] += 1.0


def relabelled(path):
    with netCDF4.Dataset(path, "a") as file:
        file.experiment = "another"


@pytest.mark.parametrize("damage", [truncated, emptied, replaced, foreign, altered, relabelled])
def test_a_damaged_or_foreign_file_is_named(dataset, tmp_path, damage):
    path = tmp_path / "batch-000.nc"
    write(dataset, path)
    damage(path)
    with pytest.raises(DatasetError, match=r"batch-000\.nc.*remove the file"):
        read(path, {"experiment": "test"})


def test_an_unexpected_or_absent_file_is_named(dataset, tmp_path):
    write(dataset, tmp_path / "a.nc")
    with pytest.raises(DatasetError, match=r"a\.nc: experiment is 'test', expected is 'other'"):
        read(tmp_path / "a.nc", {"experiment": "other"})
    with pytest.raises(DatasetError, match=r"b\.nc: there is no such file"):
        read(tmp_path / "b.nc")


def test_nan_is_not_passed_on(dataset, tmp_path):
    dataset["mean"][1] = np.nan
    write(dataset, tmp_path / "a.nc")
    with pytest.raises(DatasetError, match="mean holds NaN"):
        read(tmp_path / "a.nc")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text() == "old"


def test_what_a_killed_process_left_is_cleared(tmp_path):
    (tmp_path / ".a.99999.tmp.txt").write_text("half")
    with replacing(tmp_path / "a.txt") as temporary:
        temporary.write_text("whole")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_text_is_not_cut_to_the_length_it_had_in_another_file(tmp_path):
    # oracle: the values before writing
    short, long = (xr.Dataset({"side": ("point", [text])}) for text in ("", "upper"))
    write(short, tmp_path / "a.nc")
    joined = xr.concat([read(tmp_path / "a.nc"), long], "point")
    write(joined, tmp_path / "b.nc")
    assert read(tmp_path / "b.nc")["side"].values.tolist() == ["", "upper"]
