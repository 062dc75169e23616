"""Progress of a stage: lines in a log, a bar on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


def tracked(items: Sequence[Item], what: str) -> Iterator[Item]:
    """Pass the items on and say on stderr how far they are, for how long, and what is left."""
    with _display(what, len(items)) as done:
        for number, item in enumerate(items, start=1):
            yield item
            done(number)


@contextmanager
def _display(what: str, total: int) -> Iterator[Callable[[int], None]]:
    began = time.perf_counter()
    if sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import Progress  # noqa: PLC0415

        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task(what, total=total)
            yield lambda number: bar.update(task, completed=number)
        return

    def line(number: int) -> None:
        elapsed = time.perf_counter() - began
        left = elapsed / number * (total - number)
        text = f"{what} {number}/{total}, {elapsed:.1f} s elapsed, about {left:.0f} s left"
        print(text, file=sys.stderr, flush=True)

    yield line
