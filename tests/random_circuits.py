"""Random circuits in asynchronous states: the stationary theory against networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import ikmeanfield.continuation as co
from ikmeanfield.circuit import Circuit, Population, Synapse
from ikmeanfield.inputs import ramp
from ikmeanfield.spiking import simulate
from ikmeanfield.theories.stationary import Stationary

RESETS = ((1000.0, -1000.0), (50.0, -100.0), (50.0, -80.0), (40.0, -60.0))
QUANTITIES = ("firing_rate", "recovery", "synaptic_activation")
RISE, SETTLE, MEASURE = 3000.0, 2000.0, 2000.0  # ms


@dataclass(frozen=True)
class Case:
    """A circuit whose currents rise slowly from `start` times their final value, or fall to it."""

    circuit: Circuit
    start: float

    def describe(self) -> str:
        parts = []
        for name, p in self.circuit.populations.items():
            parts.append(
                f"{name}: {p.recovery:10s} v0 {p.reset_potential:6.0f} kappa {p.adaptation:4.1f} "
                f"b {p.recovery_coupling:5.2f} width {p.threshold_width:4.2f} "
                f"I {p.input_current:5.1f}"
            )
        return "; ".join(parts)


def draw(rng: np.random.Generator) -> Case:
    """One circuit of one excitatory population, or of an excitatory and an inhibitory one."""
    names = ("e",) if rng.random() < 0.5 else ("e", "i")
    form = "neuron" if rng.random() < 0.5 else "population"
    populations = {name: _population(name, names, form, rng) for name in names}
    start = float(rng.choice([0.5, 1.6]))
    return Case(Circuit(populations=populations), start)


def _population(name, names, form, rng) -> Population:
    excitatory = name == "e"
    C = rng.uniform(60, 140) if excitatory else rng.uniform(20, 50)
    k = rng.uniform(0.5, 1.0)
    v_r, gap = rng.uniform(-66, -56), rng.uniform(14, 24)
    tau = rng.uniform(15, 50) if excitatory else rng.uniform(5, 20)
    b = rng.uniform(-3.0, 0.6 * C / tau)
    peak, reset = RESETS[rng.integers(len(RESETS))]
    rheobase = (k * gap + b) ** 2 / (4 * k)
    weights = {"e": rng.uniform(0.0, 10.0), "i": rng.uniform(0.0, 10.0)}
    synapses = {
        source: Synapse(
            conductance=1.0, reversal_potential=0.0 if source == "e" else -70.0,
            synaptic_time=rng.uniform(4, 10), weights={source: weights[source]},
        )
        for source in names
    }  # fmt: skip
    return Population(
        size=10_000, capacitance=C, leakage=k, resting_potential=v_r, threshold=v_r + gap,
        threshold_width=rng.uniform(0.5, 3.0), truncation=rng.uniform(8.0, 14.0),
        recovery_time=tau, recovery_coupling=b,
        adaptation=rng.uniform(0, 60) if excitatory else rng.uniform(0, 5),
        peak_potential=peak, reset_potential=reset, recovery=form,
        input_current=rheobase * rng.uniform(0.95, 2.0), synapses=synapses,
    )  # fmt: skip


def theory(case: Case):
    """The stationary state reached along the case's slow change of the currents, or None."""
    history = "below" if case.start < 1 else "above"
    found = Stationary(case.circuit, history=history)
    state = found.initial_state()
    finals = {
        f"{name}.input_current": p.input_current for name, p in case.circuit.populations.items()
    }
    for share in np.linspace(case.start, 1.0, 4):
        there = {name: value * share for name, value in finals.items()}
        state = co.find_equilibrium(found.problem(), state, there)
    return _by_quantity(case.circuit, found.variables, state)


def _by_quantity(circuit, variables, state):
    values = dict(zip(variables, state, strict=True))
    rates = [1e3 * values[f"{name}.firing_rate"] for name in circuit.populations]
    recoveries = [values[f"{name}.recovery"] for name in circuit.populations]
    activations = [values[name] for name in variables if name.endswith("activation")]
    return {
        "firing_rate": np.array(rates), "recovery": np.array(recoveries),
        "synaptic_activation": np.array(activations),
    }  # fmt: skip


def network(case: Case, seed: int, size: int = 10_000, step: float = 0.1):
    """Means of one network with random thresholds, and how much its rates fluctuate in time."""
    sizes = {f"{name}.size": size for name in case.circuit.populations}
    circuit = case.circuit.replace(sizes)
    inputs = {
        name: ramp([(0.0, case.start * p.input_current), (RISE, p.input_current)])
        for name, p in circuit.populations.items()
    }
    run = simulate(
        circuit, inputs, duration=RISE + SETTLE + MEASURE, sample=1.0, step=step,
        thresholds="random", seed=seed, record=QUANTITIES,
    )  # fmt: skip
    tail = run.sel(time=slice(RISE + SETTLE, None))
    means = {name: tail[name].mean("time").values for name in QUANTITIES}
    s = tail.synaptic_activation
    spread = float((s.std("time") / s.mean("time").clip(min=0.02)).max())
    return means, spread


def compare(case: Case, seeds: Sequence[int], size: int = 10_000, step: float = 0.1):
    """Deviations of networks from the theory in standard errors, by quantity, and the spread."""
    expected = theory(case)
    runs = [network(case, seed, size, step) for seed in seeds]
    spread = max(run[1] for run in runs)
    rows = {}
    for name in QUANTITIES:
        values = np.array([means[name] for means, _ in runs])
        error = values.std(axis=0, ddof=1) / np.sqrt(len(seeds))
        rows[name] = (expected[name], values.mean(axis=0), error)
    return rows, spread
