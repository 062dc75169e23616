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

from ikmeanfield import open_experiment
from ikmeanfield.experiments.paths import coordinate_name

RENAMED: dict[str, str] = {
    f"{part}/{old}": new
    for part in (
        "networks", "meanfields", "points", "transitions", "summary", "summary.csv", "scores.csv",
        "distances.csv", "bifurcations.csv",
    )
    for old, new in {
        "simulation_scheme": "networks_scheme",
        "simulation_step": "networks_step",
        "simulation_thresholds": "networks_thresholds",
        "meanfield": "theory",
        "meanfield_of": "theory_of",
        "scored_meanfield": "scored_theory",
        "trace_meanfield": "trace_prediction",
        "point_meanfield": "point_theory",
        "bifurcation_meanfield": "bifurcation_theory",
    }.items()
}  # fmt: skip
"""Names in the record and today's names: ``{"<part>/<old name>": "<new name>"}``.

The part is the second one of a quantity's name, such as ``networks`` or ``summary.csv``. The
names are those of variables, coordinates and columns.
"""
GONE = ("/meanfields/*/seed", "/points/seed")
"""Quantities of the record that are no longer stored: a theory has no seed."""
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
    results = open_experiment(folder)
    known = {
        "networks": networks, "predictions": predictions, "transitions": transitions,
        "points": points, "diagrams": diagrams, "planes": planes, "traces": traces,
    }  # fmt: skip
    found = {}
    for name, settings in results.plan.studies.items():
        if settings.kind in known:
            found |= known[settings.kind](results, name)
    return found | summaries(results, folder)


def networks(results, name):
    """Series of networks, by run."""
    return runs("networks", results.stacked(name), results)


def predictions(results, name):
    """Series of theories, by theory and run."""
    found = {}
    for theory in results.plan.studies[name].asked(results.plan):
        found |= runs(f"meanfields/{theory}", results.stacked(name, theory), results)
    return found


def transitions(results, name):
    """What locating transitions stores, and the points it found."""
    numbers = [number for number, _ in results.plan.runs_of(name)]
    located = [results.result(name, number) for number in numbers]
    rest = xr.concat([one.drop_dims("point") for one in located], "run", coords="minimal",
                     compat="override").assign_coords(results.coordinates(name))  # fmt: skip
    found = runs("transitions", rest, results)
    return found | points_of("transitions", located, rest, results)


def points(results, name):
    """Folds and Hopf points of all theories, and the runs they belong to."""
    theories = results.plan.studies[name].asked(results.plan)
    found = []
    for number, _ in results.plan.runs_of(name):
        each = [results.result(name, number, theory) for theory in theories]
        named = [
            one.assign(theory=("point", np.full(one.sizes["point"], theory)))
            for one, theory in zip(each, theories, strict=True)
        ]
        found.append(xr.concat(named, "point"))
    grid = xr.Dataset(coords=results.coordinates(name, theories[0]))
    return runs("points", grid, results) | points_of("points", found, grid, results)


def runs(study, dataset, results):
    """Numbers of runs in the order of the grid, and what is the same for all."""
    parts = by_rows(study, dataset)
    _, order = grid_order(parts["run"], grid_names(results))
    return {
        f"{study}/{name}": values
        for name, values in ({n: v[order] for n, v in parts["run"].items()} | parts["once"]).items()
    }


def points_of(study, each, grid, results):
    """Points of all runs, sorted."""
    place, _ = grid_order(by_rows(study, grid)["run"], grid_names(results))
    columns = []
    for number, one in enumerate(each):
        own = [n for n in one.variables if one[n].dims == ("point",)]
        flat = {f"point_{n}": plain(one[n].values) for n in own}
        flat["run_number"] = np.full(one.sizes["point"], number)
        columns.append({recorded_name(study, n) or n: v for n, v in flat.items()})
    sorted_ = in_order(joined(columns), place)
    named = {("point_run_number" if n == "run_number" else n): v for n, v in sorted_.items()}
    return {f"{study}/{name}": values for name, values in named.items()}


