"""The numbers in a results folder by logical names, which do not depend on how they are stored.

A quantity is called ``<experiment>/<study>/.../<variable>``. Series and numbers of runs are in the
order of the grid (sweep, values, replicate), however the runs were divided among files. Points and
rows of tables are sorted. Diagrams and planes are named after their mean field and parameters.
Every kind of file has one function here, and only these functions know how it is laid out.
"""

import csv
import math
import re
from itertools import groupby
from pathlib import Path

import numpy as np
import xarray as xr

RENAMED: dict[str, str] = {}
"""Names in the record and today's names: ``{"<study>/<old name>": "<new name>"}``.

The study is the second part of a quantity's name, such as ``networks`` or ``summary.csv``. The
names are those of variables, coordinates and columns.
"""
HASHES = {"key", "diagram"}
"""Left out: hashes that tell settings apart, and whose form may change."""
DESCRIPTIONS = {"circuit", "settings", "message", "special_message"}
"""Left out: settings as JSON, and sentences for readers."""
RUN_NUMBERS = ("run_number", "transition_run_number", "bifurcation_run_number")
ROWS = ("run", "trace", "point", "transition", "bifurcation", "score")
"""Dimensions along which a dataset has rows like a table."""


def collect(results):
    """Every quantity of all experiments in a results folder, by its logical name."""
    plans = sorted(Path(results).glob("*/plan.json"))
    found = [(plan.parent.name, experiment(plan.parent)) for plan in plans]
    return {f"{name}/{key}": values for name, own in found for key, values in own.items()}


def experiment(folder):
    """Every quantity of one experiment."""
    batches = {
        "networks": sorted(folder.glob("spiking/batch-*.nc")),
        "transitions": sorted(folder.glob("transitions/batch-*.nc")),
        "points": sorted(folder.glob("continuation/batch-*.nc")),
        **{
            f"meanfields/{place.name}": sorted(place.glob("batch-*.nc"))
            for place in sorted(folder.glob("meanfield/*"))
        },
    }
    found = {}
    for study, files in batches.items():
        found |= runs_and_points(study, files) if files else {}
    for study, read, pattern in (
        ("diagrams", diagrams, "diagrams/batch-*.nc"),
        ("planes", planes, "continuation/plane.nc"),
        ("plane_diagrams", plane_diagrams, "continuation/diagrams.nc"),
        ("traces", traces, "traces.nc"),
    ):
        files = sorted(folder.glob(pattern))
        found |= read(study, files) if files else {}
    summarised = xr.load_dataset(folder / "summary.nc")
    found |= summary("summary", summarised)
    for file in sorted(folder.glob("*.csv")):
        found |= table(file.name, file, grid_names(summarised))
    return found


def runs_and_points(study, files):
    """Networks, mean fields in time, transitions, or folds and Hopf points, from all batches.

    Points belong to a run by its number in the file.
    """
    batches = [xr.load_dataset(file) for file in files]
    parts = [by_rows(study, batch) for batch in batches]
    runs = joined([part["run"] for part in parts])
    place, order = grid_order(runs, grid_names(batches[0]))
    found = {name: values[order] for name, values in runs.items()} | parts[0]["once"]
    if "point" in parts[0]:
        first = np.cumsum([0, *(batch.sizes["run"] for batch in batches)])
        for start, part in zip(first, parts, strict=False):
            part["point"]["run_number"] = part["point"]["run_number"] + start
        points = in_order(joined([part["point"] for part in parts]), place)
        found |= {f"point_{name}": values for name, values in points.items()}
    return {f"{study}/{name}": values for name, values in found.items()}


def summary(study, dataset):
    """The summary: numbers of runs, a few traces, and lists of points, transitions and scores."""
    if "meanfield" in dataset.dims:
        dataset = dataset.sortby("meanfield")
    parts = by_rows(study, dataset)
    runs = parts.pop("run")
    place, order = grid_order(runs, grid_names(dataset))
    found = {name: values[order] for name, values in runs.items()} | parts.pop("once")
    if "trace" in parts:
        traced = parts.pop("trace")
        traced["trace_run"] = place[traced["trace_run"]]
        rows = np.argsort(traced["trace_run"])
        found |= {name: values[rows] for name, values in traced.items()}
    for rows, columns in parts.items():
        known = [name for name in columns if name.startswith("scored_")]
        listed = in_order(columns, place, known)
        found |= {f"{rows}_list/{name}": values for name, values in listed.items()}
    return {f"{study}/{name}": values for name, values in found.items()}


def table(study, file, grid):
    """The columns of a table; numbers where all that is not empty is one."""
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    columns = {}
    for name in rows[0] if rows else ():
        recorded = recorded_name(study, name)
        if recorded is not None:
            columns[recorded] = numbers([row[name] for row in rows])
    known = [name for name in ("sweep", *grid, "replicate") if name in columns]
    return {f"{study}/{name}": values for name, values in in_order(columns, None, known).items()}


def diagrams(study, files):
    """Diagrams in one parameter: a node for each mean field of a circuit, a group per branch."""
    nodes = [node for file in files for node in xr.load_datatree(file).children.values()]
    return trees(study, [(node.attrs["meanfield"], branches(node)) for node in nodes])


def planes(study, files):
    """Planes: a node for each mean field of a family of circuits, a group per curve."""
    return diagrams(study, files)


def plane_diagrams(study, files):
    """Diagrams inside planes: a node per plane, in it a node per value of the second parameter."""
    nodes = [node for file in files for node in xr.load_datatree(file).children.values()]
    inner = [(node.attrs["meanfield"], n) for node in nodes for n in node.children.values()]
    return trees(study, [(meanfield, branches(node)) for meanfield, node in inner])


