"""Plans on disk: stored by their content, read with a check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from ikmeanfield.experiments.plan import Plan, TransitionPlan
from ikmeanfield.experiments.run_table import RunTable, separated
from ikmeanfield.schema import ConfigError, explain


def store_plans(plans: Iterable[RunTable], folder: str | Path) -> str:
    """Store plans together as ``<folder>/<hash of them all>/<experiment>.json``.

    The name follows the content, so that nothing is ever overwritten with something else.

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


def read_plan(path: str | Path) -> Plan | TransitionPlan:
    """Read a plan that `RunTable.write` stored; refuse anything else by name.

    Its runs are read, and checked, when they are asked for.
    """
    where = f"{path}: damaged or foreign plan; remove it and run again: "
    try:
        with Path(path).open("rb") as file:
            text, context = separated(file.readlines(), f"{where}runs")
        kind = TransitionPlan if _has_transitions(text) else Plan
        return kind.model_validate_json(text, context=context)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise ConfigError(msg) from None
    except ValidationError as error:
        raise explain(error, where) from None


def _has_transitions(text: bytes) -> bool:
    """Whether the plan is one of transitions; of what is no plan, validation tells the reason."""
    try:
        data = json.loads(text)
    except ValueError:
        return False
    return isinstance(data, dict) and "transitions" in data
