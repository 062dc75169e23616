"""Rates of single neurons at every grid point, for the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.stages.distances import point_of

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan

CURRENT = "response_current"
AT = "of a neuron with the mean threshold, u = 0 and s = 0"


def responses(plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    """Variables (run, response_current) and the coordinate of what `plan.response` asks for.

    ``response_rate`` (Eqs. 30-31), ``response_rate_infinite`` (Eq. 32) and
    ``response_adjusted_current`` (I* of Eq. 34). Empty where nothing is asked for.
    """
    settings = plan.response
    if settings is None:
        return {}, {}
    from ikmeanfield.theories.mean_field import adjusted_current, firing_rate  # noqa: PLC0415

    name = settings.population
    first, last = settings.currents
    current = np.linspace(first, last, settings.count)
    columns: dict[str, list[Any]] = {"rate": [], "rate_infinite": [], "adjusted_current": []}
    known: dict[str, tuple[Any, Any, Any]] = {}
    for run in plan.runs:
        point = point_of(run)
        if point not in known:
            neuron = run.circuit.populations[name]
            known[point] = (
                firing_rate(neuron, current, name=name),
                firing_rate(neuron, current, infinite_reset=True, name=name),
                adjusted_current(neuron, current, name=name),
            )
        for column, values in zip(columns.values(), known[point], strict=True):
            column.append(values)
    labels = {
        "rate": ("Hz", f"firing rate {AT}"),
        "rate_infinite": ("Hz", f"firing rate {AT}, peak and reset at infinity"),
        "adjusted_current": ("pA", f"adjusted current I* {AT}"),
    }
    variables = {
        f"response_{key}": (
            ("run", CURRENT), np.array(values),
            {"units": labels[key][0], "long_name": labels[key][1], "population": name},
        )
        for key, values in columns.items()
    }  # fmt: skip
    text = {"units": "pA", "long_name": f"input current of a single neuron of {name}"}
    return variables, {CURRENT: (CURRENT, current, text)}
