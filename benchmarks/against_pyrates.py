"""Speed of integrating the mean field beside PyRates, which integrates the same equations.

    python benchmarks/against_pyrates.py [duration in ms]

Eqs. 22-25 for Table I with kappa = 100 pA at 55 pA, where the mean field oscillates, from rest:
LSODA with the same tolerances by PyRates (its numpy back end) and by this library, and Euler steps
of 0.01 ms by PyRates, whose right-hand side is once as PyRates writes it and once compiled by numba
through the argument `decorator` of its `run`. Seconds are processor time per second of network.
What a run costs whatever its length, such as PyRates' translation of the equations, is left out by
the difference of two runs, of the full duration and of a fifth of it, each the fastest of three
that take turns with those of the others; what is fast runs longer than the duration. That all
compute the same shows in the mean activation over the second half of the duration, and in the
largest difference of the activation from that of this library over the first 500 ms. Where PyRates
is not installed, nothing is measured.
"""

# PyRates is imported where it is used, as it may not be installed.
# ruff: noqa: PLC0415
from __future__ import annotations

import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from math import pi

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.theories.mean_field import MeanField

SAMPLE = 1.0
REPETITIONS = 3
BEGINNING = 500
"""Number of samples, from the start, over which the activations are compared."""
TOLERANCES = {"rtol": 1e-8, "atol": 1e-10}
EQUATIONS = [
    "r' = (Delta*k^2*(v - v_r)/pi_C + r*(k*(2.0*v - v_r - v_t) - g*s))/C",
    "v' = (k*(v - v_r)*(v - v_t) - pi_C*r*(Delta + pi_C*r/k) - u + I_ext + g*s*(E_r - v))/C",
    "u' = (b*(v - v_r) - u)/tau_u + kappa*r",
    "s' = -s/tau_s + J*r",
]


def ours(model: MeanField, duration: float) -> NDArray:
    """Activation at every sample, by this library."""
    run = model.integrate(duration=duration, sample=SAMPLE, method="LSODA", **TOLERANCES)
    return run["synaptic_activation"].values[0]


def pyrates(model: MeanField, solver: dict, step: float, duration: float) -> NDArray:
    """The same by PyRates, with times in ms and rates in 1/ms."""
    from pyrates import CircuitTemplate, NodeTemplate, OperatorTemplate

    rs = model.circuit.populations["rs"]
    ((_, synapse),) = rs.synapses.items()
    start = dict(zip("rvus", map(float, model.initial_state()), strict=True))
    variables = {
        **{name: f"{'output' if name == 'r' else 'variable'}({start[name]})" for name in "rvus"},
        "Delta": rs.threshold_width, "k": rs.leakage, "v_r": rs.resting_potential,
        "v_t": rs.threshold, "C": rs.capacitance, "pi_C": pi * rs.capacitance,
        "g": synapse.conductance, "E_r": synapse.reversal_potential, "I_ext": rs.input_current,
        "b": rs.recovery_coupling, "tau_u": rs.recovery_time, "kappa": rs.adaptation,
        "tau_s": synapse.synaptic_time, "J": synapse.weights["rs"],
    }  # fmt: skip
    operator = OperatorTemplate(name="op", equations=EQUATIONS, variables=variables)
    circuit = CircuitTemplate("c", nodes={"p": NodeTemplate(name="p", operators=[operator])})
    # PyRates samples at the start but not at the end, and this library the other way round.
    found = circuit.run(
        simulation_time=duration + SAMPLE, step_size=step, sampling_step_size=SAMPLE,
        outputs={"s": "p/op/s"}, verbose=False, **solver,
    )  # fmt: skip
    return np.asarray(found["s"], float).ravel()[1:]


def compiled() -> Callable[[Callable], Callable]:
    """A decorator that compiles the first function it is given and returns it for the others too.

    PyRates writes the same right-hand side anew for every run.
    """
    kept: list[Callable] = []

    def decorate(written: Callable) -> Callable:
        if not kept:
            kept.append(njit(written))
        return kept[0]

    return decorate


def timed(run: Callable[[float], NDArray], duration: float) -> tuple[float, NDArray]:
    """Processor time of a run, and the activation at every sample."""
    began = time.process_time()
    activation = run(duration)
    return time.process_time() - began, activation


def settings() -> Circuit:
    """The circuit that is integrated."""
    return regular_spiking().replace({"rs.adaptation": 100.0, "rs.input_current": 55.0})


def main(duration: float) -> None:
    model = MeanField(settings(), reset_correction=False)
    lsoda = {"solver": "scipy", "method": "LSODA", **TOLERANCES}
    euler = {"solver": "euler"}
    numba = {"decorator": compiled()}
    # PyRates passes the decorator on to scipy's solver as well, which says that it ignores it.
    warnings.filterwarnings("ignore", "The following arguments have no effect", UserWarning)
    # What is run, and for how many times the duration.
    runs = {
        "ours, LSODA": (partial(ours, model), 20),
        "PyRates, LSODA": (partial(pyrates, model, lsoda, 0.01), 4),
        "PyRates, Euler": (partial(pyrates, model, euler, 0.01), 1),
        "PyRates, LSODA, numba": (partial(pyrates, model, lsoda | numba, 0.01), 4),
        "PyRates, Euler, numba": (partial(pyrates, model, euler | numba, 0.01), 1),
    }
    for run, _ in runs.values():
        run(SAMPLE)  # compiles
    short = dict.fromkeys(runs, np.inf)
    long = dict.fromkeys(runs, np.inf)
    found: dict[str, NDArray] = {}
    for _ in range(REPETITIONS):
        for label, (run, longer) in runs.items():
            short[label] = min(short[label], timed(run, longer * duration / 5)[0])
            seconds, found[label] = timed(run, longer * duration)
            long[label] = min(long[label], seconds)
    first = next(iter(runs))
    costs = {
        label: (long[label] - short[label]) / (0.8 * longer * duration) * 1e3
        for label, (_, longer) in runs.items()
    }
    samples = int(duration / SAMPLE)
    print(f"{'':<22}{'s per s of network':>20}{'of ours':>10}{'mean s':>12}{'difference':>12}")
    for label, cost in costs.items():
        mean = found[label][samples // 2 : samples].mean()
        difference = np.abs(found[label][:BEGINNING] - found[first][:BEGINNING]).max()
        print(f"{label:<22}{cost:20.5f}{cost / costs[first]:10.1f}{mean:12.6f}{difference:12.1e}")


if __name__ == "__main__":
    if find_spec("pyrates") is None:
        print("PyRates is not installed here, so nothing is measured: pip install pyrates")
    else:
        with tempfile.TemporaryDirectory() as folder:  # PyRates writes files where it runs
            os.chdir(folder)
            main(float(sys.argv[1]) if len(sys.argv) > 1 else 5_000.0)
