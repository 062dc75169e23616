"""Tables as CSV files."""

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.datasets.store import DatasetError
from ikmeanfield.datasets.tables import scalar_rows, write_rows


def test_rows_are_written_under_their_columns(tmp_path):
    """Oracle: the file's text, by hand."""
    path = tmp_path / "table.csv"
    write_rows(path, [{"a": 1, "b": np.float64("nan")}, {"b": "x, y", "c": np.float32("nan")}])
    assert path.read_bytes() == b'a,b,c\n1,,\n,"x, y",\n'


def test_columns_are_written_without_rows(tmp_path):
    path = tmp_path / "table.csv"
    write_rows(path, [], ["a", "b"])
    assert path.read_text() == "a,b\n"


def test_a_failure_leaves_the_old_table(tmp_path):
    """Oracle: the bytes that were there; nothing beside them."""
    path = tmp_path / "table.csv"
    path.write_text("old")

    def rows():
        yield {"a": 1}
        raise OSError(28, "No space left on device")

    with pytest.raises(DatasetError, match=r"table\.csv: cannot be written .* MB are free"):
        write_rows(path, rows(), ["a"])
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]


def test_scalars_of_a_summary_become_rows():
    """Oracle: the table written out by hand; synapses have columns of their own."""
    summary = xr.Dataset(
        {
            "rate": (("run", "population"), [[1.0, 2.0]]),
            "gap": (("run", "theory", "population"), [[[3.0, 4.0], [5.0, 6.0]]]),
            "error": (("run", "theory", "synapse"), [[[7.0], [8.0]]]),
            "spectrum": (("run", "population", "frequency"), np.zeros((1, 2, 9))),
        },
        {
            "sweep": ("run", ["a"]), "replicate": ("run", [0]), "seed": ("run", [5]),
            "rs_size": ("run", [10.0], {"varied": "rs.size"}), "theory": ["x", "y"],
            "population": ["rs", "fs"], "synapse": ["fs.ampa"],
        },
    )  # fmt: skip
    known = {"sweep": "a", "rs_size": 10.0, "replicate": 0, "seed": 5}
    assert list(scalar_rows(summary, ("run", "theory", "population"))) == [
        {**known, "population": p, "theory": t, "rate": r, "gap": g, "error_ampa": e}
        for t, p, r, g, e in [
            ("x", "rs", 1.0, 3.0, ""), ("x", "fs", 2.0, 4.0, 7.0),
            ("y", "rs", 1.0, 5.0, ""), ("y", "fs", 2.0, 6.0, 8.0),
        ]
    ]  # fmt: skip
