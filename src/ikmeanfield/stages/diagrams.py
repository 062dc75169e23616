"""One batch of diagrams: equilibria and cycles of mean fields in one parameter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.analysis.diagrams import DiagramError, equilibrium_diagram, to_tree
from ikmeanfield.continuation import ContinuationOptions
from ikmeanfield.datasets.diagrams import expected, node_name
from ikmeanfield.datasets.provenance import attributes
from ikmeanfield.datasets.trees import write_tree
from ikmeanfield.stages.progress import Curves, tracked

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Line, Plan


def follow_diagrams(plan: Plan, batch: int, path: str | Path) -> None:
    """Follow every distinct mean field of one batch in the parameter and store them at `path`.

    Raises
    ------
    DiagramError
        If one cannot be followed; it names the mean field and its circuit.
    """
    import xarray as xr  # noqa: PLC0415

    lines = plan.diagram_batches[batch]
    nodes = {node_name(line.key): _diagram(plan, line) for line in tracked(lines, "diagram")}
    tree = xr.DataTree(children=nodes)
    config = plan.model_dump(include={"experiment", "diagrams", "meanfield"})
    config["circuits"] = [line.circuit.model_dump() for line in lines]
    title = f"Diagrams of mean fields of the experiment {plan.experiment}"
    tree.attrs = {**attributes(title, config), **expected(plan, lines)}
    write_tree(tree, path)


def _diagram(plan: Plan, line: Line) -> xr.DataTree:
    settings, model = plan.diagrams, plan.meanfield[line.meanfield]
    assert settings is not None
    low, high = settings.bounds
    try:
        branches = equilibrium_diagram(
            line.circuit, settings.parameter, low, high, cycles=settings.cycles,
            theory=model,
            options=ContinuationOptions(progress=Curves(f"mean field {line.meanfield}")),
        )  # fmt: skip
    except (ArithmeticError, RuntimeError, ValueError) as error:
        msg = f"{plan.experiment}, mean field {line.meanfield}: {error}\n{line.circuit}"
        raise DiagramError(msg) from error
    known: dict[str, str | float] = {
        "meanfield": line.meanfield,
        "key": line.key,
        "reset_correction": int(model.reset_correction),
        "form": model.form,
        "circuit": line.circuit.model_dump_json(),
    }
    return to_tree(branches, known)
