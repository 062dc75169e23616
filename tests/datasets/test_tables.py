"""Tables as CSV files."""

import numpy as np
import pytest

from ikmeanfield.datasets.store import DatasetError
from ikmeanfield.datasets.tables import write_rows


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
