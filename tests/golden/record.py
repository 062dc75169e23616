"""The record: a checksum and a few statistics of every quantity, and the values of most."""

import hashlib
import json
import platform
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

import numpy as np

from golden.collect import GONE

FOLDER = Path(__file__).parent
RECORD, VALUES = FOLDER / "record.json", FOLDER / "values.npz"
LARGEST = 2000
"""Quantities of more values are recorded by checksum and statistics alone."""


def made_with():
    """What else than the code of this repository the numbers rest on."""
    packages = ("numpy", "scipy", "numba", "llvmlite")
    system = {"machine": platform.machine(), "libc": " ".join(platform.libc_ver())}
    return system | {name: version(name) for name in packages}


def read():
    """The record: what it was made with, and what is known of every quantity."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def describe(values):
    """Checksum and statistics of a quantity; undefined values (NaN) are all the same."""
    known = {"type": kind(values), "shape": list(values.shape), "sha256": checksum(values)}
    if values.dtype.kind in "fi":
        finite = values[np.isfinite(values)].astype(float)
        known["finite"] = finite.size
        if finite.size:
            known |= {name: float(getattr(finite, name)()) for name in ("min", "max", "mean")}
    return known


def kind(values):
    """The type of a quantity: text, or that of its numbers."""
    return "text" if values.dtype.kind == "U" else values.dtype.name


def checksum(values):
    """A hash of type, shape and all bits of a quantity."""
    digest = hashlib.sha256(f"{kind(values)}{values.shape}".encode())
    if values.dtype.kind == "U":
        digest.update("\0".join(values.ravel().tolist()).encode())
    else:
        plain = values.astype(values.dtype.newbyteorder("<"))
        if plain.dtype.kind == "f":
            plain[np.isnan(plain)] = np.nan
        digest.update(plain.tobytes())
    return digest.hexdigest()[:16]


def write(found):
    """Make what was found the record."""
    lines = [
        f"{json.dumps(name)}: {json.dumps(describe(found[name]), allow_nan=False)}"
        for name in sorted(found)
    ]
    head = f'"made_with": {json.dumps(made_with())}'
    quantities = ",\n".join(lines)
    RECORD.write_text(f'{{{head},\n"quantities": {{\n{quantities}\n}}}}\n', encoding="utf-8")
    kept = {name: found[name] for name in sorted(found) if found[name].size <= LARGEST}
    np.savez_compressed(VALUES, **kept)


def differences(found):
    """Lines that say what is not as recorded, quantity by quantity; none if nothing differs."""
    record, lines = read(), []
    with np.load(VALUES, allow_pickle=False) as values:
        for name, known in record["quantities"].items():
            if any(fnmatch(name, f"*{gone}") for gone in GONE):
                continue
            if name not in found:
                lines.append(f"{name}: missing")
            elif checksum(found[name]) != known["sha256"]:
                stored = values.get(name)
                lines.append(f"{name}: {difference(found[name], known, stored)}")
    lines += [f"{name}: not in the record" for name in found if name not in record["quantities"]]
    if lines and made_with() != record["made_with"]:
        lines.append(f"The record was made with {record['made_with']}, this with {made_with()}.")
    return lines


def difference(found, known, stored):
    """In what a quantity differs from what is known of it, and from its values where stored."""
    now = describe(found)
    for name in ("type", "shape"):
        if now[name] != known[name]:
            return f"{name} {now[name]}, recorded is {known[name]}"
    if stored is None:
        told = [k for k in ("finite", "min", "max", "mean") if now.get(k) != known.get(k)]
        changes = [f"{k} {now.get(k)}, recorded is {known.get(k)}" for k in told]
        return "; ".join(changes) or "values differ, statistics do not"
    if now["type"] == "text":
        changed = np.flatnonzero(found.ravel() != stored.ravel())
        first = changed[0]
        pair = f"{str(found.ravel()[first])!r}, recorded is {str(stored.ravel()[first])!r}"
        return f"{changed.size} of {found.size} texts differ, the first: {pair}"
    return largest_change(found.astype(float), stored.astype(float))


def largest_change(found, stored):
    """How many numbers differ, and by how much at most, relative to the larger of both."""
    undefined = np.isnan(found) != np.isnan(stored)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.maximum(np.abs(found), np.abs(stored))
        relative = np.where(scale > 0, np.abs(found - stored) / scale, 0.0)
    relative = np.nan_to_num(relative)
    sign = ~np.isnan(found) & (np.signbit(found) != np.signbit(stored))
    changed = int((undefined | sign | (relative > 0)).sum())
    words = f"{changed} of {found.size} values differ, at most by {relative.max():.2g} (relative)"
    return words + (f"; {int(undefined.sum())} undefined in one only" if undefined.any() else "")
