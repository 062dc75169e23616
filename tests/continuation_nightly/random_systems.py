"""Random smooth systems: cubic fields, and circuits of Izhikevich populations."""

import numpy as np

from ikmeanfield.circuit import Circuit, Population, Synapse
from ikmeanfield.continuation import Problem, find_equilibrium
from ikmeanfield.theories.mean_field import MeanField

REGULAR_SPIKING = {
    "capacitance": 100.0, "leakage": 0.7, "resting_potential": -60.0, "threshold": -40.0,
    "recovery_time": 33.33,
}  # fmt: skip
FAST_SPIKING = {
    "capacitance": 20.0, "leakage": 1.0, "resting_potential": -55.0, "threshold": -40.0,
    "recovery_time": 5.0, "recovery_coupling": 0.025, "adaptation": 0.0,
}  # fmt: skip


def cubic(seed: int, n: int) -> tuple[Problem, np.ndarray, dict, tuple[str, str]]:
    """Return y' = A y + Q(y, y) - y³ + c a + b (M y + d): equilibria stay bounded."""
    g = np.random.default_rng(seed)
    linear, mixed = g.normal(size=(n, n)), 0.5 * g.normal(size=(n, n))
    quadratic = 0.5 * g.normal(size=(n, n, n))
    quadratic = (quadratic + quadratic.transpose(0, 2, 1)) / 2
    flat = quadratic.reshape(n * n, n)
    c, d = g.normal(size=n), 0.3 * g.normal(size=n)

    def field(y, p):
        if y.ndim > 1:  # one state in each column
            constant = (c * p[0] + p[1] * d)[:, None]
            squares = (flat @ y).reshape(n, n, -1)
            bent = np.einsum("ijk,jk->ik", squares, y)
        else:
            constant = c * p[0] + p[1] * d
            bent = (flat @ y).reshape(n, n) @ y
        return (linear + p[1] * mixed) @ y + bent - y * y * y + constant

    def jacobian(y, p):
        return linear + 2 * (flat @ y).reshape(n, n) - 3 * np.diag(y * y) + p[1] * mixed

    names = tuple("uvwxyz"[:n])
    problem = Problem(field, names, {"a": 0.0, "b": 0.0}, jacobian)
    start = find_equilibrium(problem, np.zeros(n))
    return problem, start, {"a": (-2.0, 2.0), "b": (-1.0, 1.0)}, ("a", "b")


def circuit(seed: int, populations: int, corrected: bool) -> tuple:
    """Return a random circuit's mean field at rest; its first population's parameters are free."""
    g = np.random.default_rng(seed)
    names = "abc"[:populations]
    excitatory = {name: name == "a" or g.random() < 0.5 for name in names}
    members = {}
    for name in names:
        weights = {source: g.uniform(2, 16) for source in names}
        kind = REGULAR_SPIKING if excitatory[name] else FAST_SPIKING
        changes = {}
        if excitatory[name]:
            changes = {"recovery_coupling": g.uniform(-3, 2), "adaptation": g.uniform(0, 120)}
        # without the correction they do not enter
        peak, reset = (g.uniform(40, 200), -g.uniform(60, 200)) if corrected else (1000.0, -1000.0)
        members[name] = Population(
            **(kind | changes),
            peak_potential=peak,
            reset_potential=reset,
            threshold_width=g.uniform(0.3, 1.5),
            input_current=g.uniform(0, 40),
            synapses={x: _synapse(x, weights[x], excitatory[x]) for x in names},
        )
    network = Circuit(populations=members).replace({"a.input_current": 0.0})
    mean_field = MeanField(network, reset_correction=corrected)
    problem, rest = mean_field.problem(), mean_field.initial_state()
    rest += [1e-3 if name.endswith("firing_rate") else 0.0 for name in mean_field.variables]
    start = find_equilibrium(problem, rest)
    box = {"a.input_current": (-20.0, 100.0), "a.adaptation": (0.0, 150.0)}
    return problem, start, box, ("a.input_current", "a.adaptation")


def _synapse(source: str, weight: float, excitatory: bool) -> Synapse:
    reversal, time = (0.0, 6.0) if excitatory else (-65.0, 8.0)
    return Synapse(
        conductance=1.0, reversal_potential=reversal, synaptic_time=time, weights={source: weight}
    )
