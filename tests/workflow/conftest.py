"""The workflow through the real Snakemake, on a copy of the checkout that tests may edit."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "workflow", "profiles", "config", "envs", "src")


def tiny(**changes):
    """Eight runs of small, short networks in three batches."""
    width = {"parameter": "rs.threshold_width", "values": [0.5, 2.0]}
    cutoff = {"parameter": "rs.truncation", "values": [40.0, 5.0]}
    fixed = {"rs.truncation": 40.0}
    return {
        "seed": 1,
        "runs_per_job": 3,
        "experiments": {
            "truncation": {
                "circuit": {"preset": "truncated", "set": {"rs.size": 200}},
                "simulation": {"duration": 500.0, "discard": 100.0, "sample": 0.1, "step": 0.1},
                "meanfield": {"corrected": {}},
                "sweeps": {
                    "width": {"set": fixed, "axes": [width]},
                    "cutoff": {"axes": [cutoff]},
                    "width_spectra": {"set": fixed, "axes": [width]},
                    "cutoff_spectra": {"axes": [cutoff]},
                },
            }
        },
        "figures": {"fig4": "truncation", "runs": {"draw": "overview", "from": ["truncation"]}},
        **changes,
    }


def tiny_adaptation():
    """Three small networks on short ramps in two batches, with traces and a diagram."""
    ramp = [[0.0, 20.0], [200.0, 50.0], [400.0, 20.0]]
    return {
        "seed": 1,
        "runs_per_job": 2,
        "experiments": {
            "adaptation": {
                "circuit": {"preset": "regular_spiking", "set": {"rs.size": 300}},
                "transitions": {
                    "population": "rs", "low": 20.0, "high": 70.0, "settle": 400.0,
                    "rise": 2000.0,
                },
                "continuation": {
                    "parameter": "rs.input_current", "bounds": [0.0, 100.0],
                    "second": "rs.adaptation", "second_bounds": [0.0, 130.0],
                    "meanfield": {"uncorrected": {"reset_correction": False}},
                    "diagrams": [25.0], "traces": [{"at": 25.0, "ramp": ramp}],
                },
                "sweeps": {
                    "kappa": {
                        "axes": [{"parameter": "rs.adaptation", "values": [5.0, 25.0, 100.0]}]
                    }
                },
            }
        },
        "figures": {"fig1": "adaptation", "plane": {"draw": "overview", "from": ["adaptation"]}},
    }  # fmt: skip


def tiny_settings():
    """Two schemes and two inputs, in two populations of a few neurons: eight runs in a batch."""
    return {
        "seed": 1,
        "experiments": {
            "schemes": {
                "circuit": {"preset": "excitatory_inhibitory", "set": {"*.size": 20}},
                "input": {"rs": {"steps": [[0.0, 40.0], [20.0, 60.0]]}},
                "simulation": {"duration": 40.0, "sample": 1.0, "step": 0.1},
                "meanfield": {"corrected": {}},
                "sweeps": {
                    "grid": {
                        "set": {"*.threshold_width": 0.5},
                        "axes": [
                            {"parameter": "simulation.scheme", "values": ["exact", "euler"]},
                            {"parameter": "input.rs.offset", "values": [0.0, 10.0]},
                        ],
                        "replicates": 2,
                    }
                },
            }
        },
        "figures": {"overview": "schemes"},
    }


def tiny_reset():
    """Four small networks, replicates in different batches, with diagrams and responses."""
    return {
        "seed": 1,
        "runs_per_job": 3,
        "experiments": {
            "reset": {
                "circuit": {
                    "preset": "regular_spiking",
                    "set": {
                        "rs.size": 200, "rs.threshold_width": 0.5, "rs.recovery_coupling": 0.0,
                        "rs.adaptation": 0.0, "rs.peak_potential": 50.0,
                    },
                },
                "input": {"rs": {"steps": [[0.0, 50.0], [200.0, 70.0]]}},
                "simulation": {
                    "duration": 600.0, "discard": 100.0, "sample": 1.0, "step": 0.1,
                    "record": ["firing_rate", "synaptic_activation"],
                },
                "meanfield": {
                    "corrected": {}, "uncorrected": {"reset_correction": False},
                },
                "diagrams": {"parameter": "rs.input_current", "bounds": [0.0, 100.0]},
                "response": {"population": "rs", "currents": [0.0, 200.0], "count": 21},
                "sweeps": {
                    "reset": {
                        "axes": [{"parameter": "rs.reset_potential", "values": [-60.0, -120.0]}],
                        "replicates": 2,
                    }
                },
            }
        },
        "figures": {"fig2": "reset"},
    }  # fmt: skip


@dataclass
class Workflow:
    """A copy of the checkout and a folder to work in."""

    checkout: Path
    folder: Path

    def run(self, config, *options, cores=2, check=True):
        """Snakemake's output on a configuration."""
        given = []
        if config is not None:
            file = self.folder / "given.yaml"
            file.write_text(yaml.safe_dump(config))
            given = ["--configfile", str(file)]
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        command = [
            sys.executable, "-m", "snakemake", "--snakefile", str(self.checkout / "Snakefile"),
            "--directory", str(self.folder), *given, "--cores", str(cores), *options,
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=self.checkout, env=environment, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        text = done.stdout + done.stderr
        assert not check or done.returncode == 0, text
        return text

    def planned(self, config, *options):
        """How often each rule would run."""
        text = self.run(config, "--dry-run", *options)
        if "Nothing to be done" in text:
            return {}
        table = text.partition("Job stats:")[2].partition("total")[0].splitlines()[3:]
        counts = {line.split()[0]: int(line.split()[1]) for line in table if line.strip()}
        counts.pop("default", None)
        return counts

    @property
    def experiment(self):
        return self.folder / "results/truncation"


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A workflow that has run to its end; tests bring it back to that state."""
    checkout = tmp_path_factory.mktemp("checkout")
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, checkout / part, ignore=ignore)
        elif source.exists():
            shutil.copy(source, checkout / part)
    workflow = Workflow(checkout, tmp_path_factory.mktemp("work"))
    workflow.run(tiny())
    return workflow


@pytest.fixture(scope="session")
def located(finished):
    """The same folder after an experiment that looks for transitions has run to its end."""
    finished.run(tiny_adaptation())
    return finished


@pytest.fixture(scope="session")
def compared(finished):
    """The same folder after the experiment with diagrams and replicates has run to its end."""
    finished.run(tiny_reset())
    return finished
