"""Progress of a stage: lines in a log, a live line on a terminal."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ikmeanfield.continuation import SpecialPoint

Item = TypeVar("Item")
INTERVAL = 10.0
"""Seconds between lines in a log about one curve; special points are told at once."""


def tracked(items: Sequence[Item], what: str) -> Iterator[Item]:
    """Pass the items on and say on stderr how far they are, for how long, and what is left."""
    with _display(what, len(items)) as done:
        for number, item in enumerate(items, start=1):
            yield item
            done(number)


class Curves:
    """Tells on stderr how far a continuation is; what `ContinuationOptions.progress` takes.

    On a terminal one live line; in a log a line for every special point, and now and then one
    for where a curve is. How long a curve goes on is not known before it ends.

    Parameters
    ----------
    title
        What is followed, before the parameters.
    """

    def __init__(self, title: str = "") -> None:
        self._title = f"{title}: " if title else ""
        self._began = self._said = time.perf_counter()
        self._found: Counter[str] = Counter()
        self._points = 0

    def __call__(
        self, kind: str, where: Mapping[str, float], special: Sequence[SpecialPoint]
    ) -> None:
        """Note a point of a curve, and say so if it is time."""
        self._points += 1
        self._found.update(point.kind for point in special)
        live = sys.stderr.isatty()
        for point in special:
            values = {name: point.parameters[name] for name in where}
            self._say(f"{kind} curve: {point.kind} at {_shown(values)}", live=False)
        now = time.perf_counter()
        if now - self._said >= (0.2 if live else INTERVAL):
            self._said = now
            met = ", ".join(f"{count} {name}" for name, count in self._found.items()) or "none"
            self._say(
                f"{kind} curve at {_shown(where)}, {self._points} points, special points: {met}, "
                f"{now - self._began:.0f} s elapsed",
                live=live,
            )

    def _say(self, text: str, *, live: bool) -> None:
        clear = "\r\x1b[K" if sys.stderr.isatty() else ""
        print(f"{clear}{self._title}{text}", end="" if live else "\n", file=sys.stderr, flush=True)


def _shown(where: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:.6g}" for name, value in where.items())


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
