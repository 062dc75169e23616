"""Hashes of code, stored between processes as long as no source of the package changes."""

from __future__ import annotations

import atexit
import hashlib
import json
import sys
from pathlib import Path

from ikmeanfield import fingerprint
from ikmeanfield.files import replacing
from ikmeanfield.registry import load_plugins


class CodeHashes:
    """Hashes of code, as `fingerprint.code_hash` computes them, each computed once.

    Following imports through the sources takes seconds, as long as everything else that Snakemake
    does before its first job.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._stored = 0
        self._file: Path | None = None
        self._sources = ""

    def __call__(self, *entries: str) -> str:
        """The hash of modules, functions and methods, and of all that they use."""
        key = " ".join(entries)
        if key not in self._known:
            self._known[key] = fingerprint.code_hash(*entries)
        return self._known[key]

    def keep_in(self, path: Path) -> None:
        """Take hashes from a file if they are of the present sources, and store them at exit.

        The sources of plug-ins may be anywhere, so with plug-ins nothing is stored.
        """
        if load_plugins():
            return
        self._file, self._sources = path.absolute(), _sources()
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            hashes = dict(stored["hashes"]) if stored["sources"] == self._sources else {}
        except (OSError, ValueError, TypeError, KeyError):
            hashes = {}
        self._known, self._stored = {**hashes, **self._known}, len(hashes)
        atexit.register(self.store)

    def store(self) -> None:
        """Store the hashes that are not in the file yet, for processes that start from now on."""
        if self._file is None or len(self._known) == self._stored:
            return
        try:
            with replacing(self._file) as file:
                data = {"sources": self._sources, "hashes": self._known}
                file.write_text(json.dumps(data, indent=1), encoding="utf-8")
        except OSError:
            return  # they are computed again next time
        self._stored = len(self._known)


def _sources() -> str:
    """Hash of everything that hashes of code depend on, the version of Python among it."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(fingerprint.ROOT.rglob("*")):
        if path.suffix in (".py", *fingerprint.DATA_SUFFIXES):
            digest.update(f"{path.relative_to(fingerprint.ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
