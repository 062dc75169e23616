"""Errors of theories against the size of the networks: what remains is the model's own error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from ikmeanfield.analysis.errors_against_size import ErrorsOfDraws, errors_of_studies
from ikmeanfield.figures.save import FigureError
from ikmeanfield.plot.paper_style import DASHES, DOUBLE_COLUMN, INK, MARKERS, label_panel, style
from ikmeanfield.sources import Sources

TAKES = [
    {"transitions": {"kind": "transitions", "sweeps": ["sizes"]}},
    {"predictions": {"kind": "predictions", "sweeps": ["sizes"]}},
    {"predictions": {"kind": "predictions", "sweeps": ["sizes"]}},
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""

LOOKS = {
    "uncorrected": (INK[2], MARKERS[2]),
    "corrected": (INK[1], MARKERS[1]),
    "exact": (INK[0], MARKERS[0]),
}
"""Colour and marker by what a theory is."""
GIVEN = ("rs.adaptation", "rs.threshold_width", "rs.reset_potential")
"""What is fixed in each of the three experiments."""
TITLES = (r"$\kappa$ = {:g} pA", r"$\Delta_v$ = {:g} mV", r"$v_0$ = {:g} mV")
SCATTER = r"draws, $\propto 1/\sqrt{N}$"
LEGEND = 4.0
"""By which factor the axis of errors is longer, so that the legend has a place."""
SPREAD = 0.06
"""Width over which draws of one size are spread, as a share of the factor between sizes."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take: summaries, and what each theory is, by panel and name."""
    studies = [study for taken in experiments for study in taken.values()]
    roles = {}
    for study in studies:
        for name, theory in study.plan.theories.items():
            corrected = getattr(theory, "reset_correction", None)
            roles[name] = "exact" if corrected is None else (
                "corrected" if corrected else "uncorrected"
            )  # fmt: skip
    given = [study.plan.circuit.get(path) for study, path in zip(studies, GIVEN, strict=True)]
    return {"summaries": [study.summary for study in studies], "roles": roles, "given": given}


def draw(
    summaries: Sequence[xr.Dataset], roles: dict[str, str], given: Sequence[float] = ()
) -> Figure:
    """Draw a panel for each quantity.

    Parameters
    ----------
    summaries
        Of the transitions at one adaptation, and of the predictions at one width of the thresholds
        and at one reset potential, each over sizes and replicates.
    roles
        What each theory is: a key of `LOOKS`.
    given
        The adaptation in pA, the width and the reset potential in mV.
    """
    panels = _panels(summaries)
    titles = [text.format(value) for text, value in zip(TITLES, given, strict=False)]
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 2.5), layout="constrained")
        for number, (axes, (what, errors)) in enumerate(
            zip(figure.subplots(1, len(panels)), panels.items(), strict=True)
        ):
            for one in errors:
                _errors(axes, one, roles[one.theory])
            _scatter(axes, errors[0])
            _dress(axes, np.unique(errors[0].size))
            quantity = what.partition(" at ")[0]
            axes.set_ylabel(f"|error of the {quantity}| ({errors[0].unit})")
            axes.set_title("".join(titles[number : number + 1]))
            label_panel(axes, "ABC"[number])
            axes.legend(loc="lower left", handlelength=1.2)
    return figure


def _panels(summaries: Sequence[xr.Dataset]) -> dict[str, list[ErrorsOfDraws]]:
    """Errors of all theories by quantity."""
    panels: dict[str, list[ErrorsOfDraws]] = {}
    for one in errors_of_studies(summaries):
        panels.setdefault(one.what, []).append(one)
    if not panels:
        msg = "sizes needs theories that networks of several sizes are compared with; got none"
        raise FigureError(msg)
    return panels


