"""What every kind of study has: settings, work, cost, and a summary with tables if it needs one."""

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
        Seed of its random numbers; None if it uses none.
    label
        Distinguishes it from other items of the same run, for example by the name of a theory.
    runs
        Numbers of the runs to which it belongs, ascending; it is computed for the first of them.
        Empty for work that belongs to the experiment as a whole.
    """

    key: str
    seed: int | None = None
    label: str = ""
    runs: list[int] = field(default_factory=list)

    @property
    def id(self) -> str:
        """A text that identifies everything that determines the result, the seed included."""
        return self.key if self.seed is None else f"{self.key}:{self.seed}"

    @property
    def node(self) -> str:
        """Name of the item's node in a file that holds a tree."""
        return f"{self.label or 'item'}_{self.key}"


class Study(Validated):
    """The settings of a study, and how it is carried out.

    A kind of study is a class derived from this one. It sets the class attributes, adds its
    settings as fields, and defines `items`, `compute` and `cost`. If anything is to be derived from
    all results together, it also defines `summarise` and `rows`. Its module must be quick to
    import, so these functions import whatever they compute with.
    """

    rule: ClassVar[str]
    """Name of its rule in the workflow, as verb and object: ``simulate_networks``."""
    varies: ClassVar[Mapping[str, str]] = {}
    """Settings that a sweep may vary, by name, with their units."""
    fixed: ClassVar[Mapping[str, str]] = {}
    """For other settings, the reason why a sweep may not vary them."""
    tables: ClassVar[tuple[str, ...]] = ()
    """Names of the tables that `rows` fills from the summary."""
    undefined: ClassVar[Mapping[str, str]] = {}
    """Variables of results that may hold NaN, with a text that says where."""

    kind: str
    sweeps: Annotated[list[Label], Len(1)] | None = None
    """Names of the sweeps at whose grid points the study is done; null means all."""

    def engines(self) -> set[str]:
        """The compiled kernels that `compute` needs, such as ``exact`` or ``theories``."""
        return set()

    def asked(self, experiment: Experiment | Plan) -> list[str]:
        """Names of the theories that `compute` uses."""
        return []

    def uses(self) -> Iterable[str]:
        """Names of other studies of the experiment that the summary reads."""
        return ()

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """Refuse settings that name something which the experiment or its circuit does not have.

        Raises
        ------
        ConfigError
            Naming the setting below this study, its value, and what there is.
        """

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """Refuse a grid point at which the study cannot be done with the settings in effect there.

        Raises
        ------
        ConfigError
            Naming what is wrong.
        """

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """The work of the study called `name`, in order.

        Items with the same key and label are merged into one.
        """
        raise NotImplementedError

    def compute(self, plan: Plan, item: Item) -> Any:
        """The result of one item: a Dataset, or a DataTree if one Dataset cannot hold it.

        This method and `cost` are called on the study with the settings in effect in the item's
        first run. The Datasets of several items are stacked along ``item``, except for variables
        with the dimension ``point``, whose length may differ between items.
        """
        raise NotImplementedError

    def cost(self, plan: Plan, item: Item) -> Cost:
        """Predicted time and memory of one item."""
        raise NotImplementedError

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The Dataset that is derived from all results of the study called `name`."""
        raise NotImplementedError

    def summary_cost(self, plan: Plan, name: str) -> Cost:
        """Predicted time and memory of the summary, beyond the start and reading the plan."""
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
    """A study that uses theories."""

    questions: ClassVar[tuple[Question, ...]]
    """The questions that each theory must answer, see `ikmeanfield.theories.QUESTIONS`."""

    theories: Annotated[list[Label], Len(1)] | None = None
    """Names of the theories to use; null means all theories of the experiment."""

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {"theories"}

    def asked(self, experiment: Experiment | Plan) -> list[str]:
        """Names of the theories that are used."""
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
    """Refuse names that are not among the known ones.

    Raises
    ------
    ConfigError
        Naming the setting, the name and the known names.
    """
    known = list(known)
    for name in given:
        if name not in known:
            msg = f"{setting}: no {name!r}; there are {', '.join(known) or 'none'}"
            raise ConfigError(msg)


def rising(values: list[float]) -> list[float]:
    """The values, if the first is below the second; otherwise a ValueError."""
    if values[0] >= values[1]:
        msg = "the first value must be below the second"
        raise ValueError(msg)
    return values


Interval = Annotated[list[float], Len(2, 2)]
"""A lower and an upper bound."""
