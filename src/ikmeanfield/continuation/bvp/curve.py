"""What a curve of solutions of a boundary value problem states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ikmeanfield.continuation.options import ContinuationOptions
from ikmeanfield.continuation.problem import FloatArray
from ikmeanfield.continuation.special_point import SpecialPoint

from .locate import locate
from .newton import Solved
from .points import CurvePoint, Ending, Event, Limit, Located, bounds
from .problem import FieldProblem
from .profile import Profile, Scales

if TYPE_CHECKING:
    from .corrector import AnyCorrector


class FollowedCurve:
    """A curve of solutions: its equations, scales, and what is looked for along it.

    Attributes
    ----------
    kind
        Kind of the branch.
    equations
        The boundary value problem. Its field's free parameters are among its scalars, one after the
        other.
    options
        Bounds and scales.
    """

    kind: str
    equations: FieldProblem
    options: ContinuationOptions

    @property
    def scales(self) -> Scales:
        """Typical sizes of components and scalars; the field's differences follow them."""
        return self.equations.scales

    @scales.setter
    def scales(self, scales: Scales) -> None:
        self.equations.scales, field = scales, self.equations.field
        field.scale = scales.components[: len(field.scale)]

    def free(self, point: CurvePoint) -> dict[str, float]:
        """Values of the free parameters, by name."""
        values = self.equations.free(point.profile.scalars)
        return dict(zip(self.equations.field.free, map(float, values), strict=True))

    def normalised(self, profile: Profile) -> Profile:
        """Return a solution with free factors set to one."""
        return profile

    def facts(self, solved: Solved) -> Any:
        """Return what is known of a solution besides itself."""
        raise NotImplementedError

    def sizes(self, facts: Any) -> FloatArray:
        """Return the sizes of the components that errors are relative to, shape (d,)."""
        return self.scales.components

    def rescaled(self, point: CurvePoint) -> Scales:
        """Return scales that suit a solution."""
        return self.scales

    def refused(self, before: CurvePoint, after: CurvePoint) -> str:
        """Say why a step between two points is too long, if it is."""
        return ""

    def events(self, before: CurvePoint, after: CurvePoint) -> list[Event]:
        """Return the special points to look for between two points."""
        return []

    def special(
        self, corrector: AnyCorrector, before: CurvePoint, after: CurvePoint
    ) -> list[Located]:
        """Return the special points between two points."""
        looks_for = self.options.looks_for
        return [
            locate(corrector, event, before, after)
            for event in self.events(before, after)
            if event.crossed(before, after) and (event.kind == "UZ" or looks_for(event.kind))
        ]

    def placed(self, located: Located, row: int) -> tuple[CurvePoint, SpecialPoint] | None:
        """Return a special point as the curve holds it, with its evidence; None if it is none."""
        raise NotImplementedError

    def limits(self, before: CurvePoint) -> list[Limit]:
        """Return where the curve must end: on the bounds of the free parameters."""
        names = enumerate(self.equations.field.free, start=self.equations.first)
        return [limit for place, name in names for limit in bounds(self.options, name, place)]

    def end(self, points: Sequence[CurvePoint], row: int) -> Ending | None:
        """Why the curve ends at the last of its points, which is in a row, if it does."""
        return None

    def remark(self, points: Sequence[CurvePoint]) -> str:
        """Say what may be the reason where no further point is found."""
        return ""
