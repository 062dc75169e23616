"""Folds of the single population with finite reset against their closed form."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from ikmeanfield.analysis.diagrams import equilibrium_diagram
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.theories import MeanFieldSettings
from ikmeanfield.theories.mean_field import MeanField

pytestmark = pytest.mark.filterwarnings(
    "ignore::ikmeanfield.theories.mean_field.ResetAccuracyWarning"
)

CURRENT = "rs.input_current"
RESETS = [-60.0, -70.0, -80.0, -100.0, -120.0]
#: AUTO-07p and mpmath, corrected, v_p = 50, v_0 = −60: I, s, v of both folds.
REFERENCE = [
    (58.6756240965, 0.152100491801, -52.3972856632),
    (9.01884350044, 3.17021400122, -47.9264920457),
]


def circuit(v_0):
    values = {
        "threshold_width": 0.5, "recovery_coupling": 0.0, "adaptation": 0.0,
        "peak_potential": 50.0, "reset_potential": v_0,
    }  # fmt: skip
    return regular_spiking().replace({f"rs.{name}": value for name, value in values.items()})


def drive(r):
    """The current, adjusted where it is, that holds the rate r (1/ms), and s: u = 0 here.

    With s = τ_s J r Eq. 22 is linear in v, and Eq. 23 gives the current.
    """
    C, k, v_r, v_t, width, s = 100.0, 0.7, -60.0, -40.0, 0.5, 90.0 * r
    spread = width * k**2 / (np.pi * C)
    v = (spread * v_r + r * (k * (v_r + v_t) + s)) / (spread + 2 * k * r)
    return np.pi * C * r * (width + np.pi * C * r / k) - k * (v - v_r) * (v - v_t) + s * v, s


def current(r, v_0):
    """The input current of the corrected equilibrium: Eq. 34 solved for I, without library code."""
    k, v_p = 0.7, 50.0
    adjusted, s = drive(r)
    alpha = k * -100.0 + s

    def gap(mu):
        a, b = 2 * v_p - alpha / k, alpha / k - 2 * v_0
        gamma = np.pi - np.arctan(np.sqrt(mu) / a) - np.arctan(np.sqrt(mu) / b)
        infinite = 0.25 * k * mu * np.pi**2 / gamma**2
        return infinite - (adjusted - offset)

    offset = (alpha**2 / k - 4 * k * 2400.0) / 4  # I at μ = 0, from Eqs. 18 and 29
    if v_0 is None or adjusted <= offset:
        return adjusted
    mu = brentq(gap, 0.0, 4 * (adjusted - offset) / k + 1e-9, xtol=1e-13, rtol=8.9e-16)
    return offset + 0.25 * k * mu


def folds(v_0):
    """Both extrema of I(r), the one at the smaller rate first."""

    def refined(sign, low, high):
        def height(r):
            return sign * current(r, v_0)

        return minimize_scalar(height, bounds=(low, high), method="bounded",
                               options={"xatol": 1e-12})  # fmt: skip

    upper = refined(-1, 2e-4, 6e-3)
    lower = refined(1, 6e-3, 6e-2)
    return [-upper.fun, lower.fun], [upper.x, lower.x]


@cache
def points(v_0):
    correction = v_0 is not None
    branches = equilibrium_diagram(
        circuit(-1000.0 if v_0 is None else v_0),
        CURRENT,
        0.0,
        100.0,
        theory=MeanFieldSettings(reset_correction=correction),
    )
    assert list(branches) == ["equilibria"]
    return branches["equilibria"]


@pytest.mark.parametrize("v_0", [*RESETS, None], ids=lambda v: f"{v}")
def test_folds_are_those_of_the_closed_form(v_0):
    # Oracle: the extrema of I(r); the current is flat there, the rate only good to its root.
    found = points(v_0).points("LP")
    currents, rates = folds(v_0)
    np.testing.assert_allclose([p.parameters[CURRENT] for p in found], currents, rtol=1e-10)
    np.testing.assert_allclose([p.state[0] for p in found], rates, rtol=1e-5)


def test_folds_are_those_of_the_reference():
    # Oracle: AUTO-07p, as above.
    for point, (I, s, v) in zip(points(-60.0).points("LP"), REFERENCE, strict=True):  # noqa: E741
        assert point.parameters[CURRENT] == pytest.approx(I, rel=1e-10)
        assert point.state[3] == pytest.approx(s, rel=1e-9)
        assert point.state[1] == pytest.approx(v, rel=1e-9)


@pytest.mark.parametrize("v_0", RESETS)
def test_the_corrected_branch_has_its_kink_where_mu_vanishes(v_0):
    # Oracle: μ of Eq. 29 at the kink, and that below it I* = I makes the same equilibria and the
    # same upper fold for every v_0.
    branch = points(v_0)
    (kink,) = branch.points("KINK")
    model = MeanField(circuit(v_0))
    p = model.problem().vector(**{CURRENT: kink.parameters[CURRENT]})
    assert kink.name == "rs.mu"
    assert model.lumped_input(kink.state, p)[0] == pytest.approx(0.0, abs=1e-7)
    upper, lower = branch.points("LP")
    assert upper.row < kink.row < lower.row
    uncorrected = points(None).points("LP")[0]
    np.testing.assert_allclose(upper.state, uncorrected.state, rtol=1e-8, atol=1e-12)


def test_the_lower_fold_moves_down_as_the_reset_rises():
    # Oracle: the paper's Fig. 2 D, in which the bistable range widens towards v_r.
    lower = [points(v_0).points("LP")[1].parameters[CURRENT] for v_0 in RESETS]
    assert np.all(np.diff(lower) > 0)
    assert lower[-1] < points(None).points("LP")[1].parameters[CURRENT]
