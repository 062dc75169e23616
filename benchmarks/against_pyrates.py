"""Speed of integrating the mean field beside PyRates, which integrates the same equations.

    python benchmarks/against_pyrates.py [duration in ms]

Eqs. 22-25 for Table I with kappa = 100 pA at 55 pA, where the mean field oscillates, from rest:
LSODA with the same tolerances by PyRates (its numpy back end) and by this library, and Euler steps
of 0.01 ms by PyRates. Seconds are processor time per second of network. What a run costs whatever
its length, such as PyRates' translation of the equations, is left out by the difference of two
runs, of the duration and of a fifth of it. The mean activation over the second half shows that all
compute the same. Where PyRates is not installed, nothing is measured.
"""

# PyRates is imported where it is used, as it may not be installed.
# ruff: noqa: PLC0415
from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from math import pi

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.theories.mean_field import MeanField

SAMPLE = 1.0
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
    found = circuit.run(
        simulation_time=duration, step_size=step, sampling_step_size=SAMPLE,
        outputs={"s": "p/op/s"}, verbose=False, **solver,
    )  # fmt: skip
    return np.asarray(found["s"], float).ravel()


def measured(run: Callable[[float], NDArray], duration: float) -> tuple[float, float]:
    """Processor time per second of network, and the mean activation over the second half."""
    run(duration / 5)
    times = []
    for length in (duration / 5, duration):
        began = time.process_time()
        activation = run(length)
        times.append(time.process_time() - began)
    seconds = (times[1] - times[0]) / (0.8 * duration) * 1e3
    return seconds, float(activation[activation.size // 2 :].mean())


def settings() -> Circuit:
    """The circuit that is integrated."""
    return regular_spiking().replace({"rs.adaptation": 100.0, "rs.input_current": 55.0})


def main(duration: float) -> None:
    model = MeanField(settings(), reset_correction=False)
    lsoda = {"solver": "scipy", "method": "LSODA", **TOLERANCES}
    runs = {
        "ours, LSODA": partial(ours, model),
        "PyRates, LSODA": partial(pyrates, model, lsoda, 0.01),
        "PyRates, Euler": partial(pyrates, model, {"solver": "euler"}, 0.01),
    }
    print(f"{'':<16}{'s per s of network':>20}{'of ours':>10}{'mean s':>12}")
    own = None
    for label, run in runs.items():
        seconds, mean = measured(run, duration)
        own = own or seconds
        print(f"{label:<16}{seconds:20.4f}{seconds / own:10.1f}{mean:12.6f}", flush=True)


if __name__ == "__main__":
    if find_spec("pyrates") is None:
        print("PyRates is not installed here, so nothing is measured: pip install pyrates")
    else:
        with tempfile.TemporaryDirectory() as folder:  # PyRates writes files where it runs
            os.chdir(folder)
            main(float(sys.argv[1]) if len(sys.argv) > 1 else 10_000.0)
