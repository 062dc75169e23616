"""How fast oscillations grow in networks, beside the growth that the stationary theory computes.

    python benchmarks/onset.py [neurons …]

RS neurons with κ = 100, near the current at which their upper asynchronous state loses stability.
Networks with equally spaced thresholds come slowly from 55 pA, where that state is stable, and are
then held. Their oscillation is the rate, demodulated at the theory's frequency in windows of two
seconds; its growth is the slope of its logarithm while it lies between the given amplitudes. The
last line of a network extends growth to zero by a line.
"""

from __future__ import annotations

import sys

import numpy as np

from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.continuation import find_equilibrium
from ikmeanfield.inputs import ramp
from ikmeanfield.spiking import Network
from ikmeanfield.theories.stationary import AsynchronousState, Stationary, hopf_point

CURRENTS = (45.5, 45.7, 45.9, 46.2)
HELD_FROM, DURATION = 7_000.0, 32_000.0
WINDOW = 2_000
SMALL = 0.05, 1.0
"""Amplitudes in Hz between which growth is measured."""


def circuit(neurons: int = 10_000) -> Circuit:
    """The population of Fig. 1 at κ = 100."""
    return regular_spiking().replace({"rs.adaptation": 100.0, "rs.size": neurons})


def amplitudes(neurons: int, current: float, frequency: float) -> np.ndarray:
    """Amplitude of the oscillation in Hz, one for each second that the network is held."""
    network = Network(circuit(neurons), step=1 / 3)
    path = ramp([(0.0, 55.0), (3_000.0, 50.0), (HELD_FROM, current), (DURATION, current)])
    rate = network.advance(
        {"rs": path}, duration=DURATION, sample=1.0, record=("firing_rate",)
    )["firing_rate"][0]  # fmt: skip
    window = np.hanning(WINDOW)
    carrier = np.exp(-2j * np.pi * frequency * np.arange(WINDOW) / 1000)
    parts = [
        rate[begin : begin + WINDOW]
        for begin in range(int(HELD_FROM) + 1_000, int(DURATION) - WINDOW, 1_000)
    ]
    return np.array(
        [abs(((p - p.mean()) * window * carrier).sum()) * 2 / window.sum() for p in parts]
    )


def growth(found: np.ndarray) -> float:
    """Growth per second while the amplitude is small; NaN if it is so for less than three."""
    large = np.flatnonzero(found > SMALL[1])
    early = found[: large[0]] if large.size else found
    weak = np.flatnonzero(early < SMALL[0])
    chosen = np.arange(weak[-1] + 1 if weak.size else 0, early.size)
    return float(np.polyfit(chosen, np.log(found[chosen]), 1)[0]) if chosen.size > 2 else np.nan


def main(sizes: list[int]) -> None:
    """Print, for each current, the growth that the theory computes and that of networks."""
    theory = Stationary(circuit(), nodes=64)
    problem = theory.problem()
    state = np.array([0.008, -50.0, 3.0, 0.75])
    state = find_equilibrium(problem, state, {"rs.input_current": CURRENTS[0]})
    onset = hopf_point(theory, state, "rs.input_current", 46.0, 4.0)
    print(f"theory: oscillations of {onset.frequency:.3f} Hz grow up to {onset.value:.3f} pA")
    for current in CURRENTS:
        state = find_equilibrium(problem, state, {"rs.input_current": current})
        here = AsynchronousState.at(theory, problem, state, **{"rs.input_current": current})
        try:
            rate = here.mode(complex(3e-4, 2e-3 * np.pi * onset.frequency)).real * 1000
            print(f"  {current:6.2f} pA  growth {rate:.3f} per s", flush=True)
        except ArithmeticError:
            print(f"  {current:6.2f} pA  no growth", flush=True)
    for neurons in sizes:
        rates = []
        print(f"{neurons:,} neurons")
        for current in CURRENTS:
            found = amplitudes(neurons, current, onset.frequency)
            rates.append(growth(found))
            print(f"  {current:6.2f} pA  growth {rates[-1]:.3f} per s, amplitude {found[0]:.3f} to "
                  f"{found[-1]:.3f} Hz", flush=True)  # fmt: skip
        known = np.isfinite(rates) & (np.array(rates) > 0)
        if known.sum() > 1:
            slope, value = np.polyfit(np.array(CURRENTS)[known], np.array(rates)[known], 1)
            print(f"  growth is zero at {-value / slope:.3f} pA")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000])
