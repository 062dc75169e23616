"""Compiled kernels are copied rather than compiled twice."""

from typer.testing import CliRunner

from ikmeanfield.cli import app
from ikmeanfield.jobs.compile import copy_kernels


def test_kernels_are_copied_but_for_those_that_are_there(tmp_path):
    """Oracle: made-up files; only machine code and its indices are kernels."""
    source, target = tmp_path / "source", tmp_path / "target"
    stored = {source: ("f.nbi", "f.1.nbc", "g.nbi", "exact.txt"), target: ("g.nbi",)}
    for place, names in stored.items():
        (place / "package_1").mkdir(parents=True)
        for name in names:
            (place / "package_1" / name).write_bytes(f"{place.name} {name}".encode())
    copy_kernels(source, target)
    found = {path.name: path.read_bytes() for path in (target / "package_1").iterdir()}
    assert found == {
        "f.nbi": b"source f.nbi", "f.1.nbc": b"source f.1.nbc", "g.nbi": b"target g.nbi",
    }  # fmt: skip


def test_without_a_folder_to_copy_to_the_command_says_so(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    told = CliRunner().invoke(app, ["compile", "--engine", "exact", "--reuse", str(tmp_path)])
    assert told.exit_code == 2
    assert "NUMBA_CACHE_DIR, which is not set" in " ".join(told.output.split())
