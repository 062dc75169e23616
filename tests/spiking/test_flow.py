"""The Möbius step against quadrature, an ODE solver and its own semigroup.

Oracles: dW/dτ = W² + P gives the time ∫dW/(W² + P) and the area ∫W dW/(W² + P) between two
potentials, both by adaptive quadrature; `solve_ivp` gives the first moment. None of them shares
code with the closed forms and series of `flow`. The series promise 6e-8, hence tolerances of
about 3e-7 relative.
"""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from ikmeanfield.spiking.flow import (
    MAX_SPIKES,
    SMALL,
    cosine_and_sine,
    piece,
    time_to,
    whole_step,
)

relaxed = settings(deadline=None, max_examples=150, derandomize=True)
curvatures = st.one_of(
    st.floats(-3, 3),
    st.floats(-1e-3, 1e-3),
    st.sampled_from([0.0, 1e-12, -1e-12, SMALL, -SMALL]),
)
potentials = st.floats(-8, 8)
TOLERANCE = 3e-7


def integrals(W0: float, W1: float, P: float) -> tuple[float, float]:
    """Time and ∫W dτ from W0 to W1 by quadrature; the path must hold no fixed point."""
    lo, hi = min(W0, W1), max(W0, W1)
    points = [p for p in (-1.0, -0.1, 0.0, 0.1, 1.0) if lo < p < hi]
    options = {"epsabs": 1e-13, "epsrel": 1e-11, "limit": 400, "points": points or None}
    time = quad(lambda w: 1 / (w * w + P), W0, W1, **options)[0]
    area = quad(lambda w: w / (w * w + P), W0, W1, **options)[0]
    return time, area


@st.composite
def paths(draw: st.DrawFn) -> tuple[float, float, float]:
    """A curvature and two potentials of which the first flows to the second."""
    P = draw(curvatures)
    low, rise = draw(st.floats(0.01, 8)), draw(st.floats(1e-3, 8))
    root = math.sqrt(max(-P, 0.0))
    below = (-root - low - rise, -root - low)
    above = (root + low, root + low + rise)
    choices = [below, above]
    if P > 0.05:
        choices.append((-low, -low + rise))  # through the bottleneck at W = 0
    if root > 0.1:
        a, b = sorted((draw(st.floats(-0.95, 0.95)), draw(st.floats(-0.95, 0.95))))
        choices.append((b * root, a * root))  # falls between the fixed points
    W0, W1 = draw(st.sampled_from(choices))
    return W0, W1, P


@relaxed
@given(paths())
def test_piece_follows_the_ode(path: tuple[float, float, float]) -> None:
    """Oracle: quadrature of time and area between two potentials."""
    W0, W1, P = path
    time, area = integrals(W0, W1, P)
    assume(time < 1.0)
    after, got, _ = piece(W0, P, 0.0, time)
    # The flow multiplies an error at its beginning by (W1² + P)/(W0² + P).
    gain = max(1.0, abs((W1 * W1 + P) / (W0 * W0 + P)))
    assert after == pytest.approx(W1, rel=TOLERANCE, abs=TOLERANCE * gain)
    assert got == pytest.approx(area, rel=TOLERANCE, abs=TOLERANCE * math.sqrt(gain))


@relaxed
@given(potentials, st.floats(1e-3, 300), curvatures)
@example(-0.2, 0.5, 2.6)  # an angle above π/2
@example(0.5, 1e6, 0.0)
@example(-3.0, 2.0, -1e-12)
def test_time_to_a_target(W: float, rise: float, P: float) -> None:
    """Oracle: ∫dW/(W² + P); what takes more than a step may be infinite, never less than one."""
    target = W + rise
    if P < 0:
        root = math.sqrt(-P)
        blocked = -root <= target and root >= W
        near = min(abs(abs(W) - root), abs(abs(target) - root)) < 1e-3
    else:
        blocked, near = False, False
    if blocked:
        assert time_to(W, target, P) == math.inf
        return
    assume(not near)
    if P < 1e-3 and W <= 0.02 and target >= -0.02:
        assert time_to(W, target, P) > 1.0  # through the bottleneck, or 1/0.02 steps on the way
        return
    expected, _ = integrals(W, target, P)
    got = time_to(W, target, P)
    if expected <= 1.0:
        assert got == pytest.approx(expected, rel=TOLERANCE, abs=1e-13)
    else:
        assert got >= 1.0 - TOLERANCE


@given(potentials, st.floats(0, 5), curvatures)
@relaxed
def test_no_time_is_needed_to_where_one_is(W: float, fall: float, P: float) -> None:
    assert time_to(W, W - fall, P) == 0.0


@relaxed
@given(st.floats(-8, 0.9), st.floats(0.05, 1.0), st.floats(0.0, 1.0), curvatures)
def test_two_parts_equal_one(W: float, whole: float, fraction: float, P: float) -> None:
    """Oracle: the flow is a semigroup, its area adds up, and so does its first moment at P = 0."""
    assume(time_to(W, 1e6, P) > whole * 1.05)
    first = whole * fraction
    middle, a, m = piece(W, P, 0.0, first)
    end, b, n = piece(middle, P, first, whole - first)
    once, area, moment = piece(W, P, 0.0, whole)
    scale = 10 * max(1.0, abs(once), abs(middle))
    assert end == pytest.approx(once, rel=TOLERANCE * scale, abs=TOLERANCE * scale)
    assert a + b == pytest.approx(area, abs=TOLERANCE * scale)
    # The moment is exact to first order in P only; see the next test.
    assert m + n == pytest.approx(moment, abs=TOLERANCE * scale + 0.1 * abs(P) * (1 + abs(area)))


