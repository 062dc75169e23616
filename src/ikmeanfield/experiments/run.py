"""One run of an experiment: a grid point, with all parameters and settings in effect there."""

from __future__ import annotations

from ikmeanfield.circuit import Circuit
from ikmeanfield.experiments.paths import in_effect
from ikmeanfield.schema import Label, Validated, Value


class Run(Validated):
    """A grid point of a sweep, or one of its replicates."""

    sweep: Label
    number: int
    """Number of the grid point in its sweep, from 0."""
    values: dict[str, Value]
    """Values along the axes of the sweep, by path."""
    replicate: int
    circuit: Circuit
    """The circuit with all values in place."""
    settings: dict[str, Value]
    """All settings in effect that a sweep may vary, by path."""

    def __str__(self) -> str:
        """The run in words, for messages."""
        values = ", ".join(f"{path} = {value}" for path, value in self.values.items())
        return f"{self.sweep}: {values}, replicate {self.replicate}"

    @property
    def point(self) -> tuple[str, int]:
        """The sweep and the number of the grid point, which replicates share."""
        return self.sweep, self.number

    def coordinate(self, path: str) -> Value:
        """The value of a parameter or setting that takes effect in this run.

        None for a parameter of every population (``*.size``) whose values differ between them.
        """
        return self.settings[path] if path in self.settings else in_effect(self.circuit, path)
