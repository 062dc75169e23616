"""Accuracy and speed of the spiking schemes, side by side in one run.

    python benchmarks/spiking.py [accuracy] [speed] [size]

Accuracy: error of `exact` at its default step and of `euler` at 0.001 ms against `exact` at a
sixteenth of its step, in windowed averages (raised cosines of 120 ms) of s, u and the rate, and
in their means over the run. Speed: ns per neuron-step on one core, the best of many short
stretches, interleaved so that a drift of the machine's speed hits all alike; the ratio is network
time per second of computing, `exact` over `euler`. Size: ns per neuron-step and bytes per neuron
against N.
"""

from __future__ import annotations

import itertools
import sys
import time

import numpy as np

from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.inputs import ramp
from ikmeanfield.spiking import DEFAULT_STEP, Network, compile_kernels

NAMES = {"s": "synaptic_activation", "u": "recovery", "rate": "firing_rate"}
RESETS = ((1000.0, -1000.0), (50.0, -100.0), (40.0, -60.0))
DURATION, SAMPLE = 500.0, 0.2


def averages(circuit: Circuit, inputs, **settings) -> dict[str, np.ndarray]:
    """Windowed averages and the mean over the run of s, u and the rate."""
    run = Network(circuit, **settings).run(inputs, duration=DURATION, sample=SAMPLE)
    centers = np.arange(60.0, DURATION - 59.0, 20.0)
    distance = run.time.values[None, :] - centers[:, None]
    weights = np.where(abs(distance) < 60, np.cos(np.pi * distance / 120) ** 2, 0.0)
    weights = np.vstack([weights / weights.sum(1, keepdims=True)])
    return {key: weights @ run[name].values[0] for key, name in NAMES.items()}


def accuracy() -> None:
    print("Relative error against the converged solution, N = 10,000, 500 ms from rest")
    print(f"{'case':<38}{'':>7}{'s':>10}{'u':>10}{'rate':>10}")
    worst = 0.0
    for adaptation, reset, form, kind in itertools.product(
        (10.0, 100.0), RESETS, ("neuron", "population"), ("constant", "ramp")
    ):
        circuit = regular_spiking().replace(
            {
                "rs.adaptation": adaptation,
                "rs.peak_potential": reset[0],
                "rs.reset_potential": reset[1],
                "rs.recovery": form,
                "rs.input_current": 60.0,
            }
        )
        inputs = {"rs": ramp([(0, 30), (DURATION, 80)])} if kind == "ramp" else None
        reference = averages(circuit, inputs, step=DEFAULT_STEP["exact"] / 16)
        label = f"κ={adaptation:g} ({reset[0]:g}, {reset[1]:g}) {form} {kind}"
        errors = {}
        for scheme in ("exact", "euler"):
            found = averages(circuit, inputs, scheme=scheme)
            errors[scheme] = [
                float(np.sqrt(np.mean((found[k] - reference[k]) ** 2) / np.mean(reference[k] ** 2)))
                for k in NAMES
            ]
            row = "".join(f"{e:10.1e}" for e in errors[scheme])
            print(f"{label if scheme == 'exact' else '':<38}{scheme:>7}{row}", flush=True)
        worst = max(worst, *np.divide(errors["exact"], errors["euler"]))
    print(f"largest error of exact over error of euler: {worst:.2f}\n")


def best(networks: dict[str, Network], rounds: int = 12) -> dict[str, float]:
    """Shortest time of a stretch, in ns per neuron-step, by network; stretches interleaved."""
    found = dict.fromkeys(networks, np.inf)
    for _ in range(rounds):
        for label, network in networks.items():
            neurons = sum(p.size for p in network.circuit.populations.values())
            steps = max(50, 50_000_000 // neurons)  # a run costs a millisecond besides
            stretch = steps * network.step
            began = time.perf_counter()
            network.run(duration=stretch, sample=stretch, record=("firing_rate",))
            cost = (time.perf_counter() - began) / (steps * neurons) * 1e9
            found[label] = min(found[label], cost)
    return found


def settled(circuit: Circuit, scheme: str, step: float | None = None) -> Network:
    """A network that has run for a while (from rest all neurons are alike)."""
    network = Network(circuit, scheme=scheme, step=step)
    state = Network(circuit)
    state.run(duration=400.0, sample=400.0)
    network.set_state(
        potentials={"rs": state.potentials("rs")}, recovery={"rs": state.recovery("rs")},
        activation=state.snapshot()[1].s,
    )  # fmt: skip
    return network


def speed() -> None:
    print("Speed on one core, Table I, N = 10,000 (step in ms; ns per neuron-step; speed-up)")
    for current, form in ((60.0, "neuron"), (45.0, "neuron"), (60.0, "population")):
        circuit = regular_spiking().replace({"rs.input_current": current, "rs.recovery": form})
        networks = {
            "euler 0.001": settled(circuit, "euler"),
            **{
                f"exact {step:g}": settled(circuit, "exact", step)
                for step in (DEFAULT_STEP["exact"], DEFAULT_STEP["exact"] / 2)
            },
        }
        cost = best(networks)
        print(f"  I = {current:g} pA, u per {form}")
        for label, network in networks.items():
            gain = cost["euler 0.001"] / 0.001 / (cost[label] / network.step)
            print(f"    {label:<12}{cost[label]:8.3f} ns   ×{gain:.1f}", flush=True)
    print()


def size() -> None:
    print("Cost and memory against the size of the network, exact at its default step")
    networks = {}
    for n in (1_000, 10_000, 100_000, 1_000_000):
        networks[n] = settled(
            regular_spiking().replace({"rs.size": n, "rs.input_current": 60.0}), "exact"
        )
    for n, cost in best(networks, rounds=5).items():
        print(f"  N = {n:>9,}{cost:8.3f} ns   {networks[n].nbytes / n:.0f} bytes per neuron")
    print()


if __name__ == "__main__":
    compile_kernels()
    for name in sys.argv[1:] or ("speed", "size", "accuracy"):
        {"accuracy": accuracy, "speed": speed, "size": size}[name]()
