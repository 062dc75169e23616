"""Profiles for clusters, and the configuration of a large sweep in docs/cluster.md."""

import re
from math import prod
from pathlib import Path
from statistics import median

import pytest
import yaml

from ikmeanfield.experiments import expand, parse
from ikmeanfield.studies import KINDS
from small import tiny

ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "workflow/profiles"
RULES = {study.rule for study in KINDS.values()}


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
    assert set(profile["set-resources"]) <= RULES


def test_the_documentation_names_the_rule_of_every_kind_of_study():
    text = (ROOT / "docs/cluster.md").read_text()
    assert {rule for rule in RULES if f"`{rule}`" in text} == RULES


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
        for rule in re.split(r"(?m)^(?= *rule\b)", path.read_text()):
            if "shell:" in rule:
                for word in ("threads:", "mem_mb=", "runtime="):
                    assert word in rule, f"{path.name}: {rule.splitlines()[0]} lacks {word}"


def test_the_large_sweep_of_the_documentation_has_jobs_of_ten_minutes():
    """Oracle: the predicted times of its jobs, on a twentieth of the grid."""
    config = documented()
    for name in ("slurm", "slurm-site"):
        profile = yaml.safe_load((PROFILES / name / "profile.yaml").read_text())
        assert profile["config"]["seconds_per_job"] == config["seconds_per_job"] == 600
    axes = config["experiments"]["large"]["sweeps"]["grid"]["axes"]
    assert prod(axis["linspace"][2] for axis in axes) == 100_000
    axes[0]["linspace"][2] /= 20
    plan = expand(parse(config), "large")
    seconds = [cost.seconds for cost in plan.batches["networks"].values()]
    assert max(seconds) < 610
    assert median(seconds) > 240
