"""Linear response of theories and its estimate from series, against values known otherwise."""

import numpy as np
import pytest

from ikmeanfield.analysis.linear_response import LinearResponse
from ikmeanfield.analysis.multisine import estimated, multisine, on_grid
from ikmeanfield.circuit import excitatory_inhibitory
from ikmeanfield.inputs import steps
from ikmeanfield.theories.mean_field import MeanField


def response(width, kick=0.0, current=30.0):
    """Of the uncorrected mean field of the circuit of two populations."""
    circuit = excitatory_inhibitory().replace(
        {"fs.threshold_width": width, "fs.input_current": current, "rs.input_current": 50.0}
    )
    kicked = steps([(0.0, 50.0 + kick), (500.0, 50.0)])
    theory = MeanField(circuit, reset_correction=False)
    return LinearResponse.settled(theory, {"rs": kicked}, 3000.0)


@pytest.mark.parametrize(
    ("width", "kick", "frequency", "ratio"),
    [(0.1, 0.0, 17.2, 6.43), (0.4, 0.0, 16.9, 2.29), (1.6, 50.0, 9.2, 1.52)],
)
def test_resonance_of_excitatory_neurons(width, kick, frequency, ratio):
    """Oracle: an independent calculation, to 0.1 Hz and 1 %; at 1.6 mV of the active state."""
    found = response(width, kick).resonance("rs", "rs.firing_rate")
    assert found.frequency == pytest.approx(frequency, abs=0.1)
    assert found.peak == pytest.approx(ratio, rel=0.01)


def test_transfer_solves_the_linear_system():
    """Oracle: (iω − A) x = b, solved frequency by frequency, with b from the equation of v."""
    here = response(0.4)
    frequency = np.array([0.0, 3.0, 17.0, 150.0])
    capacitance = here.theory.circuit.populations["rs"].capacitance
    drive = np.zeros(len(here.state))
    drive[here.theory.variables.index("rs.membrane_potential")] = 1 / capacitance
    for name in ("rs.firing_rate", "fs.recovery"):
        row = here.theory.variables.index(name)
        unit = 1000.0 if name.endswith("rate") else 1.0
        expected = [
            unit
            * np.linalg.solve(2j * np.pi * f / 1000 * np.eye(len(drive)) - here.jacobian, drive)[
                row
            ]
            for f in frequency
        ]
        np.testing.assert_allclose(here.transfer("rs", name, frequency), expected, rtol=1e-6)


def test_an_oscillating_circuit_is_linearised_at_its_unstable_equilibrium():
    """Oracle: at I_fs = 36 pA it oscillates by itself for Δ_fs = 0.1 mV and not for 0.4 mV."""
    assert response(0.1, current=36.0).growth > 0
    assert response(0.4, current=36.0).growth < 0


def test_the_quality_of_a_damped_oscillator():
    """Oracle: x″ + γx′ + ω₀²x = F has its peak at √(ω₀² − γ²/2), with a known half-power band."""

    class Oscillator:
        title = "damped oscillator"
        variables = ("rs.position", "rs.speed")

        def problem(self):
            from ikmeanfield.continuation import Problem

            matrix = np.array([[0.0, 1.0], [-(w0**2), -damping]])
            return Problem(
                lambda y, p: matrix @ y + np.array([0.0, p[0]]), self.variables,
                {"rs.input_current": 0.0}, jacobian=lambda y, p: matrix,
            )  # fmt: skip

    w0, damping = 2 * np.pi * 20 / 1000, 0.02
    here = LinearResponse(Oscillator(), np.zeros(2))
    found = here.resonance("rs", "rs.position")
    top = np.sqrt(w0**2 - damping**2 / 2)
    # Half power: (w0² − w²)² + γ²w² = 2 γ²(w0² − γ²/4)
    spread = damping * np.sqrt(w0**2 - damping**2 / 4)
    edges = np.sqrt([top**2 - spread, top**2 + spread])
    assert found.frequency == pytest.approx(1000 * top / (2 * np.pi), rel=1e-6)
    assert found.quality == pytest.approx(top / (edges[1] - edges[0]), rel=1e-6)
    assert here.growth == pytest.approx(-1000 * damping / 2)
    assert here.ringing == pytest.approx(1000 * np.sqrt(w0**2 - damping**2 / 4) / (2 * np.pi))


def test_a_filter_is_estimated_within_its_errors():
    """Oracle: a low-pass filter of 5 ms with added white noise; errors cover the deviations."""
    rng, sample, segment, count = np.random.default_rng(5), 1.0, 1000.0, 40
    frequency = on_grid(np.geomspace(2, 200, 25), segment)
    current, phases = multisine(3.0, 0.5, frequency, rng)
    assert current(0.0) == pytest.approx(3.0 + 0.5 * np.sin(phases).sum())
    time = np.arange(0.0, segment * count, sample)
    omega = 2 * np.pi * frequency / 1000
    true = 2.0 / (1 + 5.0j * omega)
    wave = 0.5 * np.abs(true) * np.sinc(omega * sample / (2 * np.pi))
    angle = omega * (time[:, None] + sample / 2) + phases + np.angle(true)
    series = 7 + (wave * np.sin(angle)).sum(axis=1) + rng.normal(0, 2.0, time.size)
    found = estimated(series, sample, frequency, phases, 0.5, segment)
    deviation = (found.transfer - true) / found.error
    assert 0.7 < np.sqrt((np.abs(deviation) ** 2).mean() / 2) < 1.4
    assert (found.coherence[:5] > 0.8).all()
    silent = estimated(rng.normal(0, 2.0, time.size), sample, frequency, phases, 0.5, segment)
    assert silent.coherence.mean() < 3 / count
