"""Shared by studies that measure a network and, in the same way, the theories beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ikmeanfield.keys import hashed, seed_of
from ikmeanfield.schema import Label
from ikmeanfield.stepping import Precision, default_step, kernels
from ikmeanfield.studies import cost
from ikmeanfield.studies.networks import is_double, refuse_steps
from ikmeanfield.studies.study import Item, TheoryStudy

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.heterogeneity import Draw
    from ikmeanfield.jobs.results import Results
    from ikmeanfield.spiking import Network
    from ikmeanfield.studies.cost import Cost

NETWORK = "network"
"""The label of the network among the models that are compared."""
NO_KEY = {"kind", "sweeps", "theories", "networks"}
"""Settings that say what is done, and do not determine a result."""
OF_EVERY_NETWORK = frozenset({"precision", "thresholds"})
"""Settings of networks that all kinds have."""


class ComparedStudy(TheoryStudy):
    """A study with an item for the network of each run, and one for each theory beside it.

    A kind derived from this one also has the settings ``sample`` and ``thresholds``.
    """

    of_networks: ClassVar[frozenset[str]] = frozenset()
    """Settings on which theories do not depend, besides precision and thresholds."""
    of_theories: ClassVar[frozenset[str]] = frozenset()
    """Settings on which networks do not depend."""
    of_summary: ClassVar[frozenset[str]] = frozenset()
    """Settings that concern the summary alone."""
    takes_input: ClassVar[bool] = True
    """Whether the experiment's input in time reaches the circuit."""

    networks: bool = True
    """Whether networks are simulated; theories are asked in any case."""
    precision: Precision = Field("double", exclude_if=is_double)
    """Of single neurons' states in networks; ``single`` is about twice as fast."""

    if TYPE_CHECKING:  # declared by the kinds themselves, after the settings that they depend on
        sample: float
        thresholds: Draw

    @property
    def step(self) -> float:
        """The networks' time step in ms: the longest recommended one that divides the sample."""
        return default_step("exact", self.sample)

    @property
    def kernels(self) -> str:
        """The kernels of the networks."""
        return kernels("exact", self.precision)

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {"theories", self.kernels} if self.networks else {"theories"}

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`; networks may be measured without any theory."""
        if self.asked(experiment) or not self.networks:
            super().check(experiment, circuit)

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        super().check_run(experiment, circuit)
        if self.networks:
            refuse_steps(circuit, self.step, precision=self.precision)

    def network(self, circuit: Circuit, seed: int | None) -> Network:
        """Return the network of a circuit, at rest."""
        from ikmeanfield.spiking import Network  # noqa: PLC0415

        return Network(
            circuit, step=self.step, precision=self.precision, thresholds=self.thresholds,
            seed=seed or 0,
        )  # fmt: skip

    def network_cost(self, circuit: Circuit, duration: float) -> Cost:
        """Predicted time and memory of a network over some time in ms."""
        return cost.network(circuit, duration / self.step, self.kernels)

    def models(self, plan: Plan) -> list[Label]:
        """Labels of what is compared: the network, and the theories."""
        return [NETWORK] * self.networks + self.asked(plan)

    def moved(self) -> Mapping[str, Any]:
        """Parameters that the study moves itself, each with one value for all results."""
        return {}

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`: the network of each run, and each theory on what it depends on."""
        settings = self.model_dump(exclude={*NO_KEY, *self.of_summary})
        networks, own = (
            {key: value for key, value in settings.items() if key not in left_out}
            for left_out in (self.of_theories, self.of_networks | OF_EVERY_NETWORK)
        )
        moved = self.moved()
        for number, run in plan.runs_of(name):
            given = {"input": plan.input_identity(run)} if self.takes_input else {}
            if self.networks:
                circuit = run.circuit.replace(moved) if moved else run.circuit
                known = {"circuit": circuit.identity(), "replicate": run.replicate}
                key = hashed({**known, **given, self.kind: networks})
                yield Item(key, seed_of(plan.seed, key), NETWORK, [number])
            for theory in self.asked(plan):
                identity = plan.theories[theory].identity(run.circuit, moved)
                key = hashed({**identity, **given, self.kind: own})
                yield Item(key=key, label=theory, runs=[number])

    def joined(self, results: Results, name: str) -> xr.Dataset:
        """The results of all runs and models, along ``run`` and ``model``; no points of curves."""
        import xarray as xr  # noqa: PLC0415

        models = self.models(results.plan)
        runs = results.plan.runs_of(name)
        rows = [
            xr.concat(
                [
                    results.result(name, number, model).drop_dims("point", errors="ignore")
                    for number, _ in runs
                ],
                "run",
            )
            for model in models
        ]
        label = xr.Variable("model", models, {"long_name": "network or theory"})
        found: xr.Dataset = xr.concat(rows, label).transpose("run", "model", ...)
        found.attrs = {}
        return found.assign_coords(results.coordinates(name, models[0]))


def by_recovery(summary: xr.Dataset, recovery: str) -> Iterator[tuple[str, xr.Dataset]]:
    """The runs of every model of a summary; those of networks, by their form of recovery.

    Theories are taken in the runs of one form of recovery, since they do not depend on it.

    Parameters
    ----------
    summary
        Along ``run`` and ``model``.
    recovery
        Name of the coordinate that tells the form of recovery; it may be missing.

    Yields
    ------
    tuple
        Such as ``("network, one u", runs)``, ``("network, own u", runs)``, ``("mean_field",
        runs)``.
    """
    forms = summary[recovery].values if recovery in summary.coords else None
    for model in summary["model"].values.tolist():
        own = summary.sel(model=model)
        if forms is None:
            yield model, own
        elif model != NETWORK:
            yield model, own.isel(run=forms == forms[0])
        else:
            for form, words in (("neuron", "own u"), ("population", "one u")):
                if (forms == form).any():
                    yield f"{model}, {words}", own.isel(run=forms == form)
