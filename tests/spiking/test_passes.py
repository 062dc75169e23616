"""The vectorised passes against the closed forms, for neurons of every kind.

Oracle: `flow.whole_step`, one neuron at a time by closed forms, which `test_flow` compares with
quadrature and an ODE solver. The bound of 3e-6 is far below the error of a step of 0.4 ms, about
1e-4 of a spike's effect.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ikmeanfield.spiking import exact, passes
from ikmeanfield.spiking.flow import MAX_SPIKES, whole_step
from ikmeanfield.spiking.recording import empty_log

KINDS = {"rs": 0.7 / 100, "fs": 1.0 / 20}
RESETS = [(1000.0, -1000.0), (50.0, -100.0), (40.0, -60.0), (1e6, -1e6)]
STEP, REST = 0.4, -57.0


def cell(kind: str, peak: float, reset: float, own: bool, curvature: float) -> passes.Cell:
    x = KINDS[kind] * STEP
    rate = STEP / (33.33 if kind == "rs" else 5.0)
    coupling = -0.01
    return passes.Cell(
        own=own, peak=x * (peak - REST), reset=x * (reset - REST), jump=0.002, rate=rate,
        decay=math.exp(-rate), mean=-math.expm1(-rate) / rate,
        predict=coupling * (1 + math.expm1(-rate) / rate), coupling=coupling,
        area=-coupling * math.expm1(-rate), moment=coupling * rate**2 * math.exp(-rate / 2),
        field=0.03, force=curvature + 0.01, keep=1.0 - 1e-4, push=2e-5,
    )  # fmt: skip


def neurons(c: passes.Cell, count: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Potentials evenly spread over the time from reset to peak, and others below and between."""
    y = np.tan(rng.uniform(-1.5, 1.5, count)) / rng.choice([1.0, 10.0], count)
    y = np.clip(y, 1.2 * c.reset, 0.999 * c.peak)
    return y, rng.uniform(-0.01, 0.01, count), rng.uniform(-0.05, 0.3, count)


