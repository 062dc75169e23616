"""Hashes of code are stored for the next process, and for these sources alone."""

import atexit
import json
from pathlib import Path

import pytest

from ikmeanfield import fingerprint
from ikmeanfield.jobs import hashes
from ikmeanfield.jobs.hashes import CodeHashes


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A package of one module, instead of the real one."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "module.py").write_text("VALUE = 1\n")
    monkeypatch.setattr(fingerprint, "ROOT", folder)
    return folder


@pytest.fixture
def process(tmp_path, monkeypatch):
    """What a process that asks for two hashes computes itself, from its start to its exit."""

    def run(path=tmp_path / "code.json"):
        computed, at_exit = [], []
        monkeypatch.setattr(fingerprint, "code_hash", lambda *e: computed.append(e) or "+".join(e))
        monkeypatch.setattr(atexit, "register", at_exit.append)
        code_hash = CodeHashes()
        code_hash.keep_in(path)
        assert [code_hash("a", "b"), code_hash("c"), code_hash("c")] == ["a+b", "c", "c"]
        for function in at_exit:
            function()
        return computed

    return run


def test_the_next_process_computes_nothing(sources, process):
    assert process() == [("a", "b"), ("c",)]
    assert process() == []


def test_the_folder_of_the_file_is_that_of_the_start(sources, tmp_path, monkeypatch):
    """Oracle: Snakemake leaves its working folder before it exits."""
    code_hash = CodeHashes()
    monkeypatch.setattr(atexit, "register", lambda function: None)
    monkeypatch.setattr(fingerprint, "code_hash", lambda *entries: "hash")
    monkeypatch.chdir(tmp_path)
    code_hash.keep_in(Path("code.json"))
    code_hash("a")
    monkeypatch.chdir(sources)
    code_hash.store()
    assert (tmp_path / "code.json").exists()


@pytest.mark.parametrize("change", ["edit", "add", "style", "python"])
def test_after_any_change_of_the_sources_all_are_computed(sources, process, change, monkeypatch):
    process()
    if change == "edit":
        (sources / "module.py").write_text("VALUE = 2\n")
    elif change == "add":
        (sources / "other.py").write_text("")
    elif change == "style":
        (sources / "own.mplstyle").write_text("axes.grid: True\n")
    else:
        monkeypatch.setattr(hashes.sys, "version", "4.0")
    assert len(process()) == 2
    assert process() == []


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[]", b'{"sources": 1}'])
def test_a_damaged_file_is_written_anew(sources, process, tmp_path, content):
    (tmp_path / "code.json").write_bytes(content)
    assert len(process()) == 2
    assert process() == []


def test_a_file_without_a_table_of_hashes_is_written_anew(sources, process, tmp_path):
    process()
    path = tmp_path / "code.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "hashes": 1}))
    assert len(process()) == 2
    assert process() == []


def test_where_nothing_can_be_written_nothing_is_stored(sources, process, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    assert len(process(tmp_path / "file/code.json")) == 2
    assert len(process(tmp_path / "file/code.json")) == 2


def test_with_plug_ins_nothing_is_stored(sources, process, monkeypatch):
    """Oracle: their sources may change without a trace in the package."""
    monkeypatch.setattr(hashes, "load_plugins", lambda: ("plugin",))
    assert len(process()) == len(process()) == 2
