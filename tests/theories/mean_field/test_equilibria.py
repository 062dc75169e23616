"""Equilibria: closed form of the single population, and published-quality reference points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking
from ikmeanfield.theories.mean_field import MeanField, adjusted_current

# Computed with AUTO-07p (tolerances 1e-9 or tighter) and solved again with mpmath and scipy:
# type, I in pA, κ in pA, r in 1/ms, v in mV, u in pA, s; Table I with Δ_v = 1, uncorrected.
SINGLE = [
    ("LP", 41.7209205926, 25, 0.00218057892227, -53.288703755, -11.605625103, 0.196252103005),
    ("LP", 30.1803058499, 25, 0.0122562818536, -50.1109972988, -9.56545854794, 1.10306536682),
    ("HB", 49.9806972893, 100, 0.005007935663, -51.5564465979, -0.195657239381, 0.45071420967),
    ("HB", 61.1412739096, 100, 0.0123846718805, -50.0948751752, 21.4678617281, 1.11462046925),
    (
        "CP", 46.8962287043, 81.5553382941, 0.00446740813537, -51.7661670815, -4.32418091438,
        0.402066732183,
    ),
    (
        "BT", 46.5303809315, 79.3724492756, 0.00533696025019, -51.4431440065, -2.99487045423,
        0.480326422517,
    ),
]  # fmt: skip

# Corrected, v_p = 50, v_0 = −60, Δ_v = 0.5, b = κ = 0: type, I, s, v.
CORRECTED = [
    ("LP", 58.6756240965, 0.152100491801, -52.3972856632),
    ("LP", 9.01884350044, 3.17021400122, -47.9264920457),
]

# Corrected circuit of Sec. IV.C, v_p = 50, v_0 = −100, Δ_fs = 0.3: type, I_fs, state.
CIRCUIT = [
    (
        "LP", 53.0259230933,
        [0.0064744865055, -50.310437052, -15.063233192, 0.62155070453, 1.2780750518,
         0.0099849613424, -48.755545703, 0.15611135743, 0.15538767613, 0.31951876296],
    ),
    (
        "LP", 51.6724792764,
        [0.0026072239413, -52.507482417, -13.247059688, 0.25029349836, 0.72147664763,
         0.0056365363096, -49.646130778, 0.13384673055, 0.062573374591, 0.18036916191],
    ),
    (
        "HB", 29.8633107774,
        [0.027484819281, -47.636723164, -6.4051731401, 2.638542651, 1.3716406152,
         0.010715942306, -48.456503447, 0.16358741382, 0.65963566275, 0.3429101538],
    ),
    (
        "HB", 44.2767914803,
        [0.018437212179, -48.055222283, -11.599309795, 1.7699723692, 1.963199468,
         0.015337495844, -48.106366816, 0.17234082961, 0.4424930923, 0.490799867],
    ),
    (
        "HB", 73.3468158326,
        [0.00029233563006, -57.425967749, -4.9531935701, 0.028064220485, 3.3089926649,
         0.025851505195, -47.752186027, 0.18119534933, 0.0070160551213, 0.82724816623],
    ),
]  # fmt: skip


def critical(model: MeanField, y: np.ndarray, p: np.ndarray, kind: str) -> None:
    """The eigenvalues say what the reference says the point is."""
    values = np.linalg.eigvals(model.jacobian(y, p))
    values = values[np.argsort(np.abs(values.real))]
    if kind in ("LP", "CP"):
        assert abs(values[0]) < 1e-5
    elif kind == "HB":
        assert abs(values[0].real) < 1e-6
        assert abs(values[0].imag) > 1e-3
    else:  # a double zero moves with the root of a disturbance
        assert np.abs(values[:2]).max() < 1e-3


@pytest.mark.parametrize(("kind", "I", "kappa", "r", "v", "u", "s"), SINGLE)
def test_single_population(kind, I, kappa, r, v, u, s) -> None:  # noqa: E741
    """Oracle: the reference points above."""
    model = MeanField(regular_spiking(), reset_correction=False)
    p = model.problem().vector(**{"rs.input_current": I, "rs.adaptation": kappa})
    y = np.array([r, v, u, s])
    np.testing.assert_allclose(model.field(y, p), 0, atol=1e-9)
    critical(model, y, p, kind)


@pytest.mark.filterwarnings("ignore::ikmeanfield.theories.mean_field.ResetAccuracyWarning")
@pytest.mark.parametrize(("kind", "I", "s", "v"), CORRECTED)
def test_single_population_corrected(kind, I, s, v) -> None:  # noqa: E741
    """Oracle: the reference points above; r = s/(τ_s J) and u = 0 follow from Eqs. 38-39."""
    circuit = regular_spiking().replace(
        {
            "rs.threshold_width": 0.5, "rs.recovery_coupling": 0.0, "rs.adaptation": 0.0,
            "rs.peak_potential": 50.0, "rs.reset_potential": -60.0, "rs.input_current": I,
        }
    )  # fmt: skip
    model = MeanField(circuit)
    p, y = model.problem().vector(), np.array([s / 90.0, v, 0.0, s])
    np.testing.assert_allclose(model.field(y, p), 0, atol=1e-9)
    critical(model, y, p, kind)


@pytest.mark.parametrize(("kind", "I_fs", "y"), CIRCUIT)
def test_circuit_corrected(kind, I_fs, y) -> None:
    """Oracle: the reference points above."""
    circuit = excitatory_inhibitory().replace(
        {
            "rs.peak_potential": 50.0, "rs.reset_potential": -100.0,
            "fs.peak_potential": 50.0, "fs.reset_potential": -100.0, "fs.input_current": I_fs,
        }
    )  # fmt: skip
    model = MeanField(circuit)
    p, y = model.problem().vector(), np.array(y)
    np.testing.assert_allclose(model.field(y, p), 0, atol=1e-8)
    critical(model, y, p, kind)


def closed_form(r: float, circuit) -> tuple[np.ndarray, float]:
    """The equilibrium at rate r, and the effective current that holds it there.

    With s = τ_s J r Eq. 22 is linear in v; u follows from Eq. 24 and the current from Eq. 23.
    """
    q = circuit.populations["rs"]
    C, k, v_r, v_t, width = (
        q.capacitance, q.leakage, q.resting_potential, q.threshold, q.threshold_width,
    )  # fmt: skip
    synapse = q.synapses["ampa"]
    g, E = synapse.conductance, synapse.reversal_potential
    s = synapse.synaptic_time * synapse.weights["rs"] * r
    spread = width * k**2 / (np.pi * C)
    v = (spread * v_r + r * (k * (v_r + v_t) + g * s)) / (spread + 2 * k * r)
    u = q.recovery_coupling * (v - v_r) + q.recovery_time * q.adaptation * r
    current = np.pi * C * r * (width + np.pi * C * r / k) + u - g * s * (E - v)
    current -= k * v * (v - v_r - v_t) + k * v_r * v_t
    return np.array([r, v, u, s]), current


@settings(max_examples=60, deadline=None)
@given(
    st.floats(1e-4, 0.05), st.floats(0.05, 4), st.floats(0, 120), st.floats(-3, 3),
    st.sampled_from([(1000.0, -1000.0), (50.0, -100.0)]),
)  # fmt: skip
def test_closed_form(r, width, kappa, b, reset) -> None:
    """Oracle: the equilibria in closed form; with the correction, I* in place of I."""
    circuit = regular_spiking().replace(
        {
            "rs.threshold_width": width, "rs.adaptation": kappa, "rs.recovery_coupling": b,
            "rs.peak_potential": reset[0], "rs.reset_potential": reset[1],
        }
    )  # fmt: skip
    y, current = closed_form(r, circuit)
    model = MeanField(circuit, reset_correction=False)
    p = model.problem().vector(**{"rs.input_current": current})
    np.testing.assert_allclose(model.field(y, p), 0, atol=1e-10)

    population = circuit.populations["rs"]

    def excess(I: float) -> float:  # noqa: E741
        shifted = adjusted_current(population, I, recovery=y[2], synaptic_activation={"ampa": y[3]})
        return float(shifted - current)

    I = brentq(excess, current - 2000.0, current + 1e-9, xtol=1e-11)  # noqa: E741
    model = MeanField(circuit)
    p = model.problem().vector(**{"rs.input_current": I})
    np.testing.assert_allclose(model.field(y, p), 0, atol=1e-10)
