"""Cost of sparse networks: of a step without spikes, and of carrying spikes along connections.

    python benchmarks/sparse.py [neurons …]

For every size and connectivity: time to draw the connections; ns per neuron-step of a network in
which nobody spikes; and what spikes cost beyond that, in ns per synaptic event (one spike that
reaches one neuron). The same network with all-to-all synapses stands beside it. Times are
processor time on one core, the shortest of several stretches, at 0.4 ms and I = 60 pA.
"""

from __future__ import annotations

import sys
import time
from math import inf

from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.spiking import Network, compile_kernels

STEP, STRETCH, ROUNDS = 0.4, 80.0, 8
CASES = {1000: 0.2, 5000: 0.2, 20000: 0.1}
"""Connection probability by number of neurons."""


def stretch(network: Network) -> tuple[float, float]:
    """Shortest time of a stretch in s, and the spikes in it."""
    network.advance(duration=2 * STRETCH, sample=STRETCH)
    shortest, spikes = inf, 0.0
    for _ in range(ROUNDS):
        began = time.process_time()
        rate = network.advance(duration=STRETCH, sample=STRETCH, record=("firing_rate",))
        spent = time.process_time() - began
        if spent < shortest:
            size = network.circuit.populations["rs"].size
            shortest, spikes = spent, rate["firing_rate"][0, 0] * STRETCH / 1000 * size
    return shortest, spikes


def measure(circuit: Circuit) -> tuple[float, float, float, int]:
    """Time to set up in s; ns per silent neuron-step; further s per spike; connections."""
    size, steps = circuit.populations["rs"].size, STRETCH / STEP
    silent, _ = stretch(Network(circuit.replace({"rs.input_current": 0.0}), step=STEP))
    began = time.process_time()
    network = Network(circuit, step=STEP)
    drawn = time.process_time() - began
    active, spikes = stretch(network)
    edges = size**2 if network._wiring is None else network._wiring.targets.size
    return drawn, silent / steps / size * 1e9, (active - silent) / spikes, edges


def main(sizes: list[int]) -> None:
    compile_kernels("exact")
    print(f"{'neurons':>8}{'connectivity':>14}{'p':>6}{'draw (s)':>10}"
          f"{'silent (ns)':>13}{'event (ns)':>12}")  # fmt: skip
    for size in sizes:
        plain = regular_spiking().replace(
            {"rs.size": size, "rs.input_current": 60.0, "rs.recovery": "population"}
        )
        probability = CASES.get(size, 0.1)
        sparse = {"rs.ampa.connection_probability": probability}
        for kind, changes in (
            ("all_to_all", {}),
            ("random", {"rs.ampa.connectivity": "random", **sparse}),
            ("ring", {"rs.ampa.connectivity": "ring", "rs.ampa.distance_exponent": 1.0, **sparse}),
        ):
            drawn, silent, spike, edges = measure(plain.replace(changes))
            event = "" if kind == "all_to_all" else f"{spike * size / edges * 1e9:.2f}"
            p = 1.0 if kind == "all_to_all" else probability
            print(f"{size:>8}{kind:>14}{p:>6g}{drawn:>10.2f}{silent:>13.2f}{event:>12}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(CASES))