def traces(study, files):
    """Traces: a node per ramp, told apart by the adaptation at which it was run."""
    found = {}
    for node in (node for file in files for node in xr.load_datatree(file).children.values()):
        label = f"adaptation={node.attrs['adaptation']:.12g}"
        columns = by_rows(study, node.to_dataset())["once"]
        found |= {f"{study}/{label}/{name}": values for name, values in columns.items()}
    return found


def trees(study, nodes):
    """Branches of nodes, each a mean field with its branches, by the parameters that differ."""
    found = {}
    for meanfield, same in groupby(sorted(nodes, key=lambda n: n[0]), key=lambda n: n[0]):
        own = [inner for _, inner in same]
        fixed = [fixed_parameters(inner) for inner in own]
        telling = telling_apart(fixed)
        for known, inner in zip(fixed, own, strict=True):
            label = ",".join(f"{p}={known[p]:.12g}" for p in telling) or "all"
            for kind, columns in by_kind(study, inner).items():
                place = f"{study}/{meanfield}/{label}/{kind}"
                assert f"{place}/state" not in found, f"two nodes would be called {place}"
                found |= {f"{place}/{name}": values for name, values in columns.items()}
    return found


def branches(node):
    """The branches of a node by name."""
    return {name: child.to_dataset() for name, child in node.children.items()}


def fixed_parameters(inner):
    """Parameters that have one and the same value along all branches of a node."""
    each = [
        {p: float(v) for p, v in zip(b["parameter"].values, b["fixed_value"].values, strict=True)}
        for b in inner.values()
    ]
    return {p: v for p, v in each[0].items() if all(known.get(p) == v for known in each)}


def telling_apart(nodes):
    """Parameters that suffice to tell nodes apart."""
    chosen, count = [], 1
    for parameter in sorted(set.intersection(*map(set, nodes))):
        different = len({tuple(known[p] for p in [*chosen, parameter]) for known in nodes})
        if different > count:
            chosen, count = [*chosen, parameter], different
    return chosen


def by_kind(study, inner):
    """Variables of branches, flat; those called fold_1, fold_2, ... one after the other."""
    found = {}
    for name in sorted(inner, key=lambda n: (stem(n), len(n), n)):
        branch = inner[name]
        columns = {k: np.ravel(v) for k, v in by_rows(study, branch, ())["once"].items()}
        columns["kind"] = np.array([branch.attrs["kind"]])
        columns["ends"] = np.array([branch.attrs[f"{end}_reason"] for end in ("start", "end")])
        found.setdefault(stem(name), []).append(columns)
    return {kind: joined(parts) for kind, parts in found.items()}


def stem(name):
    """The name of a branch without its number."""
    return re.sub(r"_\d+$", "", name)


def recorded_name(study, name):
    """The name under which the record has a variable or column, None where it has it not."""
    if name in HASHES | DESCRIPTIONS:
        return None
    older = {new: old for old, new in RENAMED.items() if old.partition("/")[0] == study}
    return older.get(name, name).rpartition("/")[2]


def by_rows(study, dataset, rows=ROWS):
    """Variables by the dimension of their rows, which comes first; "once": those without rows."""
    found = {"once": {}}
    for name, variable in dataset.variables.items():
        recorded = recorded_name(study.partition("/")[0], str(name))
        if recorded is None:
            continue
        row = next((dim for dim in rows if dim in variable.dims), None)
        values = (variable if row is None else variable.transpose(row, ...)).values
        plain = values.astype(str) if values.dtype.kind == "O" else values
        found.setdefault(row or "once", {})[recorded] = plain
    return found


def grid_names(dataset):
    """Names of the coordinates that sweeps vary."""
    own = {str(n) for n, c in dataset.coords.items() if c.dims == ("run",)}
    return sorted(own - {"sweep", "replicate", "seed", *HASHES})


def grid_order(runs, grid):
    """The place of every run in the order of sweep, values and replicate, and which are there."""
    keys = [runs[name].tolist() for name in ("sweep", *grid, "replicate")]
    rows = [tuple(rank(value) for value in row) for row in zip(*keys, strict=True)]
    assert len(set(rows)) == len(rows), "two runs have the same sweep, values and replicate"
    order = np.array(sorted(range(len(rows)), key=rows.__getitem__))
    return np.argsort(order), order


def in_order(columns, place, first=()):
    """Rows sorted by their run, what is named first, text and numbers."""
    columns = {n: place[c] if n in RUN_NUMBERS else c for n, c in columns.items()}
    text = sorted(name for name, values in columns.items() if values.dtype.kind == "U")
    keys = dict.fromkeys([n for n in RUN_NUMBERS if n in columns])
    keys |= dict.fromkeys([*first, *text, *sorted(columns)])
    rows = list(zip(*(map(rank, columns[name].tolist()) for name in keys), strict=True))
    order = sorted(range(len(rows)), key=rows.__getitem__)
    return {name: values[order] for name, values in columns.items()}


def rank(value):
    """A value of any type in the order undefined, numbers, text."""
    if isinstance(value, str):
        return (2, value)
    return (0, 0) if math.isnan(value) else (1, value)


def joined(parts):
    """Columns of several tables one after the other."""
    whole = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        filled = [part[name] for part in parts if name in part and part[name].size]
        whole[name] = np.concatenate(filled) if filled else np.empty(0)
    return whole


def numbers(texts):
    """A column as numbers, NaN where empty; as text where it is not numbers."""
    try:
        return np.array([float(text) if text else np.nan for text in texts])
    except ValueError:
        return np.array(texts)
