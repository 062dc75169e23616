"""What runs again: the table of config/README.md, by dry runs on a finished folder."""

import copy

import pytest

from small import both

TRUNCATION, ADAPTATION = ("experiments", "truncation"), ("experiments", "adaptation")
PLAN, DRAW, COMPILE = "write_plan", "draw_figure", "compile_kernels"
EXPLORE = "write_explorer"
NETWORKS, THEORIES, DIAGRAMS = "simulate_networks", "integrate_theories", "follow_diagrams"
LOCATE, POINTS, PLANES, TRACES = (
    "locate_transitions", "find_points", "follow_planes", "run_traces"
)  # fmt: skip
OF_NETWORKS, OF_THEORIES, OF_DIAGRAMS = (
    "summarise_networks", "summarise_predictions", "summarise_diagrams"
)  # fmt: skip
OF_TRANSITIONS, OF_POINTS = "summarise_transitions", "summarise_points"
# A new plan comes with new summaries of all studies of its experiment, and new figures of it; the
# explorer shows the second experiment, which has planes.
SERIES = {PLAN: 1, OF_NETWORKS: 1, OF_THEORIES: 1, OF_DIAGRAMS: 1, DRAW: 1}
RAMPS = {PLAN: 1, OF_TRANSITIONS: 1, OF_POINTS: 1, DRAW: 1, EXPLORE: 1}


def of(*path):
    """A change of one value of the configuration, as a function of the configuration."""
    *parents, last, value = path

    def change(config):
        node = config
        for key in parents:
            node = node[key]
        node[last] = value

    return change


KAPPA = (*ADAPTATION, "sweeps", "kappa", "axes", 0, "values")
WIDTH = {"parameter": "rs.threshold_width", "values": [0.5, 2.5]}
ABSOLUTE = {"kind": "mean_field", "form": "absolute"}
IN_SERIES, IN_RAMPS = (*TRUNCATION, "studies"), (*ADAPTATION, "studies")

# The eight runs of the first experiment have three different networks, in two batches, and two
# different predictions and diagrams, each in one; the three networks of the second lie in two
# batches, and so do their points.
# Oracle: the promise of config/README.md, "What runs again"; how often each rule runs.
CONFIG = {
    "nothing": (lambda config: None, {}),
    "one value of κ": (of(*KAPPA, [5.0, 25.0, 101.0]), RAMPS | {LOCATE: 1, POINTS: 1}),
    "a value of κ more": (of(*KAPPA, [5.0, 25.0, 100.0, 120.0]), RAMPS | {LOCATE: 1, POINTS: 1}),
    "a value of κ in the middle": (
        of(*KAPPA, [5.0, 15.0, 25.0, 100.0]), RAMPS | {LOCATE: 2, POINTS: 2}
    ),
    "one width": (
        of(*TRUNCATION, "sweeps", "width", "axes", [WIDTH]),
        SERIES | {NETWORKS: 1, DIAGRAMS: 1, THEORIES: 2},
    ),
    "a population's parameter": (
        of(*TRUNCATION, "circuit", "set", {"rs.size": 100, "rs.capacitance": 110.0}),
        SERIES | {NETWORKS: 2, DIAGRAMS: 1, THEORIES: 1},
    ),
    "the other population's parameter": (
        of(*ADAPTATION, "circuit", "set", {"rs.size": 100, "rs.capacitance": 110.0}),
        RAMPS | {LOCATE: 2, POINTS: 2, PLANES: 1, TRACES: 1},
    ),
    "the number of neurons": (
        of(*TRUNCATION, "circuit", "set", {"rs.size": 101}), SERIES | {NETWORKS: 2}
    ),
    "the other number of neurons": (
        of(*ADAPTATION, "circuit", "set", {"rs.size": 101}), RAMPS | {LOCATE: 2, TRACES: 1}
    ),
    "what is discarded": (of(*IN_SERIES, "networks", "discard", 200.0), SERIES),
    "the step": (of(*IN_SERIES, "networks", "step", 0.05), SERIES | {NETWORKS: 2}),
    "a theory's form": (
        of(*TRUNCATION, "theories", "corrected", ABSOLUTE), SERIES | {DIAGRAMS: 1, THEORIES: 1}
    ),
    "the other theory's form": (
        of(*ADAPTATION, "theories", "uncorrected", ABSOLUTE | {"reset_correction": False}),
        RAMPS | {POINTS: 2, PLANES: 1, TRACES: 1},
    ),
    "the bounds of diagrams": (
        of(*IN_SERIES, "diagrams", "bounds", [0.0, 90.0]), SERIES | {DIAGRAMS: 1}
    ),
    "the ramp": (of(*IN_RAMPS, "transitions", "rise", 1200.0), RAMPS | {LOCATE: 2}),
    "the bounds of points": (of(*IN_RAMPS, "points", "bounds", [0.0, 99.0]), RAMPS | {POINTS: 2}),
    "the bounds of planes": (
        of(*IN_RAMPS, "planes", "second_bounds", [0.0, 125.0]), RAMPS | {PLANES: 1}
    ),
    "diagrams in planes": (of(*IN_RAMPS, "planes", "diagrams", [30.0]), RAMPS | {PLANES: 1}),
    "the traces": (of(*IN_RAMPS, "traces", "ramps", 0, "at", 30.0), RAMPS | {TRACES: 1}),
    "the step of traces": (of(*IN_RAMPS, "traces", "step", 0.1), RAMPS | {TRACES: 1}),
    "the seed": (
        of("seed", 2),
        SERIES | RAMPS | {PLAN: 2, DRAW: 2, NETWORKS: 2, LOCATE: 2, TRACES: 1},
    ),
    "another batching": (
        of("runs_per_job", 3),
        SERIES | RAMPS | {PLAN: 2, DRAW: 2, NETWORKS: 1, LOCATE: 1, POINTS: 1},
    ),
    "a figure less": (of("figures", {"fig1": "adaptation"}), {}),
}  # fmt: skip

