"""Axes over settings of an experiment: what they change, what they leave, what is refused."""

import copy
import json

import numpy as np
import pytest

from ikmeanfield.datasets.runs import coordinates
from ikmeanfield.datasets.store import read
from ikmeanfield.experiments import expand, parse, read_plan
from ikmeanfield.inputs import steps
from ikmeanfield.inputs.settings import currents_of
from ikmeanfield.jobs.compute import compute_batch
from ikmeanfield.schema import ConfigError
from ikmeanfield.spiking import simulate

WIDTH = {"parameter": "rs.threshold_width", "values": [0.5, 1.0]}
PAIRS = [[0.0, 40.0], [4.0, 60.0]]
SIMULATED = {
    "circuit": {"preset": "regular_spiking", "set": {"rs.size": 40}},
    "input": {"rs": {"steps": PAIRS}},
    "theories": {"corrected": {"kind": "mean_field"}},
    "studies": {
        "networks": {"kind": "networks", "duration": 8.0, "sample": 1.0},
        "predictions": {"kind": "predictions"},
    },
    "sweeps": {"width": {"axes": [WIDTH]}},
}
LOCATED = {
    "circuit": {"preset": "regular_spiking", "set": {"rs.size": 40}},
    "theories": {"uncorrected": {"kind": "mean_field", "reset_correction": False}},
    "studies": {
        "transitions": {"kind": "transitions", "population": "rs", "low": 20.0, "high": 70.0},
        "points": {"kind": "points", "parameter": "rs.input_current", "bounds": [0.0, 100.0]},
        "planes": {
            "kind": "planes", "parameter": "rs.input_current", "bounds": [0.0, 100.0],
            "second": "rs.adaptation", "second_bounds": [0.0, 130.0],
        },
    },
    "sweeps": {"kappa": {"axes": [{"parameter": "rs.adaptation", "values": [10.0]}]}},
}  # fmt: skip


def plan_of(*axes, experiment=SIMULATED, fixed=None, **changes):
    """The plan of one sweep with these axes."""
    data = {**copy.deepcopy(experiment), **changes}
    if axes:
        data["sweeps"] = {"grid": {"axes": list(axes), "set": fixed or {}}}
    return expand(parse({"experiments": {"x": data}}), "x")


def keys(plan, study="networks"):
    """Keys and seeds of the work of a study."""
    return [(item.key, item.seed) for item in plan.all_items(study)]


def axis(path, *values):
    return {"parameter": path, "values": list(values)}


def test_every_run_carries_its_settings_and_a_key_of_its_own():
    plan = plan_of(axis("networks.step", 0.1, 0.2), axis("networks.thresholds", "random"))
    assert [plan.study("networks", run).step for run in plan.runs] == [0.1, 0.2]
    assert {plan.study("networks", run).thresholds for run in plan.runs} == {"random"}
    assert len(set(keys(plan))) == 2


def test_a_run_with_a_setting_is_the_run_of_an_experiment_with_that_setting():
    # Oracle: the same setting written into the experiment itself.
    networks = {**SIMULATED["studies"]["networks"], "scheme": "euler", "step": 0.005}
    written = plan_of(WIDTH, studies={"networks": networks})
    varied = plan_of(WIDTH, fixed={"networks.scheme": "euler", "networks.step": 0.005})
    assert keys(varied) == keys(written)
    assert varied.engines["networks"] == ["euler"]


def test_the_default_step_follows_the_scheme():
    plan = plan_of(axis("networks.scheme", "exact", "euler"))
    assert [plan.study("networks", run).step for run in plan.runs] == [1 / 3, 0.001]


def test_theories_do_not_know_the_networks_settings():
    plan = plan_of(axis("networks.step", 0.1, 0.2), axis("networks.thresholds", "quantiles"))
    assert len(keys(plan, "predictions")) == 1
    plan = plan_of(
        axis("transitions.step", 0.1, 0.2), axis("rs.adaptation", 10.0), experiment=LOCATED
    )
    assert [plan.study("transitions", run).step for run in plan.runs] == [0.1, 0.2]
    assert len(set(keys(plan, "transitions"))) == 2
    assert len(keys(plan, "points")) == 1
    assert keys(plan, "planes") == keys(plan_of(experiment=LOCATED), "planes")


