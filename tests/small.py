"""Configurations of small, short networks for the whole workflow."""


def tiny(**changes):
    """Eight runs of three different networks, small and short, in two batches."""
    width = {"parameter": "rs.threshold_width", "values": [0.5, 2.0]}
    cutoff = {"parameter": "rs.truncation", "values": [40.0, 5.0]}
    fixed = {"rs.truncation": 40.0}
    return {
        "seed": 1,
        "runs_per_job": 2,
        "experiments": {
            "truncation": {
                "circuit": {"preset": "truncated", "set": {"rs.size": 200}},
                "theories": {"corrected": {"kind": "mean_field"}},
                "studies": {
                    "networks": {
                        "kind": "networks",
                        "duration": 500.0,
                        "discard": 100.0,
                        "sample": 0.1,
                        "step": 0.1,
                    },
                    "predictions": {"kind": "predictions"},
                },
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
                "theories": {"uncorrected": {"kind": "mean_field", "reset_correction": False}},
                "studies": {
                    "transitions": {
                        "kind": "transitions", "population": "rs", "low": 20.0, "high": 70.0,
                        "settle": 400.0, "rise": 2000.0, "points": "points",
                    },
                    "points": {
                        "kind": "points", "parameter": "rs.input_current",
                        "bounds": [0.0, 100.0], "planes": "planes",
                    },
                    "planes": {
                        "kind": "planes", "parameter": "rs.input_current",
                        "bounds": [0.0, 100.0], "second": "rs.adaptation",
                        "second_bounds": [0.0, 130.0], "diagrams": [25.0],
                    },
                    "traces": {
                        "kind": "traces", "theory": "uncorrected", "population": "rs",
                        "parameter": "rs.adaptation", "ramps": [{"at": 25.0, "ramp": ramp}],
                    },
                },
                "sweeps": {
                    "kappa": {
                        "axes": [{"parameter": "rs.adaptation", "values": [5.0, 25.0, 100.0]}]
                    }
                },
            }
        },
        "figures": {"fig1": "adaptation", "overview": "adaptation"},
    }  # fmt: skip


def all_kinds():
    """The same with the kinds of study that `tiny` has and with single neurons, on one grid."""
    config = tiny_adaptation()
    config["experiments"]["adaptation"]["studies"] |= {
        "networks": {"kind": "networks", "duration": 100.0, "sample": 1.0},
        "predictions": {"kind": "predictions"},
        "diagrams": {
            "kind": "diagrams", "parameter": "rs.input_current", "bounds": [0.0, 80.0],
            "cycles": False,
        },
        "rates": {"kind": "rates", "population": "rs", "currents": [0.0, 100.0], "count": 11},
    }  # fmt: skip
    return config


def tiny_settings():
    """Two schemes and two inputs, in two populations of a few neurons: eight runs in a batch."""
    return {
        "seed": 1,
        "experiments": {
            "schemes": {
                "circuit": {"preset": "excitatory_inhibitory", "set": {"*.size": 20}},
                "input": {"rs": {"steps": [[0.0, 40.0], [20.0, 60.0]]}},
                "theories": {"corrected": {"kind": "mean_field"}},
                "studies": {
                    "networks": {"kind": "networks", "duration": 40.0, "sample": 1.0, "step": 0.1},
                    "predictions": {"kind": "predictions"},
                },
                "sweeps": {
                    "grid": {
                        "set": {"*.threshold_width": 0.5},
                        "axes": [
                            {"parameter": "networks.scheme", "values": ["exact", "euler"]},
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
                "theories": {
                    "corrected": {"kind": "mean_field"},
                    "uncorrected": {"kind": "mean_field", "reset_correction": False},
                },
                "studies": {
                    "networks": {
                        "kind": "networks", "duration": 600.0, "discard": 100.0, "sample": 1.0,
                        "step": 0.1, "record": ["firing_rate", "synaptic_activation"],
                    },
                    "predictions": {"kind": "predictions"},
                    "diagrams": {
                        "kind": "diagrams", "parameter": "rs.input_current",
                        "bounds": [0.0, 100.0],
                    },
                    "rates": {
                        "kind": "rates", "population": "rs", "currents": [0.0, 200.0],
                        "count": 21,
                    },
                },
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


def both(**changes):
    """Studies of many kinds in two experiments, and two figures, of small, short networks."""
    series, points = tiny(), tiny_adaptation()
    truncation, adaptation = (
        series["experiments"]["truncation"],
        points["experiments"]["adaptation"],
    )
    truncation["circuit"]["set"]["rs.size"] = 100
    truncation["studies"]["diagrams"] = {
        "kind": "diagrams", "parameter": "rs.input_current", "bounds": [0.0, 100.0],
        "sweeps": ["width"],
    }  # fmt: skip
    adaptation["circuit"]["set"] = {"rs.size": 100}
    adaptation["studies"]["transitions"] |= {"settle": 200.0, "rise": 1000.0}
    return {
        "seed": 1,
        "runs_per_job": 2,
        "experiments": {"truncation": truncation, "adaptation": adaptation},
        "figures": {"fig4": "truncation", "fig1": "adaptation"},
        **changes,
    }
