"""How a curve is followed: steps, tolerances and bounds, checked when they are stated."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from numbers import Integral, Real
from typing import Literal, NoReturn, TypeVar

from .problem import Scalar
from .special_point import KINDS, SpecialPoint

Progress = Callable[[str, Mapping[str, float], "Sequence[SpecialPoint]"], None]
"""Called after every point of a curve: its kind, its free parameters, new special points."""

Direction = Literal["both", "forward", "backward"]
Options = TypeVar("Options")
_DIRECTIONS = ("both", "forward", "backward")


def refuse(key: str, value: object, allowed: str, error: type[Exception] = ValueError) -> NoReturn:
    """Raise an error for an option: its name, its value and what is allowed."""
    msg = f"{key} = {value!r}: {allowed}"
    raise error(msg)


def is_number(value: object) -> bool:
    """Whether a value is a finite real number."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def require_positive(key: str, value: float) -> None:
    """Raise ValueError unless `value` is a finite number above zero."""
    if not (is_number(value) and value > 0):
        refuse(key, value, "must be a finite number > 0")


def require_integer(key: str, value: int, least: int) -> None:
    """Raise ValueError unless `value` is an integer of at least `least`."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        refuse(key, value, f"must be an integer >= {least}")


def replace_none(options: object) -> None:
    """Give every option that is None its default."""
    for item in fields(options):  # type: ignore[arg-type]
        if getattr(options, item.name) is None:
            default = item.default if item.default_factory is MISSING else item.default_factory()
            object.__setattr__(options, item.name, default)


def options_or(options: Options | None, default: Options) -> Options:
    """Return the options, or the default for None; refuse anything else."""
    if options is None:
        return default
    if not isinstance(options, type(default)):
        refuse("options", options, f"must be {type(default).__name__} or None", TypeError)
    return options


@dataclass(frozen=True)
class ContinuationOptions:
    """Step control, tolerances and bounds of one continuation.

    None means the default, for every option. Arclength is measured in scaled variables: every
    variable and parameter is divided by its scale, so a step of 0.05 is five per cent of the
    typical size of what changes.

    Attributes
    ----------
    ds, ds_min, ds_max
        First, smallest and largest step; 0 < ds_min <= ds <= ds_max. A smaller `ds_max` costs
        points and catches events that lie close together. With n > 30 unknowns, the largest step
        of a curve of equilibria, folds or Hopf points is √(n/30) times as long.
    max_points
        Largest number of points in each direction.
    tolerance
        Newton stops when its correction and the row-scaled residual, both in scaled terms, are
        below this. Below 1e-14 rounding rarely lets it be met.
    max_newton, target_newton
        Iterations after which a step is given up and halved; iterations at or below which a step
        grows.
    max_turn
        Largest angle in degrees between successive tangents; a sharper turn halves the step.
    direction
        ``"forward"`` starts towards larger values of the (first) free parameter,
        ``"backward"`` towards smaller, ``"both"`` joins the two.
    bounds
        ``{parameter: (lower, upper)}`` for free parameters, or for variables; a curve ends where
        it leaves them, on the bound itself.
    scales
        Typical size by name of a variable or parameter; by default the largest magnitude seen so
        far (the bounds' width for a bounded parameter).

    detect
        Kinds of special points looked for; None for all the curve knows.
    stop_at
        Kinds of special points at which the curve ends; None for the default of the curve (BT for
        a Hopf curve, beyond which it is one of neutral saddles; nothing for others), or names of
        `events`.
    events
        Functions g(y, p) by name. Where one vanishes is a special point of kind UZ with that name;
        on cycles, where the smallest or the largest value along the cycle does. For curves of
        equilibria, folds, Hopf points, and cycles in one parameter.
    record
        Functions of (y, p) by name whose values become columns of the branch; on cycles, their
        means over the period.
    progress
        Called after every point with the kind of curve, the values of its free parameters and the
        special points met since the last call. Without it, a curve that takes more than two
        seconds shows its progress in a terminal or a notebook.
    """

    ds: float = 0.01
    ds_min: float = 1e-8
    ds_max: float = 0.05
    max_points: int = 2000
    tolerance: float = 1e-10
    max_newton: int = 8
    target_newton: int = 3
    max_turn: float = 15.0
    direction: Direction = "both"
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    scales: Mapping[str, float] = field(default_factory=dict)
    detect: frozenset[str] | None = None
    stop_at: frozenset[str] | None = None
    events: Mapping[str, Scalar] = field(default_factory=dict)
    record: Mapping[str, Scalar] = field(default_factory=dict)
    progress: Progress | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        replace_none(self)
        for key in ("ds", "ds_min", "ds_max", "tolerance"):
            require_positive(key, getattr(self, key))
        if not self.ds_min <= self.ds <= self.ds_max:
            limits = f"ds_min = {self.ds_min!r} and ds_max = {self.ds_max!r}"
            refuse("ds", self.ds, f"must lie between {limits}")
        for key in ("max_points", "max_newton", "target_newton"):
            require_integer(key, getattr(self, key), 1)
        if self.target_newton > self.max_newton:
            most = f"max_newton = {self.max_newton!r}"
            refuse("target_newton", self.target_newton, f"must be <= {most}")
        if not (is_number(self.max_turn) and 0 < self.max_turn <= 90):
            refuse("max_turn", self.max_turn, "must be an angle in degrees, 0 < max_turn <= 90")
        if self.direction not in _DIRECTIONS:
            refuse("direction", self.direction, f"must be one of {', '.join(_DIRECTIONS)}")
        self._check_mappings()
        self._check_kinds()

    def _check_kinds(self) -> None:
        for key in ("detect", "stop_at"):
            kinds = getattr(self, key)
            if isinstance(kinds, str):
                refuse(key, kinds, f"must be a set of kinds, such as {{{kinds!r}}}")
            for kind in kinds or ():
                if kind not in KINDS and kind not in self.events:
                    known = ", ".join((*KINDS, *self.events))
                    refuse(key, kind, f"must be among {known}")

    def _check_mappings(self) -> None:
        for key in ("bounds", "scales", "events", "record"):
            if not isinstance(getattr(self, key), Mapping):
                refuse(key, getattr(self, key), "must be a mapping from names")
        for name, bound in self.bounds.items():
            pair = isinstance(bound, Sequence) and len(bound) == 2
            if not (pair and all(isinstance(x, Real) for x in bound) and bound[0] < bound[1]):
                refuse(f"bounds[{name!r}]", bound, "must be (lower, upper) with lower < upper")
        for name, scale in self.scales.items():
            require_positive(f"scales[{name!r}]", scale)

    def looks_for(self, kind: str) -> bool:
        """Whether points of this kind are to be detected."""
        return self.detect is None or kind in self.detect
