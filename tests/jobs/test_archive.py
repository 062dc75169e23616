"""Results as an RO-Crate: what is in it, what it says of it, and what it refuses."""

import hashlib
import json
import zipfile

import netCDF4
import pytest
import yaml

from ikmeanfield.checkout import checkout
from ikmeanfield.jobs import archive as job
from ikmeanfield.jobs.archive import METADATA, ArchiveError, archive, check
from ikmeanfield.schema import ConfigError
from packed import paths_within
from stored import computed

EXPERIMENT = {
    "circuit": {"preset": "regular_spiking"},
    "studies": {
        "rates": {"kind": "rates", "population": "rs", "currents": [0.0, 100.0], "count": 3}
    },
    "sweeps": {"b": {"axes": [{"parameter": "rs.reset_potential", "values": [-100.0, -80.0]}]}},
}  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A configuration, and the folder of its results with leftovers that do not belong to them."""
    folder = tmp_path_factory.mktemp("archived")
    results = folder / "results"
    computed(results / "made_up", EXPERIMENT)
    config = folder / "mine.yaml"
    config.write_text(yaml.safe_dump({"seed": 1, "experiments": {"made_up": EXPERIMENT}}))
    (results / "claims.csv").write_text("claim\n")
    log = results / "made_up/logs/rates/summary.log"
    log.parent.mkdir(parents=True)
    log.write_text(f"{folder}/lib/module.py:1: RuntimeWarning: overflow\n")
    for leftover in ("kernels/compiled.nbi", "earlier/plan.json", "made_up/rates/.x.tmp.nc"):
        (results / leftover).parent.mkdir(parents=True, exist_ok=True)
        (results / leftover).write_text("not to be archived")
    stale = results / "made_up/rates/batch-000000000000.nc"
    stale.write_text("of an earlier configuration")
    return config, results


@pytest.fixture(scope="module")
def packed(finished):
    config, results = finished
    path = results / "archive.zip"
    return path, archive(config, results, path)


def metadata(path):
    graph = json.loads(zipfile.ZipFile(path).read(METADATA))["@graph"]
    return {entity["@id"]: entity for entity in graph}


def test_an_archive_holds_the_results_and_what_made_them(packed, finished):
    """Oracle: the files on disk and their checksums, taken by hashlib."""
    path, count = packed
    config, results = finished
    (batch,) = {*results.glob("made_up/rates/batch-*.nc")} - {
        results / "made_up/rates/batch-000000000000.nc"
    }
    wanted = {
        "config.yaml": config,
        "envs/requirements.txt": checkout() / "envs/requirements.txt",
        "CITATION.cff": checkout() / "CITATION.cff",
        "results/claims.csv": results / "claims.csv",
        "results/made_up/plan.json": results / "made_up/plan.json",
        "results/made_up/rates/summary.nc": results / "made_up/rates/summary.nc",
        f"results/made_up/rates/{batch.name}": batch,
    }
    with zipfile.ZipFile(path) as file:
        assert set(file.namelist()) == {*wanted, METADATA}
        for name, original in wanted.items():
            assert file.read(name) == original.read_bytes()
    assert count == len(wanted)
    described = metadata(path)
    for name, original in wanted.items():
        assert described[name]["sha256"] == hashlib.sha256(original.read_bytes()).hexdigest()
        assert described[name]["contentSize"] == str(original.stat().st_size)
        assert {"@id": name} in described["./"]["hasPart"]


def test_an_archive_says_which_version_made_what_from_what(packed, finished):
    """Oracle: the attribute `source` of the datasets, and RO-Crate's words for provenance."""
    path, _ = packed
    _, results = finished
    with netCDF4.Dataset(results / "made_up/rates/summary.nc") as data:
        source = data.source
    described = metadata(path)
    (action,) = [e for e in described.values() if e["@type"] == "CreateAction"]
    software = described[action["instrument"]["@id"]]
    assert f"ikmeanfield {software['version']}" == source
    assert {e["@id"] for e in action["object"]} == {"config.yaml", "envs/requirements.txt"}
    made = {e["@id"] for e in action["result"]}
    assert "results/made_up/rates/summary.nc" in made
    assert all(name.endswith(".nc") for name in made)
    root = described["./"]
    assert root["license"].endswith("MIT")
    assert described[root["creator"][0]["@id"]]["name"]
    assert described[METADATA]["conformsTo"]["@id"].startswith("https://w3id.org/ro/crate/")


def test_an_archive_does_not_say_where_it_was_made(packed, finished):
    """Oracle: a search for the folder, the checkout and the home directory in all of it."""
    assert any("RuntimeWarning" in log.read_text() for log in finished[1].rglob("*.log"))
    assert paths_within(packed[0], finished[0].parent) == []


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("changed", "results/claims.csv differs from its checksum"),
        ("lost", "described, but not there: results/claims.csv"),
        ("added", "there, but not described: results/other.csv"),
        ("no description", "cannot be read"),
    ],
)
def test_a_damaged_archive_is_refused_by_the_name_of_the_file(packed, tmp_path, damage, words):
    """Oracle: the damage that is done here."""
    copy = tmp_path / "copy.zip"
    with zipfile.ZipFile(packed[0]) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "results/claims.csv" and damage == "changed":
                content = b"claim?\n"
            if name == "results/claims.csv" and damage == "lost":
                continue
            if name == METADATA and damage == "no description":
                content = b"{"
            target.writestr(name, content)
        if damage == "added":
            target.writestr("results/other.csv", "x")
    with pytest.raises(ArchiveError, match=words):
        check(copy)
    assert check(packed[0]) == packed[1]


def test_what_is_not_complete_is_not_archived(finished, tmp_path):
    """Oracle: the summary that is taken away is named, and no file is left behind."""
    config, results = finished
    summary = results / "made_up/rates/summary.nc"
    content = summary.read_bytes()
    summary.unlink()
    try:
        with pytest.raises(ConfigError, match=r"\(made_up rates summary: stopped\)\. Run"):
            archive(config, results, tmp_path / "archive.zip")
    finally:
        summary.write_bytes(content)
    assert list(tmp_path.iterdir()) == []


def test_an_installed_library_says_where_the_lock_is(finished, tmp_path, monkeypatch):
    """Oracle: without a checkout there is no lock to pack."""
    monkeypatch.setattr(job, "checkout", lambda: None)
    with pytest.raises(ConfigError, match=r"requirements\.txt: not found.*repository"):
        archive(*finished, tmp_path / "archive.zip")
