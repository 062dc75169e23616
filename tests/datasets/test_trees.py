"""Trees on disk, and numbers that may be undefined."""

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.datasets.store import UNDEFINED, DatasetError, read, write
from ikmeanfield.datasets.trees import read_tree, write_tree


@pytest.fixture
def tree():
    part = xr.Dataset({"x": ("point", [1.0, np.nan])}, {"name": ("point", ["a", "b"])}, {"n": 3})
    made = xr.DataTree(children={"one": xr.DataTree(part), "two": xr.DataTree(part.isel(point=[]))})
    made.attrs["experiment"] = "here"
    return made


def test_a_tree_survives_its_file(tree, tmp_path):
    write_tree(tree, tmp_path / "tree.nc")
    back = read_tree(tmp_path / "tree.nc", {"experiment": "here"})
    assert list(back.children) == ["one", "two"]
    xr.testing.assert_identical(back["one"].to_dataset(), tree["one"].to_dataset())


def test_absent_damaged_foreign_and_altered_trees_are_refused_by_name(tree, tmp_path):
    path = tmp_path / "tree.nc"
    with pytest.raises(DatasetError, match=r"tree\.nc: there is no such file"):
        read_tree(path)
    write_tree(tree, path)
    with pytest.raises(DatasetError, match="experiment is 'here', expected is 'there'"):
        read_tree(path, {"experiment": "there"})
    altered = read_tree(path)
    altered["one"]["x"] = altered["one"]["x"] + 1
    altered.to_netcdf(path)
    with pytest.raises(DatasetError, match="checksum"):
        read_tree(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DatasetError, match="not a readable netCDF file"):
        read_tree(path)


def test_numbers_may_be_undefined_where_their_variable_says_so(tmp_path):
    data = xr.Dataset({"x": ("point", [1.0, np.nan], {UNDEFINED: "at the second point"})})
    write(data, tmp_path / "x.nc")
    assert np.isnan(read(tmp_path / "x.nc")["x"].values[1])
    data["x"].values[1] = np.inf
    write(data, tmp_path / "x.nc")
    with pytest.raises(DatasetError, match="NaN or infinity"):
        read(tmp_path / "x.nc")
    del data["x"].attrs[UNDEFINED]
    data["x"].values[1] = np.nan
    write(data, tmp_path / "x.nc")
    with pytest.raises(DatasetError, match="NaN or infinity"):
        read(tmp_path / "x.nc")


def test_a_tree_with_empty_text_is_read_back(tmp_path):
    # Oracle: a branch without special points holds empty lists of names; it is not damaged.
    empty = xr.Dataset({"special_kind": ("special", np.array([], dtype=object)), "x": ("p", [1.0])})
    write_tree(xr.DataTree(children={"a": xr.DataTree(empty)}), tmp_path / "tree.nc")
    assert read_tree(tmp_path / "tree.nc")["a"].sizes["special"] == 0
