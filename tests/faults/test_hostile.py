"""Input from elsewhere: it runs no code, writes nothing outside results/, and fills no memory."""

import json
import resource
import subprocess
import sys

import netCDF4
import numpy as np
import pytest
import yaml
from folders import Folder

from checkouts import ROOT, environment
from ikmeanfield.datasets.store import DatasetError, read
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.experiments import expand, parse
from small import both

MEMORY = 3 * 2**30


def limited(*arguments, folder, checkout=ROOT):
    """Run `ikmeanfield` with 3 GiB of memory and 60 s, as a laptop's owner would wish."""

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    done = subprocess.run(
        [sys.executable, "-m", "ikmeanfield", *map(str, arguments)], cwd=folder, text=True,
        env=environment(PYTHONPATH=str(checkout / "src")), capture_output=True, timeout=60,
        check=False, preexec_fn=limit,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


CODE = {
    "a Python object": "seed: !!python/object/apply:os.system ['touch PWNED']\n",
    "a Python module": "seed: !!python/module:os\n",
    "a Python class": "seed: !!python/object/new:os.system ['touch PWNED']\n",
    "a template": "__use_yte__: true\nseed: ?__import__('os').system('touch PWNED')\n",
    "templated definitions": (
        "__use_yte__: true\n__definitions__:\n  - import os; os.system('touch PWNED')\n"
    ),
}


def with_code(kind):
    """A configuration that is right but for the code it holds."""
    config = both()
    del config["seed"]
    return CODE[kind] + yaml.safe_dump(config)


@pytest.mark.parametrize("kind", CODE)
def test_a_configuration_runs_no_code_when_it_is_checked(tmp_path, kind):
    """Oracle: refused, and the command it holds has left no trace."""
    path = tmp_path / "evil.yaml"
    path.write_text(with_code(kind))
    code, text = limited("check", path, folder=tmp_path)
    assert code == 1, text
    assert "evil.yaml" in text or "__use_yte__" in text
    assert "Traceback" not in text
    assert not (tmp_path / "PWNED").exists()


def test_make_checks_a_configuration_before_snakemake_reads_it():
    """Oracle: the order of make's commands. Snakemake itself evaluates templates in a YAML file."""
    done = subprocess.run(
        ["make", "--dry-run", "figures", "CONFIG=evil.yaml"], cwd=ROOT, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert 0 < done.stdout.index("ikmeanfield check evil.yaml") < done.stdout.index("snakemake --c")


@pytest.mark.parametrize("kind", ["a Python object", "a Python module", "a Python class"])
def test_snakemake_runs_no_code_of_a_tag(undisturbed, tmp_path, kind):
    """Oracle: no trace of the command, no job."""
    folder = Folder(undisturbed.checkout, tmp_path)
    path = tmp_path / "evil.yaml"
    path.write_text(with_code(kind))
    text = folder.run(None, "--configfile", str(path), check=False)
    assert "Job stats" not in text
    assert not list(tmp_path.rglob("PWNED"))
    assert not (undisturbed.checkout / "PWNED").exists()


def changed(*path, value):
    config = both()
    node = config
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return config


TRUNCATION, ADAPTATION = ("experiments", "truncation"), ("experiments", "adaptation")
NETWORKS, STUDIES = (*TRUNCATION, "studies", "networks"), (*ADAPTATION, "studies")
AXES = (*TRUNCATION, "sweeps", "width", "axes")
MANY = {"parameter": "rs.threshold_width", "linspace": [0.1, 5.0, 1e4]}
BOMB = [0.0] * 10
for _ in range(9):
    BOMB = [BOMB] * 10
ABSURD = {
    "neurons": (changed(*TRUNCATION, "circuit", "set", value={"rs.size": 10**12}), "rs.size"),
    "a grid in one axis": (
        changed(*AXES, value=[{"parameter": "rs.threshold_width", "linspace": [0.1, 5.0, 1e9]}]),
        "linspace",
    ),
    "a grid in several": (
        changed(*AXES, value=[MANY, {"parameter": "rs.adaptation", "linspace": [0.0, 9.0, 1e4]}]),
        "runs in this sweep",
    ),
    "replicates": (
        changed(*TRUNCATION, "sweeps", "width", "replicates", value=10**9), "replicates"
    ),
    "samples": (changed(*NETWORKS, "duration", value=1e12), "samples in a run"),
    "steps": (changed(*NETWORKS, "step", value=1e-10), "steps in a run"),
    "a ramp": (changed(*STUDIES, "transitions", "rise", value=2e12), "rise"),
    "steps of a ramp": (changed(*STUDIES, "transitions", "step", value=1e-9), "steps in a ramp"),
    "a trace": (
        changed(
            *STUDIES, "traces", "ramps", value=[{"at": 25.0, "ramp": [[0.0, 20.0], [1e12, 50.0]]}]
        ),
        "ms in a ramp",
    ),
    "aliases in a value": (changed(*AXES, 0, "values", value=BOMB), "values"),
    "aliases in an unknown key": ({"bomb": BOMB} | both(), "bomb"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ABSURD)
def test_an_absurd_size_is_refused_with_words_and_without_filling_memory(tmp_path, kind):
    """Oracle: the key in the message, within 3 GiB and a minute."""
    config, words = ABSURD[kind]
    path = tmp_path / "absurd.yaml"
    path.write_text(yaml.safe_dump(config))  # what is repeated becomes an alias
    code, text = limited("check", path, folder=tmp_path)
    assert code == 1, text[-2000:]
    assert words in text
    assert "Traceback" not in text
    assert len(text) < 20_000


def test_runs_that_record_much_do_not_share_a_job():
    """Oracle: 4 GiB hold two runs of 9·10⁷ values of 20 bytes, whatever the jobs' size."""
    config = changed(*NETWORKS, value={
        "kind": "networks", "duration": 9e6, "sample": 0.1, "step": 0.1,
    }) | {"runs_per_job": 100, "figures": {}}  # fmt: skip
    plan = expand(parse(config), "truncation")
    sizes = [len(plan.items("networks", batch)) for batch in plan.batches["networks"]]
    assert max(sizes) <= 2
    assert all(cost.kept < 5000 for cost in plan.batches["networks"].values())


def test_a_deeply_nested_configuration_is_refused(tmp_path):
    """Oracle: one message, no traceback."""
    path = tmp_path / "deep.yaml"
    path.write_text("a: " + "[" * 20_000 + "]" * 20_000 + "\n")
    code, text = limited("check", path, folder=tmp_path)
    assert code == 1
    assert "deep.yaml" in text
    assert "Traceback" not in text


def test_keys_and_values_cannot_steer_a_terminal(tmp_path):
    """Oracle: no escape character in what is printed."""
    path = tmp_path / "odd.yaml"
    path.write_text(yaml.safe_dump({"\x1b[2Jred\nikmeanfield: all is well": "\x1b[31m"} | both()))
    code, text = limited("check", path, folder=tmp_path)
    assert code == 1
    assert "\x1b" not in text
    assert "\nikmeanfield: all is well" not in text


def test_a_folder_with_a_hostile_name_is_only_a_name(undisturbed, tmp_path):
    """Oracle: the plan is written where it belongs; the command in the name has left no trace."""
    place = tmp_path / "a b'$(touch PWNED);`touch PWNED`"
    place.mkdir()
    folder = Folder(undisturbed.checkout, place)
    folder.run(both(), "results/truncation/plan.json")
    assert (place / "results/truncation/plan.json").exists()
    assert not list(tmp_path.rglob("PWNED"))
    assert not (undisturbed.checkout / "PWNED").exists()


def vast(file):
    file.createDimension("run", 10**12)
    file.createVariable("firing_rate", "f8", ("run",), chunksizes=(1000,))


def vast_text(file):
    file.createDimension("run", 10**12)
    file.createVariable("circuit", str, ("run",), chunksizes=(1000,))


def odd_attributes(file):
    file.setncattr("experiment", "x\n\x1b[2J/../../etc")
    file.setncattr("keys", "k" * 10**6)


def odd_times(file):
    file.createDimension("time", 3)
    time = file.createVariable("time", "f8", ("time",))
    time[:] = [1e300, -1e300, 0.0]
    time.units = "days since the flood"


def opaque(file):
    kind = file.createVLType(np.uint8, "bytes")
    file.createDimension("run", 2)
    variable = file.createVariable("pickle", kind, ("run",))
    variable[0] = np.frombuffer(b"cos\nsystem\n(S'touch PWNED'\ntR.", np.uint8)


@pytest.mark.parametrize("make", [vast, vast_text, odd_attributes, odd_times, opaque])
def test_a_hostile_dataset_is_refused_by_name(tmp_path, make, monkeypatch):
    """Oracle: DatasetError with the file's name and no control characters; memory stays free."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "evil.nc"
    with netCDF4.Dataset(path, "w") as file:
        make(file)
        file.checksum = "0" * 64
    for reader in (read, read_tree):
        with pytest.raises(DatasetError, match=r"evil\.nc") as refused:
            reader(path, {"experiment": "truncation"})
        assert "\x1b" not in str(refused.value)
        assert len(str(refused.value)) < 5000
    assert not (tmp_path / "PWNED").exists()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MEMORY / 1024


def outside(plan):
    plan["studies"] = {"../../../outside": plan["studies"]["networks"]}


def outside_batch(plan):
    plan["batches"]["networks"] = {"../../../outside": {}}


def elsewhere(plan):
    plan["experiment"] = "../../outside"


def huge(plan):
    plan["runs"][0]["circuit"]["populations"]["rs"]["size"] = 10**12


def unknown(plan):
    plan["__class__"] = "os.system"


@pytest.mark.parametrize("make", [outside, outside_batch, elsewhere, huge, unknown])
def test_a_hostile_plan_is_refused_by_name(undisturbed, tmp_path, make):
    """Oracle: refused with the file's name; nothing is written beside it."""
    plan = json.loads((undisturbed.folder / "results/truncation/plan.json").read_text())
    make(plan)
    path = tmp_path / "results/truncation/plan.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(plan))
    for command in (["run", path, "networks"], ["status", tmp_path / "results"]):
        code, text = limited(*command, folder=tmp_path, checkout=undisturbed.checkout)
        assert code == 1
        assert "plan.json" in text
        assert "Traceback" not in text
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
