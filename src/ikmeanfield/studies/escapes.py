"""Escapes: how far two coexisting states are from each other, and how soon noise leads over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import nan
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Len
from pydantic import Field, ValidationInfo, field_validator

from ikmeanfield.circuit.population import Name
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.keys import hashed, seed_of
from ikmeanfield.schema import ConfigError, Label
from ikmeanfield.stepping import whole_ratio
from ikmeanfield.studies import cost
from ikmeanfield.studies.branches import EQUILIBRIA_SECONDS, refuse_moved
from ikmeanfield.studies.compared import NETWORK, NO_KEY, OF_EVERY_NETWORK, ComparedStudy
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Interval, Item, known_names, rising

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.analysis.two_states import Model, State, TwoStates
    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.inputs import Current
    from ikmeanfield.jobs.results import Results

    FloatArray = NDArray[np.float64]

STEP_SECONDS = 1.8e-6
"""Stepping a theory, per step and population."""
PULSES = 40
"""Runs that a search for two thresholds in each state takes."""
LARGEST_PULSE = 1e5
"""Largest pulse in pA that is tried."""
MEASURED = {
    "mean_time": ("ms", "mean time until the state is left, by maximum likelihood"),
    "mean_time_low": ("ms", "lower end of its 95 % interval; without an escape, a lower bound"),
    "mean_time_high": ("ms", "upper end of its 95 % interval"),
    "escapes": ("1", "number of escapes"),
    "observed": ("ms", "time for which trials were observed in all"),
    "trials": ("1", "number of trials that were in the state before the noise"),
}
"""Results by state and intensity of the noise."""
OF_STATES = {
    "activation": ("1", "synaptic activation in the state"),
    "gap": ("1", "distance in synaptic activation from the state to the saddle"),
    "linear_kick": ("1", "shift of the activation to the plane that touches the separatrix"),
    "kick": ("1", "smallest shift of the activation that switches the state"),
    "pulse": ("pA", "smallest current pulse that switches the state"),
    "barrier": ("pA2 ms", "slope of log mean time against one over the squared noise intensity"),
    "barrier_error": ("pA2 ms", "standard error of the barrier"),
    "noise_limit": ("pA ms0.5", "noise intensity at which the mean time falls to the least one"),
}
"""Results by state."""


class Escapes(ComparedStudy):
    """Distances between two coexisting states, and mean times until noise leads over."""

    rule = "measure_escapes"
    questions = ("equilibria",)
    tables: ClassVar[tuple[str, ...]] = ("barriers", "escape_times")
    undefined: ClassVar = {
        **dict.fromkeys(MEASURED, "without two states, or beyond the weakest noise with escapes"),
        **dict.fromkeys(OF_STATES, "without two states, or if nothing that was tried switches"),
        **dict.fromkeys(("saddle", "current"), "without two states"),
    }

    varies: ClassVar[Mapping[str, str]] = {"position": "1"}
    of_networks = frozenset({"settle", "kick", "reference"})
    takes_input = False

    kind: Literal["escapes"]
    population: Name
    """The population whose current is noisy; its first synapse tells the states apart."""
    bounds: Interval
    """Input currents in pA between which equilibria are followed; rest must exist at the first."""
    position: float | None = Field(None, gt=0, lt=1)
    """Each model is held at this share of the way from its lower to its upper fold, a network
    between the folds of the reference; null: all are held at the circuit's input current."""
    reference: Label | None = None
    """Theory whose folds and states tell those of networks; null: the first one."""
    intensities: Annotated[list[float], Len(1)] = Field()
    """Intensities of white noise in pA √ms, from the strongest to the weakest; 0: none."""
    trials: int = Field(40, ge=1)
    """Trials per state and intensity."""
    limit: float = Field(5000.0, gt=0)
    """Time in ms after which a trial is cut."""
    fewest: int = Field(5, ge=0)
    """Weaker noise is not tried after one that led to fewer escapes than this."""
    least: float = Field(300.0, gt=0)
    """Mean time in ms from which a state counts as metastable; shorter ones are no escapes over a
    barrier, and are left out of its estimate."""
    pulse: float = Field(20.0, gt=0)
    """Length in ms of the current pulses that switch a state."""
    wait: float = Field(2000.0, gt=0)
    """Time in ms after a pulse at which a model has settled."""
    settle: float = Field(1000.0, gt=0)
    """Time in ms that a network is given to reach a state, after as long a strong current."""
    kick: float = 40.0
    """That strong current in pA, on top of the input current, for the high state."""
    sample: float = Field(0.4, validate_default=True, gt=0)
    """Interval in ms at which states are watched, steps of theories, and cells of the noise."""
    thresholds: Draw = "quantiles"
    """Whether thresholds are the quantiles of their distribution, or drawn anew in every trial."""

    @field_validator("bounds")
    @classmethod
    def _bounds_rise(cls, bounds: list[float]) -> list[float]:
        return rising(bounds)

    @field_validator("intensities")
    @classmethod
    def _noise_weakens(cls, intensities: list[float]) -> list[float]:
        if intensities[-1] < 0 or sorted(set(intensities), reverse=True) != intensities:
            msg = "must fall from the strongest noise to the weakest, none below 0"
            raise ValueError(msg)
        return intensities

    @field_validator("sample")
    @classmethod
    def _sample_divides_times(cls, sample: float, info: ValidationInfo) -> float:
        for name in ("limit", "pulse", "wait", "settle"):
            if name in info.data:
                whole_ratio(info.data[name], sample, name, "sample")
        return sample

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`; networks too need a theory, whose states tell theirs apart."""
        known_names("population", [self.population], circuit.populations)
        if not circuit.populations[self.population].synapses:
            msg = f"population: {self.population!r} has no synapse that tells its states apart"
            raise ConfigError(msg)
        if self.position is not None:
            refuse_moved(experiment, circuit, self, self._path)
        asked = self.asked(experiment)
        known_names("reference", [self.reference] if self.reference else [], asked)
        if not asked:
            msg = "theories: at least one is needed, to tell the states apart; there are none"
            raise ConfigError(msg)
        super().check(experiment, circuit)

    @property
    def _path(self) -> str:
        return f"{self.population}.input_current"

    def _reference(self, plan: Experiment | Plan) -> str:
        return self.reference or self.asked(plan)[0]

    def moved(self) -> Mapping[str, Any]:
        """As `ComparedStudy.moved`."""
        return {} if self.position is None else {self._path: self.bounds[0]}

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `ComparedStudy.items`, all of them with seeds; networks depend on a theory too."""
        for number, run in plan.runs_of(name):
            study = plan.study(name, run)
            assert isinstance(study, Escapes)
            settings = study.model_dump(exclude=NO_KEY)
            left_out = self.of_networks | OF_EVERY_NETWORK
            own = {key: value for key, value in settings.items() if key not in left_out}
            moved = study.moved()
            if self.networks:
                circuit = run.circuit.replace(moved) if moved else run.circuit
                known = {"circuit": circuit.identity(), "replicate": run.replicate}
                states = plan.theories[self._reference(plan)].identity(run.circuit, moved)
                key = hashed({**known, "states": states, self.kind: settings})
                yield Item(key, seed_of(plan.seed, key), NETWORK, [number])
            for theory in self.asked(plan):
                identity = plan.theories[theory].identity(run.circuit, moved)
                key = hashed({**identity, self.kind: own})
                yield Item(key, seed_of(plan.seed, key), theory, [number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            `MEASURED` (state, intensity), `OF_STATES` (state), ``saddle`` and ``current``.
            Theories that cannot be stepped give ``activation``, ``gap`` and the last two only.
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.two_states import STATES  # noqa: PLC0415

        circuit, states = self._states(plan, item)
        noise = np.full((len(MEASURED), len(STATES), len(self.intensities)), nan)
        found = {name: np.full(len(STATES), nan) for name in OF_STATES}
        model = None if states is None else self._model(plan, item, circuit, states)
        for place, state in enumerate(STATES):
            if states is None:
                break
            if item.label != NETWORK:
                found["activation"][place] = states.activation(state)
                found["gap"][place] = states.gap(state)
                found["linear_kick"][place] = states.linear_kick(state)
            base, seed = circuit.populations[self.population].input_current, item.seed or 0
            alike = item.label != NETWORK or self.thresholds == "quantiles"
            if model is None or (alike and not model.start(state, seed)):
                continue
            if alike:
                for one, value in self._thresholds(model, state, states, base).items():
                    found[one][place] = value
            times = self._times(model, state, states.left(state), base, seed)
            noise[:, place] = times
            for one, value in self._barrier(times).items():
                found[one][place] = value
        held = circuit.populations[self.population].input_current
        single = {
            "saddle": nan if states is None else states.activation("saddle"),
            "current": nan if states is None else held,
        }
        return xr.Dataset(
            {
                **{
                    one: (("state", "intensity"), noise[row], _described(one))
                    for row, one in enumerate(MEASURED)
                },
                **{one: ("state", values, _described(one)) for one, values in found.items()},
                **{one: ((), value, _described(one)) for one, value in single.items()},
            },
            {
                "state": ("state", list(STATES), {"long_name": "the state that is left"}),
                "intensity": (
                    "intensity", np.array(self.intensities, float),
                    {"units": "pA ms0.5", "long_name": "intensity of white noise"},
                ),
            },
        )  # fmt: skip

    def _states(self, plan: Plan, item: Item) -> tuple[Circuit, TwoStates | None]:
        """The circuit at the current where the model is held, and its two states there."""
        from ikmeanfield.analysis.two_states import middle, two_states  # noqa: PLC0415

        circuit = plan.first_run(item).circuit
        label = self._reference(plan) if item.label == NETWORK else item.label
        theory, (low, high) = plan.theories[label], self.bounds
        if self.position is not None:
            there = middle(circuit, self.population, (low, high), theory, self.position)
            if there is None:
                return circuit, None
            circuit = circuit.replace({self._path: there})
        return circuit, two_states(circuit, self.population, (low, high), theory)

    def _model(self, plan: Plan, item: Item, circuit: Circuit, states: TwoStates) -> Model | None:
        """What can be put into the two states; None for a theory that cannot be stepped."""
        from ikmeanfield.analysis.two_states import NetworkModel, TheoryModel  # noqa: PLC0415

        if item.label == NETWORK:
            return NetworkModel(
                circuit, self.population, states, sample=self.sample, thresholds=self.thresholds,
                settle=self.settle, kick=self.kick, precision=self.precision,
            )  # fmt: skip
        if "steps" not in plan.theories[item.label].answers:
            return None
        theory = plan.theories[item.label].build(circuit)
        return TheoryModel(theory, self.population, states, self.sample)

    def _thresholds(
        self, model: Model, state: State, states: TwoStates, base: float
    ) -> dict[str, float]:
        """The smallest pulse and the smallest shift that switch a state."""
        from ikmeanfield.analysis.escape_times import threshold  # noqa: PLC0415
        from ikmeanfield.analysis.two_states import (  # noqa: PLC0415
            switched_by_pulse,
            switched_by_shift,
        )

        saddle, top = states.activation("saddle"), states.activation("high")
        pulse = switched_by_pulse(model, state, saddle, base, self.pulse, self.wait)
        shift = switched_by_shift(model, state, saddle, base, self.wait)
        return {
            "pulse": threshold(pulse, 10.0, LARGEST_PULSE),
            "kick": threshold(shift, 0.1 * top, top if state == "high" else 10 * top),
        }

    def _times(
        self, model: Model, state: State, level: float, base: float, seed: int
    ) -> FloatArray:
        """`MEASURED` of a state, of shape (results, intensities)."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.analysis.two_states import escape_time  # noqa: PLC0415

        found = np.full((len(MEASURED), len(self.intensities)), nan)
        for place, sigma in enumerate(self.intensities):
            drawn = np.random.SeedSequence([seed, place, state == "high"])
            seeds = [int(s) >> 1 for s in drawn.generate_state(self.trials, np.uint64)]
            noise = self._noise(sigma, base)
            mean, trials = escape_time(model, state, level, noise, seeds, self.limit)
            found[:, place] = (*mean, trials)
            if mean.escapes < self.fewest:
                break
        return found

    def _noise(self, intensity: float, base: float) -> Callable[[int], Current]:
        """The noisy current of a trial, by its seed."""
        from ikmeanfield.inputs import constant, white  # noqa: PLC0415

        def current(seed: int) -> Current:
            if intensity == 0:
                return constant(base)
            return white(intensity, seed=seed, mean=base, resolution=self.sample)

        return current

    def _barrier(self, noise: FloatArray) -> dict[str, float]:
        """Barrier of a state and the noise at which it stops being metastable."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.analysis.escape_times import barrier, reaches  # noqa: PLC0415

        sigma = np.array(self.intensities, float)
        mean, escapes = noise[list(MEASURED).index("mean_time")], noise[3]
        inverse = np.divide(1.0, sigma**2, out=np.full(sigma.shape, nan), where=sigma > 0)
        slow = np.where(mean >= self.least, mean, nan)
        slope, error = barrier(inverse, slow, escapes)
        limit = reaches(sigma, mean, self.least)
        return {"barrier": slope, "barrier_error": error, "noise_limit": limit}

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`: half of the trials are taken to last until they are cut."""
        circuit = plan.first_run(item).circuit
        effort = 1.0 if item.label == NETWORK else plan.theories[item.label].effort
        found = Cost(seconds=EQUILIBRIA_SECONDS * effort * cost.variables(circuit) / 4)
        if item.label != NETWORK and "steps" not in plan.theories[item.label].answers:
            return found
        duration = self.trials * self.limit * len(self.intensities) + 2 * PULSES * self.wait
        steps = duration / self.sample
        if item.label != NETWORK:
            return found + Cost(seconds=steps * STEP_SECONDS * len(circuit.populations))
        settled = 4 * self.settle * self.trials * len(self.intensities)
        steps += settled / self.sample if self.thresholds == "random" else 0.0
        return found + self.network_cost(circuit, steps * self.sample)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of all models (run, model, …)."""
        return self.joined(results, name)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """Barriers by run, model and state; mean times by intensity of the noise as well."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        if table == "barriers":
            return scalar_rows(
                summary[[*OF_STATES, "saddle", "current"]], ("run", "model", "state")
            )
        return scalar_rows(summary[list(MEASURED)], ("run", "model", "state", "intensity"))


def _described(name: str) -> dict[str, str]:
    """Unit and meaning of a result."""
    single = {
        "saddle": ("1", "synaptic activation at the saddle"),
        "current": ("pA", "input current at which the model is held"),
    }
    known = {**MEASURED, **OF_STATES, **single}
    unit, text = known[name]
    return {"units": unit, "long_name": text}
