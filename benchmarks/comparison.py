"""Measure this engine, XPP Lab and JaxCont on the mean field of Fig. 1.

    python benchmarks/comparison.py

Every tool that is installed finds the two folds and the Hopf point over 0 to 80 pA at kappa = 60,
the fold of cycles, and the curve of folds in current and adaptation. Errors are those against
AUTO-07p's values; seconds are processor time, the fastest of a few calls. What is not installed is
left out: run it once in each environment that has a tool.
"""

# Tools are imported where they are measured, as not all are installed.
# ruff: noqa: PLC0415
from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

#: Folds, Hopf point and fold of cycles at kappa = 60 (pA).
EXACT = {"LP": [44.56537559732, 42.10323317693], "HB": [43.04324303820], "LPC": [43.05499653]}
CAPABILITIES = ("equilibria", "fold of cycles", "curve of folds")

EQUATIONS = """
r'=1000*(0.49*(v+60)/314.159265358979+0.001*r*(0.7*(2*v+100)-s))/100
v'=(0.7*v*(v+100)-0.314159265358979*r*(1+0.314159265358979*r/0.7)+1680-x+cur-s*v)/100
x'=(-2*(v+60)-x)/33.33+kap*0.001*r
s'=-s/6+0.015*r
par cur=0, kap=60
init r=0.01, v=-59.9, x=0, s=0.001
@ total=1000, dt=0.1, meth=stiff
done
"""


@dataclass
class Result:
    """What one tool found: values by kind, seconds by task."""

    tool: str
    values: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def timed(result: Result, task: str, run: Callable[[], object], repeats: int = 2) -> object:
    """Run a task, keep its fastest processor time, return what it returns."""
    best, value = np.inf, None
    for _ in range(repeats):
        start = time.process_time()
        value = run()
        best = min(best, time.process_time() - start)
    result.seconds[task] = best
    return value


def ours() -> Result:
    """Measure this engine."""
    from dataclasses import replace

    from ikmeanfield.circuit import regular_spiking
    from ikmeanfield.continuation import (
        ContinuationOptions,
        continue_cycles,
        continue_equilibria,
        continue_folds,
    )
    from ikmeanfield.continuation.cycles import STEPS
    from ikmeanfield.theories.mean_field import MeanField

    result = Result("ikmeanfield")
    model = MeanField(regular_spiking(), reset_correction=False)
    current, adaptation = "rs.input_current", "rs.adaptation"
    problem = model.problem().at({adaptation: 60.0, current: 0.0})
    bounds = {current: (0.0, 80.0)}
    branch = timed(
        result, "equilibria",
        lambda: continue_equilibria(
            problem, model.initial_state(), current, ContinuationOptions(bounds=bounds)
        ),
    )  # fmt: skip
    (hopf,) = branch.points("HB")
    cycles = timed(
        result, "fold of cycles",
        lambda: continue_cycles(problem, hopf, current, replace(STEPS, bounds=bounds)),
    )  # fmt: skip
    plane = ContinuationOptions(bounds={current: (0.0, 80.0), adaptation: (1.0, 120.0)})
    timed(
        result, "curve of folds",
        lambda: continue_folds(problem, branch.points("LP")[0], (current, adaptation), plane),
    )  # fmt: skip
    for kind, source in (("LP", branch), ("HB", branch), ("LPC", cycles)):
        result.values[kind] = [p.parameters[current] for p in source.points(kind)]
    return result


