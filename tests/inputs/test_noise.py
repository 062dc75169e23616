"""Noise of inputs: its law, one path for every step and theory, and how errors fall with steps."""

import numpy as np
import pytest
from pydantic import ValidationError

from ikmeanfield import integrate, simulate
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.experiments import expand, parse
from ikmeanfield.inputs import Input, ornstein_uhlenbeck, step_means, steps, white
from ikmeanfield.inputs.settings import currents_of
from ikmeanfield.schema import explain

KINDS = {
    "white": lambda seed=3, cell=0.1: white(8.0, seed=seed, mean=50.0, resolution=cell),
    "coloured": lambda seed=3, cell=0.1: ornstein_uhlenbeck(
        5.0, 7.0, seed=seed, mean=50.0, resolution=cell
    ),
}
noises = pytest.mark.parametrize("noise", KINDS.values(), ids=KINDS)


def test_ornstein_uhlenbeck_means_have_the_law_of_the_process():
    """Oracle: closed forms of the variance and autocovariance of means of length h.

    Var = 2σ²τ²/h² (h/τ − 1 + e^(−h/τ)); Cov at the lag of L cells = σ²(τ/h)² (1 − e^(−h/τ))²
    e^(−(L − 1)h/τ). Over T = 2·10⁵ ms the estimates scatter by about √(2τ/T) ≈ 1 %.
    """
    sigma, tau, h = 5.0, 7.0, 0.5
    for cell in (0.5, 0.1):
        noise = ornstein_uhlenbeck(sigma, tau, seed=11, mean=2.0, resolution=cell)
        means = step_means([noise], 0, 400_000, h)[:, 0] - 2.0
        q = h / tau
        variance = 2 * sigma**2 / q**2 * (q - 1 + np.exp(-q))
        assert abs(means.mean()) < 4 * sigma * np.sqrt(2 * tau / 2e5)
        assert means.var() == pytest.approx(variance, rel=0.04)
        for lag in (1, 4, 14, 40):
            expected = sigma**2 * (-np.expm1(-q) / q) ** 2 * np.exp(-(lag - 1) * q)
            found = np.mean(means[lag:] * means[:-lag])
            assert found == pytest.approx(expected, abs=0.04 * sigma**2)


@pytest.mark.parametrize("tau", [0.02, 0.5, 30.0, 1e4])
def test_cells_have_the_variance_of_the_mean_at_any_correlation_time(tau):
    """Oracle: the closed form of the variance, over many seeds, to within four errors."""
    cells = [ornstein_uhlenbeck(1.0, tau, seed=s).cells(9, 11) for s in range(500)]
    q = 0.1 / tau
    variance = 2 / q**2 * (q - 1 + np.exp(-q)) if q > 1e-3 else 1 - q / 3
    lagged = (-np.expm1(-q) / q) ** 2
    found = np.cov(np.array(cells).T)
    np.testing.assert_allclose(np.diag(found), variance, rtol=4 * np.sqrt(2 / 500))
    np.testing.assert_allclose(np.diag(found, 1), lagged, atol=4 * variance * np.sqrt(2 / 500))


def test_white_means_are_independent_with_the_variance_of_their_length():
    """Oracle: σ²/h, and no correlation between neighbouring intervals."""
    noise = white(8.0, seed=5)
    for h in (0.1, 0.4, 2.0):
        means = step_means([noise], 0, 50_000, h)[:, 0]
        assert means.var() == pytest.approx(64.0 / h, rel=0.03)
        assert abs(np.mean(means[1:] * means[:-1])) < 4 * 64.0 / h / np.sqrt(50_000)


@noises
def test_means_add_up_for_any_cut(noise):
    """Oracle: the mean over an interval is that of its parts, weighted; any chunk, any step."""
    current = noise()
    rng = np.random.default_rng(0)
    begin = 390.0 + 40.0 * rng.random(200)  # across the border of two blocks
    cut, end = begin + 3.0 * rng.random(200) + 0.01, begin + 6.0
    whole = current.mean(begin, end)
    parts = current.mean(begin, cut) * (cut - begin) + current.mean(cut, end) * (end - cut)
    np.testing.assert_allclose(whole, parts / (end - begin), rtol=1e-12)
    fine, coarse = step_means([current], 0, 8000, 0.1), step_means([current], 0, 2000, 0.4)
    np.testing.assert_allclose(fine.reshape(2000, 4).mean(axis=1), coarse[:, 0], rtol=1e-12)
    single = step_means([current], 5000, 7, 0.1)
    np.testing.assert_array_equal(single, step_means([noise()], 4990, 30, 0.1)[10:17])
    middle = (np.arange(8000) + 0.5) * 0.1
    # A step in multiples of 0.1 ms leaves a cell by rounding: 1e-13 ms of 0.1 ms.
    np.testing.assert_allclose(current(middle), fine[:, 0], atol=1e-9)
    np.testing.assert_allclose(current.mean([-3.0, -0.1], [-1.0, 0.1])[0], 50.0, rtol=1e-15)


