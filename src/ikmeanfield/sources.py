"""What figures and claims take from experiments: modules that declare which studies they need."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, TypeAdapter

from ikmeanfield.schema import Label, Validated

if TYPE_CHECKING:
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import StudyResults
    from ikmeanfield.studies.study import Study


class Need(Validated):
    """A study that is taken from an experiment."""

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
    """Whether it can be done without."""

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
        known = experiment.theories  # names of others are refused elsewhere
        theories = [known[name] for name in study.asked(experiment) if name in known]
        if self.theory is not None and self.theory not in [t.kind for t in theories]:
            return f"with a theory of kind {self.theory}"
        corrections = {getattr(theory, "reset_correction", None) for theory in theories}
        if self.both_corrections and not {True, False} <= corrections:
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
"""The studies taken from one experiment, by the own names of what takes them."""

NEEDS = TypeAdapter(list[dict[str, Need]])


def by_correction(corrected: Mapping[str, bool | None]) -> dict[bool, str]:
    """The first theory with the correction for finite reset, and the first one without.

    Parameters
    ----------
    corrected
        Whether each theory has the correction, by its name; None for those that know none.

    Returns
    -------
    dict
        Their names by whether they have it; without those that do not exist.
    """
    found: dict[bool, str] = {}
    for name, has in corrected.items():
        if has is not None:
            found.setdefault(bool(has), name)
    return found


class Taker:
    """A module that works with the results of experiments and declares which studies it takes.

    The module declares in ``TAKES`` a dictionary per experiment, from its own name of a study to
    the fields of `Need`. The optional ``MOST_AXES`` says how many axes with more than one value a
    sweep may have.

    Parameters
    ----------
    module
        Full name of the module. Its declarations are literals and are read from its source, so
        that a configuration can be checked without importing what the module works with.
    """

    declares: tuple[str, ...] = ("TAKES", "MOST_AXES")
    """Names of the declarations that are read from the source."""
    verb = "drawn"
    """What is done with it, for messages."""

    def __init__(self, module: str) -> None:
        self.module = module

    @cached_property
    def takes(self) -> list[dict[str, Need]]:
        """The studies that are taken from each experiment, by the module's own names."""
        if "TAKES" not in self.declared:
            msg = f"{self.module} does not declare TAKES, the studies that it takes"
            raise ValueError(msg)
        return NEEDS.validate_python(self.declared["TAKES"])

    @property
    def most_axes(self) -> int | None:
        """How many axes with more than one value a sweep may have; None for any number."""
        return self.declared.get("MOST_AXES")

    @property
    def about(self) -> str:
        """The docstring of the module."""
        return ast.get_docstring(ast.parse(self.source_text)) or ""

    @cached_property
    def source_text(self) -> str:
        """The source of the module."""
        spec = find_spec(self.module)
        if spec is None or spec.origin is None:
            msg = f"there is no module {self.module!r}"
            raise ModuleNotFoundError(msg)
        return Path(spec.origin).read_text(encoding="utf-8")

    @cached_property
    def declared(self) -> dict[str, Any]:
        """The declarations of the module, by name."""
        found: dict[str, Any] = {}
        for name, value in _assignments(ast.parse(self.source_text).body):
            if name in self.declares:
                try:
                    found[name] = ast.literal_eval(value)
                except ValueError:
                    msg = f"{self.module}: {name} must be written out in plain literals"
                    raise ValueError(msg) from None
        return found

    def taken(self, number: int, plan: Plan) -> Iterator[tuple[str, str]]:
        """The studies taken from one of the experiments: the module's name for each, and theirs."""
        for role, need in self.takes[number].items():
            name = need.find(plan)
            if name is not None:
                yield role, name

    def check_sources(
        self, name: str, what: str, sources: Sequence[str], experiments: Mapping[str, Experiment]
    ) -> None:
        """Refuse experiments of a configuration, by name, that cannot serve.

        Raises
        ------
        ValueError
            Naming the entry of the configuration, what it asks for, and what is wrong.
        """
        if len(self.takes) != len(sources):
            msg = f"{name}: {what} is {self.verb} from {len(self.takes)} experiment(s); got "
            raise ValueError(msg + str(list(sources)))
        for source in sources:
            if source not in experiments:
                msg = f"{name}: no experiment {source!r}; there are {', '.join(experiments)}"
                raise ValueError(msg)
        try:
            self.check([experiments[source] for source in sources])
        except ValueError as error:
            msg = f"{name}: {what} cannot be {self.verb} from {', '.join(sources)}: {error}"
            raise ValueError(msg) from None

    def check(self, experiments: Sequence[Experiment]) -> None:
        """Refuse experiments that lack what is needed.

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


def explanation(source: str, name: str) -> str:
    """The text below the assignment to a name in a module's source, on one line; empty if none."""
    for node, following in pairwise(ast.parse(source).body):
        match following:
            case ast.Expr(value=ast.Constant(value=str(text))):
                if any(assigned == name for assigned, _ in _assignments([node])):
                    return " ".join(text.split())
    return ""


def _assignments(statements: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Names to which statements assign a value each, with these values."""
    for node in statements:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
