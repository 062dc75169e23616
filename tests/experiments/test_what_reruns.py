"""Which batches a change of the configuration makes new, study by study."""

import pytest

from ikmeanfield.experiments import expand, parse
from small import tiny_adaptation, tiny_reset

ALL = {"networks", "predictions", "diagrams", "rates", "transitions", "points", "planes", "traces"}
NETWORKS = {"networks", "transitions"}


def config():
    """Studies of every kind, one result in each batch."""
    experiments = tiny_reset()["experiments"] | tiny_adaptation()["experiments"]
    return {"seed": 1, "runs_per_job": 1, "experiments": experiments}


def batches(data):
    """Batches of every study; no two experiments here have a study of the same name."""
    settings = parse(data)
    plans = [expand(settings, name) for name in settings.experiments]
    return {study: set(ids) for plan in plans for study, ids in plan.batches.items()}


def both(**parameters):
    def edit(reset, adaptation):
        for experiment in (reset, adaptation):
            experiment["circuit"]["set"] |= {f"rs.{k}": v for k, v in parameters.items()}

    return edit


def study(name, **settings):
    def edit(reset, adaptation):
        {**reset["studies"], **adaptation["studies"]}[name].update(settings)

    return edit


def renamed_sweeps(reset, adaptation):
    for experiment in (reset, adaptation):
        (sweep,) = experiment["sweeps"].values()
        experiment["sweeps"] = {"other": sweep}


def other_form(reset, adaptation):
    reset["theories"]["corrected"]["form"] = "absolute"
    adaptation["theories"]["uncorrected"]["form"] = "absolute"


# Oracle: the table of config/README.md, "What runs again".
CHANGES = {
    "a parameter": (both(capacitance=110.0), ALL),
    "size": (both(size=150), {*NETWORKS, "traces"}),
    "recovery": (both(recovery="population"), {*NETWORKS, "traces"}),
    "truncation": (both(truncation=15.0), {*NETWORKS, "rates", "traces"}),
    "law": (both(law="lorentzian"), {*NETWORKS, "rates", "traces"}),
    "input": (
        lambda reset, _: reset.update(input={"rs": {"constant": 50.0}}),
        {"networks", "predictions"},
    ),
    "discard": (study("networks", discard=150.0), set()),
    "step": (study("networks", step=0.05), {"networks"}),
    "thresholds": (study("networks", thresholds="quantiles"), {"networks"}),
    "duration": (study("networks", duration=700.0), {"networks", "predictions"}),
    "record": (study("networks", record=["firing_rate"]), {"networks", "predictions"}),
    "form": (other_form, ALL - NETWORKS - {"rates"}),
    "diagrams": (study("diagrams", bounds=[0.0, 90.0]), {"diagrams"}),
    "rates": (study("rates", count=31), {"rates"}),
    "rise": (study("transitions", rise=2200.0), {"transitions"}),
    "hold_every": (study("transitions", hold_every=2), {"transitions"}),
    "transitions.points": (study("transitions", points=None), set()),
    "points.bounds": (study("points", bounds=[0.0, 90.0]), {"points"}),
    "planes": (study("planes", second_bounds=[0.0, 125.0]), {"planes"}),
    "traces": (study("traces", step=0.1), {"traces"}),
    "the name of a sweep": (renamed_sweeps, ALL - {"traces"}),
}


@pytest.fixture(scope="module")
def before():
    found = batches(config())
    assert set(found) == ALL
    return found


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_renews_the_batches_that_depend_on_it(before, change):
    edit, expected = CHANGES[change]
    data = config()
    edit(data["experiments"]["reset"], data["experiments"]["adaptation"])
    after = batches(data)
    assert {name for name in after if after[name] - before[name]} == expected


def test_the_seed_renews_what_draws_random_numbers(before):
    after = batches(config() | {"seed": 2})
    assert {name for name in after if after[name] - before[name]} == {*NETWORKS, "traces"}


def test_a_value_between_others_adds_its_own_results_only(before):
    """Oracle: one new value of the reset with two replicates and two theories, one new κ."""
    data = config()
    (reset,) = data["experiments"]["reset"]["sweeps"]["reset"]["axes"]
    (kappa,) = data["experiments"]["adaptation"]["sweeps"]["kappa"]["axes"]
    reset["values"] = [-60.0, -90.0, -120.0]
    kappa["values"] = [5.0, 10.0, 25.0, 100.0]
    new = {name: len(ids - before[name]) for name, ids in batches(data).items()}
    assert new == {
        "networks": 2, "predictions": 1, "diagrams": 1, "rates": 1,
        "transitions": 1, "points": 1, "planes": 0, "traces": 0,
    }, "the uncorrected mean field does not depend on the reset"  # fmt: skip