def one_by_one(
    y: np.ndarray, U: np.ndarray, D: np.ndarray, c: passes.Cell
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a step does, by `whole_step` alone: y, U and the sums of `passes.carry`."""
    y, U, sums, times = y.copy(), U.copy(), np.zeros(6), np.empty(MAX_SPIKES)
    for i in range(y.size):
        H = D[i] + c.field
        y0 = c.keep * y[i] + c.push
        P = c.force - H * H
        if c.own:
            P -= c.mean * U[i] + c.predict * y0
        jump = c.jump if c.own else 0.0
        y[i], area, moment, jumps, spikes = whole_step(
            y0, H, P, c.peak, c.reset, jump, c.rate, times
        )
        if c.own:
            U[i] = c.decay * U[i] + c.area * area + c.moment * moment + jumps
        left = 1.0 - times[:spikes]
        sums += [spikes, left.sum(), (left**2).sum(), (left**3).sum(), area, moment]
    return y, U, sums


def carried(y: np.ndarray, U: np.ndarray, D: np.ndarray, c: passes.Cell) -> tuple[Any, ...]:
    y, U, sums = y.copy(), U.copy(), np.zeros(6)
    log = empty_log(np.zeros(0, dtype=np.int64))
    work = passes.scratch()
    status = passes.carry(y, U, D, None, np.abs(D).max(), c, work, sums, log, log.watched, 0.0)
    assert status == (0, -1)
    return y, U, sums


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(("peak", "reset"), RESETS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("real", [np.float64, np.float32])
def test_all_passes_compute_the_same_step(
    real: type, kind: str, peak: float, reset: float, own: bool
) -> None:
    """Bound: 3e-6, and what the tangent's ratio adds at a large curvature P.

    In single precision a neuron's state is rounded by up to 6e-8 of itself, and a few times in a
    step; the closed forms start from the rounded state.
    """
    rng = np.random.default_rng(5)
    for curvature in (-2.5, -0.9, -0.05, 0.001, 0.05, 0.3, 0.9, 2.0):
        c = cell(kind, peak, reset, own, curvature)
        y, U, D = (values.astype(real) for values in neurons(c, 3000, rng))
        expected, u, total = one_by_one(*(values.astype(float) for values in (y, U, D)), c)
        got, v, sums = carried(y, U, D, c)
        assert got.dtype == v.dtype == real
        bound = 3e-6 + 4e-5 * min(1.0, abs(curvature)) ** 3
        # An error of the flow is a shift in time, at a speed of y² + P.
        assert np.all(np.abs(got - expected) <= bound * (1 + expected**2))
        if own:  # what the moment contributes to u differs by the moment's own error, a fifth
            slack = 0.2 * abs(c.moment) * (1 + np.abs(expected)) + 3e-6 * abs(c.area)
            assert np.all(np.abs(v - u) <= slack)
        assert sums[passes.SPIKES] == total[passes.SPIKES]
        np.testing.assert_allclose(sums[1:4], total[1:4], rtol=1e-6, atol=1e-5)
        if not own:
            assert sums[passes.AREA] == pytest.approx(total[passes.AREA], abs=2e-5 * y.size)


def test_the_common_passes_serve_nearly_all_neurons() -> None:
    """Oracle: count. Of neurons of Table I that spike, few need the third pass."""
    rng = np.random.default_rng(6)
    for kind in KINDS:
        c = cell(kind, 1000.0, -1000.0, True, 0.01)
        y, U, D = neurons(c, 4000, rng)
        marks = np.zeros(4000, np.uint8)
        passes._glide_own(y.copy(), U.copy(), D, None, marks, c, passes.P_LIMIT)
        near = marks > 0
        lefts = D[near].copy()
        passes._carry_one_spike(y[near], U[near], lefts, None, c)
        assert np.sum((lefts >= 0) & (lefts <= 1)) > 100
        assert np.sum(lefts == passes.THIRD) < 0.01 * np.sum(near)


@pytest.mark.parametrize("form", ["neuron", "population"])
def test_results_do_not_depend_on_where_a_population_is_cut(form: str) -> None:
    """Oracle: bytes of a population carried whole, and carried in two calls cut at a block."""
    own = form == "neuron"
    c = cell("rs", 50.0, -100.0, own, 0.01)
    y, U, D = neurons(c, 4 * passes.BLOCK + 77, np.random.default_rng(7))
    whole = carried(y, U, D, c)
    for blocks in (1, 2, 3):
        cut = blocks * passes.BLOCK
        first = carried(y[:cut], U[:cut], D[:cut], c)
        second = carried(y[cut:], U[cut:], D[cut:], c)
        for k in (0, 1):
            assert np.concatenate([first[k], second[k]]).tobytes() == whole[k].tobytes()


def test_what_a_forecast_misses_is_made_up() -> None:
    """Oracle: the sum of inputs that neurons receive is the sum of the synapse's true averages.

    A synapse whose neurons are silent decays from a given value: the averages over the steps are
    known, and so is the integral of what was held and made up, to the curvature's telescoping sum.
    """
    past = np.zeros(exact.PAST)
    rate, s = 0.1, 1.0
    decay, mean = math.exp(-rate), -math.expm1(-rate) / rate
    past[[exact.MEAN, exact.BEFORE]] = mean * np.exp([rate, 2 * rate])
    rng = np.random.default_rng(8)
    received = true = 0.0
    for n in range(200):
        late = 0.02 * rng.random() if n < 150 else 0.0
        received += exact._forecast(s * mean, past)
        true += s * mean + late
        exact._compare(late, past)
        received += past[exact.MISSED]
        s = s * decay + late
    assert received == pytest.approx(true, abs=0.02)
    assert true > 10


def test_populations_with_fields_beyond_the_sums() -> None:
    """Oracle: the closed forms. Where H may exceed its limit every neuron takes the third pass."""
    results = []
    for reach in (0.1, 1e9):
        c = cell("fs", 50.0, -100.0, False, 0.05)
        y, U, D = neurons(c, 100, np.random.default_rng(9))
        sums = np.zeros(6)
        log = empty_log(np.zeros(0, dtype=np.int64))
        passes.carry(y, U, D, None, reach, c, passes.scratch(), sums, log, log.watched, 0.0)
        results.append((y, sums))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-5, atol=1e-5)
    assert results[0][1][0] == results[1][1][0]
