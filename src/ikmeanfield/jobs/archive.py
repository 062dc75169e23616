"""All results with what made them in one file: an RO-Crate, ready for a repository of data.

An RO-Crate is a ZIP file with a description of every file in it (ro-crate-metadata.json, JSON-LD
with the terms of schema.org). Beside the results it holds the configuration, the lock of the
packages, and the versions of the code that the results themselves name. Logs stay behind: they are
written for whoever runs the workflow, and hold the paths of that machine.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import netCDF4
import yaml

from ikmeanfield.checkout import NOT_INSTALLED, checkout
from ikmeanfield.datasets.provenance import REFERENCES
from ikmeanfield.experiments.config import Config, load
from ikmeanfield.experiments.plan_files import read_plan
from ikmeanfield.files import replacing
from ikmeanfield.jobs.status import left, stale, status
from ikmeanfield.schema import ConfigError

LOCK, CITATION = "envs/requirements.txt", "CITATION.cff"
SHARED = ("figures", "claims", "report")
"""Folders of the results that belong to no single experiment. (`kernels` is left out: compiled code
of one machine.)"""
METADATA = "ro-crate-metadata.json"
KINDS = {
    ".nc": "application/netcdf", ".md": "text/markdown", ".yaml": "application/yaml",
    ".cff": "application/yaml", ".jsonl": "application/jsonl",
}  # fmt: skip


class ArchiveError(RuntimeError):
    """An archive does not hold what it says."""


def archive(config: str | Path, results: str | Path, path: str | Path) -> int:
    """Write the results of a configuration as an RO-Crate, and check it by reading it back.

    Parameters
    ----------
    config
        The configuration; every one of its results must be there.
    results
        Folder of all results.
    path
        The ZIP file to write.

    Returns
    -------
    int
        The number of files in it that are described.

    Raises
    ------
    ConfigError
        If a result is missing, damaged or made from other settings, or if the library was
        installed without the repository, which has the lock.
    ArchiveError
        If what was written is not what was meant.
    """
    config, results, path = Path(config), Path(results), Path(path)
    root = checkout()
    if root is None:
        raise ConfigError(f"{LOCK}: not found. {NOT_INSTALLED}")
    settings = load(config)
    _require_all(settings, config, results)
    crate = _described(root)
    made_with = [
        _add(crate, config, "config.yaml", "configuration"),
        _add(crate, root / LOCK, LOCK, "packages with their hashes"),
    ]
    _add(crate, root / CITATION, CITATION, "how to cite the software")
    versions: dict[str, list[Any]] = {}
    for file in _files(settings, results, path):
        entity = _add(crate, file, f"results/{file.relative_to(results).as_posix()}", "")
        if file.suffix == ".nc":
            versions.setdefault(_version(file), []).append(entity)
    _add_actions(crate, made_with, versions)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        crate.write_zip(temporary)
        return check(temporary)


def check(path: str | Path) -> int:
    """Read an archive back: every file that it describes is in it, and has its checksum.

    Returns
    -------
    int
        The number of these files.

    Raises
    ------
    ArchiveError
        If the description cannot be read, a file is missing, differs or is not described.
    """
    from rocrate.rocrate import ROCrate  # noqa: PLC0415

    with zipfile.ZipFile(path) as file:
        names = set(file.namelist()) - {METADATA}
        try:
            crate = ROCrate(json.loads(file.read(METADATA)))
        except (KeyError, ValueError) as error:
            msg = f"{path}: its description {METADATA} cannot be read ({error})"
            raise ArchiveError(msg) from None
        described = {entity.id: entity.get("sha256") for entity in crate.data_entities}
        if missing := sorted(set(described) - names):
            msg = f"{path}: described, but not there: {', '.join(missing)}"
            raise ArchiveError(msg)
        if unknown := sorted(names - set(described)):
            msg = f"{path}: there, but not described: {', '.join(unknown)}"
            raise ArchiveError(msg)
        for name, wanted in described.items():
            with file.open(name) as stream:
                if _checksum(stream) != wanted:
                    msg = f"{path}: {name} differs from its checksum"
                    raise ArchiveError(msg)
    return len(described)


def _require_all(settings: Config, config: Path, results: Path) -> None:
    """Refuse to archive what is not complete."""
    if undone := left(status(results, settings)):
        shown = "; ".join(
            f"{one.product.experiment} {one.product.name}: {one.state}" for one in undone[:5]
        )
        more = f"; and {len(undone) - 5} more" if len(undone) > 5 else ""
        msg = f"{results}: not all of {config} is done ({shown}{more}). Run the workflow first"
        raise ConfigError(msg)


def _files(settings: Config, results: Path, path: Path) -> Iterator[Path]:
    """The results of a configuration in order, without leftovers of earlier ones."""
    for name in settings.experiments:
        folder = results / name
        yield from _kept(folder, set(stale(read_plan(folder / "plan.json"), folder)))
    for name in SHARED:
        yield from _kept(results / name, set())
    yield from sorted(file for file in results.glob("[!.]*") if file.is_file() and file != path)


def _kept(folder: Path, left_out: Collection[Path]) -> Iterator[Path]:
    """Files of a folder in order, without logs and hidden ones, which are still being written."""
    for file in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.is_file() and not hidden and file.suffix != ".log" and file not in left_out:
            yield file


def _described(root: Path) -> Any:
    """An empty crate with title, description, licence, authors and the article."""
    from rocrate.model.person import Person  # noqa: PLC0415
    from rocrate.rocrate import ROCrate  # noqa: PLC0415

    citation = yaml.safe_load((root / CITATION).read_text(encoding="utf-8"))
    crate = ROCrate(version="1.2")
    crate.name = f"Results of {citation['title']}"
    crate.description = " ".join(citation["abstract"].split())
    crate.license = f"https://spdx.org/licenses/{citation['license']}"
    crate.keywords = ", ".join(citation["keywords"])
    crate.creator = [
        crate.add(Person(crate, f"#author-{number}", properties={"name": _name(author)}))
        for number, author in enumerate(citation["authors"], start=1)
    ]
    crate.root_dataset["citation"] = REFERENCES
    return crate


def _name(author: dict[str, str]) -> str:
    return author.get("name") or f"{author['given-names']} {author['family-names']}"


def _add(crate: Any, file: Path, name: str, words: str) -> Any:
    """Add a file with its size, kind and checksum."""
    kind = KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    with file.open("rb") as stream:
        properties = {
            "name": words or name.removeprefix("results/"),
            "contentSize": str(file.stat().st_size),
            "encodingFormat": kind or "application/octet-stream",
            "sha256": _checksum(stream),
        }
    return crate.add_file(file, name, properties=properties)


def _checksum(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _version(file: Path) -> str:
    """The version of the code that made a dataset, as the dataset says."""
    with netCDF4.Dataset(file) as data:
        return str(getattr(data, "source", "ikmeanfield, version unknown"))


def _add_actions(
    crate: Any, made_with: Sequence[Any], versions: Mapping[str, Sequence[Any]]
) -> None:
    """Say which version of the code made which datasets from what; usually there is one."""
    from rocrate.model.softwareapplication import SoftwareApplication  # noqa: PLC0415

    for number, (source, made) in enumerate(versions.items(), start=1):
        version = source.removeprefix("ikmeanfield").strip(" ,")
        software = SoftwareApplication(
            crate, f"#code-{number}", properties={"name": "ikmeanfield", "version": version}
        )
        crate.add_action(
            crate.add(software), f"#run-{number}", object=list(made_with), result=list(made),
            properties={"name": f"Computation by {source}"},
        )  # fmt: skip
