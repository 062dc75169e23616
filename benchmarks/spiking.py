"""Speed of the spiking schemes, side by side in one run.

    python benchmarks/spiking.py [speed] [size] [limit]

Speed: ns per neuron-step on one core and the ratio of network time per second of computing,
`exact` over `euler` at 0.001 ms. Size: ns per neuron-step and bytes per neuron against N. Limit:
what the first pass of `exact` costs on neurons that stay far from a spike, beside loops that do a
part of its work alone. Times are processor time, the best of many short stretches, interleaved
so that a drift of the machine's speed hits all alike. Errors are in `accuracy.py`.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from numba import njit

from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.spiking import Network, compile_kernels, passes

STEPS = (0.1, 0.2, 0.4, 0.8)


def best(networks: dict[str, Network], rounds: int = 12) -> dict[str, float]:
    """Shortest time of a stretch, in ns per neuron-step, by network; stretches interleaved."""
    found = dict.fromkeys(networks, np.inf)
    for _ in range(rounds):
        for label, network in networks.items():
            neurons = sum(p.size for p in network.circuit.populations.values())
            steps = max(50, 50_000_000 // neurons)
            stretch = steps * network.step
            began = time.process_time()
            network.advance(duration=stretch, sample=stretch, record=("firing_rate",))
            cost = (time.process_time() - began) / (steps * neurons) * 1e9
            found[label] = min(found[label], cost)
    return found


def settled(circuit: Circuit, scheme: str, step: float | None = None, **settings: str) -> Network:
    """A network that has run for a while (from rest all neurons are alike)."""
    network = Network(circuit, scheme=scheme, step=step, **settings)
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
            **{f"exact {step:g}": settled(circuit, "exact", step) for step in STEPS},
            "0.4, single": settled(circuit, "exact", 0.4, precision="single"),
        }
        cost = best(networks)
        print(f"  I = {current:g} pA, u per {form}")
        for label, network in networks.items():
            gain = cost["euler 0.001"] / 0.001 / (cost[label] / network.step)
            print(f"    {label:<12}{cost[label]:8.3f} ns   ×{gain:.1f}", flush=True)
    print()


def size() -> None:
    print("Cost and memory against the size of the network, exact at 0.4 ms")
    networks = {}
    for n in (1_000, 10_000, 100_000, 1_000_000):
        circuit = regular_spiking().replace({"rs.size": n, "rs.input_current": 60.0})
        for precision in ("double", "single"):
            networks[n, precision] = settled(circuit, "exact", 0.4, precision=precision)
    for (n, precision), cost in best(networks, rounds=5).items():
        held = networks[n, precision].nbytes / n
        print(f"  N = {n:>9,} {precision}{cost:8.3f} ns   {held:.0f} bytes per neuron")
    print()


@njit(inline="always")
def _ten(t, y):
    """Ten products, each with a sum."""
    t = ((((t * y + 0.9) * y + 0.8) * y + 0.7) * y + 0.6) * y + 0.5
    return ((((t * y + 0.4) * y + 0.3) * y + 0.2) * y + 0.1) * y + 0.05


@njit(fastmath={"contract"}, error_model="numpy")
def multiply_add(y: np.ndarray) -> None:
    """As many products and sums per neuron as the first pass has, and nothing else."""
    for i in range(y.size):
        y[i] = _ten(_ten(_ten(1.0, y[i]), y[i]), y[i])


@njit(error_model="numpy")
def divide(y: np.ndarray) -> None:
    """One division per neuron."""
    for i in range(y.size):
        y[i] = 1.0 / (y[i] + 1.0)


@njit(error_model="numpy")
def move(y: np.ndarray, u: np.ndarray, d: np.ndarray) -> None:
    """What the first pass loads and stores per neuron."""
    for i in range(y.size):
        before = y[i]
        y[i] = u[i] + d[i]
        u[i] = before


def limit() -> None:
    print("The first pass, one u per neuron, and parts of its work alone (ns per neuron)")
    network = Network(regular_spiking().replace({"rs.input_current": 20.0}), step=0.4)
    network.run(duration=200.0, sample=200.0)
    state, c = network.snapshot()[1], network._cells
    half = c.half
    cell = passes.Cell(
        True, c.peak[0], c.reset[0], c.jump[0], c.rate[0], c.decay[0], c.mean[0], 0.0,
        c.coupling[0], c.area[0], c.moment[0], 0.0, c.force[0] * 20.0, 1.0, 0.0,
    )  # fmt: skip
    marks = np.zeros(half.size, np.uint8)
    y, u = state.v.copy(), state.u.copy()
    work = {
        "first pass": lambda y, u, d, m: passes._glide_own(y, u, d, None, m, cell, passes.P_LIMIT),
        "30 multiply-adds": lambda y, u, d, m: multiply_add(y),
        "1 division": lambda y, u, d, m: divide(y),
        "3 loads, 2 stores": lambda y, u, d, m: move(y, u, d),
    }
    found: dict[tuple[str, int], float] = {}
    for _ in range(20):
        for label, run in work.items():
            for size in (4096, half.size):
                arguments = (y[:size].copy(), u[:size].copy(), half[:size], marks[:size])
                run(*arguments)
                began = time.process_time()
                repeats = 4_000_000 // size
                for _ in range(repeats):
                    run(*arguments)
                cost = (time.process_time() - began) / (repeats * size) * 1e9
                found[label, size] = min(found.get((label, size), np.inf), cost)
    for label in work:
        print(f"  {label:<20}" + "".join(f"{found[label, n]:8.3f}" for n in (4096, half.size)))
    print(f"  (arrays of 4,096 neurons and of {half.size:,})")


if __name__ == "__main__":
    compile_kernels()
    for name in sys.argv[1:] or ("speed", "size", "limit"):
        {"speed": speed, "size": size, "limit": limit}[name]()
