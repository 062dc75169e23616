"""The plan of an experiment: its runs, and the work of its studies, in batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    SerializeAsAny,
    StringConstraints,
    TypeAdapter,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from ikmeanfield.circuit import Circuit, unit_of
from ikmeanfield.circuit.population import Name
from ikmeanfield.experiments.config import StudyChoice
from ikmeanfield.experiments.run import Run
from ikmeanfield.experiments.settings import INPUT, applied, units
from ikmeanfield.files import replacing
from ikmeanfield.inputs import Input
from ikmeanfield.schema import Label, Validated, Value
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Item, Study
from ikmeanfield.theories import TheoryChoice

BatchId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
"""The id of a batch, which becomes part of a file's name."""
RUN, ITEMS = TypeAdapter(Run), TypeAdapter(list[Item])
BEGIN_RUNS, BEGIN_WORK, END = ',"runs":[\n', '],"work":[\n', "]}\n"
"""Texts around the lines of a stored plan, in which every run and every batch has its own line."""


def run_lines(runs: Iterable[Run]) -> str:
    """Runs in the form in which they are stored: JSON, one run per line."""
    return _lines(run.model_dump_json() for run in runs)


def _lines(entries: Iterable[str]) -> str:
    text = ",\n".join(entries)
    return f"{text}\n" if text else ""


def _stored(given: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """The lines of a stored plan, which are checked later; anything else is checked now."""
    lines = (info.context or {}).get(info.field_name)
    return check(given) if lines is None else lines


class Plan(Validated):
    """An experiment with all its grid points, checked, and all work of its studies, in batches."""

    experiment: Label
    seed: int
    portable: bool
    circuit: Circuit
    """The circuit from which the sweeps depart."""
    input: dict[Name, Input]
    theories: dict[Label, SerializeAsAny[TheoryChoice]]
    studies: dict[Label, SerializeAsAny[StudyChoice]]
    sweeps: list[Label]
    """Names of the sweeps."""
    grid: str
    """Hash of all runs."""
    parameters: list[str]
    """Paths of all parameters and settings that vary in any sweep."""
    batches: dict[Label, dict[BatchId, Cost]]
    """Predicted cost of each batch, by study and id, in the order of `work`."""
    engines: dict[Label, list[str]]
    """Compiled kernels that each study needs."""
    runs: Annotated[Sequence[Run], WrapValidator(_stored)]
    work: Annotated[Sequence[list[Item]], WrapValidator(_stored)]
    """The items of every batch."""

    def study(self, name: str, run: Run) -> Study:
        """A study with the settings in effect in a run."""
        known = self._applied.setdefault(name, {})
        settings = tuple(run.settings.items())
        if settings not in known:
            known[settings] = applied(self.studies[name], name, run.settings)
        return known[settings]

    def inputs(self, run: Run) -> dict[str, Input]:
        """Settings of the inputs of a run, by population, whole without its input_current."""
        return {
            name: applied(given, f"{INPUT}.{name}", run.settings).above(
                run.circuit.populations[name].input_current
            )
            for name, given in self.input.items()
        }

    def input_identity(self, run: Run) -> dict[str, Any]:
        """What determines the inputs of a run, as plain data for a hash."""
        return {name: given.identity() for name, given in self.inputs(run).items()}

    def study_of(self, name: str, item: Item) -> Study:
        """A study with the settings in effect for one of its items."""
        return self.study(name, self.first_run(item)) if item.runs else self.studies[name]

    def unit(self, path: str) -> str:
        """The unit of a parameter or a setting, by its path."""
        known = self._units
        return known[path] if path in known else unit_of(path)

    def runs_of(self, study: str) -> list[tuple[int, Run]]:
        """All runs in which a study is done, each with its number."""
        chosen = self.studies[study].sweeps
        return [(n, r) for n, r in enumerate(self.runs) if chosen is None or r.sweep in chosen]

    def items(self, study: str, batch: str) -> list[Item]:
        """The items of a batch."""
        return self.work[self._places[study, batch]]

    def all_items(self, study: str) -> list[Item]:
        """All items of a study, in order."""
        return [item for batch in self.batches[study] for item in self.items(study, batch)]

    def first_run(self, item: Item) -> Run:
        """The run for which an item is computed."""
        return self.runs[item.runs[0]]

    @cached_property
    def _applied(self) -> dict[str, dict[tuple[tuple[str, Value], ...], Study]]:
        """Studies with the settings of runs, by name and by these settings."""
        return {}

    @cached_property
    def _units(self) -> dict[str, str]:
        return units(self)

    @cached_property
    def _places(self) -> dict[tuple[str, str], int]:
        keys = [(study, batch) for study, batches in self.batches.items() for batch in batches]
        return {key: place for place, key in enumerate(keys)}

    def known(self, study: str, what: str) -> dict[str, str]:
        """Attributes of a file that was made from this plan.

        Parameters
        ----------
        study
            Name of the study.
        what
            The id of a batch, or ``"summary"``.
        """
        keys = self._summary_keys(study) if what == "summary" else what
        return {"experiment": self.experiment, "study": study, "keys": keys}

    def summary_sources(self, study: str) -> list[str]:
        """Names of the studies whose results a summary reads, beginning with the study itself."""
        found = [study]
        for name in found:
            found += [used for used in self.studies[name].uses() if used not in found]
        return found

    def _summary_keys(self, study: str) -> str:
        read = {
            name: (self.studies[name].model_dump_json(), list(self.batches[name]))
            for name in self.summary_sources(study)
        }
        return hashlib.sha256(f"{self.grid}{read}".encode()).hexdigest()[:16]

    @property
    def text(self) -> str:
        """The plan as it is stored: JSON, with a line for every run and for every batch."""
        head = self.model_dump_json(exclude={"runs", "work"}).removesuffix("}")
        work = (ITEMS.dump_json(items, exclude_defaults=True).decode() for items in self.work)
        return head + BEGIN_RUNS + run_lines(self.runs) + BEGIN_WORK + _lines(work) + END

    @cached_property
    def digest(self) -> str:
        """Hash of the whole plan."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def write(self, path: str | Path) -> None:
        """Store as JSON, completely or not at all."""
        with replacing(path) as temporary:
            temporary.write_text(self.text, encoding="utf-8")
