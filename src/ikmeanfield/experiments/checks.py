"""Types that several parts of the configuration share."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

Label = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]
"""A name that becomes part of a path: a letter, then letters, digits, ``_`` and ``-``."""


def _plain(value: Any) -> Any:
    """Refuse with one sentence what the union below would refuse with three."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is None or isinstance(value, str) or (number and isfinite(value)):
        return value
    msg = "a finite number, a text or null is allowed"
    raise ValueError(msg)


Value = Annotated[float | int | str | None, BeforeValidator(_plain)]
"""A value a parameter may take; the circuit's own model decides which ones it accepts."""
