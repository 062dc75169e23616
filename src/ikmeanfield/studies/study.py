"""What every kind of study has: settings, work, cost, and what it tells summaries and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from annotated_types import Len

from ikmeanfield.schema import ConfigError, Label, Validated
from ikmeanfield.studies.cost import Cost
from ikmeanfield.theories.protocol import Question, UnansweredError

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results


@dataclass
class Item:
    """One piece of work of a study, whose result is stored under its key.

    Attributes
    ----------
    key
        Hash of everything that determines the result except the configuration's seed.
    seed
        Seed of its random numbers; None where there are none.
    label
        What tells it from other items of the same run, such as the name of a theory.
    runs
        Numbers of the runs that it belongs to, ascending; it is computed for the first of them.
        Empty for work that belongs to the experiment as a whole.
    """

    key: str
    seed: int | None = None
    label: str = ""
    runs: list[int] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Everything that determines the result, the seed included."""
        return self.key if self.seed is None else f"{self.key}:{self.seed}"

    @property
    def node(self) -> str:
        """Name of its node in a file that holds a tree."""
        return f"{self.label or 'item'}_{self.key}"


class Study(Validated):
    """Settings of a study, and what is done with them.

    A kind of study is a class derived from this one. It sets the class attributes, adds its
    settings as fields, and defines `items`, `compute` and `cost`; where it has something to tell
    beyond its results, `summarise` and `rows`. Its module must be light to import: whatever
    computes is imported inside these functions.
    """

    rule: ClassVar[str]
    """Name of its rule in the workflow, as verb and object: ``simulate_networks``."""
    varies: ClassVar[Mapping[str, str]] = {}
    """Settings that a sweep may vary, with their units."""
    fixed: ClassVar[Mapping[str, str]] = {}
    """Why a sweep may not vary other settings."""
    tables: ClassVar[tuple[str, ...]] = ()
    """Names of the tables that `rows` fills from the summary."""
    undefined: ClassVar[Mapping[str, str]] = {}
    """Variables of results that may hold NaN, and where."""

    kind: str
    sweeps: Annotated[list[Label], Len(1)] | None = None
    """Names of the sweeps at whose grid points the study is done; null: all."""

    def engines(self) -> set[str]:
        """Compiled kernels that `compute` needs, such as ``exact`` or ``theories``."""
        return set()

    def asked(self, experiment: Experiment | Plan) -> list[str]:
        """Names of the theories that `compute` asks."""
        return []

    def uses(self) -> Iterable[str]:
        """Names of other studies of the experiment that the summary reads."""
        return ()

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """Refuse what the settings name and the experiment or its circuit does not have.

        Raises
        ------
        ConfigError
            Naming the setting below this study, its value, and what is there.
        """

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """Refuse a grid point at which the study, with its settings there, cannot be done.

        Raises
        ------
        ConfigError
            Naming what is wrong.
        """

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """The work of the study called `name`, in order; items of one key and label become one."""
        raise NotImplementedError

    def compute(self, plan: Plan, item: Item) -> Any:
        """Do one item: a Dataset, or a DataTree where one Dataset cannot hold the result.

        Called of the study with the settings in effect in the item's first run, as is `cost`.
        Datasets of several items are stacked along ``item``, but for those variables that have
        the dimension ``point``, of which every item may have another number.
        """
        raise NotImplementedError

    def cost(self, plan: Plan, item: Item) -> Cost:
        """What doing one item is predicted to take."""
        raise NotImplementedError

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """What the study called `name` tells of all its results together."""
        raise NotImplementedError

    def summary_cost(self, plan: Plan, name: str) -> Cost:
        """What summarising is predicted to take, beyond starting and reading the plan."""
        return Cost()

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """The rows of one of the `tables`, as values by the name of their column."""
        raise NotImplementedError

    @classmethod
    def summarises(cls) -> bool:
        """Whether this kind of study has a summary."""
        return cls.summarise is not Study.summarise


class TheoryStudy(Study):
    """A study that asks theories."""

    questions: ClassVar[tuple[Question, ...]]
    """What it asks them, see `ikmeanfield.theories.QUESTIONS`."""

    theories: Annotated[list[Label], Len(1)] | None = None
    """Names of the theories that are asked; null: all of the experiment."""

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {"theories"}

    def asked(self, experiment: Experiment | Plan) -> list[str]:
        """Names of the theories that are asked."""
        return self.theories if self.theories is not None else list(experiment.theories)

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        if not experiment.theories:
            msg = "theories: the experiment has none; name one under `theories`"
            raise ConfigError(msg)
        known_names("theories", self.theories or (), experiment.theories)
        require(experiment, self.asked(experiment), *self.questions)

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        for name in self.asked(experiment):
            check_theory(experiment, name, circuit)


def check_theory(experiment: Experiment, name: str, circuit: Circuit) -> None:
    """Refuse a circuit for which a theory of the experiment is not defined."""
    try:
        experiment.theories[name].check(circuit)
    except ValueError as error:
        msg = f"theory {name}: {error}"
        raise ConfigError(msg) from None


def require(experiment: Experiment, theories: Iterable[str], *questions: Question) -> None:
    """Refuse questions that one of these theories of an experiment does not answer."""
    for name in theories:
        try:
            experiment.theories[name].require(*questions)
        except UnansweredError as error:
            msg = f"theories: {name}: {error}"
            raise ConfigError(msg) from None


def known_names(setting: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse names that are not among those known.

    Raises
    ------
    ConfigError
        Naming the setting, the name and what is there.
    """
    known = list(known)
    for name in given:
        if name not in known:
            msg = f"{setting}: no {name!r}; there are {', '.join(known) or 'none'}"
            raise ConfigError(msg)


def rising(values: list[float]) -> list[float]:
    """A lower and an upper bound, in this order."""
    if values[0] >= values[1]:
        msg = "the first value must be below the second"
        raise ValueError(msg)
    return values


Interval = Annotated[list[float], Len(2, 2)]
"""A lower and an upper bound."""