def _errors(axes: Axes, errors: ErrorsOfDraws, role: str) -> None:
    """Moduli of the errors of every draw, what is expected of them, and the limit as N → ∞."""
    color, marker = LOOKS[role]
    sizes = np.unique(errors.size)
    factor = sizes[1] / sizes[0] if sizes.size > 1 else 2.0
    for size in sizes:
        values = np.abs(errors.error[errors.size == size])
        shift = np.linspace(-SPREAD, SPREAD, values.size) if values.size > 1 else np.zeros(1)
        axes.plot(
            size * factor**shift, values, linestyle="", marker=marker, markersize=2.2, color=color,
            markerfacecolor="none", markeredgewidth=0.5,
            label=role if size == sizes[0] else None,
        )  # fmt: skip
    scaling = errors.scaling()
    if scaling is None:
        return
    x = np.array([sizes[0] / factor**0.3, *sizes, sizes[-1] * factor**0.3])
    axes.plot(x, np.hypot(scaling.mean(x), scaling.deviation(x)), color=color, linewidth=0.9)
    limit, error = abs(scaling.limit), scaling.limit_error
    known = limit > 2 * error
    axes.errorbar(
        sizes[-1] * factor, limit if known else limit + 2 * error,
        yerr=error if known else 0.3 * (limit + 2 * error), uplims=not known, color=color,
        marker=marker if known else "_", markersize=3.5, capsize=2, elinewidth=0.8,
    )  # fmt: skip


def _scatter(axes: Axes, errors: ErrorsOfDraws) -> None:
    """The standard deviation between draws, which is the same for all theories."""
    scaling = errors.scaling()
    if scaling is not None:
        x = np.array([errors.size.min(), errors.size.max()])
        axes.plot(
            x, scaling.deviation(x), color="0.45", linestyle=DASHES[2], linewidth=0.8, zorder=1,
            label=SCATTER,
        )  # fmt: skip


def _dress(axes: Axes, sizes: NDArray[np.float64]) -> None:
    """Axes over the size, with a place for infinitely many neurons."""
    factor = sizes[1] / sizes[0] if sizes.size > 1 else 2.0
    beyond = sizes[-1] * factor
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(sizes[0] / factor**0.5, beyond * factor**0.4)
    axes.set_xticks([*sizes, beyond], [*map(_short, sizes), "∞"])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(bottom=axes.get_ylim()[0] / LEGEND)
    axes.set_xlabel("neurons $N$")


def _short(size: float) -> str:
    return f"{size / 1000:g}k" if size >= 1000 else f"{size:g}"


def caption(summaries: Sequence[xr.Dataset], roles: dict[str, str], given: Sequence[float]) -> str:
    """The caption, with limits and scatter in numbers."""
    kappa, width, reset = given
    lines = []
    for what, errors in _panels(summaries).items():
        draws = max(int((e.size == n).sum()) for e in errors for n in np.unique(e.size))
        for one in errors:
            scaling = one.scaling()
            if scaling is None:
                continue
            lines.append(
                f"{what}, {roles[one.theory]}: {scaling.limit:+.3g} ± {scaling.limit_error:.2g} "
                f"{one.unit} as N → ∞; standard deviation between {draws} draws "
                f"{scaling.deviation(1e4):.2g} {one.unit} at N = 10,000, falling as N to the power "
                f"{scaling.exponent:.2f} ± {scaling.exponent_error:.2f}"
            )
    made = summaries[0].attrs
    return (
        "# Finite size and errors of the model\n\n"
        "Distance of theories from networks that differ in size and in the draw of their "
        f"thresholds (one mark each): (A) the upper fold of adapting neurons (κ = {kappa:g} pA) "
        "held at constant current, of the uncorrected mean field and of the exact theory of "
        "stationary states; (B) the mean rate of neurons with truncated thresholds "
        f"(Δ_v = {width:g} mV); (C) the mean rate of neurons that are reset to v_0 = {reset:g} mV. "
        "A limit, a bias of order 1/N and a standard deviation between draws that falls as 1/√N "
        "(dotted) are fitted; solid lines are the root mean square distance that they give. The "
        "marks at ∞ are the limits with their standard errors, or, as bars with arrows, bounds of "
        "limits that are less than two standard errors from zero. What remains there is the error "
        "of the theory.\n\n"
        + "".join(f"- {line}\n" for line in lines)
        + f"- made by {made.get('source')} on {made.get('processor')}\n"
    )
