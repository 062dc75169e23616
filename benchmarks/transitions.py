"""Network time of the searches for transitions at constant current, per grid point.

    python benchmarks/transitions.py [grid point ...]

Prints, for grid points of the paper's Figs. 1 and 3 (κ of the adaptation experiment; reset
potential and Δ_fs of the circuit), how much network time the searches take, in durations of the
ramp: for each activity, in all, how much of it found nothing, and as a ratio to what the searches
took when every hold had a fixed length and every state was confirmed. The last line is the ratio
over all grid points. Unlike processor time, network time does not depend on the machine's load.
"""

from __future__ import annotations

import sys
from time import process_time

import numpy as np

from ikmeanfield.analysis.transitions import CIRCUIT, locate
from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking

SIZE = 10_000
FIXED_HOLDS = {
    "kappa=10": 1.547, "kappa=30": 1.591, "kappa=40": 1.614, "kappa=60": 1.644,
    "kappa=80": 1.943, "kappa=100": 1.944, "kappa=120": 1.938,
    "v_0=-1000,width=0.01": 1.949, "v_0=-1000,width=0.1706": 1.424, "v_0=-1000,width=0.3312": 1.612,
    "v_0=-1000,width=0.813": 1.302, "v_0=-100,width=0.1706": 1.080, "v_0=-100,width=0.3312": 1.377,
}  # fmt: skip
"""Network time of the searches with fixed holds, in durations of the ramp."""
PEAKS = {-1000.0: 1000.0, -100.0: 50.0, -60.0: 40.0}


def located(point: str):
    """Locate the transitions at a grid point."""
    values = {name: float(value) for name, value in (part.split("=") for part in point.split(","))}
    if "kappa" in values:
        circuit = regular_spiking().replace(
            {
                "rs.adaptation": values["kappa"], "rs.size": SIZE,
                "rs.threshold_width": 1.0, "rs.recovery": "neuron",
            }
        )  # fmt: skip
        return locate(circuit, "rs", 20.0, 70.0)
    reset, peak = values["v_0"], PEAKS[values["v_0"]]
    both = {"size": SIZE, "peak_potential": peak, "reset_potential": reset}
    circuit = excitatory_inhibitory().replace(
        {f"{name}.{key}": value for name in ("rs", "fs") for key, value in both.items()}
        | {"fs.threshold_width": values["width"]}
    )
    return locate(circuit, "fs", 10.0, 80.0, observed="rs", troughs=CIRCUIT, hold=("fold",))


def main(points: list[str]) -> None:
    print(f"{'grid point':<24}", end="")
    total, fixed = 0.0, 0.0
    for number, point in enumerate(points):
        began = process_time()
        data = located(point)
        busy = process_time() - began
        ramp = float(data.attrs["ramp_settle"] + 2 * data.attrs["ramp_rise"])
        parts = data["network_time"].sum("sought") / ramp
        if number == 0:
            names = "".join(f"{name:>14}" for name in parts["activity"].values)
            print(f"{names}{'all':>8}{'nothing':>9}{'before':>8}{'ratio':>7}{'cpu s':>7}")
        spent, nothing = float(parts.sum()), float(data["fruitless_time"].sum()) / ramp
        before = FIXED_HOLDS.get(point, np.nan)
        if np.isfinite(before):
            total, fixed = total + spent, fixed + before
        print(f"{point:<24}" + "".join(f"{float(value):14.3f}" for value in parts), end="")
        print(
            f"{spent:8.3f}{nothing:9.3f}{before:8.3f}{spent / before:7.2f}{busy:7.1f}", flush=True
        )
    if fixed:
        print(f"{'all':<24}{'':70}{total:8.3f}{'':9}{fixed:8.3f}{total / fixed:7.2f}")


if __name__ == "__main__":
    main(sys.argv[1:] or list(FIXED_HOLDS))
