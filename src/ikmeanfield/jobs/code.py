"""Hashes of the code that each job runs; a job runs again when its hash changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ikmeanfield.claims import CLAIMS
from ikmeanfield.figures import FIGURES
from ikmeanfield.fingerprint import ROOT
from ikmeanfield.heterogeneity import LAWS
from ikmeanfield.jobs.hashes import CodeHashes
from ikmeanfield.theories import THEORIES

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan

code_hash = CodeHashes()
"""Hash of modules, functions and methods; `CodeHashes.keep_in` stores it between processes."""


def compute_code(plan: Plan, study: str) -> str:
    """Hash of the code that computes a study."""
    settings = plan.studies[study]
    theories = [plan.theories[name].implementation for name in settings.asked(plan)]
    modules = [theory.partition(":")[0] for theory in theories] + _plugged_in(plan)
    return code_hash("ikmeanfield.jobs.compute", *modules, f"{_class(settings)}.compute")


def summary_code(plan: Plan, study: str) -> str:
    """Hash of the code that summarises a study."""
    kind = _class(plan.studies[study])
    return code_hash("ikmeanfield.jobs.summarise", f"{kind}.summarise", f"{kind}.rows")


def figure_code(figure: str) -> str:
    """Hash of the code that draws a figure, including its style."""
    return code_hash("ikmeanfield.jobs.draw", FIGURES[figure].module)


def explorer_code() -> str:
    """Hash of the code that makes the explorer's page, with its script and style."""
    return code_hash("ikmeanfield.jobs.explore", "ikmeanfield.explorer.page")


def claim_code(claim: str) -> str:
    """Hash of the code that judges a claim."""
    return code_hash("ikmeanfield.jobs.judge", CLAIMS[claim].module)


def kernel_code(kernels: str) -> str:
    """Hash of the code that is compiled; for the names, see `environment.kernels_of`."""
    modules = ["ikmeanfield.spiking.network"] if "NETWORKS" in kernels else []
    if "THEORIES" in kernels:
        modules += [kind.implementation.partition(":")[0] for kind in THEORIES.values()]
    return code_hash(*modules)


def _plugged_in(plan: Plan) -> list[str]:
    """Modules of plug-ins with the laws and waveforms that an experiment uses.

    Laws and waveforms of this package are found by following imports.
    """
    waveforms = {
        type(waveform).__module__
        for given in plan.input.values()
        for waveform in given.waveforms.values()
    }
    laws = {name: law.__module__ for name, law in LAWS.items() if _foreign(law.__module__)}
    used: set[str] = set()
    if laws:  # only then is it worth reading all runs
        used = {p.law for run in plan.runs for p in run.circuit.populations.values()}
    return sorted({m for m in waveforms if _foreign(m)} | {laws[n] for n in used & set(laws)})


def _foreign(module: str) -> bool:
    return module.partition(".")[0] != ROOT.name


def _class(settings: object) -> str:
    return f"{type(settings).__module__}:{type(settings).__qualname__}"
