"""The interface of a claim: a statement of a study, and how data decide whether it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from math import isfinite, isnan
from typing import Literal

from ikmeanfield.sources import Sources, Taker, explanation

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
    claim is made, as "study, Sec. …" or "study, Fig. …"), and ``CRITERION``, the numbers against
    which the statistic is held, by name, with their defaults; the text below it says what they
    mean. Its function ``judge(sources, **criterion)`` returns the findings, one per
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

    @property
    def meaning(self) -> str:
        """What these numbers mean: the text below ``CRITERION``."""
        return explanation(self.source_text, "CRITERION")

    def judge(self, sources: Sequence[Sources], criterion: Mapping[str, float]) -> list[Finding]:
        """What the data say, one finding per model."""
        return list(import_module(self.module).judge(sources, **criterion))


def below(value: float, limit: float, uncertainty: float = 0.0) -> bool | None:
    """Whether a value is smaller than a limit, or equal; None if its uncertainty reaches the limit.

    An uncertainty that is not known (NaN) does not count; a value that is not known decides
    nothing.
    """
    if isnan(value) or not isfinite(limit):
        return None
    if abs(value - limit) < (0.0 if isnan(uncertainty) else uncertainty):
        return None
    return value <= limit


def as_verdict(holds: bool | None) -> Verdict:
    """The verdict of a claim with a single case, which may be undecided (None)."""
    return "cannot be decided" if holds is None else ("holds" if holds else "does not hold")


def exceeds(value: float, limit: float, uncertainty: float = 0.0) -> Verdict:
    """Whether a value is larger than a limit, by more than its uncertainty."""
    smaller = below(value, limit, uncertainty)
    return as_verdict(None if smaller is None else not smaller)


def of_cases(cases: Mapping[str, bool | None]) -> tuple[Verdict, str]:
    """The verdict when a claim holds in some cases: all, part or none; and where it holds.

    Cases that cannot be decided are None. They do not count, but are named where others do.
    """
    known = {case: holds for case, holds in cases.items() if holds is not None}
    open_cases = [case for case in cases if case not in known]
    if not known:
        return "cannot be decided", ""
    true = [case for case, holds in known.items() if holds]
    left = f"not decided: {'; '.join(open_cases)}" if open_cases else ""
    if len(true) == len(known):
        return "holds", left
    found = [*(["; ".join(true)] if true else []), *([left] if left else [])]
    return ("holds in part" if true else "does not hold"), ", ".join(found)