def diagrams(results, name):
    """Diagrams in one parameter: a group per branch."""
    return trees("diagrams", [(item.label, branches(tree)) for item, tree in results.each(name)])


def planes(results, name):
    """Planes, and the diagrams inside them."""
    found = trees("planes", [(i.label, branches(t["curves"])) for i, t in results.each(name)])
    inner = [
        (item.label, branches(node))
        for item, tree in results.each(name)
        for part, node in tree.children.items()
        if part != "curves"
    ]
    return found | (trees("plane_diagrams", inner) if inner else {})


def traces(results, name):
    """Traces: told apart by the adaptation at which each ramp was run."""
    found = {}
    for _, node in results.each(name):
        label = f"adaptation={node.attrs['adaptation']:.12g}"
        columns = by_rows("traces", node.to_dataset())["once"]
        found |= {f"traces/{label}/{name}": values for name, values in columns.items()}
    return found


def summaries(results, folder):
    """All summaries of an experiment in one, as the record has them, and all tables."""
    own = {s.kind: name for name, s in results.plan.studies.items() if s.summarises()}
    parts = [results.summary(own[kind]) for kind in ("networks", "predictions") if kind in own]
    if "rates" in own:
        names = {"rate": "response_rate", "rate_infinite": "response_rate_infinite",
                 "adjusted_current": "response_adjusted_current",
                 "input_current": "response_current"}  # fmt: skip
        parts.append(results.summary(own["rates"]).rename(names))
    if "transitions" in own:
        given = results.summary(own["points"])
        listed = given.drop_vars([n for n in given.variables if given[n].dims == ("run",)])
        listed = listed.rename({n: f"bifurcation_{n}" for n in listed.data_vars})
        parts += [results.summary(own["transitions"]), listed.rename(point="bifurcation")]
        status = results.result(own["transitions"], 0)
        parts.append(xr.Dataset(coords={"sought": status["sought"]}))
    whole = xr.merge(parts, compat="override", join="outer", combine_attrs="drop")
    found = summary("summary", whole, results)
    tables = {file.name: read_rows(file) for file in sorted(folder.glob("*/*.csv"))}
    if "networks.csv" in tables:
        rows = joined_rows(tables.pop("networks.csv"), tables.pop("predictions.csv", None))
        found |= table("summary.csv", rows, results)
    if "transitions.csv" in tables:
        found |= table("summary.csv", tables.pop("transitions.csv"), results)
    for name, rows in tables.items():
        found |= table(name, rows, results)
    return found


def summary(study, dataset, results):
    """The summary: numbers of runs, a few traces, and lists of points, transitions and scores."""
    if "theory" in dataset.dims:
        dataset = dataset.sortby("theory")
    parts = by_rows(study, dataset)
    runs = parts.pop("run")
    place, order = grid_order(runs, grid_names(results))
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


def read_rows(file):
    """The rows of a table."""
    with file.open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def joined_rows(mine, theirs):
    """Rows of networks with those of theories beside them, a row for every theory."""
    if theirs is None:
        return [row | {"theory": ""} for row in mine]
    shared = [name for name in theirs[0] if name in mine[0]]
    of = {tuple(row[name] for name in shared if "noise" not in name): row for row in mine}
    return [of[tuple(row[name] for name in shared if "noise" not in name)] | row for row in theirs]


def table(study, rows, results):
    """The columns of a table; numbers where all that is not empty is one."""
    columns = {}
    for name in rows[0] if rows else ():
        recorded = recorded_name(study, name)
        if recorded is not None:
            columns[recorded] = numbers([row[name] for row in rows])
    known = [name for name in ("sweep", *grid_names(results), "replicate") if name in columns]
    return {f"{study}/{name}": values for name, values in in_order(columns, None, known).items()}


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
        found.setdefault(row or "once", {})[recorded] = plain(values)
    return found


def plain(values):
    """Text as fixed-width text."""
    return values.astype(str) if values.dtype.kind in "OT" else values


def grid_names(results):
    """Recorded names of the coordinates that sweeps vary."""
    own = [coordinate_name(path) for path in results.plan.parameters]
    return sorted(recorded_name("summary", name) for name in own)


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
