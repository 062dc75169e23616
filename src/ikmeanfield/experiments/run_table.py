"""Runs in a table, chunked into batches: what the plans of all kinds of experiments share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Annotated, Any, overload

from pydantic import (
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from ikmeanfield.circuit import Circuit
from ikmeanfield.experiments.checks import Label, Value
from ikmeanfield.experiments.paths import in_effect
from ikmeanfield.experiments.settings import is_setting, unit
from ikmeanfield.files import replacing
from ikmeanfield.schema import Validated, explain

RUNS_BEGIN, RUNS_END = ',"runs":[', "]}"
"""What comes before and after the lines of runs in a stored plan."""
STORED = "runs"
"""Under this name, a validation is given the runs of a stored plan."""


@dataclass(frozen=True)
class Product:
    """A file from which figures are drawn.

    Attributes
    ----------
    path
        Its place in the experiment's folder.
    command
        What makes it: a command of `ikmeanfield`, which takes the plan, and its options.
    tree
        Whether it holds a DataTree; else a Dataset.
    """

    path: str
    command: tuple[str, ...]
    tree: bool = False


class Run(Validated):
    """One network at one grid point."""

    sweep: Label
    values: dict[str, Value]
    """Values along the axes of the sweep, by path."""
    replicate: int
    key: str
    """Hash of everything that determines the run except the base seed."""
    seed: int
    """Seed of this run, from the base seed and the key."""
    circuit: Circuit
    """The circuit with all values in place."""
    hold: bool = False
    """Whether its transitions are also located at constant current."""
    settings: dict[str, Value]
    """The experiment's settings in effect that a sweep may vary, by path."""

    def __str__(self) -> str:
        """The run as a user knows it."""
        values = ", ".join(f"{path} = {value}" for path, value in self.values.items())
        return f"{self.sweep}: {values}, replicate {self.replicate} (key {self.key})"

    def coordinate(self, path: str) -> Value:
        """The value of a parameter or setting in effect; an open truncation is the one in use.

        None if there is no such value: for every population (``*.size``) where they differ.
        """
        if is_setting(path):
            return self.settings[path]
        return in_effect(self.circuit, path)

    def unit(self, path: str) -> str:
        """The unit of what a path names."""
        return unit(path) if is_setting(path) else self.circuit.unit(path)


class StoredRuns(Sequence[Run]):
    """Runs of a stored plan, each of them read when it is first asked for.

    A job needs a few of the runs of a sweep, which may have a hundred thousand.

    Parameters
    ----------
    lines
        Every run as JSON, perhaps with a comma after it.
    where
        What an error about a run begins with, before the run's number.
    """

    def __init__(self, lines: Sequence[bytes], where: str) -> None:
        self._lines, self._where = lines, where
        self._read: dict[int, Run] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> Run: ...
    @overload
    def __getitem__(self, place: slice) -> list[Run]: ...
    def __getitem__(self, place: int | slice) -> Run | list[Run]:
        if isinstance(place, slice):
            return [self[number] for number in range(len(self))[place]]
        number = range(len(self))[place]
        if number not in self._read:
            try:
                line = self._lines[number].rstrip(b",\n")
                self._read[number] = Run.model_validate_json(line)
            except ValidationError as error:
                raise explain(error, f"{self._where}.{number}") from None
        return self._read[number]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


class Batches(Sequence[list[Run]]):
    """Runs in chunks of a size, in order; each chunk is taken when it is asked for."""

    def __init__(self, runs: Sequence[Run], size: int) -> None:
        self._runs, self._size = runs, size

    def __len__(self) -> int:
        return ceil(len(self._runs) / self._size)

    @overload
    def __getitem__(self, place: int) -> list[Run]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Run]]: ...
    def __getitem__(self, place: int | slice) -> list[Run] | list[list[Run]]:
        if isinstance(place, slice):
            return [self[number] for number in range(len(self))[place]]
        first = range(len(self))[place] * self._size
        return list(self._runs[first : first + self._size])


def separated(lines: Sequence[bytes], where: str) -> tuple[bytes, dict[str, StoredRuns]]:
    """A stored plan without its runs, and the context in which it is validated with them.

    Parameters
    ----------
    lines
        Of `RunTable.text`, with their ends. JSON of another layout comes back whole, and so is
        validated whole.
    where
        What an error about a run begins with.
    """
    begin, end = f"{RUNS_BEGIN}\n".encode(), f"{RUNS_END}\n".encode()
    if len(lines) > 2 and lines[0].endswith(begin) and lines[-1] == end:
        return lines[0] + end, {STORED: StoredRuns(lines[1:-1], where)}
    return b"".join(lines), {}


def _stored(given: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """The runs of a stored plan as they are; others are checked."""
    return info.context[STORED] if info.context and STORED in info.context else check(given)


class RunTable(Validated):
    """What the plans of all kinds of experiments share."""

    experiment: Label
    seed: int
    portable: bool
    parameters: list[str]
    """Paths of all parameters that vary in any sweep."""
    runs_per_job: int
    runs: Annotated[Sequence[Run], WrapValidator(_stored)]

    @property
    def batches(self) -> Batches:
        """The runs in chunks of `runs_per_job`, in order."""
        return Batches(self.runs, self.runs_per_job)

    def identity(self, part: str, run: Run) -> str:
        """What determines a run's share of a part (see `parts`)."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The plan as it is stored: JSON, with a line for every run."""
        head = self.model_dump_json(exclude={"runs"}).removesuffix("}")
        runs = ",\n".join(run.model_dump_json() for run in self.runs)
        return f"{head}{RUNS_BEGIN}\n{runs}\n{RUNS_END}\n"

    @cached_property
    def digest(self) -> str:
        """Hash of the whole plan."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def products(self) -> dict[str, Product]:
        """What figures of this experiment are drawn from, by name."""
        return {"summary": Product("summary.nc", ("summarise",))}

    @property
    def tables(self) -> list[str]:
        """Tables of this experiment beside its summary."""
        return []

    def known(self, product: str) -> dict[str, str]:
        """The attributes by which the file of a product is known as this plan's."""
        return {"experiment": self.experiment, "keys": self.keys_of(product)}

    def keys_of(self, product: str) -> str:
        """What determines a product."""
        if product != "summary":
            raise KeyError(product)
        return " ".join(f"{run.key}:{run.seed}" for run in self.runs)

    def write(self, path: str | Path) -> None:
        """Store as JSON, at once or not at all."""
        with replacing(path) as temporary:
            temporary.write_text(self.text, encoding="utf-8")
