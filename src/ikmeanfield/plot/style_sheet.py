"""Style sheets of one's own: files in matplotlib's format, checked line by line."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import matplotlib as mpl

from ikmeanfield.schema import ConfigError

SHEETS = "matplotlib's documentation of style sheets lists all keys"
NO_STYLE = ("backend", "date.epoch", "docstring.", "figure.max_open_warning",
            "figure.raise_window", "interactive", "savefig.directory", "timezone", "tk.",
            "toolbar", "webagg.")  # fmt: skip
"""How settings begin that concern matplotlib as a whole."""


def read_sheet(path: str | Path) -> dict[str, Any]:
    """The settings of a style sheet, by matplotlib's names.

    Parameters
    ----------
    path
        A text file with one setting per line, such as ``font.size: 8``; ``#`` begins a comment.

    Raises
    ------
    ConfigError
        If the file cannot be read, or a line is no setting of a style: it names file, line and key.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        msg = f"style {path}: cannot be read ({error.strerror})"
        raise ConfigError(msg) from None
    except UnicodeDecodeError:
        msg = f"style {path}: not a text file in UTF-8"
        raise ConfigError(msg) from None
    found: dict[str, Any] = {}
    for number, line in _lines(text):
        place = f"style {path}, line {number}"
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon:
            msg = f"{place}: {line!r} is no setting; write `name: value`; {SHEETS}"
            raise ConfigError(msg)
        if name in found:
            msg = f"{place}: {name} is set for the second time; remove one of the lines"
            raise ConfigError(msg)
        found[name] = _checked(place, name, value)
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Number and content of the lines that are not empty; a ``#`` in quotes begins no comment."""
    for number, line in enumerate(text.splitlines(), start=1):
        signs = (place for place, sign in enumerate(line) if sign == "#")
        begin = next((p for p in signs if line[:p].count('"') % 2 == 0), len(line))
        if content := line[:begin].strip():
            yield number, content


def _checked(place: str, name: str, value: str) -> Any:
    """The value of a setting as matplotlib understands it."""
    if name.startswith(NO_STYLE):
        msg = f"{place}: {name} concerns matplotlib as a whole, not the look of figures; remove it"
        raise ConfigError(msg)
    if name not in mpl.rcParams:
        close = get_close_matches(name, list(mpl.rcParams), n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        msg = f"{place}: matplotlib has no setting {name!r}{hint} ({SHEETS})"
        raise ConfigError(msg)
    try:
        (read,) = mpl.RcParams({name: value.strip('"')}).values()
    except ValueError as error:
        reason = str(error).strip().splitlines()[-1]
        msg = f"{place}: {name}: got {value!r}: {reason}"
        raise ConfigError(msg) from None
    return read
