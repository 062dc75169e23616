"""Profiles for clusters, and the configuration of a large sweep in docs/cluster.md."""

import copy
import re
from math import prod
from pathlib import Path

import pytest
import yaml

from ikmeanfield.experiments import expand, parse
from ikmeanfield.studies import KINDS
from small import tiny

ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "workflow/profiles"


def documented():
    text = (ROOT / "docs/cluster.md").read_text()
    (block,) = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    return yaml.safe_load(block)


@pytest.mark.parametrize("name", ["slurm", "slurm-site"])
def test_a_profile_says_what_every_cluster_needs(name):
    profile = yaml.safe_load((PROFILES / name / "profile.yaml").read_text())
    assert profile["executor"] == "slurm"
    assert profile["retries"] >= 1, "a job that was killed must be tried again"
    assert "slurm_partition" in profile["default-resources"]
    assert profile["slurm-status-command"] == {"slurm": "squeue", "slurm-site": "sacct"}[name]
    assert profile["rerun-incomplete"]
    # the rules know these better; a default would hide a rule that forgot them
    assert not {"mem_mb", "runtime"} & set(profile["default-resources"])


def test_the_site_profile_names_rules_that_exist():
    profile = yaml.safe_load((PROFILES / "slurm-site/profile.yaml").read_text())
    rules = {kind.rule for kind in KINDS.values()}
    assert set(profile["set-resources"]) <= rules


@pytest.mark.parametrize(
    ("name", "partition"),
    [("slurm", "slurm_partition=main"), ("slurm-site", "slurm_partition=long")],
)
def test_snakemake_takes_the_profile(finished, name, partition):
    """Oracle: what Snakemake says a job of networks would ask for, by a dry run."""
    pytest.importorskip("snakemake_executor_plugin_slurm")
    profile = finished.checkout / "workflow/profiles" / name
    text = finished.run(tiny(seed=9), "--dry-run", "--profile", str(profile), cores=1)
    _, _, job = text.partition("rule simulate_networks:")
    asked = next(line for line in job.splitlines() if "resources:" in line)
    assert partition in asked
    assert "mem_mb=" in asked
    assert "runtime=" in asked


def test_every_rule_with_a_command_states_its_resources():
    for path in (ROOT / "workflow/rules").glob("*.smk"):
        for rule in re.split(r"(?m)^ *(?=rule\b)", path.read_text()):
            if "shell:" in rule:
                for word in ("threads:", "mem_mb=", "runtime="):
                    assert word in rule, f"{path.name}: {rule.splitlines()[0]} lacks {word}"


def test_the_large_sweep_of_the_documentation_has_jobs_of_ten_minutes():
    config = documented()
    axes = config["experiments"]["large"]["sweeps"]["grid"]["axes"]
    assert prod(axis["linspace"][2] for axis in axes) == 100_000
    size = config["runs_per_job"]
    assert 100_000 / size == 100
    one = copy.deepcopy(config)  # the first batch alone, which is the same in the large sweep
    one["experiments"]["large"]["sweeps"]["grid"]["axes"][0]["linspace"][2] = size / 250
    plan = expand(parse(one), "large")
    assert len(plan.batches) == 1
    assert 300 < resources.networks(plan, 0).seconds < 1800
