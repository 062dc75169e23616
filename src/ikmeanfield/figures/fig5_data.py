"""What Fig. 5 takes out of the summaries of its studies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.plot.paper_style import INK, MARKERS
from ikmeanfield.theories.stationary.settings import StationarySettings

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import StudyResults

FloatArray = NDArray[np.float64]

KAPPA = "rs_adaptation"
AXES = {
    "kappa": (KAPPA, r"adaptation $\kappa$ (pA)"),
    "width": ("rs_threshold_width", r"width $\Delta_v$ (mV)"),
    "cutoff": ("rs_truncation", r"cutoff $\phi$ (mV)"),
}
"""The sweeps of panels B to D: what varies in them, and its label."""
RESET, RESET_LABEL = "rs_reset_potential", "$v_0$ (mV)"
ASSUMPTIONS = {
    "shared_recovery": ("one $u$ for all", INK[2], MARKERS[2]),
    "infinite_reset": ("infinite reset", INK[1], MARKERS[1]),
    "full_lorentzian": ("full Lorentzian", INK[3], MARKERS[3]),
}
"""Label, colour and marker of every assumption."""
CIRCUIT_WIDTH, CIRCUIT_PEAK, CIRCUIT_RESET = (
    "fs_threshold_width", "all_peak_potential", "all_reset_potential"
)  # fmt: skip
CIRCUIT_VARIED = (CIRCUIT_WIDTH, CIRCUIT_PEAK, CIRCUIT_RESET)
"""What varies in the circuit of panels D and E."""


def folds_of(runs: xr.Dataset, assumptions: int) -> FloatArray:
    """Both folds of every run, with all assumptions (1) or none (0): shape (run, 2)."""
    chosen = runs["fold"].isel(
        infinite_reset=assumptions, full_lorentzian=assumptions, shared_recovery=assumptions
    )
    return np.asarray(chosen.transpose("run", "fold_kind").values, dtype=float)


def network_points(summary: xr.Dataset) -> xr.Dataset:
    """Points of networks along ``point``, with their adaptation as coordinate ``kappa``."""
    names = ["kind", "detector", "current", "lower", "upper", "noise"]
    kappa = summary[KAPPA].values[summary["run_number"].values.astype(int)]
    points = summary[names].reset_coords(drop=True).assign_coords(kappa=("point", kappa))
    points.attrs = {name: summary.attrs[name] for name in ("size", "rise") if name in summary.attrs}
    return points


def roles(plan: Plan, names: Sequence[str]) -> dict[str, str]:
    """Names of theories by what they are to the figure: exact, corrected or uncorrected."""
    found: dict[str, str] = {}
    for name in names:
        theory = plan.theories[name]
        corrected = getattr(theory, "reset_correction", None)
        if isinstance(theory, StationarySettings):
            found.setdefault("exact", name)
        elif corrected is not None:
            found.setdefault("corrected" if corrected else "uncorrected", name)
    return found


def transfer_functions(diagrams: StudyResults) -> list[xr.Dataset]:
    """Rates in Hz over the current of populations without synapses, by theory and width."""
    known = roles(diagrams.plan, diagrams.settings.asked(diagrams.plan))
    parameter = diagrams.settings.parameter
    population = parameter.partition(".")[0]
    found = []
    for number in diagrams.runs():
        circuit = diagrams.plan.runs[number].circuit
        for role, name in known.items():
            branch = from_tree(diagrams.result(number, name))["equilibria"]
            column = branch.variables.index(f"{population}.firing_rate")
            where = {"theory": role, "width": circuit.populations[population].threshold_width}
            found.append(
                xr.Dataset(
                    {"rate": ("current", 1e3 * branch.states[:, column])},
                    {"current": branch[parameter]}, where,
                )
            )  # fmt: skip
    return found


def circuit_folds(points: StudyResults) -> xr.Dataset:
    """Both folds in pA by run and theory (NaN where there are none), with what the runs vary."""
    known = roles(points.plan, points.settings.asked(points.plan))
    summary = points.summary
    fold = np.full((summary.sizes["run"], len(known), 2), np.nan)
    chosen = summary["kind"].values.astype(str) == "fold"
    columns = [summary[n].values[chosen] for n in ("run_number", "theory", "side", "value")]
    for run, theory, side, value in zip(*columns, strict=True):
        for place, name in enumerate(known.values()):
            if name == theory and str(side) in ("upper", "lower"):
                fold[int(run), place, ("upper", "lower").index(str(side))] = value
    varied = {
        name: ("run", summary[name].values) for name in (CIRCUIT_WIDTH, CIRCUIT_PEAK, CIRCUIT_RESET)
    }
    axes = {"theory": list(known), "fold_kind": ["upper", "lower"]}
    return xr.Dataset({"fold": (("run", "theory", "fold_kind"), fold)}, {**varied, **axes})


def network_widths(transitions: xr.Dataset) -> xr.Dataset:
    """Bistable interval in pA of held networks, and what they vary; NaN where not both are found.

    Networks that are not held, or where the search found one fold only, do not count.
    """
    runs = transitions["run_number"].values.astype(int)
    held = (transitions["detector"].values == "held") & (transitions["kind"].values == "fold")
    ends = np.full((transitions.sizes["run"], 2), np.nan)
    for column, direction in enumerate(("up", "down")):
        rows = held & (transitions["direction"].values == direction)
        ends[runs[rows], column] = transitions["current"].values[rows]
    varied = {
        name: ("run", transitions[name].values)
        for name in (CIRCUIT_WIDTH, CIRCUIT_PEAK, CIRCUIT_RESET)
    }
    return xr.Dataset({"bistable": ("run", np.maximum(ends[:, 0] - ends[:, 1], 0.0))}, varied)
