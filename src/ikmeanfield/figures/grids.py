"""Drawing of a quantity over the grid of a sweep: lines along one axis, a map over two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from numpy.typing import NDArray

from ikmeanfield.plot.paper_style import DASHES, INK, MARKERS

FEW = 9
"""Largest number of ticks along an axis of a map, and of cells along it that show their values."""
MAP = "cividis"
"""A colour map that rises in brightness, so that it also reads well in grey."""


@dataclass(frozen=True)
class GridAxis:
    """An axis of a sweep, as a summary shows it.

    Attributes
    ----------
    names
        Coordinates that change together along the axis.
    values
        The distinct positions, in the order of the runs; each has one value per name.
    label
        Text of the axis, with its unit.
    """

    names: tuple[str, ...]
    values: tuple[tuple[object, ...], ...]
    label: str

    @property
    def numeric(self) -> bool:
        """Whether positions are numbers, so that distances between them are meaningful."""
        return all(isinstance(position[0], float) for position in self.values)

    @property
    def ticks(self) -> list[str]:
        """The positions as texts."""
        return [
            ", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in position)
            for position in self.values
        ]

    def place(self, runs: xr.Dataset) -> NDArray[np.int64]:
        """Number of the position of every run."""
        order = {position: number for number, position in enumerate(self.values)}
        return np.array([order[position] for position in _positions(runs, self.names)])


def axes_of(runs: xr.Dataset, names: Sequence[str]) -> list[GridAxis]:
    """The axes of a sweep: which coordinates vary among its runs, and which change together.

    Parameters
    ----------
    runs
        The runs of one sweep.
    names
        Coordinates that may vary, in the order of the sweep's axes.
    """
    groups: list[tuple[str, ...]] = []
    for name in names:
        count = _count(runs, (name,))
        if count < 2:
            continue
        for number, group in enumerate(groups):
            # Values of two axes occur in every combination; values of a paired axis do not.
            if _count(runs, (*group, name)) < _count(runs, group) * count:
                groups[number] = (*group, name)
                break
        else:
            groups.append((name,))
    return [
        GridAxis(group, tuple(dict.fromkeys(_positions(runs, group))), _label(runs, group))
        for group in groups
    ]


def coordinate_label(runs: xr.Dataset, name: str) -> str:
    """A label for a coordinate: its name in words, with its unit."""
    attributes = runs[name].attrs
    words = str(attributes["long_name"]).replace("*", "every").replace("_", " ")
    unit = attributes.get("units", "1")
    return words.replace(".", " ") + ("" if unit == "1" else f" ({unit})")


def draw_lines(panel: Axes, axis: GridAxis, series: Mapping[str, NDArray[np.float64]]) -> None:
    """Draw named series along an axis, each with mean and error in two rows."""
    numeric = axis.numeric
    x = np.array([p[0] for p in axis.values] if numeric else range(len(axis.values)), dtype=float)
    order = np.argsort(x)
    many = len(x) > 3 * FEW
    for number, (name, (mean, error)) in enumerate(series.items()):
        panel.errorbar(
            x[order], mean[order], yerr=error[order], color=INK[number % 4],
            linestyle=DASHES[number % 4], marker="" if many else MARKERS[number % 4],
            elinewidth=0.6, label=name,
        )  # fmt: skip
    if not numeric:
        panel.set_xticks(x, axis.ticks)
    panel.set_xlabel(axis.label)


def draw_map(
    panel: Axes, axes: tuple[GridAxis, GridAxis], values: NDArray[np.float64], limits: Normalize
) -> ScalarMappable:
    """Draw values over two axes, the first one upwards; a small map also shows the numbers."""
    mesh = panel.pcolormesh(values, cmap=MAP, norm=limits, edgecolors="white", linewidth=0.4)
    for axis, set_ticks, set_label in (
        (axes[0], panel.set_yticks, panel.set_ylabel),
        (axes[1], panel.set_xticks, panel.set_xlabel),
    ):
        count = len(axis.values)
        shown = np.unique(np.linspace(0, count - 1, min(count, FEW)).round().astype(int))
        set_ticks(shown + 0.5, [axis.ticks[k] for k in shown])
        set_label(axis.label)
    panel.tick_params(length=0)
    if not axes[0].numeric:
        panel.tick_params(axis="y", labelrotation=90)
        for label in panel.get_yticklabels():
            label.set_verticalalignment("center")
    if max(values.shape) <= FEW:
        largest = max(abs(limits.vmin or 0.0), abs(limits.vmax or 0.0), 1e-12)
        digits = max(0, 1 - int(np.floor(np.log10(largest))))
        middle = (limits.vmin or 0.0) / 2 + (limits.vmax or 0.0) / 2
        for (row, column), value in np.ndenumerate(values):
            panel.text(
                column + 0.5, row + 0.5, f"{value:.{digits}f}", ha="center", va="center",
                fontsize=5.5, color="white" if value < middle else "black",
            )  # fmt: skip
    return mesh


def _positions(runs: xr.Dataset, names: Sequence[str]) -> list[tuple[object, ...]]:
    columns = [runs[name].values.tolist() for name in names]
    return list(zip(*columns, strict=True))


def _count(runs: xr.Dataset, names: Sequence[str]) -> int:
    return len(set(_positions(runs, names)))


def _label(runs: xr.Dataset, names: Sequence[str]) -> str:
    return ", ".join(coordinate_label(runs, name) for name in names)
