"""What runs again: the table of config/README.md, by dry runs on a finished folder."""

import copy

import pytest

from small import both

TRUNCATION, ADAPTATION = ("experiments", "truncation"), ("experiments", "adaptation")
SUMMARY, DRAW, PLAN = "summarise_experiment", "draw_figure", "write_plan"
NETWORKS, FIELDS = "simulate_networks", "integrate_mean_fields"
LOCATE, CONTINUE, PLANE, TRACES = (
    "locate_transitions", "continue_mean_fields", "follow_plane", "run_traces"
)  # fmt: skip
COMPILE, DIAGRAMS, TABLE = "compile_kernels", "follow_diagrams", "tabulate"
FOLLOW = {CONTINUE, DIAGRAMS, PLANE}


def of(*path):
    """A change of one value of the configuration, as a function of the configuration."""
    *parents, last, value = path

    def change(config):
        node = config
        for key in parents:
            node = node[key]
        node[last] = value

    return change


KAPPA = (*ADAPTATION, "sweeps", "kappa", "axes", 0)
WIDTH = {"parameter": "rs.threshold_width", "values": [0.5, 2.5]}

# Eight networks of the first experiment lie in four batches of two, its two diagrams in one; three
# networks of the second lie in two.
# Oracle: the promise of config/README.md, "What runs again"; how often each rule runs.
CONFIG = {
    "nothing": (lambda config: None, {}),
    "one value of κ": (
        of(*KAPPA, "values", [5.0, 25.0, 101.0]),
        {PLAN: 1, LOCATE: 1, CONTINUE: 1, SUMMARY: 1, TABLE: 1, DRAW: 1},
    ),
    "a value of κ more": (
        of(*KAPPA, "values", [5.0, 25.0, 100.0, 120.0]),
        {PLAN: 1, LOCATE: 1, CONTINUE: 1, SUMMARY: 1, TABLE: 1, DRAW: 1},
    ),
    "one width": (
        of(*TRUNCATION, "sweeps", "width", "axes", [WIDTH]),
        {PLAN: 1, NETWORKS: 1, DIAGRAMS: 1, FIELDS: 1, SUMMARY: 1, TABLE: 2, DRAW: 1},
    ),
    "a population's parameter": (
        of(*TRUNCATION, "circuit", "set", {"rs.size": 100, "rs.capacitance": 110.0}),
        {PLAN: 1, NETWORKS: 4, DIAGRAMS: 1, FIELDS: 4, SUMMARY: 1, TABLE: 2, DRAW: 1},
    ),
    "the other population's parameter": (
        of(*ADAPTATION, "circuit", "set", {"rs.size": 100, "rs.capacitance": 110.0}),
        {PLAN: 1, LOCATE: 2, CONTINUE: 2, PLANE: 1, TRACES: 1, SUMMARY: 1, TABLE: 1, DRAW: 1},
    ),
    "the number of neurons": (
        of(*TRUNCATION, "circuit", "set", {"rs.size": 101}),
        {PLAN: 1, NETWORKS: 4, SUMMARY: 1, TABLE: 2, DRAW: 1},
    ),
    "what is discarded": (
        of(*TRUNCATION, "simulation", "discard", 200.0), {PLAN: 1, SUMMARY: 1, TABLE: 2, DRAW: 1}
    ),
    "the step": (
        of(*TRUNCATION, "simulation", "step", 0.05),
        {PLAN: 1, NETWORKS: 4, SUMMARY: 1, TABLE: 2, DRAW: 1}
    ),
    "the mean field's form": (
        of(*TRUNCATION, "meanfield", "corrected", {"form": "absolute"}),
        {PLAN: 1, DIAGRAMS: 1, FIELDS: 4, SUMMARY: 1, TABLE: 2, DRAW: 1},
    ),
    "the ramp": (
        of(*ADAPTATION, "transitions", "rise", 1200.0),
        {PLAN: 1, LOCATE: 2, SUMMARY: 1, TABLE: 1, DRAW: 1}
    ),
    "the plane's bounds": (
        of(*ADAPTATION, "continuation", "second_bounds", [0.0, 125.0]),
        {PLAN: 1, PLANE: 1, SUMMARY: 1, TABLE: 1, DRAW: 1},
    ),
    "the diagrams": (
        of(*ADAPTATION, "continuation", "diagrams", [30.0]),
        {PLAN: 1, PLANE: 1, SUMMARY: 1, TABLE: 1, DRAW: 1},
    ),
    "the traces": (
        of(*ADAPTATION, "continuation", "traces", []),
        {PLAN: 1, TRACES: 1, SUMMARY: 1, TABLE: 1, DRAW: 1}
    ),
    "the seed": (
        of("seed", 2),
        {PLAN: 2, NETWORKS: 4, LOCATE: 2, TRACES: 1, SUMMARY: 2, TABLE: 3, DRAW: 2},
    ),
    "another batching": (
        of("runs_per_job", 3),
        {PLAN: 2, NETWORKS: 3, FIELDS: 3, LOCATE: 1, CONTINUE: 1, SUMMARY: 2, TABLE: 3, DRAW: 2},
    ),
    "a figure less": (of("figures", {"fig1": "adaptation"}), {}),
}  # fmt: skip

# Oracle: the same; which rules run when a line of code is added to a module of the library.
CODE = {
    "plot/style.mplstyle": {DRAW},
    "figures/fig4.py": {DRAW},
    "analysis/spectra.py": {SUMMARY, TABLE, DRAW},
    "analysis/transitions/search.py": {LOCATE, SUMMARY, TABLE, DRAW},
    "analysis/diagrams/coincidence.py": {SUMMARY, TABLE, DRAW},
    "continuation/walk.py": {*FOLLOW, SUMMARY, TABLE, DRAW},
    "theories/mean_field/equations.py": {COMPILE, FIELDS, *FOLLOW, TRACES, SUMMARY, TABLE, DRAW},
    "theories/mean_field/reset.py": {COMPILE, FIELDS, *FOLLOW, TRACES, SUMMARY, TABLE, DRAW},
    "spiking/exact.py": {COMPILE, NETWORKS, LOCATE, TRACES, SUMMARY, TABLE, DRAW},
    "stages/status.py": set(),
    "experiments/grid.py": set(),
    "locks.py": set(),
}


@pytest.mark.parametrize("change", CONFIG)
def test_a_change_of_the_configuration_reruns_what_depends_on_it(undisturbed, change):
    """Oracle: the table above."""
    edit, expected = CONFIG[change]
    config = copy.deepcopy(both())
    edit(config)
    assert undisturbed.planned(config) == expected


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
