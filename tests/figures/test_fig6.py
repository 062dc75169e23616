"""Fig. 6: what is drawn and told, read back, against the data that went in."""

from functools import cache

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.diagrams import (
    bifurcation_plane,
    equilibrium_diagram,
    from_tree,
    to_tree,
)
from ikmeanfield.circuit import Circuit, bursting, bursting_pair
from ikmeanfield.figures import fig6, fig6_findings
from ikmeanfield.figures.diagrams import EXACT
from ikmeanfield.figures.fig6_panels import UNIT, Curves
from ikmeanfield.studies.hysteresis import REGIONS
from ikmeanfield.theories import MeanFieldSettings

PLAIN = MeanFieldSettings(reset_correction=False)
MODELS = ["network", "mean_field"]
CURRENTS = np.array([500.0, 1000.0, 1500.0, 2500.0])


@cache
def diagram():
    return to_tree(
        equilibrium_diagram(
            bursting(), "p.input_current", 0.0, 3200.0, cycles=True, theory=PLAIN
        )
    )  # fmt: skip


@cache
def pair():
    found = bursting_pair()
    sets = {f"{name}.input_current": "drive" for name in "pq"}
    circuit = Circuit(
        populations=found.populations,
        parameters={**found.parameters, "drive": {"value": 1.0, "sets": sets}},
    )
    return to_tree(equilibrium_diagram(circuit, "drive", 0.0, 300.0, cycles=False, theory=PLAIN))


@cache
def plane(second="p.current_width", bounds=(50.0, 400.0)):
    branches = bifurcation_plane(
        bursting(), ("p.input_current", second), ((0.0, 3200.0), bounds), scans=2, theory=PLAIN
    )
    return Curves(branches, ("p.input_current", second))


def oscillations(sweep, current="p_input_current", populations=("p",), **coordinates):
    """Networks burst at the two middle currents; u of networks is 10 % above the mean field's."""
    shape = (CURRENTS.size, 2, len(populations))
    dims = ("run", "model", "population")
    theory = CURRENTS[:, None, None] * np.ones(shape)
    mine = theory.copy()
    mine[:, 0] *= 1.1
    bursts = np.zeros(shape, dtype=int)
    bursts[1:3] = 1
    variables = {"oscillates": bursts, "frequency": np.full(shape, 4.0)}
    variables["frequency"][:, 0] = 5.0
    for name in ("rate", "recovery"):
        for end, factor in (("mean", 1.0), ("lowest", 0.5), ("highest", 2.0)):
            variables[f"{name}_{end}"] = mine * factor
    variables["recovery_within"] = theory * 1.02
    return xr.Dataset(
        {name: (dims, values) for name, values in variables.items()},
        {
            "sweep": ("run", np.broadcast_to(sweep, CURRENTS.size)), current: ("run", CURRENTS),
            "model": MODELS, "population": list(populations),
            **{name: ("run", np.full(CURRENTS.size, value)) for name, value in coordinates.items()},
        },
        {"source": "made up", "processor": "none"},
    )  # fmt: skip


@pytest.fixture
def content():
    levels = np.array([0.0, 1600.0, 3200.0])
    region = np.zeros((4, 2, 1, 3), dtype=int)
    region[0, 0, 0] = region[2, 0, 0] = [0, REGIONS.index("oscillating"), 1]
    hysteresis = xr.Dataset(
        {"region": (("run", "model", "population", "current"), region)},
        {
            "sweep": ("run", ["width_border"] * 2 + ["jump_border"] * 2),
            "p_current_width": ("run", [100.0, 300.0, 211.25, 211.25]),
            "p_adaptation": ("run", [199.6, 199.6, 100.0, 300.0]),
            "model": MODELS, "population": ["p"], "current": levels,
        },
    )  # fmt: skip
    time = np.arange(1500.0, 3500.0, 10.0)
    rates = np.arange(6.0)[:, None, None, None] + np.zeros((6, 2, 1, time.size))
    mu = np.array([0.25, 0.12, 0.07, 0.0793, 0.18, 0.19])
    series = xr.Dataset(
        {"firing_rate": (("run", "model", "population", "time"), rates)},
        {"p_input_current": ("run", mu * UNIT), "model": MODELS, "population": ["p"],
         "time": time},
    )  # fmt: skip
    two = [oscillations(name, "parameter_drive", ("p", "q")) for name in fig6.PAIRS]
    sizes = [oscillations("sizes", p_size=size) for size in (1000, 10000)]
    return {
        "slow": diagram(), "fast": diagram(), "oscillations": oscillations("current"),
        "finite_size": xr.concat([*sizes, oscillations("fast", p_size=10000)], "run"),
        "series": series, "widths": [plane()], "jumps": [plane("p.adaptation")],
        "hysteresis": hysteresis, "pair_diagrams": dict.fromkeys(fig6.PAIRS, pair()),
        "pair": xr.concat(two, "run"), "pair_planes": [plane(), plane()],
    }  # fmt: skip


