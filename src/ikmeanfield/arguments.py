"""Checks of arguments: a value that is not understood is refused with its name and what is allowed.

Types that are wrong raise TypeError, values of the right type that are not allowed ValueError.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from numbers import Integral, Real
from reprlib import Repr
from typing import Any, NoReturn

import numpy as np

_SHORT = Repr()
"""Values that are given by mistake may be long; they are not written out."""
_SHORT.maxother = _SHORT.maxstring = 80


def refuse(key: str, value: object, allowed: str, error: type[Exception] = ValueError) -> NoReturn:
    """Raise an error that names the argument, its value and what is allowed."""
    msg = f"{key} = {_SHORT.repr(value)}: expected {allowed}"
    raise error(msg)


def number(key: str, value: Any, allowed: str = "a finite number") -> float:
    """A finite number as float.

    Parameters
    ----------
    key, value
        The argument.
    allowed
        What the message says is expected, for example with the unit.
    """
    if not isinstance(value, Real) or isinstance(value, bool | np.bool_):
        refuse(key, value, allowed, TypeError)
    if not isfinite(value):
        refuse(key, value, allowed)
    return float(value)


def positive(key: str, value: Any, unit: str = "") -> float:
    """A finite number above zero as float."""
    allowed = f"a positive number{f' in {unit}' if unit else ''}"
    if number(key, value, allowed) <= 0:
        refuse(key, value, allowed)
    return float(value)


def whole_number(key: str, value: Any, least: int) -> int:
    """A whole number of at least `least`."""
    allowed = f"a whole number of at least {least}"
    if not isinstance(value, Integral) or isinstance(value, bool):
        refuse(key, value, allowed, TypeError)
    if value < least:
        refuse(key, value, allowed)
    return int(value)


def one_of(key: str, value: Any, allowed: Iterable[str]) -> None:
    """Refuse anything but one of some words."""
    words = list(allowed)
    if not isinstance(value, str) or value not in words:
        msg = f"{key} = {_SHORT.repr(value)} is not one of {', '.join(map(repr, words))}"
        raise ValueError(msg)


def yes_or_no(key: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        refuse(key, value, "True or False", TypeError)
    return bool(value)


def numbers(
    key: str, value: Any, shape: tuple[int, ...] | None = None, *, finite: bool = True
) -> np.ndarray:
    """Numbers as an array of floats.

    Parameters
    ----------
    key, value
        The argument.
    shape
        The shape that is expected; any where None.
    finite
        Whether infinity and NaN are refused.
    """
    allowed = "finite numbers" if finite else "numbers"
    allowed += "" if shape is None else f" of shape {shape}"
    try:
        array = np.array(value, dtype=float)
    except (TypeError, ValueError):
        refuse(key, value, allowed, TypeError)
    if (finite and not np.isfinite(array).all()) or (shape is not None and array.shape != shape):
        refuse(key, value, allowed)
    return array