def test_settings_are_coordinates_with_units_and_survive_the_plans_file(tmp_path):
    plan = plan_of(axis("networks.step", 0.1, 0.2), axis("networks.thresholds", "quantiles"))
    found = coordinates(plan, plan.runs)
    np.testing.assert_array_equal(found["networks_step"][1], [0.1, 0.2])
    assert found["networks_step"][2]["units"] == "ms"
    assert found["networks_thresholds"][1] == ["quantiles"] * 2
    plan.write(tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan


def test_an_input_is_scaled_and_moved():
    # Oracle: the steps written out by hand.
    plan = plan_of(axis("input.rs.scale", 1.0, 2.0), axis("input.rs.offset", 0.0, -5.0))
    time = np.array([0.0, 3.9, 4.1])
    for run, (scale, offset) in zip(
        plan.runs, [(1.0, 0.0), (1.0, -5.0), (2.0, 0.0), (2.0, -5.0)], strict=True
    ):
        by_hand = steps([(t, scale * value + offset) for t, value in PAIRS])
        np.testing.assert_allclose(currents_of(plan.inputs(run))["rs"](time), by_hand(time))
    assert len(keys(plan, "predictions")) == 4
    assert keys(plan)[0] == keys(plan_of(axis("rs.size", 40)))[0], "1 and 0 change nothing"
    units = [plan.unit(f"input.rs.{name}") for name in ("scale", "offset")]
    assert units == ["1", "pA"]


def test_networks_are_simulated_with_the_settings_of_their_run(tmp_path):
    # Oracle: the library called by hand with scheme, step, input and seed of each run.
    plan = plan_of(axis("networks.scheme", "exact", "euler"), axis("input.rs.offset", 0.0, 9.0))
    (name,) = plan.batches["networks"]
    assert plan.engines["networks"] == ["euler", "exact"]
    compute_batch(plan, "networks", name, tmp_path / "batch.nc")
    batch = read(tmp_path / "batch.nc")
    assert json.loads(str(batch["settings"].values[3]))["networks.step"] == 0.001
    for number, (run, scheme, offset) in enumerate(
        zip(plan.runs, ["exact", "exact", "euler", "euler"], [0.0, 9.0] * 2, strict=True)
    ):
        by_hand = simulate(
            run.circuit, {"rs": steps([(t, value + offset) for t, value in PAIRS])}, duration=8.0,
            sample=1.0, scheme=scheme, step={"exact": 1 / 3, "euler": 0.001}[scheme],
            seed=keys(plan)[number][1],
        )  # fmt: skip
        found = batch["firing_rate"].isel(item=number).values
        np.testing.assert_array_equal(found, by_hand["firing_rate"].values.astype(np.float32))


# Oracle: the path, and the reason or what is allowed, must be in the message.
WRONG = {
    "duration": (axis("networks.duration", 8.0), ["networks.duration", "one time axis"]),
    "sample": (axis("networks.sample", 1.0), ["networks.sample", "one time axis"]),
    "record": (axis("networks.record", "recovery"), ["networks.record", "same series"]),
    "unknown setting": (axis("networks.steps", 0.1), ["networks.steps", "networks.scheme"]),
    "step does not divide": (axis("networks.step", 0.3), ["grid at", "networks.step", "0.3"]),
    "unknown scheme": (axis("networks.scheme", "rk4"), ["networks.scheme", "rk4", "exact"]),
    "absent study": (axis("transitions.step", 0.1), ["transitions.step", "no study 'transitions'"]),
    "a key that moved": (
        axis("simulation.step", 0.1),
        ["simulation.step", "no study 'simulation'"],
    ),
    "absent input": (axis("input.fs.scale", 1.0), ["input.fs.scale", "has no `input.fs`"]),
    "shape of an input": (axis("input.rs.constant", 1.0), ["input.rs.constant", "scale, offset"]),
    "nothing moves": (axis("networks.step", 0.1, 0.1), ["networks.step = 0.1", "twice"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_a_sweep_may_not_vary_is_refused_with_the_reason(name):
    given, words = WRONG[name]
    with pytest.raises(ConfigError) as refusal:
        plan_of(given)
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("path", "reason"),
    [("transitions.rise", "time axis"), ("transitions.settle", "time axis"),
     ("transitions.high", "one plane")],
)  # fmt: skip
def test_a_ramp_may_not_vary_within_an_experiment(path, reason):
    with pytest.raises(ConfigError, match=f"{path} cannot vary.*{reason}.*two experiments"):
        plan_of(axis(path, 2000.0), experiment=LOCATED)


def test_a_step_must_fit_the_circuit_of_its_grid_point():
    studies = {"networks": {"kind": "networks", "duration": 60.0, "sample": 30.0}}
    words = r"networks\.step = 30.*: networks: step = 30 ms is longer.*synaptic_time = 6"
    with pytest.raises(ConfigError, match=words):
        plan_of(axis("networks.step", 0.1, 30.0), studies=studies)


def test_names_that_paths_use_otherwise_are_refused_for_populations():
    population = plan_of().runs[0].circuit.populations["rs"].model_dump()
    population["synapses"] = {}
    for name in ("all", "input"):
        with pytest.raises(ConfigError, match=f"may not be called '{name}'"):
            plan_of(axis(f"{name}.size", 1), circuit={"populations": {name: population}}, input={})


def test_two_paths_with_one_name_in_the_data_are_refused():
    population = plan_of().runs[0].circuit.populations["rs"].model_dump()
    synapse = population["synapses"].pop("ampa")
    del population["synapses"]
    populations = {
        "a": {**population, "synapses": {"b_c": {**synapse, "weights": {"a": 1.0}}}},
        "a_b": {**population, "synapses": {"c": {**synapse, "weights": {"a": 1.0}}}},
    }
    with pytest.raises(ConfigError, match="would both be called a_b_c_conductance"):
        plan_of(
            axis("a.b_c.conductance", 1.0), axis("a_b.c.conductance", 1.0),
            circuit={"populations": populations}, input={},
        )  # fmt: skip