@noises
def test_a_seed_is_a_path(noise):
    """Oracle: equal seeds, equal bits, in whatever order blocks are drawn; others differ."""
    one, two, other = noise(), noise(), noise(seed=4)
    late = one.cells(20_000, 20_010)
    two.cells(0, 9000)
    np.testing.assert_array_equal(late, two.cells(20_000, 20_010))
    assert one == two
    assert abs(np.corrcoef(one.cells(0, 9000), other.cells(0, 9000))[0, 1]) < 0.5
    assert one.held() is None
    assert one.breaks(0.05, 0.35) == pytest.approx([0.1, 0.2, 0.3])


@noises
def test_the_mean_field_sees_the_same_path(noise):
    """Oracle: the same cells written out as steps, bit for bit."""
    circuit, current = regular_spiking(), noise(cell=0.5)
    cells = current.cells(0, 59)
    by_hand = steps([(0.5 * n, value) for n, value in enumerate(cells)])
    runs = [integrate(circuit, {"rs": c}, duration=30.0, sample=1.0) for c in (current, by_hand)]
    assert runs[0].equals(runs[1])


@pytest.mark.parametrize(("kind", "order"), [("white", 0.8), ("coloured", 1.7)])
def test_strong_order_of_networks(kind, order):
    """Oracle: the same path at a step as fine as its cells; theory says orders 1 and 2.

    Neurons without synapses, so that nothing but the noise sets the order; root mean square over
    paths of the error of the mean potential.
    """
    circuit = regular_spiking().replace({"rs.size": 5, "rs.ampa.conductance": 0.0})
    noise = KINDS[kind]
    errors = {step: [] for step in (3.2, 1.6, 0.8)}
    for seed in range(24):
        drive = {"rs": noise(seed, 0.05) + -45.0}
        end = {
            step: simulate(circuit, drive, duration=32.0, sample=32.0, step=step)
            for step in (0.05, *errors)
        }
        for step, found in errors.items():
            away = end[step]["membrane_potential"] - end[0.05]["membrane_potential"]
            found.append(float(away.item()))
    size = [np.sqrt(np.mean(np.square(found))) for found in errors.values()]
    assert np.log2(size[0] / size[2]) / 2 > order


@pytest.mark.parametrize(("kind", "order"), [("white", 0.8), ("coloured", 1.7)])
def test_strong_order_of_cell_means_in_the_mean_field(kind, order):
    """Oracle: the mean field under cells of 0.1 ms; the same path, averaged over longer cells."""
    circuit = regular_spiking()
    size = []
    for cell in (3.2, 0.8):
        found = []
        for seed in range(12):
            fine = KINDS[kind](seed, 0.1)
            means = step_means([fine], 0, round(32.0 / cell), cell)[:, 0]
            coarse = steps([(cell * n, value) for n, value in enumerate(means)])
            one, two = (
                integrate(circuit, {"rs": c}, duration=32.0, sample=32.0, rtol=1e-8)
                for c in (fine, coarse)
            )
            found.append(float((one - two)["membrane_potential"].item()))
        size.append(np.sqrt(np.mean(np.square(found))))
    assert np.log2(size[0] / size[1]) / 2 > order


def test_noise_in_a_configuration():
    """Oracle: the library's noise; the key changes with the seed, and a wrong value is named."""
    plan = expand(
        parse({"experiments": {"x": {
            "circuit": {"preset": "regular_spiking", "set": {"rs.size": 40}},
            "input": {"rs": {"white": {"intensity": 2.0, "seed": 1}, "scale": 4.0, "offset": 50.0}},
            "studies": {"networks": {"kind": "networks", "duration": 8.0, "sample": 1.0}},
            "sweeps": {"grid": {"axes": [
                {"parameter": "input.rs.white.seed", "values": [3, 4]}]}},
        }}}),
        "x",
    )  # fmt: skip
    got = [currents_of(plan.inputs(run))["rs"] for run in plan.runs]
    assert got == [KINDS["white"](3), KINDS["white"](4)]
    assert len({item.key for item in plan.all_items("networks")}) == 2
    for bad, words in (
        ({"white": {"intensity": 1.0}}, "white.seed: this key is missing"),
        ({"white": {"intensity": 1.0, "seed": -1}}, "white.seed: got -1"),
        (
            {"ornstein_uhlenbeck": {"standard_deviation": 1.0, "correlation_time": 0.0, "seed": 1}},
            "correlation_time: got 0.0",
        ),
    ):
        with pytest.raises(ValidationError) as caught:
            Input.model_validate(bad)
        assert words in str(explain(caught.value))
    with pytest.raises(ValueError, match="seed = -1: expected a whole number"):
        white(1.0, seed=-1)
