"""Maps of Fig. 7: what networks do over a current and a width, and curves of the mean field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.continuation import Branch
from ikmeanfield.experiments.paths import coordinate_name
from ikmeanfield.plot.planes import draw_plane
from ikmeanfield.studies.compared import NETWORK
from ikmeanfield.studies.hysteresis import REGIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.jobs.results import StudyResults

    BoolArray = NDArray[np.bool_]

REGION_COLORS = ("#f7f7f7", "#dbe7f5", "#c9c9c9", "#f6d9b0")
"""Rest, activity, bistability and oscillation, in the order of `REGIONS`."""
TOLD = ("bistable", "oscillating")
"""The regions whose overlap is told."""
WORDS = {
    "rs_adaptation": (r"$\kappa$", "κ", "pA"),
    "fs_threshold_width": (r"$\Delta_\mathrm{fs}$", "Δ_fs", "mV"),
    "lts_threshold_width": (r"$\Delta_\mathrm{lts}$", "Δ_lts", "mV"),
}
"""What is fixed in a plane, by coordinate: its symbol in a figure, in plain text, and its unit."""


@dataclass(frozen=True)
class Plane:
    """Curves of a mean field in a plane, and what is fixed there."""

    branches: dict[str, Branch]
    values: dict[str, float]
    """What the sweeps vary besides the second parameter, by coordinate."""
    first: str
    """Path of the first parameter."""
    second: str
    """Coordinate of the second parameter."""
    bounds: tuple[tuple[float, float], tuple[float, float]]

    @classmethod
    def of(cls, tree: xr.DataTree, settings: Any) -> Self:
        """The plane that a study of these settings has stored."""
        numbers = {k: v for k, v in tree.attrs.items() if isinstance(v, float | np.floating)}
        values = {str(name): float(value) for name, value in numbers.items()}
        bounds = (tuple(settings.bounds), tuple(settings.second_bounds))
        branches = from_tree(tree.children["curves"])
        return cls(branches, values, settings.parameter, coordinate_name(settings.second), bounds)


@dataclass(frozen=True)
class Map:
    """What networks and the mean field do in a plane, held at levels of its first parameter."""

    plane: Plane
    held: xr.Dataset
    """Their ``region`` (run, model, current), for one population; runs by rising width."""

    def fixed(self, *, symbols: bool = False) -> str:
        """What is fixed in the plane, in words or with the symbols of a figure."""
        known = ((*WORDS[n], v) for n, v in self.plane.values.items() if n in WORDS)
        return ", ".join(
            f"{symbol if symbols else word} = {value:g} {unit}"
            for symbol, word, unit, value in known
        )


def maps(planes: StudyResults, hysteresis: xr.Dataset, population: str) -> list[Map]:
    """The planes of a study in which there are networks, in the order of what is fixed.

    Parameters
    ----------
    planes
        A study of planes.
    hysteresis
        The runs held at levels of the planes' first parameter, over their second one.
    population
        The population whose regions are shown.
    """
    found = [Plane.of(tree, planes.settings) for _, tree in planes.each()]
    found.sort(key=lambda plane: list(plane.values.values()))
    held = hysteresis.sel(population=population)
    every = [Map(plane, runs_in(plane, held)) for plane in found]
    return [one for one in every if one.held.sizes["run"]]


def runs_in(plane: Plane, hysteresis: xr.Dataset) -> xr.Dataset:
    """The runs in a plane, which share its fixed values, by rising width."""
    here = np.ones(hysteresis.sizes["run"], bool)
    for name, value in plane.values.items():
        if name != plane.second:
            here &= np.isclose(hysteresis[name].values, value)
    return hysteresis.isel(run=np.flatnonzero(here)).sortby(plane.second)


def current_label(path: str) -> str:
    """Label of the current into the population of a path."""
    return rf"current $I_\mathrm{{{path.partition('.')[0]}}}$ (pA)"


def width_label(coordinate: str) -> str:
    """Label of the width of the population of a coordinate."""
    return rf"width $\Delta_\mathrm{{{coordinate.partition('_')[0]}}}$ (mV)"


def map_legend() -> list[Any]:
    """The colours of the regions."""
    return [
        Patch(facecolor=color, edgecolor="0.6", linewidth=0.4, label=name)
        for name, color in zip(REGIONS, REGION_COLORS, strict=True)
    ]


def draw_map(axes: Axes, shown: Map, title: str, *, bottom: bool = True) -> None:
    """Regions of networks in colour, and curves of the mean field over them."""
    plane, found = shown.plane, shown.held.sel(model=NETWORK)
    currents, widths = found["current"].values, found[plane.second].values
    axes.pcolormesh(
        currents, widths, found["region"].values,
        cmap=ListedColormap(REGION_COLORS), vmin=-0.5, vmax=len(REGIONS) - 0.5,
        shading="nearest", rasterized=True, zorder=0,
    )  # fmt: skip
    draw_plane(axes, plane.branches, plane.bounds, regions=False)
    axes.set_xlim(*currents[[0, -1]])
    axes.set_ylim(*widths[[0, -1]])
    axes.set_title(title)
    axes.set_ylabel(width_label(plane.second))
    if bottom:
        axes.set_xlabel(current_label(plane.first))


def protocol(shown: Sequence[Map]) -> str:
    """How the networks of some maps were held."""
    settings = [
        (one.held.attrs.get("size", "?"), one.held.attrs.get("hold", nan),
         one.held.sizes["current"], one.held.sizes["run"])
        for one in shown
    ]  # fmt: skip
    sizes, holds, levels, widths = (
        " or ".join(
            f"{value:g}" if isinstance(value, float) else str(value)
            for value in dict.fromkeys(column)
        )
        for column in zip(*settings, strict=True)
    )
    return (
        f"{sizes} neurons per population, held for {holds} ms at each of {levels} levels, "
        f"{widths} widths"
    )


def agreement(name: str, shown: Sequence[Map]) -> Iterator[str]:
    """How far the regions of networks are those of the mean field under the same protocol.

    The overlap of two regions is their Jaccard index: of the cells of the map that are in either,
    the share that is in both.

    Parameters
    ----------
    name
        What the maps show.
    shown
        Maps with a theory beside the networks.
    """
    for one in shown:
        theory = next(m for m in one.held["model"].values.tolist() if m != NETWORK)
        network, predicted = (one.held["region"].sel(model=m).values for m in (NETWORK, theory))
        parts = [f"same in {(network == predicted).mean():.0%} of the map"]
        for word in TOLD:
            number = REGIONS.index(word)
            parts.append(f"{word} {_overlap(network == number, predicted == number)}")
        where = f"{name} over Δ_{one.plane.second.partition('_')[0]}"
        yield f"regions of {', '.join(filter(None, (where, one.fixed())))}: {'; '.join(parts)}"


def _overlap(network: BoolArray, predicted: BoolArray) -> str:
    """The shares of a map that a region takes, and their overlap."""
    shares = f"{network.mean():.0%} (network) and {predicted.mean():.0%} (mean field)"
    either = int((network | predicted).sum())
    if not either:
        return "nowhere"
    return f"in {shares}, overlap {(network & predicted).sum() / either:.2f}"
