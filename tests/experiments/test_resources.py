"""Predictions of time and memory: how they scale, and the table that compares them."""

import json

import pytest
from typer.testing import CliRunner

from ikmeanfield.cli import app
from ikmeanfield.experiments import expand, parse, resources
from ikmeanfield.experiments.resources import MIB, Need, Request


def simulated(size=1000, runs=4, replicates=1, sizes=None, **changes):
    settings = {"duration": 1000.0, "sample": 0.5, "step": 0.1, **changes}
    axes = [{"parameter": "rs.threshold_width", "linspace": [0.5, 4.0, float(runs)]}]
    axes += [{"parameter": "rs.size", "values": sizes}] if sizes else []
    experiment = {
        "circuit": {"preset": "truncated", "set": {} if sizes else {"rs.size": size}},
        "simulation": settings,
        "meanfield": {"corrected": {}},
        "sweeps": {"grid": {"axes": axes, "replicates": replicates}},
    }
    config = {"runs_per_job": 2, "experiments": {"one": experiment}}
    return expand(parse(config), "one")


def located(size=1000, rise=10_000.0):
    experiment = {
        "circuit": {"preset": "regular_spiking", "set": {"rs.size": size}},
        "transitions": {"population": "rs", "low": 20.0, "high": 70.0, "rise": rise},
        "continuation": {
            "parameter": "rs.input_current", "bounds": [0.0, 100.0],
            "second": "rs.adaptation", "second_bounds": [0.0, 130.0],
            "meanfield": {"uncorrected": {"reset_correction": False}},
            "diagrams": [25.0], "traces": [{"at": 25.0, "ramp": [[0.0, 20.0], [400.0, 50.0]]}],
        },
        "sweeps": {"kappa": {"axes": [{"parameter": "rs.adaptation", "values": [5.0, 25.0]}]}},
    }  # fmt: skip
    return expand(parse({"experiments": {"two": experiment}}), "two")


def test_memory_holds_at_least_the_arrays_of_the_largest_network():
    # Oracle: v, u and two forms of the threshold in double precision are 32 bytes a neuron, and
    # every saved state of a ramp (one in 200 ms) has v and u.
    base = resources.networks(simulated(size=1), 0).mib
    large = resources.networks(simulated(size=10**7), 0).mib
    assert large - base == pytest.approx(10**7 * 32 / MIB, rel=0.25)
    ramp = (1000.0 + 2 * 10_000.0) / 200.0
    more = resources.transitions(located(10**6), 0).mib - resources.transitions(located(1), 0).mib
    assert more == pytest.approx(10**6 * 16 * ramp / MIB, rel=0.25)


def test_memory_holds_what_is_recorded():
    # Oracle: a value is held in double and in single precision at once: at least 12 bytes.
    short, long = (resources.networks(simulated(duration=t), 0) for t in (1e3, 1e6))
    values = 2 * (1e6 - 1e3) / 0.5
    assert 12 * values / MIB < long.mib - short.mib < 40 * values / MIB


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_time_of_large_networks_is_proportional_to_neurons_and_steps(scheme):
    # Oracle: what is left without the cost that is there for a network of one neuron.
    def work(size, duration):
        def seconds(neurons):
            settings = {"scheme": scheme, "step": 0.1 if scheme == "exact" else 0.001}
            plan = simulated(size=neurons, duration=duration, **settings)
            return resources.networks(plan, 0).seconds

        return seconds(size) - seconds(1)

    assert work(10**6, 1e5) == pytest.approx(10 * work(10**5, 1e5), rel=0.01)
    assert work(10**6, 1e5) == pytest.approx(10 * work(10**6, 1e4), rel=0.1)


@pytest.mark.parametrize(
    ("predict", "make"),
    [(resources.networks, simulated), (resources.transitions, located)],
)
def test_more_neurons_never_need_less(predict, make):
    needs = [predict(make(size), 0) for size in (10**3, 10**4, 10**5, 10**6)]
    assert needs == sorted(needs, key=lambda need: need.seconds)
    assert needs == sorted(needs, key=lambda need: need.mib)
    assert needs[0].seconds < needs[-1].seconds


