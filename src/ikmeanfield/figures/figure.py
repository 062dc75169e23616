"""What a figure is: a module that says which studies it takes, and draws them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawn

    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import StudyResults
    from ikmeanfield.studies.study import Study


@dataclass(frozen=True)
class Need:
    """A study that a figure takes from an experiment.

    Attributes
    ----------
    kind
        Kind of the study.
    sweeps
        Sweeps of the experiment in which it must be done.
    settings
        Settings that must have a certain value, or contain it where they are lists.
    both_corrections
        Whether it must ask a theory with `reset_correction` and one without.
    optional
        Whether the figure can be drawn without it.
    """

    kind: str
    sweeps: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    both_corrections: bool = False
    optional: bool = False

    def problem(self, experiment: Experiment | Plan, study: Study) -> str | None:
        """Why a study of this kind does not serve, if it does not."""
        done = study.sweeps if study.sweeps is not None else list(experiment.sweeps)
        missing = [sweep for sweep in self.sweeps if sweep not in done]
        if missing:
            return f"in the sweep {missing[0]}"
        for name, value in self.settings.items():
            given = getattr(study, name)
            if given != value and not (isinstance(given, list) and value in given):
                return f"with {name}: {value}"
        if self.both_corrections:
            asked: Any = study
            corrections = {
                getattr(experiment.theories[t], "reset_correction", None)
                for t in asked.asked(experiment)
            }
            if not {True, False} <= corrections:
                return "with a theory that has reset_correction and one that has not"
        return None

    def find(self, experiment: Experiment | Plan) -> str | None:
        """Name of the study that serves; None where there is none and none is needed.

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
"""The studies taken from one experiment, by the names under which a figure takes them."""


@dataclass(frozen=True)
class Figure:
    """A figure: what it takes, and how it is drawn.

    Attributes
    ----------
    takes
        For each experiment that it is drawn from, the studies by names of its own.
    arrange
        Makes of the sources, one for each experiment, the arguments of `draw` and `caption`.
    draw, caption
        Make the drawing and the text beneath it.
    most_axes
        How many axes with more than one value a sweep may have at most; None: any number.
    """

    takes: Sequence[Mapping[str, Need]]
    arrange: Callable[[Sequence[Sources]], dict[str, Any]]
    draw: Callable[..., Drawn]
    caption: Callable[..., str]
    most_axes: int | None = None

    def check(self, experiments: Sequence[Experiment]) -> None:
        """Refuse experiments from which it cannot be drawn.

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
