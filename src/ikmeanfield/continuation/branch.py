"""What a continuation returns: a branch that prints, draws and stores itself."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from .branch_data import BranchData
from .branch_summary import html, summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import Dataset


@dataclass(frozen=True, repr=False)
class Branch(BranchData):
    """A curve of equilibria, bifurcation points or cycles; see `BranchData` for its attributes."""

    def __repr__(self) -> str:
        return summary(self)

    def _repr_html_(self) -> str:
        return html(summary(self))

    def to_dataset(self) -> Dataset:
        """As an xarray Dataset that netCDF can hold without loss; see `Branch.from_dataset`."""
        from .branch_io import to_dataset  # noqa: PLC0415 - xarray takes a second to import

        return to_dataset(self)

    @classmethod
    def from_dataset(cls, dataset: Dataset) -> Branch:
        """Return the branch that `to_dataset` stored."""
        from .branch_io import from_dataset  # noqa: PLC0415

        return from_dataset(dataset, cls)

    def plot(self, ax: Axes | None = None, x: str | None = None, y: str | None = None) -> Axes:
        """Draw the branch: stable parts solid, unstable dashed, special points marked.

        Parameters
        ----------
        ax
            Where to draw; by default a new figure.
        x, y
            Columns of the branch; `x` defaults to the first free parameter, `y` to the first
            variable (minimum and maximum for cycles). Curves of folds and Hopf points are drawn
            in the plane of their two parameters.
        """
        # Imported by name: no computation with branches depends on how they are drawn.
        pictures = import_module("ikmeanfield.plot")
        if self.kind in {"fold", "hopf"} and x is None and y is None:
            axes: Axes = pictures.parameter_plane(self, ax=ax)
        else:
            axes = pictures.bifurcation_diagram(self, y, x, ax=ax)
        return axes
