"""Which theories of a study are compared to judge the correction for finite reset."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ikmeanfield.sources import by_correction

if TYPE_CHECKING:
    from ikmeanfield.jobs.results import StudyResults


def both_corrections(study: StudyResults, names: Iterable[str]) -> tuple[str, str]:
    """The first theory with the correction and the first one without it, of these names.

    Raises
    ------
    ValueError
        If there are not both; `Need.both_corrections` refuses such a configuration by name.
    """
    theories = study.plan.theories
    found = by_correction({n: getattr(theories[n], "reset_correction", None) for n in names})
    if len(found) < 2:
        msg = f"a theory with reset_correction and one without are needed; got {', '.join(names)}"
        raise ValueError(msg)
    return found[True], found[False]
