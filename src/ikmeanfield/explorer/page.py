"""One page that holds everything: data, style and script, without a server or a network."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from ikmeanfield.explorer.arrays import Arrays

MOST_BYTES = 15_000_000
"""Largest size of a page."""
PARTS = ("style.css", "draw.js", "explorer.js")


class ExplorerError(Exception):
    """The page cannot be made; the message says why."""


def page(views: Iterable[dict[str, Any]], arrays: Arrays, about: str) -> str:
    """The page as HTML.

    Parameters
    ----------
    views
        What `views.View.data` gives for each plane.
    arrays
        The numbers that the views refer to.
    about
        What made the data, in a line.

    Raises
    ------
    ExplorerError
        If the page would be larger than `MOST_BYTES`.
    """
    folder = files(__package__)
    text = folder.joinpath("page.html").read_text(encoding="utf-8")
    for part in PARTS:
        text = text.replace(f"/* {part} */", folder.joinpath(part).read_text(encoding="utf-8"))
    content = {"views": list(views), "arrays": arrays.encoded(), "about": about}
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.replace("/* data */", data.replace("</", "<\\/"))
    size = len(text.encode())
    if size > MOST_BYTES:
        msg = (
            f"the explorer's page would have {size / 1e6:.1f} MB, more than the "
            f"{MOST_BYTES / 1e6:.0f} MB that browsers open well; name fewer experiments"
        )
        raise ExplorerError(msg)
    return text
