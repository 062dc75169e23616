"""The error of `exact` at several steps beside that of `euler` at 0.001 ms, in 42 cases.

    python benchmarks/accuracy.py [neurons [step …]]

Cases: one regular-spiking population (κ = 10, 100; three pairs of peak and reset; both forms of
u; a constant input and a ramp) and the excitatory-inhibitory circuit (Δ_fs = 0.1, 0.3, 1; the
same pairs and forms; a ramp of I_fs), 500 ms from rest, 10,000 neurons each unless said. An error
is the relative difference from the converged solution in windowed averages (raised cosines of
120 ms) of s, u and the rate, over all windows and, in the circuit, all populations. Averages of s
are those of the rates, filtered by Eq. 3: at samples 0.4 ms apart s itself carries noise as large
as the errors sought, from where in an interval the spikes fall. The table shows the largest and
the median ratio of the error of `exact` to that of `euler`: at a step whose largest ratio is below
one, `exact` is the more accurate in every case and every quantity. The column before the last is
that of the longest recommended step with neurons in single precision.

The converged solution is `exact` at 0.0125 ms. The last column of the table, its distance from
`exact` at 0.025 ms over the error of `euler`, bounds what the reference itself may contribute.
The circuit's spike trains are chaotic: at 10,000 neurons any change at all, a halved step too,
moves averages by about 1e-4 of their value, as much as the error of `euler`, and a ratio near one
says nothing. At 40,000 neurons the scatter is half as large.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ikmeanfield.circuit import Circuit, excitatory_inhibitory, regular_spiking
from ikmeanfield.inputs import Current, ramp
from ikmeanfield.spiking import Network, compile_kernels
from ikmeanfield.stepping import LONGEST_STEP

QUANTITIES = ("s", "u", "rate")
RESETS = ((1000.0, -1000.0), (50.0, -100.0), (40.0, -60.0))
FORMS = ("neuron", "population")
DURATION = 500.0
STEPS = (0.2, 0.25, 1 / 3, 0.4, 0.5)
REFERENCE, CHECK = 0.0125, 0.025


class Case(NamedTuple):
    """A network, its input, and what the table calls it."""

    label: str
    circuit: Circuit
    inputs: Mapping[str, Current] | None


def cases() -> Iterator[Case]:
    """All 42 cases."""
    for kappa, (peak, reset), form, kind in itertools.product(
        (10.0, 100.0), RESETS, FORMS, ("constant", "ramp")
    ):
        yield Case(
            f"RS κ={kappa:g} ({peak:g}, {reset:g}) {form} {kind}",
            regular_spiking().replace(
                {
                    "rs.adaptation": kappa, "rs.peak_potential": peak,
                    "rs.reset_potential": reset, "rs.recovery": form, "rs.input_current": 60.0,
                }
            ),
            {"rs": ramp([(0.0, 30.0), (DURATION, 80.0)])} if kind == "ramp" else None,
        )  # fmt: skip
    for width, (peak, reset), form in itertools.product((0.1, 0.3, 1.0), RESETS, FORMS):
        changes: dict[str, float | str] = {"fs.threshold_width": width}
        for name in ("rs", "fs"):
            changes |= {
                f"{name}.peak_potential": peak, f"{name}.reset_potential": reset,
                f"{name}.recovery": form,
            }  # fmt: skip
        yield Case(
            f"E-I Δ_fs={width:g} ({peak:g}, {reset:g}) {form}",
            excitatory_inhibitory().replace(changes),
            {"fs": ramp([(0.0, 10.0), (DURATION, 80.0)])},
        )


def averages(case: Case, **settings) -> dict[str, np.ndarray]:
    """Windowed averages of s, u and the rate, shape (synapses or populations, windows)."""
    network = Network(case.circuit, **settings)
    sample = max(0.1, network.step)
    run = network.run(
        case.inputs, duration=DURATION, sample=sample, record=("firing_rate", "recovery")
    )
    centers = np.arange(60.0, DURATION - 59.0, 20.0)
    grid = np.arange(0.0, DURATION, 0.1)
    distance = grid - centers[:, None]
    windows = np.where(abs(distance) < 60, np.cos(np.pi * distance / 120) ** 2, 0.0) / 60

    def weights(windows: np.ndarray, times: np.ndarray) -> np.ndarray:
        """The windows at the sample times, with the sampling interval as a factor."""
        return sample * np.array([np.interp(times, grid, window) for window in windows])

    times = run.time.values
    middles = times - sample / 2  # a rate is the mean over the interval that ends at its time
    rates = run.firing_rate.values
    filtered = []
    for population in case.circuit.populations.values():
        for synapse in population.synapses.values():
            decay = np.exp(-grid[: round(12 * synapse.synaptic_time / 0.1)] / synapse.synaptic_time)
            decay[0] /= 2  # trapezoids
            # ∫ w(t) s(t) dt is the sum over spikes of w filtered backwards in time.
            backwards = [
                0.1 * np.convolve(window[::-1], decay)[: grid.size][::-1] for window in windows
            ]
            sources = sum(
                weight * rates[list(case.circuit.populations).index(name)]
                for name, weight in synapse.weights.items()
            )
            filtered.append(weights(np.array(backwards), middles) @ sources / 1000)
    return {
        "s": np.array(filtered),
        "u": run.recovery.values @ weights(windows, times).T,
        "rate": rates @ weights(windows, middles).T,
    }


def errors(found: dict[str, np.ndarray], reference: dict[str, np.ndarray]) -> np.ndarray:
    """Relative root mean square errors of s, u and the rate."""
    return np.array(
        [
            np.sqrt(
                np.mean(
                    np.mean((found[key] - reference[key]) ** 2, axis=1)
                    / np.mean(reference[key] ** 2, axis=1)
                )
            )
            for key in QUANTITIES
        ]
    )


def ratios(case: Case, steps: tuple[float, ...]) -> np.ndarray:
    """Error of `exact` over that of `euler`, shape (steps, single precision, check; quantities)."""
    reference = averages(case, step=REFERENCE)
    euler = errors(averages(case, scheme="euler"), reference)
    runs = [{"step": step} for step in steps]
    runs += [{"step": LONGEST_STEP["exact"], "precision": "single"}, {"step": CHECK}]
    rows = [errors(averages(case, **settings), reference) for settings in runs]
    print(f"{case.label:<44}" + "".join(f"{e:9.1e}" for e in euler), end="")
    print("".join(f"{max(row / euler):8.3f}" for row in rows), flush=True)
    return np.array(rows) / euler


def main() -> None:
    """Print every case, and the largest and the median ratio of either kind of circuit."""
    neurons = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    steps = tuple(float(step) for step in sys.argv[2:]) or STEPS
    compile_kernels()
    print(f"{'':<44}{'error of euler at 0.001 ms':>27}  largest of three error ratios at step")
    heads = "".join(f"{step:>8.3g}" for step in steps) + f"{'single':>8}{CHECK:8.3g}"
    print(f"{'case':<44}{'s':>9}{'u':>9}{'rate':>9}{heads}")
    found: dict[str, list[np.ndarray]] = {"RS": [], "E-I": []}
    for case in cases():
        sizes = {f"{name}.size": neurons for name in case.circuit.populations}
        case = case._replace(circuit=case.circuit.replace(sizes))  # noqa: PLW2901
        found[case.label.split()[0]].append(ratios(case, steps))
    for kind, rows in found.items():
        table = np.array(rows)  # cases, steps, quantities
        for what, value in (
            ("largest", table.max(axis=(0, 2))), ("median", np.median(table, axis=(0, 2))),
        ):  # fmt: skip
            print(f"{kind + ', ' + what:<71}" + "".join(f"{v:8.3f}" for v in value))


if __name__ == "__main__":
    main()
