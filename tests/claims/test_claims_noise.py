"""Claims on noise and heterogeneity: every verdict can be reached, on made-up data."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.claims import CLAIMS

STRENGTHS = (1.0, 10.0, 40.0)
SWEEPS = ("heterogeneous", "noisy")


def judged(name, **sources):
    claim = CLAIMS[name]
    return {found.model: found for found in claim.judge([sources], claim.criterion)}


def runs(replicates=2):
    """Coordinates of the runs, sweep by sweep, strength by strength."""
    rows = [(s, x) for s in SWEEPS for x in STRENGTHS for _ in range(replicates)]
    sweep, strength = (np.array(column) for column in zip(*rows, strict=True))
    noisy = sweep == "noisy"
    return {
        "sweep": ("run", sweep), "rs_current_width": ("run", np.where(noisy, 0.0, strength)),
        "rs_cauchy_noise": ("run", np.where(noisy, strength, 0.0)),
    }  # fmt: skip


def codes(name, own, noisy):
    """A statistic at each strength of both sweeps; replicates lie 0.01 to either side."""
    mean = np.repeat([*own, *noisy], 2)
    values = mean + np.tile([-0.01, 0.01], 6)
    return {"codes": SimpleNamespace(summary=xr.Dataset({name: ("run", values)}, runs()))}


@pytest.mark.parametrize(
    ("own", "noisy", "verdict", "where"),
    [
        ((0.6, 0.8, 0.9), (0.1, 0.1, 0.05), "holds", ""),
        ((0.3, 0.8, 0.9), (0.1, 0.1, 0.05), "holds in part", "10 pA; 40 pA"),
        ((0.6, 0.8, 0.9), (0.5, 0.4, 0.3), "does not hold", ""),
        ((np.nan,) * 3, (0.1, 0.1, 0.1), "cannot be decided", ""),
    ],
)
def test_stable_codes(own, noisy, verdict, where):
    """Oracle: correlations made up, against 0.5 and 0.2; the smallest difference by hand."""
    found = judged("only_heterogeneity_keeps_the_code",
                   **codes("trial_correlation", own, noisy))["network"]  # fmt: skip
    assert (found.verdict, found.where) == (verdict, where)
    if verdict == "holds":
        assert found.value == pytest.approx(0.5)
        assert found.uncertainty == pytest.approx(0.01 * np.sqrt(2))


@pytest.mark.parametrize(
    ("own", "noisy", "verdict"),
    [
        ((0.6, 0.7, 0.6), (0.6, 0.5, 0.3), "holds"),
        ((0.6, 0.5, 0.3), (0.6, 0.5, 0.3), "holds in part"),
        ((0.6, 0.5, 0.3), (0.6, 0.6, 0.6), "does not hold"),
    ],
)
def test_inputs_apart(own, noisy, verdict):
    """Oracle: accuracies made up; noise must take away a quarter, heterogeneity must not."""
    found = judged("noise_hides_the_inputs", **codes("accuracy", own, noisy))["network"]
    assert found.verdict == verdict
    assert found.value == pytest.approx(noisy[-1] / noisy[0])


@pytest.mark.parametrize(
    ("noisy", "verdict"),
    [
        ((60.0, 70.0, 90.0), "holds"), ((51.0, 70.0, 90.0), "holds in part"),
        ((50.0, 50.0, 50.0), "does not hold"),
    ],
)  # fmt: skip
def test_dimensions(noisy, verdict):
    """Oracle: dimensions made up, against 50 with heterogeneity, and a tenth more."""
    found = judged("noise_adds_dimensions", **codes("dimension", (50.0,) * 3, noisy))["network"]
    assert found.verdict == verdict
    assert found.value == pytest.approx(max(noisy) / 50)


class Networks:
    """Networks whose rates are white noise of 1 Hz about 20 Hz, moved by a shift with noise."""

    settings = SimpleNamespace(discard=100.0, sample=1.0)

    def __init__(self, shift, replicates=3):
        rng = np.random.default_rng(1)
        rows = [(s, x) for s in SWEEPS for x in STRENGTHS for _ in range(replicates)]
        self.plan = SimpleNamespace(runs=[self.run(*row) for row in rows])
        self.rates = 20 + rng.standard_normal((len(rows), 1, 1100))
        self.rates[len(rows) // 2 :] += shift
        self.rates[:, :, :100] = 1e6 * np.arange(len(rows))[:, None, None]  # is left out

    @staticmethod
    def run(sweep, strength):
        values = {"rs.current_width": strength, "rs.cauchy_noise": strength}
        return SimpleNamespace(
            sweep=sweep, circuit=SimpleNamespace(get=values.get, populations={"rs": None})
        )

    def runs(self):
        return range(len(self.plan.runs))

    def result(self, number):
        return xr.Dataset({"firing_rate": (("population", "time"), self.rates[number])})


def predictions(ratio):
    """Distances of networks to the mean field, in units of their scatter."""
    distance = np.broadcast_to(ratio, (2, 3)).ravel().repeat(2)[:, None, None]
    return SimpleNamespace(
        summary=xr.Dataset(
            {
                "rmse_firing_rate": (("run", "theory", "population"), 2.0 * distance),
                "noise_firing_rate": (("run", "population"), np.full((12, 1), 2.0)),
            },
            {**runs(), "theory": ["mean_field"], "population": ["rs"]},
        )
    )


@pytest.mark.parametrize(
    ("shift", "verdict"), [(0.0, "holds"), (3.0, "does not hold"), (0.6, "holds")]
)
def test_networks_alike(shift, verdict):
    """Oracle: averages of 3 scatter by √(1/3) Hz each; a shift d makes √(1 + 3 d²/2) of it."""
    found = judged("noise_averages_like_heterogeneity", networks=Networks(shift),
                   predictions=predictions(1.0))["network"]  # fmt: skip
    assert found.verdict == verdict
    assert found.value == pytest.approx(np.sqrt(1 + 1.5 * shift**2), rel=0.1)


def test_single_networks_cannot_be_compared():
    """Oracle: one replicate has no scatter."""
    found = judged("noise_averages_like_heterogeneity", networks=Networks(0.0, replicates=1),
                   predictions=predictions(1.0))["network"]  # fmt: skip
    assert found.verdict == "cannot be decided"


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [(1.1, "holds"), (2.0, "does not hold"), ([[1.1] * 3, [1.1, 1.1, 4.0]], "holds in part")],
)
def test_distances_to_the_mean_field(ratio, verdict):
    """Oracle: ratios made up, against 1.5."""
    found = judged("noise_averages_like_heterogeneity", networks=Networks(0.0),
                   predictions=predictions(ratio))["mean_field"]  # fmt: skip
    assert found.verdict == verdict
    assert found.value == pytest.approx(np.max(ratio))
