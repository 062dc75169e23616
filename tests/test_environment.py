"""The lock, the conda environment and pyproject.toml describe one and the same environment.

Oracle: pyproject.toml says what may be installed, the lock what is. Every check is also run on
damaged copies of the files, where it has to name the damage.
"""

import re
import tomllib
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import ikmeanfield

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "envs/requirements.txt").read_text()
CONDA = (ROOT / "envs/environment.yaml").read_text()

# Where the lock has to serve; markers ask for nothing else.
PLATFORMS = [
    {"python_version": python, "python_full_version": f"{python}.1", **machine}
    for python, machine in product(
        ["3.11", "3.12", "3.13", "3.14"],
        [
            {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
            {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64"},
            {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
        ],
    )
]
# conda's own: the interpreter, and the installer that adds the package itself.
NOT_LOCKED = {"python", "pip"}
# conda-forge's name -> the registry's; this one comes without the graphical toolkits.
RENAMED = {"matplotlib-base": "matplotlib"}


class Entry(NamedTuple):
    """One release in the lock."""

    name: str
    version: str
    marker: Marker | None
    hashes: list[str]

    def applies(self, platform: dict[str, str]) -> bool:
        return self.marker is None or self.marker.evaluate(platform)


def read_lock(text: str) -> list[Entry]:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    entries = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        requirement, *options = line.split("--hash=")
        parsed = Requirement(requirement)
        pin = re.fullmatch(r"==([^*,]+)", str(parsed.specifier))
        assert pin, f"not pinned to one release: {requirement.strip()}"
        hashes = [option.strip() for option in options]
        entries.append(Entry(canonicalize_name(parsed.name), pin[1], parsed.marker, hashes))
    return entries


def declared() -> dict[str, list[Requirement]]:
    """Collect what pyproject.toml asks for, by the table that asks."""
    return {
        "dependencies": [Requirement(text) for text in PROJECT["project"]["dependencies"]],
        "build-system": [Requirement(text) for text in PROJECT["build-system"]["requires"]],
        **{
            group: [Requirement(text) for text in texts]
            for group, texts in PROJECT["dependency-groups"].items()
        },
    }


def unhashed(lock: str) -> list[str]:
    """List entries that pip would not check, or not with SHA-256."""
    return [
        entry.name
        for entry in read_lock(lock)
        if not entry.hashes
        or not all(re.fullmatch(r"sha256:[0-9a-f]{64}", text) for text in entry.hashes)
    ]


def foreign(lock: str) -> list[str]:
    """List lines that tie the lock to an index, a host or a machine's folder."""
    pattern = re.compile(
        r"""://                          # an address
        | ^\s*-(?!-hash=sha256:)         # an option of pip other than a hash
        | (index|find-links|trusted)     # one named in a comment, such as uv's header
        | \b\w[\w-]*\.(org|com|net|io)\b # a host
        | (^|[\s='"])(~|/\w|[A-Z]:\\)    # a folder
        """,
        re.VERBOSE,
    )
    return [line for line in lock.splitlines() if pattern.search(line)]


def unsatisfied(lock: str) -> list[str]:
    """List requirements of pyproject.toml without exactly one suitable release on some platform."""
    entries = read_lock(lock)
    problems = []
    for table, requirements in declared().items():
        for requirement, platform in product(requirements, PLATFORMS):
            name = canonicalize_name(requirement.name)
            found = [entry for entry in entries if entry.name == name and entry.applies(platform)]
            if len(found) != 1 or not requirement.specifier.contains(found[0].version):
                where = f"Python {platform['python_version']}, {platform['sys_platform']}"
                have = [entry.version for entry in found]
                problems.append(f"{table}: {requirement} on {where}: {have}")
    return problems


def conda_pins(text: str) -> dict[str, str | None]:
    """Read the version (if any) of each package of a conda environment, by the registry's name."""
    pins: dict[str, str | None] = {}
    for dependency in yaml.safe_load(text)["dependencies"]:
        name, _, version = dependency.partition("=")
        pins[RENAMED.get(name, name)] = version or None
    return pins


def conda_differences(conda: str) -> list[str]:
    """List packages whose version is not the lock's, and dependencies that are missing."""
    pins = conda_pins(conda)
    locked = {entry.name: entry.version for entry in read_lock(LOCK)}
    differences = [
        f"{name}: {version} in the environment, {locked.get(name)} in the lock"
        for name, version in pins.items()
        if name not in NOT_LOCKED and version != locked.get(name, "nothing")
    ]
    needed = [*declared()["dependencies"], *declared()["build-system"]]
    names = [canonicalize_name(requirement.name) for requirement in needed]
    return differences + [f"{name}: missing" for name in names if name not in pins]


def test_every_locked_release_has_hashes():
    assert read_lock(LOCK)
    assert unhashed(LOCK) == []


def test_the_lock_names_no_index_host_or_folder():
    assert foreign(LOCK) == []


def test_the_lock_satisfies_pyproject_on_every_platform():
    assert unsatisfied(LOCK) == []


def test_the_conda_environment_has_the_locks_versions():
    assert conda_differences(CONDA) == []


def test_the_conda_environment_is_from_conda_forge_alone():
    assert yaml.safe_load(CONDA)["channels"] == ["conda-forge", "nodefaults"]


def test_conda_and_container_have_a_supported_python():
    supported = SpecifierSet(PROJECT["project"]["requires-python"])
    conda = conda_pins(CONDA)["python"]
    container = re.search(r"^FROM python:(\S+)-slim$", (ROOT / "envs/Dockerfile").read_text(), re.M)
    assert container
    assert conda == container[1]
    assert supported.contains(f"{conda}.0")


def test_the_build_backend_is_locked():
    groups = declared()
    assert groups["build"] == groups["build-system"]


def test_the_citation_has_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = PROJECT["project"]
    assert citation["title"] == project["name"]
    assert citation["version"] == ikmeanfield.__version__
    assert citation["license"] == project["license"]


HASH = "    --hash=sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("check", "text", "damage", "named"),
    [
        (unhashed, LOCK, (r"(?m)^(numpy==\S+) \\\n(    --hash.*\n)+", r"\1\n"), "numpy"),
        (unhashed, LOCK, (r"(?m)^(numpy==\S+ \\\n    --hash=)sha256", r"\1md5"), "numpy"),
        (foreign, LOCK, (r"make lock", "uv --index-url x"), "index-url"),
        (foreign, LOCK, (r"\A", "--find-links wheels\n"), "find-links"),
        (foreign, LOCK, (r"make lock", "uv -o /home/me/lock"), "/home"),
        (foreign, LOCK, (r"\A", "# from example.org\n"), "example.org"),
        (unsatisfied, LOCK, (r"(?m)^scipy==\S+", "scipy==1.13.0"), "scipy"),
        (unsatisfied, LOCK, (r"(?m)^pytest==(\S+)", r"pytest-x==\1"), "pytest"),
        (unsatisfied, LOCK, (r"(?m)^(setuptools==\S+)", r"\1 ; python_version < '3.14'"), "3.14"),
        (unsatisfied, LOCK, (r"\Z", f"\nnumpy==2.1.0 \\\n{HASH}\n"), "numpy"),
        (conda_differences, CONDA, (r"numba=\S+", "numba=0.61.0"), "numba"),
        (conda_differences, CONDA, (r"numba=\S+", "numba"), "numba"),
        (conda_differences, CONDA, (r"  - typer.*\n", ""), "typer"),
        (conda_differences, CONDA, (r"- pip\n", "- pip\n  - dask=2025.1\n"), "dask"),
    ],
)
def test_damage_is_named(
    check: Callable[[str], list[str]], text: str, damage: tuple[str, str], named: str
):
    damaged, count = re.subn(*damage, text, count=1)
    assert count == 1
    problems = check(damaged)
    assert problems
    assert all(named in problem for problem in problems)


def test_a_range_is_no_pin():
    with pytest.raises(AssertionError, match="not pinned"):
        read_lock(f"numpy>=2.0 \\\n{HASH}\n")
