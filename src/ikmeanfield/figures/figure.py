"""The interface of a figure: a module that declares which studies it takes, and draws them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, TypeAdapter

from ikmeanfield.schema import Label, Validated

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawn

    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import StudyResults
    from ikmeanfield.studies.study import Study


class Need(Validated):
    """A study that a figure takes from an experiment."""

    kind: str
    """Kind of the study."""
    sweeps: list[Label] = Field([])
    """Sweeps of the experiment in which the study must be done."""
    settings: dict[str, Any] = Field({})
    """Settings that must have a certain value, or must contain it if they are lists."""
    theory: str | None = None
    """Kind of a theory that the study must use."""
    both_corrections: bool = False
    """Whether the study must use a theory with `reset_correction` and one without."""
    optional: bool = False
    """Whether the figure can be drawn without it."""

    def problem(self, experiment: Experiment | Plan, study: Study) -> str | None:
        """Why a study of this kind cannot be used; None if it can."""
        done = study.sweeps if study.sweeps is not None else list(experiment.sweeps)
        missing = [sweep for sweep in self.sweeps if sweep not in done]
        if missing:
            return f"in the sweep {missing[0]}"
        for name, value in self.settings.items():
            given = getattr(study, name)
            if given != value and not (isinstance(given, list) and value in given):
                return f"with {name}: {value}"
        kinds = [experiment.theories[name].kind for name in study.asked(experiment)]
        if self.theory is not None and self.theory not in kinds:
            return f"with a theory of kind {self.theory}"
        if self.both_corrections:
            theories = [experiment.theories[name] for name in study.asked(experiment)]
            if not {True, False} <= {getattr(t, "reset_correction", None) for t in theories}:
                return "with a theory that has reset_correction and one that has not"
        return None

    def find(self, experiment: Experiment | Plan) -> str | None:
        """Name of a study that can be used; None if there is none and the need is optional.

        Raises
        ------
        ValueError
            Saying what is missing.
        """
        kept = {n: s for n, s in experiment.studies.items() if s.kind == self.kind}
        problems = {name: self.problem(experiment, study) for name, study in kept.items()}
        fitting = [name for name, problem in problems.items() if problem is None]
        if fitting:
            return fitting[0]
        if self.optional:
            return None
        reason = next((f" {problem}" for problem in problems.values() if problem), "")
        msg = f"a study of kind {self.kind}{reason} is needed"
        raise ValueError(msg)


Sources = Mapping[str, "StudyResults"]
"""The studies taken from one experiment, by the figure's own names for them."""

NEEDS = TypeAdapter(list[dict[str, Need]])


class Figure:
    """A figure, drawn by a module of its own.

    The module declares in ``TAKES`` which studies the figure takes from each experiment that it is
    drawn from: a dictionary per experiment, from the figure's own name of a study to the fields of
    `Need`. Its function ``arrange`` turns the sources into the keyword arguments of ``draw``, which
    returns the drawing, and of ``caption``, which returns the text beneath it. The optional
    ``MOST_AXES`` says how many axes with more than one value a sweep may have.

    Parameters
    ----------
    module
        Full name of the module. Its declarations are literals and are read from its source, so
        that a configuration can be checked without importing matplotlib.
    """

    def __init__(self, module: str) -> None:
        self.module = module

    @cached_property
    def takes(self) -> list[dict[str, Need]]:
        """The studies that the figure takes from each experiment, by its own names."""
        return NEEDS.validate_python(self._declared["TAKES"])

    @property
    def most_axes(self) -> int | None:
        """How many axes with more than one value a sweep may have; None for any number."""
        return self._declared.get("MOST_AXES")

    @cached_property
    def _declared(self) -> dict[str, Any]:
        spec = find_spec(self.module)
        if spec is None or spec.origin is None:
            msg = f"there is no module {self.module!r}"
            raise ModuleNotFoundError(msg)
        found: dict[str, Any] = {}
        for name, value in _assignments(Path(spec.origin).read_text(encoding="utf-8")):
            if name in {"TAKES", "MOST_AXES"}:
                try:
                    found[name] = ast.literal_eval(value)
                except ValueError:
                    msg = f"{self.module}: {name} must be written out in plain literals"
                    raise ValueError(msg) from None
        if "TAKES" not in found:
            msg = f"{self.module} does not declare TAKES, the studies that its figure takes"
            raise ValueError(msg)
        return found

    def arrange(self, sources: Sequence[Sources]) -> dict[str, Any]:
        """The keyword arguments of `draw` and `caption`, from the studies of each experiment."""
        arranged: dict[str, Any] = import_module(self.module).arrange(sources)
        return arranged

    def draw(self, **content: Any) -> Drawn:
        """The drawing."""
        drawn: Drawn = import_module(self.module).draw(**content)
        return drawn

    def caption(self, **content: Any) -> str:
        """The text beneath the drawing, in Markdown."""
        return str(import_module(self.module).caption(**content))

    def check(self, experiments: Sequence[Experiment]) -> None:
        """Refuse experiments from which the figure cannot be drawn.

        Raises
        ------
        ValueError
            Saying what is missing.
        """
        for needs, experiment in zip(self.takes, experiments, strict=True):
            for need in needs.values():
                need.find(experiment)
            for name, sweep in experiment.sweeps.items():
                count = sum(len(axis.points()) > 1 for axis in sweep.axes)
                if self.most_axes is not None and count > self.most_axes:
                    msg = f"it shows at most {self.most_axes} axes; sweep {name} has {count}"
                    raise ValueError(f"{msg}: split it")


def _assignments(source: str) -> Iterator[tuple[str, ast.expr]]:
    """Names to which a module's statements assign a value each, with these values."""
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
