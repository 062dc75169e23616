"""The wheel gives the library and the command, without the workflow.

Oracle: an installation outside of the checkout, in which nothing of the checkout can be found.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
import yaml

import ikmeanfield
from pages import ROOT

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
EXPERIMENT = {
    "experiments": {
        "small": {
            "circuit": {"preset": "regular_spiking", "set": {"rs.size": 20}},
            "studies": {
                "networks": {
                    "kind": "networks", "duration": 20.0, "sample": 1.0, "thresholds": "quantiles"
                }
            },
            "sweeps": {"current": {"axes": [{"parameter": "rs.input_current", "values": [60.0]}]}},
        }
    }
}  # fmt: skip


def run(*command, cwd, check=True, **more):
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment | more, capture_output=True, text=True,
        check=False, timeout=900,
    )  # fmt: skip
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of what a clone contains of the package."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", source / "src", ignore=ignored)
    run(
        sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps",
        "--no-build-isolation", "--wheel-dir", target, source, cwd=target,
    )  # fmt: skip
    (path,) = target.glob("*.whl")
    return path


def installed(python, folder, *options):
    """An environment with the wheel, and its Python."""
    place = folder / "environment"
    run(python, "-m", "venv", place, cwd=folder)
    inside = place / "bin/python"
    run(inside, "-m", "pip", "install", "--quiet", *options, cwd=folder)
    return inside


def check_installation(python, folder):
    """What an installation must do, and what it must say."""
    command = python.with_name("ikmeanfield")
    where = run(python, "-c", "import ikmeanfield as ik; print(ik.__file__)", cwd=folder)
    assert Path(where.strip()).is_relative_to(python.parents[1])
    schema = (ROOT / "workflow/schemas/config.schema.json").read_text(encoding="utf-8")
    assert run(command, "schema", cwd=folder) == schema
    assert "networks" in run(command, "studies", cwd=folder)
    (folder / "own.yaml").write_text(yaml.safe_dump(EXPERIMENT))
    assert "small: 1 runs" in run(command, "check", "own.yaml", cwd=folder)
    style = "import ikmeanfield as ik\nwith ik.plot.style():\n    print('styled')"
    assert "styled" in run(python, "-c", style, cwd=folder)
    refusal = run(command, "check", "config/config.yaml", cwd=folder, check=False)
    assert "config/config.yaml: cannot be read" in refusal
    assert "in the repository of ikmeanfield" in refusal
    assert "Traceback" not in refusal


def test_the_wheel_holds_the_library_alone(wheel):
    """Oracle: the files of src/ikmeanfield that are under version control or would be."""
    names = set(zipfile.ZipFile(wheel).namelist())
    package = {name for name in names if ".dist-info/" not in name}
    own = {
        str(path.relative_to(ROOT / "src"))
        for path in (ROOT / "src/ikmeanfield").rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".nbi", ".nbc")
    }
    assert package == own


def test_an_installed_wheel_gives_library_and_command(wheel, tmp_path):
    """Dependencies are those of the tests' own environment; they come from outside of the wheel."""
    python = installed(sys.executable, tmp_path, "--no-index", "--no-deps", wheel)
    inside = run(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path
    )
    # A line in a .pth file adds a folder, but not what that folder's own .pth files would add, such
    # as the checkout.
    others = "\n".join(dict.fromkeys(sysconfig.get_path(k) for k in ("purelib", "platlib")))
    (Path(inside.strip()) / "dependencies.pth").write_text(others + "\n")
    check_installation(python, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS)
def test_a_wheel_with_its_dependencies_simulates(wheel, tmp_path, version):
    """In a clean environment with the locked packages, for each Python that is there."""
    python = shutil.which(f"python{version}")
    if python is None or version not in run(python, "--version", cwd=tmp_path, check=False):
        pytest.skip(f"there is no working python{version} on the path")
    lock = tmp_path / "lock.txt"
    text = (ROOT / "envs/requirements.txt").read_text(encoding="utf-8")
    lock.write_text("\n".join(line for line in text.splitlines() if "--hash" not in line)
                    .replace(" \\", ""))  # fmt: skip
    place = installed(python, tmp_path, "--constraint", lock, wheel)
    check_installation(place, tmp_path)
    command = place.with_name("ikmeanfield")
    run(command, "plan", "own.yaml", cwd=tmp_path)
    run(command, "run", "results/small/plan.json", "networks", cwd=tmp_path)
    run(command, "summarise", "results/small/plan.json", "networks", cwd=tmp_path)
    script = (
        "import ikmeanfield as ik\n"
        "results = ik.open_experiment('results/small')\n"
        "print(results.stacked('networks').sizes['time'])\n"
        "print(results.summary('networks').attrs['source'])\n"
    )
    samples, source = run(place, "-c", script, cwd=tmp_path).splitlines()
    assert int(samples) == 20
    assert source == f"ikmeanfield {ikmeanfield.__version__}", "no commit without a checkout"
