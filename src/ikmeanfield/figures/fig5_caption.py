"""The caption of Fig. 5, with its findings in numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.figures.fig5_data import (
    ASSUMPTIONS,
    AXES,
    CIRCUIT_VARIED,
    CIRCUIT_WIDTH,
    KAPPA,
    folds_of,
)


def caption(
    points: xr.Dataset,
    summary: xr.Dataset,
    circuit: xr.Dataset,
    circuit_networks: xr.Dataset,
    onsets: xr.Dataset | None = None,
    **_: Any,
) -> str:
    """The caption, with what the figure shows in numbers."""
    size = points.attrs.get("size", "?")
    lines = [
        *_accuracy(points, of_sweep(summary, "kappa")), *_onsets(onsets), *_findings(summary),
        *_intervals(summary, circuit, circuit_networks),
    ]  # fmt: skip
    return (
        "# Fig. 5. What the assumptions of the mean field cost\n\n"
        "(A) Folds of regular spiking neurons in the plane of input current I and adaptation κ: "
        "exactly, for infinitely many neurons (dark), with the Hopf points at which their "
        "asynchronous state stops oscillating as the current grows (dashed); of the mean field "
        "without reset correction (folds grey, Hopf points green); and of some of the networks of "
        f"{size} neurons, on a moving ramp (crosses) and held at constant current (triangles and "
        "circles, with bars for bracket and finite-size noise). "
        "(B, C) The mean field's error of the upper fold (top) and of the lower fold (bottom), "
        "dashed, and what each of its three assumptions contributes to it: one recovery variable "
        "for all neurons, infinite peak and reset, thresholds that are not truncated, against "
        "adaptation (B), and width and cutoff of the thresholds (C). "
        "Contributions are averaged over all orders of making the assumptions (Shapley values) "
        "and add up to the error. "
        "(D) Errors of the folds without and with the reset correction: of neurons without "
        "recovery (κ = b = 0) against the reset potential (left), and of the circuit of Fig. 3 for "
        "its three reset conditions (right). "
        "(E) Left: rates of neurons without synapses for three widths of their thresholds, exactly "
        "(solid), of the uncorrected mean field (dashed) and of networks (diamonds). Middle and "
        "right: length of the interval in which a population, or the circuit, is bistable, over "
        "the width of its thresholds.\n\n"
        + "".join(f"- {line}\n" for line in lines)
        + f"- made by {summary.attrs.get('source')} on {summary.attrs.get('processor')}\n"
    )


def _accuracy(points: xr.Dataset, runs: xr.Dataset) -> list[str]:
    """How far held networks are from the folds of either theory, at the same adaptation."""
    chosen = (points["detector"].values == "held") & (points["kind"].values == "fold")
    held = points.isel(point=np.flatnonzero(chosen))
    kappa, current = held["kappa"].values, held["current"].values
    found = []
    for words, folds in (
        ("exact folds", folds_of(runs, 0)),
        ("mean field's folds", folds_of(runs, 1)),
    ):
        distances = []
        for value, both in zip(runs[KAPPA].values, folds, strict=True):
            there = current[kappa == value]
            if there.size and np.isfinite(both).all():
                distances += list(np.abs(there[:, None] - both).min(axis=1))
        if distances:
            found.append(
                f"{len(distances)} folds of held networks lie {np.median(distances):.2g} pA "
                f"(median; at most {max(distances):.2g} pA) from the nearest of the {words}"
            )
    return found


def _findings(summary: xr.Dataset) -> list[str]:
    """The errors and their parts at the ends of every sweep of panels B to D."""
    found = []
    for sweep, (varied, label) in AXES.items():
        runs = of_sweep(summary, sweep).sortby(varied)
        both = np.flatnonzero(np.isfinite(runs["error"].values).all(axis=1))
        for place in dict.fromkeys(both[[0, -1]].tolist() if both.size else []):
            run = runs.isel(run=place)
            name = {"kappa": "κ", "width": "Δ_v", "cutoff": "φ"}[sweep]
            unit = label[label.index("(") + 1 : -1]
            parts = []
            for fold in ("upper", "lower"):
                shares = ", ".join(
                    f"{words.replace('$', '')} {float(value):+.2f}"
                    for key, (words, _, _) in ASSUMPTIONS.items()
                    for value in [run["contribution"].sel(assumption=key, fold_kind=fold)]
                )
                error = float(run["error"].sel(fold_kind=fold))
                parts.append(f"{fold} fold {error:+.2f} pA ({shares})")
            found.append(f"{name} = {float(run[varied]):g} {unit}: {'; '.join(parts)}")
    return found


def _onsets(onsets: xr.Dataset | None) -> list[str]:
    """Currents and frequencies at the ends of the exact curve of Hopf points."""
    if onsets is None or not onsets.sizes["point"]:
        return []
    ends = onsets.isel(point=sorted({0, onsets.sizes["point"] - 1}))
    parts = [
        f"{float(e['value']):.2f} pA and {float(e['frequency']):.2g} Hz at κ = "
        f"{float(e['second']):g} pA"
        for e in (ends.isel(point=k) for k in range(ends.sizes["point"]))
    ]
    return [f"exact Hopf points: {', '.join(parts)}"]


def _intervals(summary: xr.Dataset, circuit: xr.Dataset, networks: xr.Dataset) -> list[str]:
    """Where bistable intervals are longest, and how those of networks differ from the theories."""
    runs = of_sweep(summary, "width").sortby(AXES["width"][0])
    exact = np.nan_to_num(np.subtract(*folds_of(runs, 0).T), nan=0.0)
    found = [
        "bistable interval of the population: "
        + ", ".join(
            f"{length:.1f} pA at Δ_v = {float(width):g} mV"
            for width, length in zip(runs[AXES["width"][0]].values, exact, strict=True)
        )
    ]
    for name in map(str, circuit["theory"].values):
        distances = _from_networks(circuit["fold"].sel(theory=name), networks)
        if distances:
            found.append(
                f"bistable intervals of {len(distances)} held networks of the circuit differ from "
                f"the {name} theory's by {np.median(distances):.2g} pA (median)"
            )
    return found


def _from_networks(folds: xr.DataArray, networks: xr.Dataset) -> list[float]:
    """Distances of bistable intervals, interpolated in the width, from those of held networks."""
    upper, lower = (folds.sel(fold_kind=name).values for name in ("upper", "lower"))
    lengths = np.nan_to_num(upper - lower, nan=0.0)
    found = []
    for length, width, *reset in zip(
        *(networks[name].values for name in ("bistable", *CIRCUIT_VARIED)), strict=True
    ):
        same = np.ones(folds.sizes["run"], dtype=bool)
        for name, value in zip(CIRCUIT_VARIED[1:], reset, strict=True):
            same &= folds[name].values == value
        widths = folds[CIRCUIT_WIDTH].values[same]
        if same.any() and np.isfinite(length) and widths.min() <= width <= widths.max():
            order = np.argsort(widths)
            expected = np.interp(width, widths[order], lengths[same][order])
            found.append(abs(float(expected - length)))
    return found
