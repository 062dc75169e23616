"""Input currents against a plain reading of their points, and their means against quadrature."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from ikmeanfield import integrate, simulate
from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking
from ikmeanfield.inputs import Current, constant, currents, ramp, step_means, steps

times = st.lists(st.floats(-50, 50), min_size=1, max_size=6, unique_by=lambda t: round(t, 1))
values = st.floats(-200, 200)


@st.composite
def points(draw: st.DrawFn) -> list[tuple[float, float]]:
    return [(t, draw(values)) for t in sorted(draw(times))]


@given(points(), st.floats(-60, 60))
@settings(deadline=None, derandomize=True)
def test_ramp_is_linear_interpolation(given_points: list[tuple[float, float]], t: float) -> None:
    """Oracle: numpy.interp, which also holds the ends."""
    expected = np.interp(t, *zip(*given_points, strict=True))
    assert float(ramp(given_points)(t)) == pytest.approx(expected, abs=1e-6)


@given(points(), st.floats(-60, 60))
@settings(deadline=None, derandomize=True)
def test_steps_hold_the_last_value(given_points: list[tuple[float, float]], t: float) -> None:
    """Oracle: the last point at or before t, the first one before all of them."""
    expected = given_points[0][1]
    for time, value in given_points:
        if time <= t:
            expected = value
    assert float(steps(given_points)(t)) == expected


def test_values_of_arrays() -> None:
    """Oracle: by hand; a step takes its new value at its own time."""
    t = np.array([-1.0, 0.0, 9.999, 10.0, 25.0, 1e9])
    np.testing.assert_array_equal(constant(3)(t), 3.0)
    np.testing.assert_array_equal(steps([(0, 1), (10, 2), (25, 4)])(t), [1, 1, 1, 2, 4, 4])
    np.testing.assert_allclose(ramp([(0, 20), (10, 70)])(t), [20, 20, 69.995, 70, 70, 70])
    assert constant(3).breaks(-9.0, 9.0) == []
    assert steps([(0, 1), (10, 2), (25, 4)]).breaks(0.0, 99.0) == [10.0, 25.0]
    assert ramp([(0, 20), (10, 70)]).breaks(-1.0, 10.0) == [0.0]
    assert float(ramp([(5, 2)])(7.0)) == 2.0


@given(points(), points(), st.floats(-60, 60), st.floats(1e-3, 40), st.booleans())
@settings(deadline=None, derandomize=True, max_examples=150)
def test_mean_over_a_step(
    one: list[tuple[float, float]],
    two: list[tuple[float, float]],
    begin: float,
    length: float,
    jump: bool,
) -> None:
    """Oracle: quadrature from break to break; several breaks may lie inside one step."""
    given_ = {"a": steps(one) if jump else ramp(one), "b": ramp(two), "c": constant(5.0)}
    end = begin + length
    for current in given_.values():
        edges = [begin, *current.breaks(begin, end), end]
        whole = sum(
            quad(lambda t, c=current: float(c(t)), a, b, epsabs=1e-10)[0]
            for a, b in itertools.pairwise(edges)
        )
        assert float(current.mean(begin, end)) == pytest.approx(whole / length, rel=1e-7, abs=1e-6)


def test_mean_over_steps_adds_up_far_from_zero() -> None:
    """Oracle: the integral of a ramp over its whole length, from many short steps at late times."""
    current = ramp([(20_000.0, 20.0), (20_100.0, 70.0)])
    means = step_means([current], 200_000, 1000, 0.1)
    assert means.shape == (1000, 1)
    assert means.mean() == pytest.approx(45.0, rel=1e-9)


def test_currents_of_a_circuit() -> None:
    """Oracle: a population that is not named receives its constant input_current."""
    circuit = excitatory_inhibitory()
    up = ramp([(0, 10), (100, 80)])
    got = currents(circuit, {"fs": up})
    assert list(got) == ["rs", "fs"]
    assert got["fs"] is up
    assert float(got["rs"](17.0)) == 50.0
    assert float(currents(circuit)["fs"](0.0)) == 20.0
    with pytest.raises(ValueError, match=r"population 'rz'; the circuit has rs, fs"):
        currents(circuit, {"rz": up})


@pytest.mark.parametrize("make", [steps, ramp])
def test_points_that_make_no_current_are_refused(make) -> None:  # type: ignore[no-untyped-def]
    """Oracle: times must increase, and there must be one."""
    with pytest.raises(ValueError, match="at least one point"):
        make([])
    with pytest.raises(ValueError, match=r"times of a current must increase; got \[0.0, 0.0\]"):
        make([(0, 1), (0, 2)])
    with pytest.raises(ValueError, match="times of a current must increase"):
        make([(5, 1), (0, 2)])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_points_that_are_not_finite_are_refused(bad: float) -> None:
    """Oracle: a NaN compares false with everything, so an order check alone would let it in."""
    for make in (steps, ramp):
        with pytest.raises(ValueError, match="finite"):
            make([(0.0, 1.0), (bad, 2.0)])
        with pytest.raises(ValueError, match="finite"):
            make([(0.0, bad), (10.0, 2.0)])
    with pytest.raises(ValueError, match="finite"):
        constant(bad)


def test_a_current_is_a_value() -> None:
    """Oracle: equal points, equal currents; they hash, so they can key a table."""
    assert steps([(0, 1), (5, 2)]) == steps([(0.0, 1.0), (5.0, 2.0)])
    assert isinstance(hash(constant(1)), int)
    assert isinstance(constant(1), Current)


@pytest.mark.parametrize("run", [simulate, integrate])
def test_a_number_is_a_constant_current(run) -> None:  # type: ignore[no-untyped-def]
    """Oracle: the same current made by `constant`, and as the circuit's own, bit for bit."""
    circuit = regular_spiking().replace({"rs.size": 20})
    own = circuit.replace({"rs.input_current": 50.0})
    expected = run(circuit, {"rs": constant(50.0)}, duration=20.0, sample=1.0)
    for number in (50, 50.0, np.float64(50), np.int64(50)):
        assert run(circuit, {"rs": number}, duration=20.0, sample=1.0).equals(expected)
    for nothing in (None, {}):
        assert run(own, nothing, duration=20.0, sample=1.0).equals(expected)


@pytest.mark.parametrize("run", [simulate, integrate])
@pytest.mark.parametrize(
    ("inputs", "kind", "words"),
    [
        (50.0, TypeError, r"inputs = 50.0: expected a mapping from populations \(rs\)"),
        ({"rs": "50"}, TypeError, r"population 'rs' is '50'; expected a number"),
        ({"rs": None}, TypeError, r"population 'rs' is None; expected a number"),
        ({"rs": True}, TypeError, r"population 'rs' is True; expected a number"),
        ({"rs": [(0, 1)]}, TypeError, r"is \[\(0, 1\)\]; .* `constant`, `steps` or `ramp`"),
        ({"rs": float("nan")}, ValueError, r"must be finite; got nan"),
        ({"fs": 50.0}, ValueError, r"population 'fs'; the circuit has rs"),
    ],
)
def test_other_inputs_are_refused_in_words(run, inputs, kind, words) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(kind, match=words):
        run(regular_spiking(), inputs, duration=20.0, sample=1.0)


def test_what_is_no_pair_is_refused_in_words() -> None:
    for make in (steps, ramp):
        for bad in (5.0, [1.0], [(0, 1, 2)], [("a", 1)], None):
            with pytest.raises(TypeError, match="pairs"):
                make(bad)
    with pytest.raises(TypeError, match="number in pA; got '5'"):
        constant("5")  # type: ignore[arg-type]
