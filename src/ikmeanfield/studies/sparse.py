"""Shared by studies of single networks whose neurons are connected sparsely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ikmeanfield.circuit.population import Name
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.keys import hashed, seed_of
from ikmeanfield.schema import ConfigError
from ikmeanfield.studies.one_network import OneNetworkStudy
from ikmeanfield.studies.study import Item

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.inputs import Current
    from ikmeanfield.spiking import Network

    FloatArray = NDArray[np.float64]


class SparseStudy(OneNetworkStudy):
    """A study of one sparse network per run, of which a part of one population is stimulated.

    A kind derived from this one also has the settings ``sample`` and ``thresholds``.
    """

    population: Name
    """The population that is stimulated and observed."""

    if TYPE_CHECKING:  # declared by the kinds themselves, after the settings that they depend on
        sample: float
        thresholds: Draw

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`: neurons must have places, and one decay time of what they send."""
        super().check_run(experiment, circuit)
        if not circuit.sparse:
            msg = (
                f"population: neurons of {self.population!r} have no places; set the connectivity "
                "of a synapse, for example to 'ring'"
            )
            raise ConfigError(msg)
        self.decay_time(circuit)

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`: each run is a network of its own."""
        settings = self.model_dump(exclude={"kind", "sweeps"})
        for number, run in plan.runs_of(name):
            known = {"circuit": run.circuit.identity(), "replicate": run.replicate}
            key = hashed({**known, "input": plan.input_identity(run), self.kind: settings})
            yield Item(key=key, seed=seed_of(plan.seed, key), runs=[number])

    def network(self, plan: Plan, item: Item) -> Network:
        """The network of an item, at rest."""
        from ikmeanfield.spiking import Network  # noqa: PLC0415

        circuit = plan.first_run(item).circuit
        return Network(circuit, step=self.step, thresholds=self.thresholds, seed=item.seed or 0)

    def observe(
        self,
        network: Network,
        inputs: Mapping[str, Current],
        duration: float,
        initial: FloatArray | None = None,
    ) -> tuple[FloatArray, FloatArray]:
        """Advance a network and see what the population's neurons send.

        Parameters
        ----------
        network, inputs
            The network, and the input currents by population.
        duration
            In ms.
        initial
            The neurons' activations before; None for none.

        Returns
        -------
        tuple of ndarray
            Activations, shape (neurons, samples): every spike adds one, which decays with τ_s; and
            the population's rate in Hz, shape (samples,).
        """
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.analysis.activations import activations  # noqa: PLC0415

        circuit, began = network.circuit, network.time
        size = circuit.populations[self.population].size
        place = list(circuit.populations).index(self.population)
        found = network.advance(
            inputs, duration=duration, sample=self.sample, record=("firing_rate",),
            spikes={self.population: range(size)},
        )  # fmt: skip
        traces = activations(
            found["spike_time"] - began,
            found["spike_neuron"].astype(np.int64) - network.first_neuron(self.population),
            np.zeros(size) if initial is None else initial,
            duration=duration, sample=self.sample, decay_time=self.decay_time(circuit),
        )  # fmt: skip
        return traces, found["firing_rate"][place]

    def decay_time(self, circuit: Circuit) -> float:
        """Decay time in ms of what the population's spikes leave behind, τ_s of its synapses.

        Raises
        ------
        ConfigError
            If it sends to none, or to synapses that decay differently.
        """
        found = {
            synapse.synaptic_time
            for target in circuit.populations.values()
            for synapse in target.synapses.values()
            if self.population in synapse.weights
        }
        if len(found) != 1:
            times = ", ".join(f"{value:g}" for value in sorted(found)) or "none"
            msg = (
                f"population: the synapses that {self.population!r} sends to have decay times "
                f"{times} (ms); exactly one is needed, with which its activity is filtered"
            )
            raise ConfigError(msg)
        return found.pop()
