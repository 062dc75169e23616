"""Speed of the spiking schemes beside Brian2, which integrates the same network.

    python benchmarks/against_brian2.py [duration in ms [neurons]]

The regular-spiking network of Table I, by default N = 10,000, with the same thresholds, from rest,
at 60 pA: explicit Euler steps of 0.001 and 0.01 ms by Brian2, as a C++ program of one thread with
the compiler's options that Brian2 chooses, and by `euler`; and steps of 0.2 and 0.4 ms by `exact`.
Seconds are processor time per second of network, without compiling. That all compute the same shows
in the mean activation over the second half, and in the largest difference between the activations
of Brian2 and of `euler` over the first 100 ms, before rounding has grown. Where Brian2 is not
installed, nothing is measured.
"""

# Brian2 is imported where it is used, as it may not be installed.
# ruff: noqa: PLC0415
from __future__ import annotations

import resource
import sys
import tempfile
import time
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.spiking import Network

CASES = (("euler", 0.001), ("euler", 0.01), ("exact", 0.2), ("exact", 0.4))
SAMPLE = 2.0
BEGINNING = 50
"""Number of samples, from the start, in which rounding has not grown yet."""
EQUATIONS = """
dv/dt = (k*(v - v_r)*(v - threshold) - u + I + g*s*(E - v))/C : 1
du/dt = (b*(v - v_r) - u)/tau_u : 1
threshold : 1 (constant)
s : 1 (linked)
"""


def ours(circuit: Circuit, scheme: str, step: float, duration: float) -> tuple[float, NDArray]:
    """Seconds of processor time, and the activation at every sample, of a run of this library."""
    network = Network(circuit, scheme=scheme, step=step)
    began = time.process_time()
    run = network.advance(duration=duration, sample=SAMPLE, record=("synaptic_activation",))
    return time.process_time() - began, run["synaptic_activation"][0]


def brian2(circuit: Circuit, step: float, duration: float) -> tuple[float, NDArray]:
    """The same of a run of Brian2, whose numbers are in ms, mV, pA and nS."""
    import brian2 as b2

    rs = circuit.populations["rs"]
    ((_, synapse),) = rs.synapses.items()
    with tempfile.TemporaryDirectory() as folder:
        b2.set_device("cpp_standalone", directory=folder, build_on_run=False)
        b2.defaultclock.dt = step * b2.ms
        ms = b2.ms
        names = {
            "k": rs.leakage, "v_r": rs.resting_potential, "I": rs.input_current,
            "g": synapse.conductance, "E": synapse.reversal_potential,
            "C": rs.capacitance * ms, "b": rs.recovery_coupling, "tau_u": rs.recovery_time * ms,
            "v_p": rs.peak_potential, "v_0": rs.reset_potential, "kappa": rs.adaptation,
            "tau_s": synapse.synaptic_time * ms, "jump": synapse.weights["rs"] / rs.size,
        }  # fmt: skip
        neurons = b2.NeuronGroup(
            rs.size, EQUATIONS, threshold="v >= v_p", reset="v = v_0\nu += kappa",
            method="euler", namespace=names,
        )  # fmt: skip
        shared = b2.NeuronGroup(
            1, "ds/dt = -s/tau_s : 1", method="euler", namespace=names, order=1,
        )  # fmt: skip
        neurons.s = b2.linked_var(shared, "s")
        neurons.v, neurons.threshold = (
            rs.resting_potential,
            Network(circuit).neurons["rs"].threshold,
        )
        spikes = b2.Synapses(neurons, shared, on_pre="s_post += jump", namespace=names)
        spikes.connect()
        watched = b2.StateMonitor(shared, "s", record=True, dt=SAMPLE * ms)
        network = b2.Network(neurons, shared, spikes, watched)
        network.run((duration + step) * ms)  # a step more, in which the last sample is taken
        b2.device.build(directory=folder, run=False)
        began = _children()
        b2.device.run(folder, with_output=False, run_args=[])
        seconds, activation = _children() - began, np.array(watched.s[0])[1:]
        b2.device.reinit()
    return seconds, activation


def _children() -> float:
    """Processor time of the programs that this one has started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(duration: float = 400.0, size: float = 10_000) -> None:
    circuit = regular_spiking().replace({"rs.input_current": 60.0, "rs.size": int(size)})
    for scheme, step in CASES:
        ours(circuit, scheme, step, SAMPLE)  # compiles
    found = {f"{s} {step:g} ms": ours(circuit, s, step, duration) for s, step in CASES}
    for step in (0.001, 0.01):
        found[f"Brian2 {step:g} ms"] = brian2(circuit, step, duration)
        theirs, own = found[f"Brian2 {step:g} ms"][1], found[f"euler {step:g} ms"][1]
        difference = np.abs(theirs[:BEGINNING] - own[:BEGINNING]).max()
        print(f"Brian2 and euler at {step:g} ms: s differs by {difference:.1e} at most at first")
    slowest = found["Brian2 0.001 ms"][0]
    print(f"{'':<18}{'s per s of network':>20}{'speed, Brian2 0.001 ms = 1':>30}{'mean s':>12}")
    for label, (seconds, activation) in found.items():
        mean = activation[activation.size // 2 :].mean()
        print(f"{label:<18}{seconds / duration * 1e3:20.3f}{slowest / seconds:30.1f}{mean:12.5f}")


if __name__ == "__main__":
    if find_spec("brian2") is None:
        print("Brian2 is not installed here, so nothing is measured: pip install brian2")
    else:
        main(*map(float, sys.argv[1:]))
