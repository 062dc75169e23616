"""The interface of a claim: a statement of a study, and how data decide whether it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from math import isfinite, isnan
from typing import Literal

from ikmeanfield.sources import Sources, Taker

Verdict = Literal["holds", "holds in part", "does not hold", "cannot be decided"]


@dataclass(frozen=True)
class Finding:
    """What the data say about a claim, for one model.

    Attributes
    ----------
    model
        What was looked at: ``network``, or the name of a theory.
    statistic
        What was computed, in words.
    value, uncertainty, unit
        The statistic; its standard error, NaN if it is not known.
    verdict
        Whether the claim holds for this model.
    where
        Where it holds, or the cases that count; empty if that needs no words.
    """

    model: str
    statistic: str
    value: float
    uncertainty: float
    unit: str
    verdict: Verdict
    where: str = ""


class Claim(Taker):
    """A claim, decided by a module of its own.

    Besides what a `Taker` declares, the module declares ``STATEMENT`` and ``SOURCE`` (where the
    claim is made), and ``CRITERION``, the numbers against which the statistic is held, by name,
    with their defaults. Its function ``judge(sources, **criterion)`` returns the findings, one per
    model.

    Parameters
    ----------
    module
        Full name of the module.
    """

    declares = ("TAKES", "MOST_AXES", "STATEMENT", "SOURCE", "CRITERION")
    verb = "judged"

    @property
    def statement(self) -> str:
        """What is claimed, in a sentence."""
        return str(self.declared["STATEMENT"])

    @property
    def source(self) -> str:
        """Where it is claimed."""
        return str(self.declared["SOURCE"])

    @property
    def criterion(self) -> dict[str, float]:
        """The numbers that decide, by name, with their defaults."""
        return dict(self.declared.get("CRITERION", {}))

    def judge(self, sources: Sequence[Sources], criterion: Mapping[str, float]) -> list[Finding]:
        """What the data say, one finding per model."""
        return list(import_module(self.module).judge(sources, **criterion))


def exceeds(value: float, limit: float, uncertainty: float = 0.0) -> Verdict:
    """Whether a value is larger than a limit, by more than its uncertainty."""
    if isnan(value) or not isfinite(limit):
        return "cannot be decided"
    if abs(value - limit) < (0.0 if isnan(uncertainty) else uncertainty):
        return "cannot be decided"
    return "holds" if value > limit else "does not hold"


def of_cases(cases: Mapping[str, bool | None]) -> tuple[Verdict, str]:
    """The verdict when a claim holds in some cases: all, part or none; and where it holds.

    Cases that cannot be decided are None and are left out.
    """
    known = {case: holds for case, holds in cases.items() if holds is not None}
    if not known:
        return "cannot be decided", ""
    true = [case for case, holds in known.items() if holds]
    if len(true) == len(known):
        return "holds", ""
    return ("holds in part", "; ".join(true)) if true else ("does not hold", "")
