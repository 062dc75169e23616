"""What a figure's panels show, as a table: read from the drawing itself, so that both are the same.

Every line, marker, bar, polygon, map and image of the drawing gives rows with its place in the
coordinates of its axes. Texts, legends and what lies outside these coordinates give none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, PathCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.container import Container
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path
from numpy.typing import NDArray

from ikmeanfield.datasets.tables import write_rows

COLUMNS = ("panel", "axes", "series", "part", "kind", "label", "color", "x_label", "y_label",
           "x", "y", "value")  # fmt: skip
"""The panel's letter; numbers of its axes in the figure, of what is drawn there, and of the piece
if it has several; what it is, its name and colour; texts of the axes; the point, and its value in a
map."""

FloatArray = NDArray[np.float64]
Drawn = Line2D | Collection | Patch | AxesImage
Points = tuple[Any, Any, Any]
"""Coordinates x and y, and values or None."""


def write_panel_data(figure: Figure, path: File) -> None:
    """Write what a figure shows as CSV, completely or not at all.

    Parameters
    ----------
    figure
        The finished drawing.
    path
        The file, with the columns `COLUMNS` and one row per point.
    """
    write_rows(path, panel_rows(figure), COLUMNS)


def panel_rows(figure: Figure) -> Iterator[dict[str, Any]]:
    """One row for every point that a figure shows, with the columns `COLUMNS`."""
    panel = ""
    for number, axes in enumerate(_all_axes(figure), start=1):
        panel = _letter(axes) or panel
        known = {
            "panel": panel, "axes": number,
            "x_label": axes.get_xlabel(), "y_label": axes.get_ylabel(),
        }  # fmt: skip
        names = _names(axes)
        drawn: list[Drawn] = [*axes.images, *axes.collections, *axes.patches, *axes.lines]
        shown = (artist for artist in drawn if _shows_data(artist, axes))
        for series, artist in enumerate(shown, start=1):
            kind, color, parts = _described(artist, axes)
            label = names.get(artist) or str(artist.get_label())
            own = {"series": series, "kind": kind, "color": color,
                   "label": "" if label.startswith("_") else label}  # fmt: skip
            for part, (x, y, value) in enumerate(parts, start=1):
                values = [""] * len(x) if value is None else value.tolist()
                for point in zip(x.tolist(), y.tolist(), values, strict=True):
                    place = dict(zip(("x", "y", "value"), point, strict=True))
                    yield {**known, **own, "part": part, **place}


def _all_axes(figure: Figure) -> Iterator[Axes]:
    """The axes of a figure in the order in which they were made, each followed by its insets."""
    for axes in figure.axes:
        if axes.get_label() != "<colorbar>":
            yield axes
        yield from (child for child in axes.child_axes if isinstance(child, Axes))


def _letter(axes: Axes) -> str:
    """The letter that `label_panel` has put beside axes; empty if they have none."""
    found = [t.get_text() for t in axes.texts if t.get_fontweight() == "bold"]
    return next((text for text in found if len(text) == 1 and text.isupper()), "")


def _names(axes: Axes) -> dict[Artist, str]:
    """Labels of what belongs to a group with a label, such as a series with error bars."""
    found: dict[Artist, str] = {}
    for container in axes.containers:
        label = str(container.get_label())
        found |= dict.fromkeys(_members(container), label)
    return found


def _members(container: Container) -> Iterator[Artist]:
    for member in container:
        if isinstance(member, Artist):
            yield member
        elif member is not None:
            yield from member


def _shows_data(artist: Drawn, axes: Axes) -> bool:
    """Whether an artist is visible and has a place in the coordinates of its axes."""
    if isinstance(artist, AxesImage):
        return artist.get_visible() and np.ndim(np.asarray(artist.get_array())) == 2
    return artist.get_visible() and any(_in_data(artist, axes))


def _in_data(artist: Drawn, axes: Axes) -> tuple[bool, bool]:
    """Whether x and y of an artist are coordinates of its axes; of ``axvline``, x alone is."""
    if isinstance(artist, PathCollection):
        transform = artist.get_offset_transform()
    else:
        transform = artist.get_transform()
    in_x, in_y = transform.contains_branch_seperately(axes.transData)
    return bool(in_x), bool(in_y)


def _described(artist: Drawn, axes: Axes) -> tuple[str, str, list[Points]]:
    """The kind of an artist, its colour, and its points, piece by piece."""
    if isinstance(artist, QuadMesh):
        return "map", "", [_cells(artist)]
    if isinstance(artist, AxesImage):
        return "map", "", [_pixels(artist)]
    values = None
    if isinstance(artist, Line2D):
        kind = "points" if artist.get_linestyle() in {"None", " ", ""} else "line"
        color = to_hex(artist.get_color())
        pieces = [np.column_stack(artist.get_data(orig=False)).astype(float)]
    elif isinstance(artist, PathCollection):
        kind, color, values = "points", _first(artist.get_facecolor()), artist.get_array()
        pieces = [np.ma.filled(np.ma.asarray(artist.get_offsets(), dtype=float), np.nan)]
    elif isinstance(artist, Collection):
        filled = len(artist.get_facecolor()) > 0
        kind = "area" if filled else "line"
        color = _first(artist.get_facecolor() if filled else artist.get_edgecolor())
        pieces = [_vertices(path) for path in artist.get_paths()]
    else:
        kind, color = "area", to_hex(artist.get_facecolor())
        pieces = [_vertices(artist.get_path().transformed(artist.get_patch_transform()))]
    given = np.where(_in_data(artist, axes), 1.0, np.nan)
    return kind, color, [(*(piece * given).T, values) for piece in pieces]


def _vertices(path: Path) -> FloatArray:
    """The corners of a path, without the placeholder that closes a polygon."""
    corners = np.asarray(path.vertices, dtype=float)
    return corners if path.codes is None else corners[path.codes != Path.CLOSEPOLY]


def _cells(mesh: QuadMesh) -> Points:
    """Centres of the cells of a map, and their values."""
    corners = np.asarray(mesh.get_coordinates(), dtype=float)
    centres = (corners[1:, 1:] + corners[1:, :-1] + corners[:-1, 1:] + corners[:-1, :-1]) / 4
    values: FloatArray = np.ma.filled(np.ma.asarray(mesh.get_array(), dtype=float), np.nan)
    return centres[..., 0].ravel(), centres[..., 1].ravel(), values.ravel()


def _pixels(image: AxesImage) -> Points:
    """Centres of the pixels of an image, and their values."""
    values: FloatArray = np.ma.filled(np.ma.asarray(image.get_array(), dtype=float), np.nan)
    left, right, bottom, top = image.get_extent()
    if image.origin == "upper":
        bottom, top = top, bottom
    rows, columns = values.shape[:2]
    x = left + (right - left) * (np.arange(columns) + 0.5) / columns
    y = bottom + (top - bottom) * (np.arange(rows) + 0.5) / rows
    across, up = np.meshgrid(x, y)
    return across.ravel(), up.ravel(), values.ravel()


def _first(colors: Any) -> str:
    return to_hex(colors[0]) if len(colors) else ""
