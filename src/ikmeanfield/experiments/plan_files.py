"""Plans on disk: stored under a hash of their content, and checked when they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ikmeanfield.experiments.lines import Lines
from ikmeanfield.experiments.plan import BEGIN_RUNS, BEGIN_WORK, END, ITEMS, RUN, Plan
from ikmeanfield.schema import ConfigError, explain


def store_plans(plans: Iterable[Plan], folder: str | Path) -> str:
    """Store plans together as ``<folder>/<hash of all plans>/<experiment>.json``.

    Because the name depends on the content, a plan is never overwritten by a different one.

    Returns
    -------
    str
        The folder of these plans.
    """
    plans = list(plans)
    digests = "".join(plan.digest for plan in plans)
    place = Path(folder) / hashlib.sha256(digests.encode()).hexdigest()[:16]
    for plan in plans:
        path = place / f"{plan.experiment}.json"
        if not path.exists() or path.read_text(encoding="utf-8") != plan.text:
            plan.write(path)
    return str(place)


def read_plan(path: str | Path) -> Plan:
    """Read a plan that `Plan.write` stored.

    Its runs and its work are parsed and checked when they are first used.

    Raises
    ------
    ConfigError
        If the file cannot be read or is not such a plan; it is named.
    """
    where = f"{path}: damaged or foreign plan; remove it and run again: "
    try:
        with Path(path).open("rb") as file:
            text, context = _separated(file.readlines(), where)
        return Plan.model_validate_json(text, context=context)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise ConfigError(msg) from None
    except ValidationError as error:
        raise explain(error, where) from None


def _separated(lines: Sequence[bytes], where: str) -> tuple[bytes, dict[str, Any]]:
    """A stored plan without its lines, and the context in which it is validated with them.

    JSON of any other layout is returned whole, and is then validated as a whole.
    """
    begin, between, end = (text.encode() for text in (BEGIN_RUNS, BEGIN_WORK, END))
    if not lines or not lines[0].endswith(begin) or lines[-1] != end or between not in lines:
        return b"".join(lines), {}
    middle = lines.index(between)
    head = lines[0].rstrip(b"\n") + between.rstrip(b"\n") + end
    context = {
        "runs": Lines(RUN, lines[1:middle], f"{where}runs"),
        "work": Lines(ITEMS, lines[middle + 1 : -1], f"{where}work"),
    }
    return head, context