def xpp_lab() -> Result:
    """Measure XPP Lab (AUTO's C code)."""
    import xpplab

    result = Result("XPP Lab " + xpplab.__version__)
    path = Path(tempfile.mkdtemp()) / "meanfield.ode"
    path.write_text(EQUATIONS)
    steps = {
        "ds": 0.02, "dsmin": 1e-6, "dsmax": 0.5, "parmin": 0, "parmax": 80, "nmax": 2000,
        "normmax": 1e6, "npr": 5000, "epsl": 1e-9, "epsu": 1e-9, "epss": 1e-8, "ntst": 60,
    }  # fmt: skip

    def equilibria():
        model = xpplab.load(str(path))
        return model, model.auto.equilibria("cur", **steps)

    model, found = timed(result, "equilibria", equilibria)
    result.values["LP"] = [p.value for p in found.special("LP")]
    result.values["HB"] = [p.value for p in found.special("HB")]
    hopf = found.first("HB")
    larger = {**steps, "nmax": 400, "ds": 0.05, "dsmax": 2.0}
    cycles = timed(
        result, "fold of cycles",
        lambda: model.auto.continue_from(hopf, "periodic", **larger), repeats=1,
    )  # fmt: skip
    result.values["LPC"] = [p.value for p in cycles.special("LP")]
    fold = found.first("LP")
    timed(
        result, "curve of folds",
        lambda: model.auto.continue_from(fold, "two-parameter", second="kap", **steps), repeats=1,
    )  # fmt: skip
    return result


def jaxcont() -> Result:
    """Measure JaxCont (JAX on the processor, double precision)."""
    import jax
    import jaxcont as jc

    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy

    def rates(u, current, kappa):
        r, v, x, s = u
        spread = 0.49 * (v + 60) / (100 * jnp.pi)
        rate = 0.001 * r
        dr = 1000 * (spread + rate * (0.7 * (2 * v + 100) - s)) / 100
        spiking = 100 * jnp.pi * rate * (1 + 100 * jnp.pi * rate / 0.7)
        dv = (0.7 * v * (v + 100) - spiking + 1680 - x + current - s * v) / 100
        return jnp.stack([dr, dv, (-2 * (v + 60) - x) / 33.33 + kappa * rate, -s / 6 + 15 * rate])

    result = Result("JaxCont " + jc.__version__)
    rest = np.array([0.01, -59.9, 0.0, 0.001])
    jacobian = jax.jacfwd(rates)
    for _ in range(30):
        rest = rest - np.linalg.solve(jacobian(rest, 0.0, 60.0), rates(rest, 0.0, 60.0))
    problem = jc.bif_problem(lambda u, p, args: rates(u, p, 60.0), jnp.array(rest), 0.0)
    settings = jc.ContinuationPar(
        ds=0.1, ds_min=1e-6, ds_max=0.5, max_steps=2000, newton_tol=1e-9, newton_max_iter=20
    )
    events = (jc.Fold(), jc.Hopf())
    found = timed(
        result, "equilibria",
        lambda: jc.continuation(problem, p_span=(0.0, 80.0), settings=settings, events=events),
        repeats=3,
    )  # fmt: skip
    for hit in found.events:
        kind = {"fold": "LP", "hopf": "HB"}.get(str(hit.kind).lower(), str(hit.kind))
        result.values.setdefault(kind, []).append(float(hit.p))
    return result


def line(result: Result) -> str:
    """One line of the table."""
    cells = [result.tool]
    for kind, exact in EXACT.items():
        found = result.values.get(kind, [])
        if not found:
            cells.append("—")
            continue
        errors = [min(abs(value - x) for value in found) for x in exact]
        cells.append(f"{max(errors):.0e} ({len(found)})")
    cells += [f"{result.seconds[t]:.2f}" if t in result.seconds else "—" for t in CAPABILITIES]
    return "| " + " | ".join(cells) + " |"


TOOLS: dict[str, Callable[[], Result]] = {"ours": ours, "xpplab": xpp_lab, "jaxcont": jaxcont}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tools", nargs="*", default=list(TOOLS), choices=list(TOOLS))
    head = [f"error of {kind} in pA (points found)" for kind in EXACT]
    head += [f"{task}, s" for task in CAPABILITIES]
    print("| tool | " + " | ".join(head) + " |")
    print("|" + " --- |" * (len(head) + 1))
    for name in parser.parse_args().tools:
        try:
            print(line(TOOLS[name]()), flush=True)
        except ImportError as error:
            print(f"| {name}: not installed ({error.name}) |" + " |" * len(head))


if __name__ == "__main__":
    main()
