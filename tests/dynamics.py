"""Made-up summaries of the studies of Fig. 8, whose truth is known."""

from types import SimpleNamespace

import numpy as np
import xarray as xr

from ikmeanfield.analysis.diagrams import to_tree
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.continuation import (
    ContinuationOptions,
    Problem,
    continue_equilibria,
    find_equilibrium,
)
from ikmeanfield.studies.study import Item

WIDTHS = [0.1, 0.5, 1.0, 2.0]
FORMS = ["neuron", "population"]
SCALAR = ("run", "model", "population")


class Study:
    """Stands in for `StudyResults`."""

    def __init__(self, summary=None, trees=(), plan=None, settings=None):
        self.summary, self.trees, self.plan, self.settings = summary, trees, plan, settings

    def each(self):
        return [(Item(key=str(n), label=label, runs=[n]), tree)
                for n, (label, tree) in enumerate(self.trees)]  # fmt: skip


def oscillations(sweep, currents, own, one, field):
    """Swings in Hz, width by width, of networks with u_i, with one u, and of a mean field."""
    rows = [(form, current, width) for form in FORMS for current in currents for width in WIDTHS]
    form, current, width = (list(column) for column in zip(*rows, strict=True))
    swing = np.zeros((len(rows), 2, 1))
    for place, (recovery, _, each) in enumerate(rows):
        column = WIDTHS.index(each)
        swing[place, 0] = (own if recovery == "neuron" else one)[column]
        swing[place, 1] = field[column]
    statistics = ("frequency", "synchrony", "interval_cv")
    shares = np.full((len(rows), 2, 1, 3), np.nan)  # of bins at 10, 100 and 1000 ms
    shares[:, 0, 0] = [[0.2, 0.7, 0.1] if form == "neuron" else [0.0, 0.4, 0.6]
                       for form, _, _ in rows]  # fmt: skip
    return xr.Dataset(
        {
            "rate_highest": (SCALAR, 10.0 + swing), "rate_lowest": (SCALAR, 10.0 + 0 * swing),
            "oscillates": (SCALAR, (swing >= 3.0).astype(int)),
            **dict.fromkeys(statistics, (SCALAR, 1.0 + 0.1 * swing)),
            "interval_share": ((*SCALAR, "interval_bin"), shares),
        },
        {
            "sweep": ("run", [sweep] * len(rows)), "rs_recovery": ("run", form),
            "rs_input_current": ("run", current), "rs_threshold_width": ("run", width),
            "model": ["network", "mean_field"], "population": ["rs"],
            "interval_bin": [10.0, 100.0, 1000.0],
        },
    )  # fmt: skip


def stability(sweep, current, own, one):
    """Numbers of growing modes, width by width, for both forms of recovery."""
    return xr.Dataset(
        {"modes": ("run", [*own, *one])},
        {
            "sweep": ("run", [sweep] * 2 * len(WIDTHS)),
            "rs_recovery": ("run", np.repeat(FORMS, len(WIDTHS))),
            "rs_input_current": ("run", [current] * 2 * len(WIDTHS)),
            "rs_threshold_width": ("run", WIDTHS * 2),
        },
    )


def sensitivity(values, share=1.0):
    """The same values, width by width, of all quantities, models, currents and times."""
    rows = [(form, level, width) for form in FORMS for level in (45.0, 60.0) for width in WIDTHS]
    form, level, width = (list(column) for column in zip(*rows, strict=True))
    found = np.array([values[WIDTHS.index(each)] for each in width])[:, None, None, None]
    found = np.broadcast_to(found, (len(rows), 2, 1, 2)).astype(float)
    dims = (*SCALAR, "correlation_time")
    return xr.Dataset(
        {name: (dims, found.copy()) for name in ("gain", "information", "d_prime")}
        | {"linear_share": (dims, np.full(found.shape, share))},
        {
            "rs_recovery": ("run", form), "rs_input_current": ("run", level),
            "rs_threshold_width": ("run", width), "model": ["network", "mean_field"],
            "population": ["rs"], "correlation_time": [5.0, 50.0],
        },
    )  # fmt: skip


