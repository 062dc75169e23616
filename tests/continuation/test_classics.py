"""Well-known systems, and independence of units."""

from dataclasses import replace

import numpy as np
import pytest
import systems

from ikmeanfield.continuation import ContinuationOptions, continue_equilibria, continue_hopf


@pytest.mark.parametrize("a", [0.5, 1.0, 2.0])
def test_brusselator(a):
    problem = systems.brusselator().at({"A": a})
    options = ContinuationOptions(bounds={"B": (0.2, 8.0)})
    point = continue_equilibria(problem, [a, 1 / a], "B", options).points("HB")[0]
    assert point.parameters["B"] == pytest.approx(1 + a**2, rel=1e-10)
    assert point.data["frequency"] == pytest.approx(a, rel=1e-10)
    # Guckenheimer and Holmes' coefficient -(A^2 + 2) / (8 A^2), in Kuznetsov's normalisation.
    assert point.data["l1"] == pytest.approx(-(a**2 + 2) / (2 * a * (2 * a**2 + 1)), rel=1e-8)


def test_brusselator_hopf_curve():
    problem = systems.brusselator()
    bounds = {"A": (0.2, 3.0), "B": (0.2, 8.0)}
    start = continue_equilibria(
        problem, [1.0, 1.0], "B", ContinuationOptions(bounds={"B": (0.2, 8.0)})
    ).points("HB")[0]
    curve = continue_hopf(problem, start, ("A", "B"), ContinuationOptions(bounds=bounds))
    np.testing.assert_allclose(curve["B"], 1 + curve["A"] ** 2, rtol=1e-9)
    np.testing.assert_allclose(curve["frequency"], curve["A"], rtol=1e-9)


def test_lorenz():
    s, b = 10.0, 8 / 3
    options = ContinuationOptions(bounds={"r": (0.5, 30.0)})
    branch = continue_equilibria(systems.lorenz(), [5.0, 5.0, 9.0], "r", options)
    pitchfork = branch.points("BP")
    assert len(pitchfork) == 1
    assert pitchfork[0].parameters["r"] == pytest.approx(1, rel=1e-9)
    hopf = branch.points("HB")
    assert len(hopf) == 2
    for point in hopf:
        assert point.parameters["r"] == pytest.approx(s * (s + b + 3) / (s - b - 1), rel=1e-10)
        frequency = np.sqrt(2 * s * (s + 1) * b / (s - b - 1))
        assert point.data["frequency"] == pytest.approx(frequency, rel=1e-10)
        assert point.criticality == "sub"
    assert branch.points("LP") == ()


def test_lorenz_origin_is_a_neutral_saddle_where_two_eigenvalues_cancel():
    options = ContinuationOptions(bounds={"r": (0.5, 30.0)})
    branch = continue_equilibria(systems.lorenz().at({"r": 0.6}), np.zeros(3), "r", options)
    assert branch.points("HB") == ()
    # Eigenvalues -b and x with x^2 + (s + 1) x + s (1 - r) = 0; x = b at r = 1 + b (s+1+b) / s.
    s, b = 10.0, 8 / 3
    (saddle,) = branch.points("NS")
    assert saddle.parameters["r"] == pytest.approx(1 + b * (s + 1 + b) / s, rel=1e-9)
    assert saddle.data["saddle_eigenvalue"] == pytest.approx(b, rel=1e-8)
    (pitchfork,) = branch.points("BP")
    assert pitchfork.parameters["r"] == pytest.approx(1, rel=1e-9)


def test_morris_lecar():
    # Without an analytic Jacobian. Oracle: the condition dI/dv = 0 of the explicit curve I(v).
    problem = systems.morris_lecar()
    options = ContinuationOptions(bounds={"I": (-150.0, 150.0)})
    branch = continue_equilibria(problem, [-60.0, 0.0], "I", options)
    folds = branch.points("LP")
    assert len(folds) == 2

    def current(v):
        m = (1 + np.tanh((v + 1.2) / 18)) / 2
        w = (1 + np.tanh((v - 12) / 17.4)) / 2
        return 2 * (v + 60) + 4 * m * (v - 120) + 8 * w * (v + 84)

    np.testing.assert_allclose(branch["I"], current(branch["v"]), atol=1e-8)
    for point in folds:
        v = point.state[0] + 1e-30j
        assert (current(v).imag / 1e-30) == pytest.approx(0, abs=1e-7)
    assert max(p.parameters["I"] for p in folds) == pytest.approx(39.963, abs=1e-3)


def in_other_units(problem, factors):
    """Return the same system with every variable in another unit."""
    factors = np.asarray(factors)

    def field(y, p):
        return problem.field(y / factors, p) * factors

    def jacobian(y, p):
        return problem.jacobian(y / factors, p) * factors[:, None] / factors

    return replace(problem, field=field, jacobian=jacobian)


def test_units_do_no_harm():
    plain = systems.regular_spiking(kappa=100.0).problem()
    factors = np.array([1e6, 1e-3, 1e-6, 1e4])
    start = np.array([1e-4, -59.0, 0.0, 0.01])
    options = ContinuationOptions(bounds={"I": (0.0, 80.0)})
    a = continue_equilibria(plain, start, "I", options)
    b = continue_equilibria(in_other_units(plain, factors), start * factors, "I", options)
    assert [p.kind for p in a.special] == [p.kind for p in b.special]
    assert abs(len(a) - len(b)) <= 2
    for one, two in zip(a.special, b.special, strict=True):
        assert two.parameters["I"] == pytest.approx(one.parameters["I"], rel=1e-9)
        np.testing.assert_allclose(two.state / factors, one.state, rtol=1e-8)
        assert two.data["period"] == pytest.approx(one.data["period"], rel=1e-9)
        # l1 is per square of the variables' units: its size depends on them, its sign not.
        p = plain.vector(**one.parameters)
        values, vectors = np.linalg.eig(plain.jacobian(one.state, p))
        q = vectors[:, np.argmin(np.abs(values - 1j * one.data["frequency"]))]
        ratio = np.linalg.norm(q) ** 2 / np.linalg.norm(q * factors) ** 2
        assert two.data["l1"] == pytest.approx(one.data["l1"] * ratio, rel=1e-6)


def test_own_jacobian_is_as_good():
    given = systems.brusselator()
    derived = replace(given, jacobian=None)
    options = ContinuationOptions(bounds={"B": (0.2, 8.0)})
    a, b = (continue_equilibria(p, [1.0, 1.0], "B", options).special[0] for p in (given, derived))
    assert b.parameters["B"] == pytest.approx(a.parameters["B"], rel=1e-9)
    assert b.data["l1"] == pytest.approx(a.data["l1"], rel=1e-5)
