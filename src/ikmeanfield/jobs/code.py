"""The code that a job runs, as a hash: what it is run again for when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ikmeanfield.figures import FIGURES
from ikmeanfield.fingerprint import code_hash
from ikmeanfield.theories import THEORIES

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan


def compute_code(plan: Plan, study: str) -> str:
    """Hash of the code that computes a study."""
    settings = plan.studies[study]
    theories = [plan.theories[name].implementation for name in settings.asked(plan)]
    modules = [theory.partition(":")[0] for theory in theories]
    return code_hash("ikmeanfield.jobs.compute", *modules, f"{_class(settings)}.compute")


def summary_code(plan: Plan, study: str) -> str:
    """Hash of the code that summarises a study."""
    kind = _class(plan.studies[study])
    return code_hash("ikmeanfield.jobs.summarise", f"{kind}.summarise", f"{kind}.rows")


def figure_code(figure: str) -> str:
    """Hash of the code that draws a figure, its style included."""
    return code_hash("ikmeanfield.jobs.draw", FIGURES[figure].module)


def kernel_code() -> str:
    """Hash of all code that is compiled."""
    theories = [kind.implementation.partition(":")[0] for kind in THEORIES.values()]
    return code_hash("ikmeanfield.spiking.network", *theories)


def _class(settings: object) -> str:
    return f"{type(settings).__module__}:{type(settings).__qualname__}"