IN_TIME = {NETWORKS, THEORIES, OF_NETWORKS, OF_THEORIES}
CONTINUED = {DIAGRAMS, POINTS, PLANES}
AFTER_CONTINUED = {OF_DIAGRAMS, OF_POINTS, OF_TRANSITIONS, DRAW, EXPLORE}
THEORETICAL = {COMPILE, THEORIES, OF_THEORIES, TRACES, *CONTINUED, *AFTER_CONTINUED}
# Oracle: the same; which rules run when a line of code is added to a module of the library.
CODE = {
    "plot/style.mplstyle": {DRAW},
    "figures/fig4.py": {DRAW},
    "analysis/spectra.py": {OF_NETWORKS, DRAW},
    "analysis/distance.py": {OF_NETWORKS, OF_THEORIES, DRAW, EXPLORE},
    "analysis/transitions/boundary_search.py": {LOCATE, OF_TRANSITIONS, DRAW, EXPLORE},
    "analysis/diagrams/coincidence.py": {OF_POINTS, EXPLORE},
    # Theories follow a curve to compile their kernels.
    "continuation/follow.py": THEORETICAL,
    "theories/mean_field/equations.py": THEORETICAL,
    "theories/mean_field/reset.py": THEORETICAL,
    "spiking/exact.py": {
        COMPILE, NETWORKS, LOCATE, TRACES, OF_NETWORKS, OF_THEORIES, OF_TRANSITIONS, DRAW,
        EXPLORE,
    },
    "inputs/waveforms.py": {*IN_TIME, DRAW, EXPLORE},
    "jobs/status.py": set(),
    "experiments/grid.py": set(),
    "locks.py": set(),
}  # fmt: skip


@pytest.mark.parametrize("change", CONFIG)
def test_a_change_of_the_configuration_reruns_what_depends_on_it(undisturbed, change):
    """Oracle: the table above."""
    edit, expected = CONFIG[change]
    config = copy.deepcopy(both())
    edit(config)
    assert undisturbed.planned(config) == expected


def test_claims_of_the_same_experiments_are_judged_by_one_job_and_nothing_else_runs(undisturbed):
    """Oracle: three claims of two experiments, added to a folder in which all else is done."""
    claims = {
        "rates_spread_with_width": "truncation", "variance_is_synchrony": "truncation",
        "recovery_not_above_adaptation": "adaptation",
    }  # fmt: skip
    assert undisturbed.planned(both(claims=claims)) == {"judge_claims": 2, "collect_claims": 1}


@pytest.mark.parametrize("module", CODE)
def test_a_change_of_the_code_reruns_what_depends_on_it(undisturbed, module):
    """Oracle: the table above; comments and layout alone rerun nothing."""
    path = undisturbed.checkout / "src/ikmeanfield" / module
    text = path.read_text()
    line = "axes.grid: True" if path.suffix == ".mplstyle" else "EDITED = 1"
    try:
        path.write_text(f"{text}\n{line}\n")
        assert set(undisturbed.planned(both())) == CODE[module]
    finally:
        path.write_text(text)


def test_a_comment_reruns_nothing(undisturbed):
    path = undisturbed.checkout / "src/ikmeanfield/spiking/exact.py"
    text = path.read_text()
    try:
        path.write_text(f"# a comment\n{text}")
        assert undisturbed.planned(both()) == {}
    finally:
        path.write_text(text)