def modes(narrow, wide):
    """Growth rates that change by so many 1/s per relative change of any parameter."""
    levels, rows = (30.0, 50.0), []
    for sweep in ("current", "coupling", "adaptation"):
        for width, slope in ((0.1, narrow), (4.0, wide)):
            for level in levels:
                for sign in (-1, 1):
                    current = level + 0.5 * sign * (sweep == "current")
                    weight = 15.0 + 0.25 * sign * (sweep == "coupling")
                    kappa = 10.0 + 0.25 * sign * (sweep == "adaptation")
                    moved = np.log(current / level * weight / 15.0 * kappa / 10.0)
                    rows.append((sweep, width, current, weight, kappa, -30.0 + slope * moved))
    names = ("sweep", "rs_threshold_width", "rs_input_current", "rs_ampa_weights_rs",
             "rs_adaptation")  # fmt: skip
    *columns, growth = zip(*rows, strict=True)
    coords = {name: ("run", list(c)) for name, c in zip(names, columns, strict=True)}
    return xr.Dataset(
        {"growth": (SCALAR, np.array(growth)[:, None, None])},
        {**coords, "model": ["mean_field"], "population": ["rs"]},
    )


def cubic(fold):
    """A branch p = x³/3 − a x + 50 in units of 10, which folds over a range of currents if a > 0.

    The folds are at x = ∓√a, 4/3 a^1.5 × 10 pA apart.
    """
    problem = Problem(
        field=lambda y, p: p / 10 - 5 - ((1000 * y) ** 3 / 3 - fold * 1000 * y),
        variables=["rs.firing_rate"], parameters={"rs.input_current": 0.0},
    )  # fmt: skip
    start = find_equilibrium(problem, np.array([-0.0027]))
    options = ContinuationOptions(bounds={"rs.input_current": (0.0, 100.0)}, direction="forward")
    return continue_equilibria(problem, start, "rs.input_current", options)


def diagrams(narrow, wide):
    """Branches of a mean field and of an exact theory at two widths."""
    labels, circuits, trees = ["mean_field", "exact", "exact"], [], []
    for width, fold in ((0.1, narrow), (4.0, wide)):
        for label, form in zip(labels, ("neuron", *FORMS), strict=True):
            circuit = regular_spiking().replace({"rs.threshold_width": width, "rs.recovery": form})
            circuits.append(SimpleNamespace(circuit=circuit))
            trees.append((label, to_tree({"equilibria": cubic(fold)})))
    theories = {
        "mean_field": SimpleNamespace(knows=lambda path: False),
        "exact": SimpleNamespace(knows=lambda path: True),
    }
    return Study(trees=trees, plan=SimpleNamespace(runs=circuits, theories=theories))


def hysteresis(narrow, wide):
    """Rates of networks at two widths that jump to a plateau, or rise in a line, and loops."""
    current = np.linspace(0.0, 100.0, 41)
    step, line = np.where(current > 40, 30.0, 0.0), 0.3 * current
    rate = np.stack([step, line])[[0, 1, 0, 1]][:, None, None, None, :]
    loops = np.array([narrow, wide, narrow, wide], float)[:, None, None]
    both = np.broadcast_to(rate, (4, 2, 1, 2, 41))
    return xr.Dataset(
        {
            "rate_mean": ((*SCALAR, "direction", "current"), both),
            "width": (SCALAR, np.repeat(loops, 2, axis=1)),
        },
        {
            "sweep": ("run", ["width"] * 4), "rs_recovery": ("run", np.repeat(FORMS, 2)),
            "rs_threshold_width": ("run", [0.1, 4.0] * 2), "model": ["network", "mean_field"],
            "population": ["rs"], "direction": ["up", "down"], "current": current,
        },
    )  # fmt: skip
