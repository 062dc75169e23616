"""Wrong configurations, made from the schema: every one refused by name before any job runs."""

import random
from pathlib import Path

import pytest
import yaml
from folders import Folder
from mutations import mutations

from ikmeanfield.experiments import expand, parse
from ikmeanfield.schema import ConfigError

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.name for path in (ROOT / "config").glob("*.yaml"))


def refusal(data):
    """What a wrong configuration is refused with; empty if it is not."""
    try:
        config = parse(data)
        for name in config.experiments:
            expand(config, name)
    except ConfigError as error:
        return str(error)
    return ""


def written_out():
    """A configuration with what the shipped ones leave to presets and defaults."""
    data = yaml.safe_load((ROOT / "config/quick.yaml").read_text())
    experiment = data["experiments"]["truncation"]
    plan = expand(parse(data), "truncation")
    circuit = plan.runs[0].circuit.model_dump()
    experiment["circuit"] = {**circuit, "set": {"rs.size": 1000}}
    experiment["input"] = {"rs": {"ramp": [[0.0, 50.0], [100.0, 60.0]]}}
    pairs = {"rs.peak_potential": [50.0, 40.0], "rs.reset_potential": [-90.0, -100.0]}
    spaced = {"parameter": "rs.adaptation", "geomspace": [1.0, 100.0, 3]}
    experiment["sweeps"] = {"grid": {"axes": [{"paired": pairs}, spaced], "replicates": 2}}
    del data["figures"]["fig4"]
    del data["claims"]  # some need the sweeps that this experiment had
    return data


def configuration(name):
    if name == "written out":
        return written_out()
    return yaml.safe_load((ROOT / "config" / name).read_text())


@pytest.mark.parametrize("name", [*SHIPPED, "written out"])
def test_every_wrong_configuration_is_refused_by_key(name, record_property):
    """Oracle: the schema says that it is wrong; the message must hold the key that was changed."""
    data = configuration(name)
    assert refusal(data) == ""
    tried, accepted, unnamed = 0, [], []
    for mutation in mutations(data):
        tried += 1
        text = refusal(mutation.data)
        if not text:
            accepted.append(f"{mutation.key} {mutation.what}")
        elif mutation.key not in text:
            unnamed.append(f"{mutation.key} {mutation.what}: {text[:200]}")
    assert not accepted
    assert not unnamed
    assert tried > 200
    record_property(f"mutations of {name} refused", tried)


def test_snakemake_refuses_before_any_job(undisturbed, tmp_path):
    """Oracle: the same key in Snakemake's output; no job, no results, no traceback.

    Only the kernels are there, which the tests themselves have copied.
    """
    chosen = random.Random(1).sample(list(mutations(configuration("quick.yaml"))), 5)
    for number, mutation in enumerate(chosen):
        folder = Folder(undisturbed.checkout, tmp_path / str(number))
        folder.folder.mkdir()
        text = folder.run(mutation.data, check=False)
        assert "The configuration is wrong" in text
        assert mutation.key in text, mutation.what
        assert "Job stats" not in text
        assert "Traceback" not in text
        assert [path.name for path in (folder.folder / "results").iterdir()] == ["kernels"]
