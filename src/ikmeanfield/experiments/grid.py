"""The axes of a sweep and the grid they span."""

from __future__ import annotations

import itertools
from math import prod
from typing import Annotated, Self

import numpy as np
from annotated_types import Len
from pydantic import Field, model_validator

from ikmeanfield.experiments.paths import conflict
from ikmeanfield.limits import RUNS, at_most
from ikmeanfield.schema import Validated, Value

Range = Annotated[list[float], Len(3, 3)]
Values = Annotated[list[Value], Len(1)]
Point = dict[str, Value]


class Axis(Validated):
    """One axis: a parameter with its values, or several parameters that change together."""

    parameter: str | None = None
    """Path of the parameter or setting, for example ``rs.threshold_width`` or ``networks.step``."""
    values: Values | None = None
    """The values, one by one."""
    linspace: Range | None = None
    """First value, last value and number of evenly spaced values."""
    geomspace: Range | None = None
    """First value, last value and number of values in equal ratios; both ends of one sign."""
    paired: Annotated[dict[str, Values], Len(1)] | None = None
    """Lists of equal length by path: the first values form the first point, and so on."""

    @model_validator(mode="after")
    def _is_one_axis(self) -> Self:
        given = [name for name in ("values", "linspace", "geomspace") if getattr(self, name)]
        if (self.parameter is None) == (self.paired is None):
            msg = "an axis needs either `parameter` or `paired`"
            raise ValueError(msg)
        if self.paired is not None:
            if given:
                msg = f"`paired` holds its own values; remove {given[0]!r}"
                raise ValueError(msg)
            lengths = {path: len(values) for path, values in self.paired.items()}
            if len(set(lengths.values())) > 1:
                msg = f"paired values must be equally many; got {lengths}"
                raise ValueError(msg)
        elif len(given) != 1:
            msg = f"give exactly one of values, linspace, geomspace; got {given or 'none'}"
            raise ValueError(msg)
        self._check_range()
        return self

    def _check_range(self) -> None:
        for name in ("linspace", "geomspace"):
            spacing = getattr(self, name)
            if spacing is None:
                continue
            first, last, count = spacing
            if count != int(count) or count < 1:
                msg = f"{name}: the number of values must be a whole number ≥ 1; got {count:g}"
                raise ValueError(msg)
            at_most(count, RUNS, f"values of {name}", "take fewer")
            if name == "geomspace" and first * last <= 0:
                msg = f"geomspace needs two ends of one sign, not zero; got {first:g}, {last:g}"
                raise ValueError(msg)

    @property
    def paths(self) -> list[str]:
        """Paths of the parameters that vary along this axis."""
        return [self.parameter] if self.parameter is not None else list(self.paired or {})

    def points(self) -> list[Point]:
        """The positions along this axis, each as values by path."""
        if self.paired is not None:
            columns = self.paired
            return [
                dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
            ]
        assert self.parameter is not None
        return [{self.parameter: value} for value in self._values()]

    def _values(self) -> list[Value]:
        if self.values is not None:
            return self.values
        if self.linspace is not None:
            first, last, count = self.linspace
            return list(np.linspace(first, last, int(count)).tolist())
        assert self.geomspace is not None
        first, last, count = self.geomspace
        return list(np.geomspace(first, last, int(count)).tolist())


class Sweep(Validated):
    """A grid: every combination of the axes' values, each `replicates` times."""

    set: dict[str, Value] = Field({})
    """Parameters and settings that are fixed at other values in this whole sweep, by path."""
    axes: Annotated[list[Axis], Len(1)]
    """The axes; the last one varies fastest."""
    replicates: int = Field(1, ge=1, le=RUNS)
    """Runs per grid point; they differ in their seed."""

    @model_validator(mode="after")
    def _moves_each_parameter_once(self) -> Self:
        paths = [*self.set, *self.paths]
        if problem := conflict(paths):
            msg = f"{problem} in this sweep"
            raise ValueError(msg)
        runs = self.replicates * prod(len(axis.points()) for axis in self.axes)
        at_most(runs, RUNS, "runs in this sweep", "take fewer values or replicates")
        return self

    @property
    def paths(self) -> list[str]:
        """Paths of all parameters that vary in this sweep."""
        return [path for axis in self.axes for path in axis.paths]

    def points(self) -> list[Point]:
        """All grid points, as values by path."""
        product = itertools.product(*(axis.points() for axis in self.axes))
        return [{path: v for part in parts for path, v in part.items()} for parts in product]
