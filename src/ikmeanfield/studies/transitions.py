"""Where networks change state: on a ramp of a current, and at constant current."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from ikmeanfield.circuit.population import Name
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.keys import hashed, seed_of
from ikmeanfield.limits import RAMP, STEPS, at_most
from ikmeanfield.schema import ConfigError, Label
from ikmeanfield.stepping import Precision, default_step, kernels, whole_ratio
from ikmeanfield.studies import cost
from ikmeanfield.studies.branches import refuse_moved
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.networks import is_double, refuse_steps
from ikmeanfield.studies.points import Points
from ikmeanfield.studies.study import Item, Study, known_names, rising

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.experiments.run import Run
    from ikmeanfield.jobs.results import Results

STATE_INTERVAL = 200.0
"""Interval in ms between saved states of the network along a ramp."""
TIME = "all runs of an experiment share one time axis"
PLANE = "all ramps of an experiment are compared with one plane"
ALIKE = "all networks of an experiment are observed alike"

RAMPS = 2.1
"""Mean cost of locating the transitions of a network, in ramps; the largest cost is three."""
RECORD_SECONDS = 4.2e-5
"""Recording and detection, besides integration, per ms of the ramp."""
SIGNAL_MIB, RECORD_BYTES, STATE_BYTES = 50.0, 1000.0, 14.0
"""Memory of scipy's signal processing; of the record per ms of the ramp; of a state per neuron."""


class Transitions(Study):
    """Where networks change state: on a ramp up and down, and at constant current."""

    rule = "locate_transitions"
    varies: ClassVar = {"step": "ms", "precision": "1", "thresholds": "1"}
    fixed: ClassVar = {
        "rise": TIME, "settle": TIME, "low": PLANE, "high": PLANE, "population": PLANE,
        "observed": ALIKE, "troughs": ALIKE,
        "hold_every": "it selects grid points of the whole sweep",
    }  # fmt: skip
    tables: ClassVar[tuple[str, ...]] = ("transitions", "scores")
    undefined: ClassVar = dict.fromkeys(
        ("lower", "upper", "noise"), "where the method does not provide the value"
    )

    kind: Literal["transitions"]
    population: Name
    """The population that receives the current."""
    observed: Name | None = None
    """The population whose firing rate distinguishes states at constant current; by default the
    same population."""
    low: float
    """Lowest current in pA, where the ramp begins and ends."""
    high: float
    """Highest current in pA."""
    settle: float = Field(1000.0, ge=0, le=RAMP)
    """Time in ms at the lowest current before the ramp; a multiple of 200 ms."""
    rise: float = Field(10_000.0, gt=0, le=RAMP)
    """Time in ms of each of the two slopes; a multiple of 200 ms."""
    step: float = Field(default_step("exact", STATE_INTERVAL), gt=0)
    """Time step in ms; divides 200 ms."""
    precision: Precision = Field("double", exclude_if=is_double)
    """Of single neurons' states; ``single`` is about twice as fast."""
    troughs: Literal["adaptation", "circuit"] = "adaptation"
    """How the ramp is analysed: with the paper's settings for its Fig. 1 or for its Fig. 3."""
    hold_every: int = Field(1, ge=0)
    """Also search at constant current at the first grid point of a sweep, and at every so many
    points after it; 0 means nowhere."""
    thresholds: Draw = "quantiles"
    """Whether thresholds are the quantiles of their distribution or drawn at random."""
    points: Label | None = None
    """Name of a study of points with which the transitions are compared."""

    @field_validator("settle", "rise")
    @classmethod
    def _holds_whole_intervals(cls, time: float) -> float:
        if time > 0:
            whole_ratio(time, STATE_INTERVAL, "time", "interval between saved states")
        return time

    @field_validator("step")
    @classmethod
    def _step_divides_interval(cls, step: float) -> float:
        whole_ratio(STATE_INTERVAL, step, "interval between saved states", "step")
        return step

    @model_validator(mode="after")
    def _is_a_ramp(self) -> Self:
        rising([self.low, self.high])
        at_most(self.length / self.step, STEPS, "steps in a ramp", "take a longer step or a "
                "shorter ramp")  # fmt: skip
        return self

    @property
    def length(self) -> float:
        """Length of the ramp in ms, including the time before it."""
        return self.settle + 2 * self.rise

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {kernels("exact", self.precision)}

    def uses(self) -> list[str]:
        """As `Study.uses`."""
        return [self.points] if self.points is not None else []

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        for setting in ("population", "observed"):
            given = getattr(self, setting)
            known_names(setting, [given] if given is not None else [], circuit.populations)
        refuse_moved(experiment, circuit, self, f"{self.population}.input_current")
        if self.points is not None and not isinstance(experiment.studies[self.points], Points):
            msg = f"points: {self.points!r} is not a study of points"
            raise ConfigError(msg)

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        refuse_steps(circuit, self.step, precision=self.precision)

    def is_held(self, run: Run) -> bool:
        """Whether the network of a run is also searched at constant current."""
        return self.hold_every > 0 and run.number % self.hold_every == 0

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`: each run is a separate network."""
        for number, run in plan.runs_of(name):
            settings = plan.study(name, run).model_dump(
                exclude={"kind", "sweeps", "points", "hold_every"}
            )
            key = hashed(
                {
                    "circuit": run.circuit.identity(),
                    "transitions": settings,
                    "hold": self.is_held(run),
                    "replicate": run.replicate,
                }
            )
            yield Item(key=key, seed=seed_of(plan.seed, key), runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`: the points along ``point``, and the ramp in time."""
        from ikmeanfield.analysis.transitions import (  # noqa: PLC0415
            ADAPTATION,
            CIRCUIT,
            RampSettings,
            locate,
        )

        # How ramps are analysed, and what is searched for at constant current.
        how: dict[str, Any] = {
            "adaptation": (ADAPTATION, ("fold", "hopf")),
            "circuit": (CIRCUIT, ("fold",)),
        }
        troughs, sought = how[self.troughs]
        run = plan.first_run(item)
        return locate(
            run.circuit, self.population, self.low, self.high, observed=self.observed,
            ramp=RampSettings(settle=self.settle, rise=self.rise), troughs=troughs,
            hold=sought if self.is_held(run) else (), step=self.step, precision=self.precision,
            thresholds=self.thresholds, seed=item.seed or 0,
        )  # fmt: skip

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        run = plan.first_run(item)
        ramps = RAMPS if self.is_held(run) else 1.0
        integration = cost.network(run.circuit, ramps * self.length / self.step, *self.engines())
        saved = cost.neurons(run.circuit) * STATE_BYTES * self.length / STATE_INTERVAL
        recorded = SIGNAL_MIB + (self.length * RECORD_BYTES + saved) / cost.MIB
        record = Cost(seconds=self.length * RECORD_SECONDS, peak=integration.peak + recorded)
        return integration + record

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """Points of networks, transitions compared with theories, and scores of regions."""
        from ikmeanfield.studies.transition_tables import summarise  # noqa: PLC0415

        return summarise(self, results, name)

    def summary_cost(self, plan: Plan, name: str) -> Cost:
        """As `Study.summary_cost`."""
        return Cost(seconds=0.7 + 0.01 * len(plan.runs), kept=45.0)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run, theory and transition; or per family of runs, theory and region."""
        from ikmeanfield.studies import transition_tables  # noqa: PLC0415

        made = {"transitions": transition_tables.transition_rows,
                "scores": transition_tables.score_rows}  # fmt: skip
        return made[table](summary)
