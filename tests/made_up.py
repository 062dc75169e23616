"""Made-up summaries by which claims are judged, and what a claim says of them."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import xarray as xr

from ikmeanfield.claims import CLAIMS


@dataclass
class MadeUp:
    """Stands in for the results of a study: its summary and, where it is needed, its plan."""

    summary: xr.Dataset
    plan: object = None
    settings: object = None


class Trees:
    """Stands in for a study whose results are trees or datasets, by item."""

    def __init__(self, *results, labels=None, plan=None):
        self.plan = plan
        names = labels or [""] * len(results)
        self.items = [
            (SimpleNamespace(label=name, number=number), result)
            for number, (name, result) in enumerate(zip(names, results, strict=True))
        ]

    def each(self):
        """Every item with its result."""
        return self.items


def plan_of(theories=None, **parameters):
    """A plan with a circuit of these parameters (``rs_size`` for ``rs.size``) and theories."""
    given = {path.replace("_", ".", 1): value for path, value in parameters.items()}
    return SimpleNamespace(circuit=SimpleNamespace(get=given.__getitem__), theories=theories or {})


BOTH = {
    "with": SimpleNamespace(reset_correction=True, kind="mean_field"),
    "without": SimpleNamespace(reset_correction=False, kind="mean_field"),
}
"""A theory with the correction for finite reset, and one without."""


def judged(name, *sources, **criterion):
    """Findings of a claim; a source stands for all studies of an experiment."""
    claim = CLAIMS[name]
    roles = [list(takes) for takes in claim.takes]
    given = [dict.fromkeys(names, source) for names, source in zip(roles, sources, strict=True)]
    return claim.judge(given, {**claim.criterion, **criterion})


def transitions(ramp, held, kappa=(5.0, 20.0, 30.0, 35.0)):
    """Upper and lower folds at each adaptation, with these distances and lags in pA."""
    count = len(kappa)
    side = np.repeat(["upper", "lower"], count)
    dims = ("transition",)
    ramp, held = (np.broadcast_to(v, (2, count)).ravel() for v in (ramp, held))
    return xr.Dataset(
        {
            "rs_adaptation": ("run", np.array(kappa)),
            "transition_run_number": (dims, np.tile(np.arange(count), 2)),
            "ramp_difference": (dims, ramp.astype(float)),
            "held_difference": (dims, held.astype(float)),
            "ramp_lag": (dims, (ramp - held).astype(float)),
        },
        {"kind_of": (dims, ["fold"] * 2 * count), "side_of": (dims, side)},
    )


def draws(scatter=0.0, limits=(0.0,), theories=("field",), kind="mean_field", sizes=(2500, 10000)):
    """Folds of networks of two sizes, four draws each, whose scatter at N = 10,000 is as given.

    The errors of theory number i tend to limit number i in pA as N grows.
    """
    runs = np.repeat(sizes, 4)
    unit = np.tile([-1.0, 1.0], runs.size // 2) * np.sqrt(3 / 4)  # standard deviation 1, mean 0
    own = scatter * unit * np.sqrt(10000 / runs)
    rows = [(run, side, name, limit) for name, limit in zip(theories, limits, strict=True)
            for side in ("upper", "lower") for run in range(runs.size)]  # fmt: skip
    dims = ("transition",)
    summary = xr.Dataset(
        {
            "rs_size": ("run", runs),
            "transition_run_number": (dims, [run for run, *_ in rows]),
            "held": (dims, [40 + own[run] for run, *_ in rows]),
            "held_difference": (dims, [own[run] - limit for run, _, _, limit in rows]),
        },
        {
            "kind_of": (dims, ["fold"] * len(rows)),
            "side_of": (dims, [side for _, side, _, _ in rows]),
            "theory_of": (dims, [name for _, _, name, _ in rows]),
        },
    )
    known = {name: SimpleNamespace(kind=kind) for name in theories}
    return MadeUp(summary, plan_of(known))
