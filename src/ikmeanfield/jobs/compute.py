"""Computation of one batch of a study: every item is computed and checked, all in one file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.datasets.provenance import attributes
from ikmeanfield.datasets.runs import coordinates
from ikmeanfield.datasets.store import UNDEFINED, write
from ikmeanfield.datasets.trees import write_tree
from ikmeanfield.progress import track

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.studies.study import Item

ITEM = {"long_name": "number of the item in this file"}


class StudyError(RuntimeError):
    """A study failed at a grid point; the message names the study, the point and the reason."""


def compute_batch(plan: Plan, study: str, batch: str, path: str | Path) -> None:
    """Compute one batch of a study and store it.

    Parameters
    ----------
    plan
        The experiment.
    study, batch
        Name of the study and id of the batch.
    path
        The file to write. It holds a Dataset, or a DataTree if the study's results are trees.

    Raises
    ------
    StudyError
        If an item fails, or its result holds NaN or infinity. The remaining items are tried
        first, so that one message names the study and all grid points that fail.
    """
    import xarray as xr  # noqa: PLC0415

    items = plan.items(study, batch)
    results: list[Any] = []
    failures = []
    for item in track(items, study):
        try:
            results.append(_computed(plan, study, item))
        except StudyError as error:
            failures.append(str(error))
    if failures:
        raise StudyError("\n".join(failures))
    known = {**_provenance(plan, study), **plan.known(study, batch)}
    if isinstance(results[0], xr.DataTree):
        write_tree(_tree(plan, items, results, known), path)
    else:
        write(_stacked(plan, study, items, results, known), path)


def _computed(plan: Plan, study: str, item: Item) -> xr.Dataset | xr.DataTree:
    """The result of one item; NaN is refused except where the study declares it."""
    settings = plan.study_of(study, item)
    where = f"{plan.experiment}, {study}" + (f", {item.label}" if item.label else "")
    if item.runs:
        where += f", {plan.first_run(item)}"
    try:
        result: Any = settings.compute(plan, item)
    except (ArithmeticError, RuntimeError, ValueError) as error:
        circuit = plan.first_run(item).circuit if item.runs else plan.circuit
        msg = f"{where}: {error}\n{circuit}"
        raise StudyError(msg) from error
    for name, variable in getattr(result, "data_vars", {}).items():
        undefined = name in settings.undefined or UNDEFINED in variable.attrs
        if variable.dtype.kind == "f" and not undefined and not np.isfinite(variable.values).all():
            msg = f"{where}: {name} is NaN or infinite\n{plan.first_run(item).circuit}"
            raise StudyError(msg)
    return result  # type: ignore[no-any-return]


def _stacked(
    plan: Plan,
    study: str,
    items: Sequence[Item],
    results: Sequence[xr.Dataset],
    known: dict[str, Any],
) -> xr.Dataset:
    """Results stacked along ``item``; variables along ``point`` are concatenated.

    The variable ``item_number`` says to which item each point belongs.
    """
    import xarray as xr  # noqa: PLC0415

    ragged = ["point" in result.dims for result in results]
    stacked = [result.drop_dims("point", errors="ignore").drop_attrs(deep=False)
               for result in results]  # fmt: skip
    dataset = (
        xr.concat(
            stacked,
            "item",
            join="exact",
            coords="minimal",
            compat="override",
            combine_attrs="override",
        )
        if stacked[0].data_vars
        else xr.Dataset()
    )
    if any(ragged):
        points = []
        for number, result in enumerate(results):
            own = [name for name in result.data_vars if result[name].dims == ("point",)]
            numbers = np.full(result.sizes["point"], number)
            mine = result[own].reset_coords(drop=True).drop_attrs(deep=False)
            points.append(mine.assign(item_number=("point", numbers, ITEM)))
        dataset = dataset.merge(xr.concat(points, dim="point"))
    for name, where in plan.studies[study].undefined.items():
        if name in dataset:
            dataset[name].attrs[UNDEFINED] = where
    dataset = dataset.assign_coords(_item_coordinates(plan, items))
    dataset.attrs = known
    return dataset


def _item_coordinates(plan: Plan, items: Sequence[Item]) -> dict[str, Any]:
    """Coordinates along ``item``: key, label and seed, and its first run's values and circuit."""
    found: dict[str, Any] = {
        "key": ("item", [i.key for i in items], {"long_name": "hash of what determines the item"}),
        "label": ("item", [i.label for i in items], {"long_name": "theory, if the item has one"}),
    }
    if all(item.seed is not None for item in items):
        seeds = np.array([item.seed for item in items], np.int64)
        found["seed"] = ("item", seeds, {"long_name": "seed of its random numbers"})
    if all(item.runs for item in items):
        runs = [plan.first_run(item) for item in items]
        found |= coordinates(plan, runs, "item")
        for name, values, text in (
            ("circuit", [run.circuit.model_dump_json() for run in runs], "effective circuit"),
            ("settings", [json.dumps(run.settings, sort_keys=True) for run in runs],
             "effective settings that sweeps may vary"),
        ):  # fmt: skip
            found[name] = ("item", values, {"long_name": f"{text} of the run, as JSON"})
    return found


def _tree(
    plan: Plan, items: Sequence[Item], results: Sequence[xr.DataTree], known: dict[str, Any]
) -> xr.DataTree:
    """Results as a tree with a node for each item."""
    import xarray as xr  # noqa: PLC0415

    tree = xr.DataTree(children={i.node: r for i, r in zip(items, results, strict=True)})
    for item in items:
        circuit = plan.first_run(item).circuit if item.runs else plan.circuit
        node = tree.children[item.node]
        own = {"key": item.key, "label": item.label, "circuit": circuit.model_dump_json()}
        node.attrs = {**own, **node.attrs}
    tree.attrs = known
    return tree


def _provenance(plan: Plan, study: str) -> dict[str, Any]:
    """Attributes that say how a file was made; what differs between items is stored with them."""
    settings = plan.studies[study]
    config = {
        "experiment": plan.experiment,
        "seed": plan.seed,
        "portable": plan.portable,
        "studies": {study: settings.model_dump()},
        "theories": {n: t.model_dump() for n, t in plan.theories.items()},
        "input": {name: given.model_dump() for name, given in plan.input.items()},
    }
    title = f"Study '{study}' ({settings.kind}) of the experiment {plan.experiment}"
    return attributes(title, config, seed=plan.seed)