def test_networks_stand_where_they_were_found(content):
    """Oracle: means and extrema that were made up."""
    figure = fig6.draw(**content)
    means = figure.axes[0]
    lines = [line for line in means.lines if line.get_marker() in ("o", "v", "^", "x")]
    drawn = {line.get_marker(): line.get_xydata() for line in lines if len(line.get_xydata()) > 1}
    np.testing.assert_allclose(drawn["o"], np.stack([CURRENTS, 1.1 * CURRENTS], 1))
    np.testing.assert_allclose(drawn["^"], np.stack([CURRENTS, 2.2 * CURRENTS], 1)[1:3])
    np.testing.assert_allclose(drawn["x"], np.stack([CURRENTS, 1.02 * CURRENTS], 1))


def test_series_pair_the_network_of_one_run_with_the_mean_field_of_another(content):
    """Oracle: rates that equal the number of their run."""
    figure = fig6.draw(**content)
    titled = {axes.get_title(): axes for axes in figure.axes if r"$\mu$ =" in axes.get_title()}
    assert list(titled) == [
        r"$\mu$ = 0.25", r"$\mu$ = 0.12", r"$\mu$ = 0.07 | 0.0793", r"$\mu$ = 0.18 | 0.19"
    ]  # fmt: skip
    heights = [[line.get_ydata()[0] for line in axes.lines] for axes in titled.values()]
    assert heights == [[0, 0], [1, 1], [2, 3], [4, 5]]


def test_the_caption_tells_the_archives_points_and_the_offsets(content):
    """Oracle: AUTO's points in the archive of the study; offsets that were made up."""
    text = fig6.caption(**content)
    assert "Hopf points at μ = 0.0748928, 0.19094" in text
    assert "folds of cycles at μ = 0.0747823, 0.193571" in text
    assert "below bursting: +10.00 to +10.00 % over all neurons, +2.00 to +2.00 %" in text
    assert "lowest +10.00 to +10.00 %, highest +10.00 to +10.00 %" in text
    assert "period of bursts at N = 1,000 against the mean field: -20.00 to -20.00 %" in text
    assert list(fig6_findings.points(pair(), "two")) == ["mean field, two: no special points"]


def test_the_exact_theory_is_a_thin_line_and_a_finding(content):
    """Oracle: a branch handed in as the exact one; networks are 10 % above the current."""
    equilibria = from_tree(diagram())["equilibria"]
    exact = to_tree({"equilibria": equilibria})
    figure = fig6.draw(**content, exact=exact)
    for axes, column, scale in (
        (figure.axes[0], "p.recovery", 1.0),
        (figure.axes[1], "p.firing_rate", 1e3),
    ):
        thin = [line for line in axes.lines if line.get_linewidth() == EXACT["linewidth"]]
        (drawn,) = [line.get_xydata() for line in thin if len(line.get_xydata()) == len(equilibria)]
        expected = np.stack([equilibria["p.input_current"], scale * equilibria[column]], 1)
        np.testing.assert_array_equal(drawn, expected)
    at = np.interp(500.0, equilibria["p.input_current"], equilibria["p.recovery"])
    found = f"{100 * (550.0 / at - 1):+.2f}"
    text = fig6.caption(**content, exact=exact)
    assert f"against the exact theory, below bursting: {found} to {found} %" in text
    assert "exact theory" not in fig6.caption(**content)
