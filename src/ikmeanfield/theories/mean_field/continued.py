"""The mean field as continuation takes it: a function that knows more of its compiled kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import equations

if TYPE_CHECKING:
    from .equations import FloatArray
    from .model import MeanField


@dataclass(frozen=True, eq=False)
class ContinuedField:
    """The vector field of a model as a `ikmeanfield.continuation.problem.CompiledField`."""

    model: MeanField

    def __call__(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """See `MeanField.field`."""
        return self.model.field(y, p)

    def jacobian(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """See `MeanField.jacobian`."""
        return self.model.jacobian(y, p)

    def derivative(self, *given: Any) -> FloatArray:
        """See `equations.scaled_derivative`."""
        arguments: tuple[Any, ...] = (*given, *self.model.structure)
        return equations.scaled_derivative(*arguments)

    def corrected(self, *given: Any) -> tuple[FloatArray, int, float]:
        """See `equations.corrected_point`."""
        arguments: tuple[Any, ...] = (*given, *self.model.structure)
        return equations.corrected_point(*arguments)
