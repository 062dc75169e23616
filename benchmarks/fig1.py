"""Times of everything in Fig. 1 that comes from the mean field, as a table.

    python benchmarks/fig1.py

Times depend on the machine and on what else it does; the last column shows the goal. The first
task includes the time to load the compiled field.
"""

from __future__ import annotations

from time import perf_counter, process_time
from typing import TYPE_CHECKING

from ikmeanfield.analysis.diagrams import (
    bifurcation_plane,
    check_points,
    equilibrium_diagram,
    fold_and_hopf_points,
)
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.theories import MeanFieldSettings

if TYPE_CHECKING:
    from collections.abc import Callable


CURRENT, ADAPTATION = "rs.input_current", "rs.adaptation"
CURRENTS, ADAPTATIONS = (0.0, 100.0), (0.0, 130.0)


def circuit(kappa: float):
    return regular_spiking().replace({"rs.adaptation": kappa})


def diagrams():
    return [
        equilibrium_diagram(
            circuit(kappa), CURRENT, *CURRENTS, theory=MeanFieldSettings(reset_correction=False)
        )
        for kappa in (25.0, 100.0)
    ]  # fmt: skip


def plane():
    return bifurcation_plane(
        circuit(10.0),
        (CURRENT, ADAPTATION),
        (CURRENTS, ADAPTATIONS),
        theory=MeanFieldSettings(reset_correction=False),
    )


def sweep():
    return [
        fold_and_hopf_points(
            circuit(float(kappa)),
            CURRENT,
            *CURRENTS,
            at=ADAPTATION,
            theory=MeanFieldSettings(reset_correction=False),
        )
        for kappa in range(1, 121)
    ]


def timed(function: Callable[[], object]) -> tuple[float, float, object]:
    wall, busy = perf_counter(), process_time()
    result = function()
    return perf_counter() - wall, process_time() - busy, result


def main() -> None:
    print(f"{'task':44}{'seconds':>10}{'cpu s':>10}  goal")
    total, kept = 0.0, {}
    for name, function, aim in (
        ("plane: curves, codimension-two points", plane, ""),
        ("two diagrams in I with cycles", diagrams, ""),
        ("120 equilibrium branches over kappa", sweep, "< 20 s"),
    ):  # fmt: skip
        wall, busy, kept[name] = timed(function)
        print(f"{name:44}{wall:10.2f}{busy:10.2f}  {aim}")
        if not aim:
            total += wall
    print(f"{'everything that the figure draws':44}{total:10.2f}{'':10}  < 30 s")
    curves, _, points = kept.values()
    wall, busy, checked = timed(lambda: [check_points(found, curves) for found in points])
    worst = max(float(c["difference"].max()) for c in checked if c.sizes["point"])
    print(
        f"{'comparison of the 120 with the plane':44}{wall:10.2f}{busy:10.2f}  < 1e-6: {worst:.1e}"
    )


if __name__ == "__main__":
    main()
