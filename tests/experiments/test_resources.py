"""Predictions of time and memory: how they scale, and the table that compares them."""

import json
from functools import cache

import pytest
from typer.testing import CliRunner

from ikmeanfield.cli import app
from ikmeanfield.experiments import expand, parse
from ikmeanfield.jobs.products import figure_cost, summary_cost
from ikmeanfield.studies.cost import MIB, Cost, requested_mib, requested_minutes


def simulated(size=1000, runs=4, replicates=1, sizes=None, beside=None, **changes):
    settings = {"kind": "networks", "duration": 1000.0, "sample": 0.5, "step": 0.1, **changes}
    axes = [{"parameter": "rs.threshold_width", "linspace": [0.5, 4.0, float(runs)]}]
    axes += [{"parameter": "rs.size", "values": sizes}] if sizes else []
    experiment = {
        "circuit": {"preset": "truncated", "set": {} if sizes else {"rs.size": size}},
        "theories": {"corrected": {"kind": "mean_field"}},
        "studies": {"networks": settings, "predictions": {"kind": "predictions"},
                    **(beside or {})},
        "sweeps": {"grid": {"axes": axes, "replicates": replicates}},
    }  # fmt: skip
    config = {"runs_per_job": 2, "experiments": {"one": experiment}}
    return expand(parse(config), "one")


def located(size=1000, rise=10_000.0):
    experiment = {
        "circuit": {"preset": "regular_spiking", "set": {"rs.size": size}},
        "theories": {"uncorrected": {"kind": "mean_field", "reset_correction": False}},
        "studies": {
            "transitions": {
                "kind": "transitions", "population": "rs", "low": 20.0, "high": 70.0, "rise": rise,
            },
            "traces": {
                "kind": "traces", "theory": "uncorrected", "population": "rs",
                "parameter": "rs.adaptation",
                "ramps": [{"at": 25.0, "ramp": [[0.0, 20.0], [400.0, 50.0]]}],
            },
        },
        "sweeps": {"kappa": {"axes": [{"parameter": "rs.adaptation", "values": [5.0, 25.0]}]}},
    }  # fmt: skip
    return expand(parse({"experiments": {"two": experiment}}), "two")


@cache
def of_many_networks():
    """Ten thousand of them, which takes seconds to plan."""
    return simulated(runs=10_000)


def first(plan, study):
    """What the first batch of a study is predicted to take."""
    return next(iter(plan.batches[study].values()))


def networks(plan):
    return first(plan, "networks")


def transitions(plan):
    return first(plan, "transitions")


def test_memory_holds_at_least_the_arrays_of_the_largest_network():
    # Oracle: v, u and two forms of the threshold in double precision are 32 bytes a neuron, and
    # every saved state of a ramp (one in 200 ms) has v and u.
    base = networks(simulated(size=1)).mib
    large = networks(simulated(size=10**7)).mib
    assert large - base == pytest.approx(10**7 * 32 / MIB, rel=0.25)
    ramp = (1000.0 + 2 * 10_000.0) / 200.0
    more = transitions(located(10**6)).mib - transitions(located(1)).mib
    assert more == pytest.approx(10**6 * 16 * ramp / MIB, rel=0.25)


def test_memory_holds_what_is_recorded():
    # Oracle: a value is held in double and in single precision at once: at least 12 bytes.
    short, long = (networks(simulated(duration=t)) for t in (1e3, 1e6))
    values = (1e6 - 1e3) / 0.5
    values *= len(next(iter(simulated().work)))
    assert 12 * values / MIB < long.mib - short.mib < 40 * values / MIB


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_time_of_large_networks_is_proportional_to_neurons_and_steps(scheme):
    # Oracle: what is left without the cost that is there for a network of one neuron.
    def work(size, duration):
        def seconds(neurons):
            settings = {"scheme": scheme, "step": 0.1 if scheme == "exact" else 0.001}
            plan = simulated(size=neurons, duration=duration, **settings)
            return sum(cost.seconds for cost in plan.batches["networks"].values())

        return seconds(size) - seconds(1)

    assert work(10**6, 1e5) == pytest.approx(10 * work(10**5, 1e5), rel=0.01)
    assert work(10**6, 1e5) == pytest.approx(10 * work(10**6, 1e4), rel=0.1)


@pytest.mark.parametrize(
    ("predict", "make"),
    [(networks, simulated), (transitions, located)],
)
def test_more_neurons_never_need_less(predict, make):
    needs = [predict(make(size)) for size in (10**3, 10**4, 10**5, 10**6)]
    assert needs == sorted(needs, key=lambda need: need.seconds)
    assert needs == sorted(needs, key=lambda need: need.mib)
    assert needs[0].seconds < needs[-1].seconds


