"""One page that holds everything: data, style and script, without a server or a network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from ikmeanfield.explorer.arrays import Arrays

PARTS = ("style.css", "draw.js", "explorer.js")


def page(
    views: Iterable[dict[str, Any]], arrays: Arrays, plans: Mapping[str, str], **about: str | int
) -> str:
    """The page as HTML.

    Parameters
    ----------
    views
        What `views.View.data` gives for each plane.
    arrays
        The numbers that the views refer to.
    plans
        The hash of the plan of each experiment, which `status` compares with the plans that hold.
    about
        What the page says of all: ``source``, what made the data, and ``windows``.
    """
    folder = files(__package__)
    text = folder.joinpath("page.html").read_text(encoding="utf-8")
    for part in PARTS:
        text = text.replace(f"/* {part} */", folder.joinpath(part).read_text(encoding="utf-8"))
    made_from = " ".join(f"{name}={digest}" for name, digest in plans.items())
    text = text.replace("<!-- made from -->", f'<meta name="made-from" content="{made_from}">')
    content = {"views": list(views), "arrays": arrays.encoded(), **about}
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("/* data */", data.replace("</", "<\\/"))