def test_replicates_and_sizes_share_a_mean_field():
    alone = resources.mean_fields(simulated(runs=1), 0)
    for plan in (simulated(runs=1, replicates=2), simulated(runs=1, sizes=[100, 200])):
        assert len(plan.batches[0]) == 2
        shared = resources.mean_fields(plan, 0)
        two = resources.mean_fields(simulated(runs=2), 0)
        assert alone.mib < shared.mib < two.mib
        assert shared.seconds < two.seconds


def test_requests_exceed_the_prediction_and_double():
    need = Need(seconds=600.0, mib=1000.0)
    request = Request(need, runs=100)
    assert request.mib() > need.mib
    assert request.minutes() * 60 > need.seconds
    assert request.mib(3) == pytest.approx(4 * request.mib(), abs=4)
    assert request.minutes(3) == pytest.approx(4 * request.minutes(), abs=4)
    assert Request(need, runs=100_000).mib() > request.mib()


def test_the_table_compares_what_was_measured(tmp_path):
    plan = simulated()
    plan.write(tmp_path / "plan.json")
    place = tmp_path / "benchmarks/spiking"
    place.mkdir(parents=True)
    need = resources.networks(plan, 1)
    lines = [{"s": 1.0, "max_rss": 1.0}, {"s": 3 * need.seconds, "max_rss": need.mib / 2}]
    (place / "batch-001.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = CliRunner().invoke(app, ["resources", str(tmp_path)])
    assert done.exit_code == 0
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines()}
    assert list(rows) == ["job", "spiking", "meanfield/corrected", "summary"]
    assert rows["spiking"][1] == "1/2"
    assert rows["spiking"][3:5] == [f"{need.mib / 2:.0f}", "0.50-0.50"]
    assert rows["spiking"][6:8] == [f"{3 * need.seconds:.1f}", "3.00-3.00"]
    assert rows["summary"][3:5] == ["-", "-"]


def test_diagrams_and_responses_are_predicted(tmp_path):
    """Oracle: without them less is needed; a diagram without cycles costs less than one with."""

    def planned(**beside):
        data = simulated().model_dump(include={"simulation", "meanfield"}, exclude_unset=True)
        experiment = {
            "circuit": {"preset": "truncated"}, **data, **beside,
            "sweeps": {"grid": {"axes": [
                {"parameter": "rs.threshold_width", "values": [0.5, 1.0, 2.0]}
            ]}},
        }  # fmt: skip
        return expand(parse({"runs_per_job": 2, "experiments": {"one": experiment}}), "one")

    follow = {"parameter": "rs.input_current", "bounds": [0.0, 100.0]}
    bare, with_cycles = planned(), planned(diagrams=follow)
    without = planned(diagrams={**follow, "cycles": False})
    rates = planned(response={"population": "rs", "currents": [0.0, 100.0]})
    assert resources.summary(rates).mib > resources.summary(bare).mib + 50
    assert resources.diagrams(without, 0).seconds < resources.diagrams(with_cycles, 0).seconds
    with_cycles.write(tmp_path / "plan.json")
    done = CliRunner().invoke(app, ["resources", str(tmp_path)])
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines()}
    assert rows["diagrams"][1] == "0/2"


def test_tables_and_figures_grow_with_what_they_read():
    # Oracle: a spectrum of 2049 frequencies in single precision per run and population.
    few, many = simulated(runs=2), simulated(runs=10_000)
    for predict in (resources.table, resources.figure):
        more = predict(many).mib - predict(few).mib
        assert 10_000 * 2049 * 4 / MIB < more < 5 * 10_000 * 2049 * 4 / MIB
        assert predict(many).seconds > predict(few).seconds
    both = resources.figure(few, many).mib
    assert both > resources.figure(many).mib


def test_one_batch_of_many_costs_what_its_own_runs_do():
    """Oracle: what a job needs hardly depends on the runs of other jobs."""
    few, many = (resources.networks(simulated(runs=n), 0) for n in (2, 10_000))
    assert many.seconds < few.seconds + 0.1
    assert many.mib < few.mib + 20


def test_a_damaged_benchmark_file_is_named(tmp_path):
    plan = located()
    plan.write(tmp_path / "plan.json")
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks/traces.jsonl").write_text('{"s": "x"}\n')
    done = CliRunner().invoke(app, ["resources", str(tmp_path)])
    assert done.exit_code == 1
    assert "traces.jsonl: not a benchmark file" in str(done.exception)