@relaxed
@given(st.floats(-8, 0.8), st.floats(0.0, 0.5), st.floats(0.1, 0.5), st.floats(-0.5, 0.5))
@example(0.0, 0.0, 1.0, 0.5)  # W = 0 exactly, beyond the series in P
@example(0.0, 0.0, 1.0, 0.0)
@example(-3.0, 0.0, 1.0, 0.0)
@example(0.8, 0.0, 1.0, 0.0)
def test_first_moment(W: float, start: float, duration: float, P: float) -> None:
    """Oracle: solve_ivp. At P = 0 it is exact; otherwise its error is of second order in P, W."""
    assume(W * duration < 0.85)

    def rate(t: float, y: np.ndarray) -> list[float]:
        return [y[0] ** 2 + P, y[0], y[0] * (start + t - 0.5)]

    run = solve_ivp(rate, (0, duration), [W, 0, 0], method="DOP853", rtol=1e-11, atol=1e-13)
    _, area, moment = piece(W, P, start, duration)
    assert area == pytest.approx(run.y[1, -1], abs=2e-7)
    curvature = abs(P) * duration**2
    tolerance = 2e-7 * duration + 0.2 * duration * curvature * (abs(W) * duration + curvature)
    assert moment == pytest.approx(run.y[2, -1], abs=tolerance)


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("W", [-4.0, -0.3, 0.0, 0.3])
def test_series_in_the_curvature_meet_the_closed_forms(sign: int, W: float) -> None:
    """Oracle: continuity at |P| = SMALL, where the series hand over, and cos, sin themselves."""
    inside, outside = sign * SMALL * (1 - 1e-12), sign * SMALL * (1 + 1e-12)
    # The moment alone changes its form there: by terms of second order.
    for a, b, tolerance in zip(
        piece(W, inside, 0, 1), piece(W, outside, 0, 1), (3e-7, 3e-7, 2e-3), strict=True
    ):
        assert a == pytest.approx(b, abs=tolerance)
    for P in (inside, outside):
        root = complex(P) ** 0.5
        cosine, sine = cosine_and_sine(P, 1.0)
        assert cosine == pytest.approx(np.cos(root).real, rel=6e-8)
        assert sine == pytest.approx((np.sin(root) / root).real, rel=6e-8)


@pytest.mark.parametrize("sign", [-1, 1])
def test_series_of_the_arrival_meets_the_closed_form(sign: int) -> None:
    """Oracle: continuity where P·tan² = SMALL switches from the series to atan or atanh."""
    P = sign * 0.3
    tangent = math.sqrt(SMALL / abs(P))
    W = 1.2
    target = (W + P * tangent) / (1 - W * tangent)  # at which above/product equals the tangent
    below, above = time_to(W, target * (1 - 1e-12), P), time_to(W, target * (1 + 1e-12), P)
    assert below == pytest.approx(above, rel=6e-8)


@relaxed
@given(st.floats(-3, 0.3), st.floats(0.0, 0.2), st.floats(-0.5, 20), st.floats(0.2, 5))
def test_whole_step_is_the_concatenation_of_its_parts(
    y: float, H: float, P: float, depth: float
) -> None:
    """Oracle: closed-form interval by quadrature, and the semigroup through every reset."""
    peak, reset = 2.0, 2.0 - depth
    times = np.empty(MAX_SPIKES)
    after, area, _, jumps, count = whole_step(y, H, P, peak, reset, 0.0, 0.1, times)
    assume(count <= MAX_SPIKES)
    assert jumps == 0.0
    spikes = times[:count]
    assert np.all(np.diff(spikes) > 0)
    assert np.all((spikes >= 0) & (spikes < 1))
    if count > 1:
        expected, _ = integrals(reset - H, peak - H, P)
        np.testing.assert_allclose(np.diff(spikes), expected, rtol=TOLERANCE * 10, atol=1e-12)
    begin, W, total = 0.0, y - H, H
    for spike in spikes:
        W, part, _ = piece(W, P, begin, spike - begin)
        assert pytest.approx(peak, rel=1e-4) == W + H
        total, begin, W = total + part, spike, reset - H
    W, part, _ = piece(W, P, begin, 1 - begin)
    assert after == pytest.approx(W + H, abs=1e-9)
    assert area == pytest.approx(total + part, abs=1e-9)


def test_jumps_decay_over_the_rest_of_the_step() -> None:
    """Oracle: the jump times exp(−rate·(1−τ)), and its mean over the rest of the step."""
    times = np.empty(MAX_SPIKES)
    y, H, P, peak, reset, jump, rate = 0.5, 0.0, 0.1, 3.0, -3.0, 0.02, 0.05
    after, _, _, jumps, count = whole_step(y, H, P, peak, reset, jump, rate, times)
    assert count == 0
    y = 0.9
    after, _, _, jumps, count = whole_step(y, H, P, peak, reset, jump, rate, times)
    assert count == 1
    rest = 1 - times[0]
    assert jumps == pytest.approx(jump * math.exp(-rate * rest), rel=1e-6)
    mean = jump * -math.expm1(-rate * rest) / (rate * rest)
    expected, _, _ = piece(reset, P - mean, times[0], rest)
    assert after == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_ends(bad: float) -> None:
    """Oracle: a step always returns; its result is not finite or it spikes too often."""
    times = np.empty(MAX_SPIKES)
    for arguments in ((bad, 0.1, 0.1), (0.1, bad, 0.1), (0.1, 0.1, bad)):
        after, *_, count = whole_step(*arguments, 1.0, -1.0, 0.0, 0.1, times)
        assert count > MAX_SPIKES or not math.isfinite(after) or math.isinf(bad)
