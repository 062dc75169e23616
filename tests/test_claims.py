"""Claims: each verdict can be reached, on made-up summaries whose truth is known."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.claims import CLAIMS
from ikmeanfield.claims.claim import exceeds, of_cases
from ikmeanfield.claims.trends import rank_correlation
from ikmeanfield.experiments import parse
from ikmeanfield.jobs.judge import collect
from ikmeanfield.schema import ConfigError
from ikmeanfield.studies.hysteresis import REGIONS
from made_up import BOTH, MadeUp, Trees, draws, judged, plan_of, transitions


@pytest.mark.parametrize(
    ("ramp", "verdict"),
    [
        (0.3, "holds"), (-4.0, "does not hold"), ([[0.3], [3.0]], "holds in part"),
        (np.nan, "cannot be decided"),
    ],
)  # fmt: skip
def test_agreement_of_folds(ramp, verdict):
    """Oracle: distances that were made up, against one within 1 pA."""
    source = MadeUp(transitions(ramp, 0.0), plan_of(rs_size=10000))
    (found,) = judged("folds_agree_on_the_ramp", source, draws())
    assert found.verdict == verdict
    (held,) = judged("folds_agree_held", source, draws())
    assert held.verdict == "holds"
    source = MadeUp(transitions(0.0, 0.5), plan_of(rs_size=10000))
    (strict,) = judged("folds_agree_held", source, draws(), within=0.1)
    assert strict.verdict == "does not hold"
    assert strict.value == pytest.approx(0.5)


@pytest.mark.parametrize(("size", "expected"), [(10000, 0.2), (2500, 0.4)])
def test_the_scatter_between_draws_is_part_of_the_uncertainty(size, expected):
    """Oracle: a scatter made up, which is larger by 2 in networks that are smaller by 4."""
    source = MadeUp(transitions(0.7, 0.7), plan_of(rs_size=size))
    (found,) = judged("folds_agree_held", source, draws(scatter=0.2))
    assert found.uncertainty == pytest.approx(expected, rel=0.01)
    assert found.verdict == ("holds" if size == 10000 else "cannot be decided")


def test_deviation_that_grows_and_one_that_does_not():
    """Oracle: distances that rise with κ on the ramp, and fall at constant current."""
    kappa = np.linspace(5, 75, 15)
    source = MadeUp(transitions(kappa / 10, -10 + kappa / 10, kappa))
    ramp, held = judged("deviation_grows_with_adaptation", source)
    assert (ramp.verdict, held.verdict) == ("holds", "does not hold")
    assert ramp.value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("error", "verdict"), [(2.0, "holds"), (9.0, "does not hold"), (-2.0, "does not hold")]
)
def test_lag_against_error(error, verdict):
    """Oracle: a lag of 2.2 pA, made up, against errors made up."""
    source = MadeUp(transitions(0.2, -2.0))
    attribution = MadeUp(
        xr.Dataset(
            {
                "sweep": ("run", ["kappa"] * 3),
                "rs_adaptation": ("run", [10.0, 20.0, 30.0]),
                "error": (("run", "fold_kind"), np.full((3, 2), error)),
            },
            {"fold_kind": ["upper", "lower"]},
        )
    )
    (found,) = judged("lag_hides_the_error", source, attribution)
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [([0.2, 0.5], "holds"), ([0.2, 1.4], "holds in part"), ([1.1, 1.4], "does not hold")],
)
def test_a_correction_that_helps_everywhere_somewhere_or_nowhere(ratios, verdict):
    """Oracle: ratios of distances that were made up, one per reset potential."""
    summary = xr.Dataset(
        {
            "rmse_synaptic_activation": (
                ("run", "theory", "synapse"), np.array([[[2 * r], [2.0]] for r in ratios])
            ),
            "rs_reset_potential": ("run", [-60.0, -100.0]),
        },
        {"theory": ["with", "without"]},
    )  # fmt: skip
    settings = SimpleNamespace(asked=lambda plan: list(BOTH))
    source = MadeUp(summary, plan_of(BOTH), settings)
    (found,) = judged("correction_improves", source)
    assert found.verdict == verdict
    assert found.value == pytest.approx(max(ratios))


@pytest.mark.parametrize(
    ("sign", "verdict"), [(1, "holds"), (0, "does not hold"), (-1, "does not hold")]
)
def test_trends_of_rates(sign, verdict):
    """Oracle: means and variances that rise or fall as made up."""
    value = np.linspace(0.5, 5.0, 10)
    mean = np.concatenate([10 + sign * value, 20 - sign * value])
    variance = np.concatenate([9 - sign * value, 9 - sign * value])
    summary = xr.Dataset(
        {
            "difference_mean": (("run", "theory", "population"), mean[:, None, None]),
            "difference_variance": (("run", "theory", "population"), variance[:, None, None]),
            "sweep": ("run", ["width"] * 10 + ["cutoff"] * 10),
            "rs_threshold_width": ("run", np.tile(value, 2)),
            "rs_truncation": ("run", np.tile(value, 2)),
        },
        {"theory": ["corrected"]},
    )
    (found,) = judged("rates_spread_with_width", MadeUp(summary))
    assert found.verdict == verdict


def responses(frequencies, gains, growth=-1.0, coherence=0.9):
    """Resonances of network and theory alike, at one current and three widths."""
    scalar, count = ("run", "model", "population"), len(frequencies)

    def both(values):
        return np.repeat(np.array(values, float)[:, None, None], 2, axis=1)

    curve = (*scalar, "frequency")
    gain = both(gains)[..., None] * np.array([1.0, 3.0, 0.1])
    return MadeUp(
        xr.Dataset(
            {
                "resonance": (scalar, both(frequencies)),
                "resonance_gain": (scalar, both(gains)),
                "growth": (scalar, np.full((count, 2, 1), growth)),
                "gain": (curve, gain), "half_gain": (curve, gain),
                "coherence": (curve, np.full(gain.shape, coherence)),
                "fs_input_current": ("run", [30.0] * count),
                "fs_threshold_width": ("run", np.arange(1.0, count + 1)),
            },
            {"model": ["network", "plain"], "population": ["rs"]},
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (responses([17.0, 16.0, 9.0], [6.0, 2.0, 1.5]), "holds"),
        (responses([17.0, 16.0, 17.0], [6.0, 2.0, 1.5]), "holds in part"),
        (responses([9.0, 16.0, 17.0], [1.5, 2.0, 6.0]), "does not hold"),
        (responses([17.0, 9.0], [6.0, 2.0], growth=1.0, coherence=0.1), "cannot be decided"),
    ],
)
def test_resonance(source, verdict):
    """Oracle: frequencies and gains that were made up."""
    found = judged("inhibition_lowers_resonance", source)
    assert [finding.verdict for finding in found] == [verdict, verdict]


def held(sweep, widths, regions):
    """Bistable ranges and numbers of oscillating levels, of network and theory alike."""
    region = np.zeros((len(widths), 2, 1, 10), dtype=int)
    for row, count in enumerate(regions):
        region[row, ..., :count] = REGIONS.index("oscillating")
    width = np.repeat(np.array(widths, float)[:, None, None], 2, axis=1)
    return MadeUp(
        xr.Dataset(
            {
                "width": (("run", "model", "population"), width),
                "region": (("run", "model", "population", "current"), region),
                "sweep": ("run", [sweep] * len(widths)),
                "rs_adaptation": ("run", [10.0] * len(widths)),
                "fs_threshold_width": ("run", np.linspace(0.2, 2.0, len(widths))),
            },
            {"model": ["network", "plain"], "population": ["rs"]},
        )
    )


@pytest.mark.parametrize(
    ("widths", "verdict"),
    [([8, 4, 0], "holds"), ([2, 4, 8], "does not hold"), ([0, 0, 0], "cannot be decided")],
)
def test_hysteresis(widths, verdict):
    """Oracle: bistable ranges that were made up."""
    found = judged("inhibition_removes_hysteresis", held("fs_width", widths, [0, 0, 0]))
    assert {finding.verdict for finding in found} == {verdict}


@pytest.mark.parametrize(
    ("regions", "verdict"),
    [([6, 2], "holds"), ([2, 6], "does not hold"), ([0, 0], "cannot be decided")],
)
def test_regions_of_oscillation(regions, verdict):
    """Oracle: numbers of oscillating levels that were made up."""
    source = held("rs_width", [0, 0], regions)
    found = judged("alike_inhibition_imposes_oscillations", source)
    assert {finding.verdict for finding in found} == {verdict}


def test_verdicts():
    """Oracle: by hand."""
    assert exceeds(2.0, 1.0) == exceeds(2.0, 1.0, 0.9) == "holds"
    assert exceeds(2.0, 1.0, 1.1) == exceeds(float("nan"), 1.0) == "cannot be decided"
    assert exceeds(0.0, 1.0) == "does not hold"
    assert of_cases({"a": True, "b": None}) == ("holds", "not decided: b")
    assert of_cases({"a": True}) == ("holds", "")
    assert of_cases({"a": None}) == ("cannot be decided", "")
    assert of_cases({"a": False, "b": None}) == ("does not hold", "not decided: b")
    assert of_cases({"a": True, "b": False}) == ("holds in part", "a")
    assert of_cases({}) == ("cannot be decided", "")
    assert rank_correlation([1, 2, 3, np.nan], [9, 8, 7, 1])[0] == pytest.approx(-1)
    assert np.isnan(rank_correlation([1, 2], [1, 2])[0])


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_says_what_it_claims_and_takes(name):
    claim = CLAIMS[name]
    assert claim.statement.endswith(".")
    assert claim.source
    assert claim.takes
    assert all(isinstance(value, float) for value in claim.criterion.values())


CONFIG = {
    "experiments": {
        "one": {
            "circuit": {"preset": "regular_spiking"},
            "theories": {"plain": {"kind": "mean_field"}},
            "studies": {
                "points": {"kind": "points", "parameter": "rs.input_current", "bounds": [0.0, 90.0]}
            },
            "sweeps": {"all": {"axes": [{"parameter": "rs.adaptation", "values": [10.0]}]}},
        }
    }
}


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"moon": "one"}, "no claim 'moon'; the claims are"),
        ({"deviation_grows_with_adaptation": "one"}, "a study of kind transitions is needed"),
        ({"deviation_grows_with_adaptation": "two"}, "no experiment 'two'; there are one"),
        ({"deviation_grows_with_adaptation": ["one", "one"]}, "is judged from 1 experiment"),
        (
            {"folds_agree_held": {"from": ["one"], "criterion": {"near": 1.0}}},
            "criterion: no 'near'; there are lowest, highest, within",
        ),
    ],
)
def test_wrong_claims_are_refused_in_words(claims, words):
    with pytest.raises(ConfigError, match=words):
        parse(CONFIG | {"claims": claims})


def test_findings_are_collected(tmp_path):
    """Oracle: two tables written here, read back from the page."""
    from ikmeanfield.datasets.tables import write_rows
    from ikmeanfield.jobs.judge import COLUMNS, parsed

    paths = []
    for name, value in (("first", 1.25), ("second", float("nan"))):
        row = dict.fromkeys(COLUMNS, name) | {"value": value, "uncertainty": 0.5, "unit": "pA"}
        paths.append(tmp_path / f"{name}.csv")
        write_rows(paths[-1], [row], COLUMNS)
    collect(paths, tmp_path / "claims.csv")
    page = (tmp_path / "claims.md").read_text()
    assert "1.25 ± 0.5 pA" in page
    assert page.count("**") == 4
    assert len((tmp_path / "claims.csv").read_text().splitlines()) == 3
    assert parsed(json.dumps({"within": 1})) == {"within": 1}


def traces(kappa, own, shared):
    """A mean field at zero, and two networks at these distances from it."""
    values = np.zeros((3, 5)) + np.array([0.0, own, shared])[:, None]
    models = ["mean field", "network", "network, global u"]
    return xr.Dataset(
        {"synaptic_activation": (("model", "time"), values)}, {"model": models},
        {"adaptation": kappa},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ([(25.0, 2.0, 1.0), (100.0, 3.0, 1.0)], "holds"),
        ([(25.0, 1.0, 2.0), (100.0, 3.0, 1.0)], "holds in part"),
        ([(25.0, 1.0, 2.0)], "does not hold"),
    ],
)
def test_one_recovery_variable(given, verdict):
    """Oracle: distances that were made up."""
    (found,) = judged(
        "one_recovery_is_closer", Trees(*(xr.DataTree(traces(*one)) for one in given))
    )
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("excess", "verdict"),
    [
        (lambda i, v: 0.1 * i * (200 + v) / 100, "holds"),
        (lambda i, v: 0.1 * i - 0 * v, "holds"),
        (lambda i, v: 5 - 0.1 * i + 0 * v, "holds in part"),
        (lambda i, v: -40 - 0.1 * i - 0.1 * v, "does not hold"),
    ],
)
def test_the_adjusted_current(excess, verdict):
    """Oracle: functions whose signs and slopes are known."""
    current, reset = np.linspace(1, 20, 9), np.array([-120.0, -60.0])
    adjusted = current + excess(current, reset[:, None])
    summary = xr.Dataset(
        {
            "adjusted_current": (("run", "input_current"), np.broadcast_to(adjusted, (2, 9))),
            "rate": (("run", "input_current"), np.ones((2, 9))),
            "rs_reset_potential": ("run", reset),
        },
        {"input_current": current},
    )
    (found,) = judged("adjusted_current_exceeds", MadeUp(summary))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [([0.3, 0.1], "holds"), ([0.3, -0.1], "holds in part"), ([-0.3, -0.1], "does not hold")],
)
def test_the_correction_in_a_circuit(gains, verdict):
    """Oracle: overlaps that were made up, one pair per reset potential."""
    rows = [(reset, name) for reset in (-100.0, -60.0) for name in ("with", "without")]
    overlap = [0.5 + gain * (name == "with") for gain in gains for name in ("with", "without")]
    dims = ("score",)
    summary = xr.Dataset(
        {
            "scored_theory": (dims, [name for _, name in rows]),
            "scored_region": (dims, ["bistable"] * 4),
            "scored_all_reset_potential": (dims, [reset for reset, _ in rows]),
            "score_overlap": (dims, overlap),
        }
    )
    source = MadeUp(summary, plan_of(BOTH))
    (found,) = judged("correction_in_the_circuit", source)
    assert found.verdict == verdict
    assert found.value == pytest.approx(np.median(gains))


@pytest.mark.parametrize(
    ("error", "verdict"),
    [([0.1, 0.1], "holds"), ([0.1, 3.0], "holds in part"), ([2.0, 3.0], "does not hold")],
)
def test_errors_against_fluctuations(error, verdict):
    """Oracle: errors and variances that were made up."""
    sweep = ("run", ["width"] * 2 + ["cutoff"] * 2)
    networks = xr.Dataset(
        {"rate_variance": (("run", "population"), np.ones((4, 1))), "sweep": sweep}
    )
    predictions = xr.Dataset(
        {
            "difference_mean": (
                ("run", "theory", "population"), -np.repeat(error, 2)[:, None, None]
            ),
            "sweep": sweep,
        },
        {"theory": ["corrected"]},
    )  # fmt: skip
    claim = CLAIMS["error_below_fluctuations"]
    sources = {"networks": MadeUp(networks), "predictions": MadeUp(predictions)}
    (found,) = claim.judge([sources], claim.criterion)
    assert found.verdict == verdict
    assert found.value == pytest.approx(max(error))


def rings(name, dims, slope, draws=5, **coordinates):
    """A quantity that changes with the width by this slope, with a little scatter of draws."""
    rng = np.random.default_rng(1)
    width = np.linspace(0.1, 2.0, 8)
    (dim, labels) = dims
    runs = np.tile(np.repeat(width, draws), max(1, len(next(iter(coordinates.values()), [1]))))
    values = 1.0 + slope * runs[:, None] + 0.02 * rng.normal(size=(runs.size, len(labels)))
    size = width.size * draws
    own = {key: ("run", np.repeat(each, size)) for key, each in coordinates.items()}
    return xr.Dataset(
        {name: (("run", dim), values)},
        {"rs_threshold_width": ("run", runs), dim: labels, **own},
    )


def with_folds(summary, narrowing):
    """A source with errors, and folds between which the range shrinks by so much per mV."""
    width = np.unique(summary["rs_threshold_width"].values)
    run = [int(np.flatnonzero(summary["rs_threshold_width"].values == w)[0]) for w in width]
    value = np.concatenate([40.0 - narrowing * width, np.full(width.size, 20.0)])
    points = xr.Dataset(
        {
            "theory": ("point", ["mean_field"] * 2 * width.size),
            "kind": ("point", ["fold"] * 2 * width.size),
            "side": ("point", np.repeat(["upper", "lower"], width.size)),
            "value": ("point", value),
            "run_number": ("point", np.tile(run, 2)),
        },
        {"rs_threshold_width": summary["rs_threshold_width"]},
    )  # fmt: skip
    return [{"encoding": MadeUp(summary), "points": MadeUp(points)}]


@pytest.mark.parametrize(
    ("slope", "verdict"), [(0.3, "holds"), (0.0, "does not hold"), (-0.3, "does not hold")]
)
def test_errors_of_bumps_that_grow_and_that_do_not(slope, verdict):
    """Oracle: errors that change with the width as made up, and folds that move as made up."""
    source = with_folds(rings("error", ("fraction", [0.1, 0.5]), slope), 20 * slope)
    claim = CLAIMS["heterogeneity_blurs_bumps"]
    network, theory = claim.judge(source, claim.criterion)
    assert (network.verdict, theory.verdict) == (verdict, verdict)
    assert network.value == pytest.approx(1.9 * slope, abs=0.05)
    expected = (20 - 40 * slope) / (20 - 2 * slope)
    assert theory.value == pytest.approx(expected)


def test_errors_of_bumps_that_grow_in_one_case():
    """Oracle: one fraction with errors that grow, one with errors that fall."""
    both = [rings("error", ("fraction", [f]), s) for f, s in ((0.1, 0.3), (0.5, -0.3))]
    claim = CLAIMS["heterogeneity_blurs_bumps"]
    found, _ = claim.judge(with_folds(xr.concat(both, "fraction"), 1.0), claim.criterion)
    assert found.verdict == "holds in part"
    assert found.where == "10% stimulated"


@pytest.mark.parametrize(("slope", "verdict"), [(0.3, "does not hold"), (-0.3, "holds")])
def test_errors_of_readouts_that_fall_and_that_do_not(slope, verdict):
    """Oracle: errors that change with the width as made up."""
    summary = rings("error", ("function", ["bump"]), slope, rs_input_current=[45.0, 70.0])
    (found,) = judged("heterogeneity_helps_decoding", MadeUp(summary))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("slope", "draws", "verdict"),
    [(0.5, 5, "holds"), (-0.1, 5, "does not hold"), (0.5, 1, "cannot be decided")],
)
def test_dimensions_that_rise_and_that_do_not(slope, draws, verdict):
    """Oracle: dimensions as made up; single draws leave the error of a change unknown."""
    summary = rings("dimension", ("one", [0]), slope, draws, rs_input_current=[45.0])
    (found,) = judged("heterogeneity_raises_dimension", MadeUp(summary.isel(one=0)))
    assert found.verdict == verdict