def test_replicates_and_sizes_share_a_prediction():
    """Oracle: one item, and so the cost of one."""
    alone = first(simulated(runs=1), "predictions")
    for plan in (simulated(runs=1, replicates=2), simulated(runs=1, sizes=[100, 200])):
        assert len(plan.runs) == 2
        (item,) = plan.all_items("predictions")
        assert item.runs == [0, 1]
        assert first(plan, "predictions").seconds == pytest.approx(alone.seconds, abs=1e-4)


def test_costs_add_up_but_for_peaks():
    """Oracle: by hand."""
    both = Cost(seconds=1.0, kept=10.0, peak=5.0) + Cost(seconds=2.0, kept=1.0, peak=8.0)
    assert both == Cost(seconds=3.0, kept=11.0, peak=8.0)
    assert both.mib == 19.0


def test_requests_exceed_the_prediction_and_double():
    need = Cost(seconds=600.0, kept=1000.0)
    assert requested_mib(need, 100) > need.mib
    assert requested_minutes(need, 100) * 60 > need.seconds
    assert requested_mib(need, 100, 3) == pytest.approx(4 * requested_mib(need, 100), abs=4)
    assert requested_minutes(need, 100, 3) == pytest.approx(4 * requested_minutes(need, 100), abs=4)
    assert requested_mib(need, 100_000) > requested_mib(need, 100)


def test_the_table_compares_what_was_measured(tmp_path):
    plan = simulated()
    plan.write(tmp_path / "plan.json")
    place = tmp_path / "benchmarks/networks"
    place.mkdir(parents=True)
    batch, need = list(plan.batches["networks"].items())[1]
    lines = [{"s": 1.0, "max_rss": 1.0}, {"s": 3 * need.seconds, "max_rss": need.mib / 2}]
    (place / f"batch-{batch}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = CliRunner().invoke(app, ["resources", str(tmp_path)])
    assert done.exit_code == 0
    rows = {line.split("  ")[0]: line.split() for line in done.stdout.splitlines()}
    assert list(rows) == [
        "jobs", "networks", "networks summary", "predictions", "predictions summary",
    ]  # fmt: skip
    assert rows["networks"][1] == f"1/{len(plan.batches['networks'])}"
    assert rows["networks"][3:5] == [f"{need.mib / 2:.0f}", "0.50-0.50"]
    assert rows["networks"][6:8] == [f"{3 * need.seconds:.1f}", "3.00-3.00"]
    assert rows["networks summary"][4:6] == ["-", "-"]


def test_diagrams_and_rates_are_predicted():
    """Oracle: a diagram without cycles costs less than one with; rates load more kernels."""
    follow = {"kind": "diagrams", "parameter": "rs.input_current", "bounds": [0.0, 100.0]}
    rates = {"kind": "rates", "population": "rs", "currents": [0.0, 100.0]}
    plan = simulated(beside={"d": follow, "without": {**follow, "cycles": False}, "r": rates})
    assert first(plan, "without").seconds < first(plan, "d").seconds
    assert first(plan, "r").mib > first(plan, "predictions").mib + 50


def test_summaries_and_figures_grow_with_what_they_read():
    # Oracle: a spectrum of 2049 frequencies in single precision per run and population.
    few, many = simulated(runs=2), of_many_networks()
    predictions = (lambda plan: summary_cost(plan, "networks"), lambda plan: figure_cost([plan]))
    for predict in predictions:
        more = predict(many).mib - predict(few).mib
        assert 10_000 * 2049 * 4 / MIB < more < 5 * 10_000 * 2049 * 4 / MIB
        assert predict(many).seconds > predict(few).seconds
    assert figure_cost([few, many]).mib > figure_cost([many]).mib


def test_one_batch_of_many_costs_what_its_own_runs_do():
    """Oracle: what a job needs hardly depends on the runs of other jobs."""
    few, many = networks(simulated(runs=2)), networks(of_many_networks())
    assert many.seconds < few.seconds + 0.2
    assert many.mib < few.mib + 20


def test_a_damaged_benchmark_file_is_named(tmp_path):
    plan = located()
    plan.write(tmp_path / "plan.json")
    (batch,) = plan.batches["traces"]
    (tmp_path / "benchmarks/traces").mkdir(parents=True)
    file = f"batch-{batch}.jsonl"
    (tmp_path / "benchmarks/traces" / file).write_text('{"s": "x"}\n')
    done = CliRunner().invoke(app, ["resources", str(tmp_path)])
    assert done.exit_code == 1
    assert f"{file}: not a benchmark file" in str(done.exception)
