"""Progress on stderr: live in a terminal or a notebook, lines in the log of a batch.

Library functions report through `reporting` and stay silent where stderr is neither a terminal nor
a notebook. Batches of the workflow go through `track`, continuation inside them through
`CurveProgress`; both also write lines to a log. `show_progress` turns the live display off.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ikmeanfield.arguments import yes_or_no

if TYPE_CHECKING:
    from ikmeanfield.continuation import SpecialPoint

Item = TypeVar("Item")

LOG_INTERVAL = 10.0
"""Seconds between lines in a log about one curve; special points are reported at once."""
REFRESH = 0.1
"""Seconds between updates of the live display."""
WORTHWHILE = 2.0
"""A computation appears on the live display if it is expected to take longer, in seconds."""
FIRST_GUESS = 0.4
"""Seconds after which the remaining time is first estimated."""

_shown = True


def show_progress(on: bool = True) -> None:
    """Turn the live progress display of this session on or off.

    Parameters
    ----------
    on
        Whether to report on long computations and on the compilation of kernels. The display
        is on by default; it never appears where stderr is neither a terminal nor a notebook.
    """
    global _shown  # noqa: PLW0603
    _shown = yes_or_no("on", on)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def _in_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def is_live() -> bool:
    """Whether progress is displayed: it is turned on, and somebody is watching stderr."""
    return _shown and (_in_terminal() or _in_notebook())


class _Display(Protocol):
    """Shows the tasks that are under way, the outermost first."""

    def show(self, tasks: Sequence[Task]) -> None: ...

    def write(self, text: str) -> None: ...

    def close(self) -> None: ...


class _Terminal:
    """A progress bar for each task, drawn by rich and erased at the end."""

    def __init__(self) -> None:
        from rich import progress as bars  # noqa: PLC0415
        from rich.console import Console  # noqa: PLC0415

        self._progress = bars.Progress(
            bars.TextColumn("{task.description}", markup=False), bars.BarColumn(),
            bars.TaskProgressColumn(), bars.TextColumn("elapsed"), bars.TimeElapsedColumn(),
            bars.TextColumn("left"), bars.TimeRemainingColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._rows: dict[Task, Any] = {}
        self._progress.start()

    def show(self, tasks: Sequence[Task]) -> None:
        for gone in [task for task in self._rows if task not in tasks]:
            self._progress.remove_task(self._rows.pop(gone))
        for task in tasks:
            if task not in self._rows:
                self._rows[task] = self._progress.add_task(task.text, total=None)
            self._progress.update(
                self._rows[task], description=task.text, completed=task.fraction or 0.0,
                total=None if task.fraction is None else 1.0,
            )  # fmt: skip

    def write(self, text: str) -> None:
        self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        self._progress.stop()


class _Notebook:
    """One line of text that is rewritten in place; needs no widgets."""

    def __init__(self) -> None:
        self._width = 0

    def show(self, tasks: Sequence[Task]) -> None:
        self._rewrite(", ".join(task.line() for task in tasks))

    def write(self, text: str) -> None:
        self._rewrite("")
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        self._rewrite("")

    def _rewrite(self, text: str) -> None:
        blank = " " * max(0, self._width - len(text))
        print(f"\r{text}{blank}", end="" if text else "\r", file=sys.stderr, flush=True)
        self._width = len(text)


class Task:
    """One computation that tells how far it is; made by `reporting`.

    Time is counted from the first update, because what precedes it (kernels that are compiled or
    loaded from disk) says nothing about the time that remains.
    """

    def __init__(self, what: str, shown: bool) -> None:
        self.text = what
        self.fraction: float | None = None
        self._what = what
        self.shown = shown
        self._first: tuple[float, float] | None = None
        self._due = 0.0

    def update(self, fraction: float | None = None, note: str = "") -> None:
        """Tell the fraction done, if it is known, and what else there is to say."""
        if not self.shown:
            return
        now = time.perf_counter()
        if self._first is None:
            self._first = now, fraction or 0.0
            self._due = now + FIRST_GUESS
        if now < self._due:
            return
        self._due = now + REFRESH
        self.fraction = fraction
        self.text = f"{self._what}, {note}" if note else self._what
        elapsed, left = self._times(now)
        if self in _tasks or elapsed + (left or 0.0) > WORTHWHILE:
            _display_tasks(self)

    def _times(self, now: float) -> tuple[float, float | None]:
        """Seconds since the first update, and those that remain if that can be told."""
        assert self._first is not None
        began, first = self._first
        if self.fraction is None or self.fraction <= first:
            return now - began, None
        return now - began, (now - began) * (1.0 - self.fraction) / (self.fraction - first)

    def line(self) -> str:
        """The task in one line of text."""
        elapsed, left = self._times(time.perf_counter())
        if self.fraction is None or left is None:
            return f"{self.text}: {elapsed:.0f} s elapsed"
        return f"{self.text}: {100 * self.fraction:.0f} %, about {left:.0f} s left"


_tasks: list[Task] = []
"""The tasks on the live display, the outermost first."""
_display: _Display | None = None


def _display_tasks(task: Task) -> None:
    global _display  # noqa: PLW0603
    if task not in _tasks:
        _tasks.append(task)
    if _display is None:
        _display = _Terminal() if _in_terminal() else _Notebook()
    _display.show(_tasks)


def _finish(task: Task) -> None:
    global _display  # noqa: PLW0603
    if task not in _tasks:
        return
    _tasks.remove(task)
    assert _display is not None
    _display.show(_tasks)
    if not _tasks:
        _display.close()
        _display = None


def write(text: str) -> None:
    """Print a line on stderr, above the live display if there is one."""
    if _display is not None:
        _display.write(text)
    else:
        print(text, file=sys.stderr, flush=True)


@contextmanager
def reporting(what: str) -> Iterator[Task]:
    """Show a computation on the live display for as long as the context lasts.

    Nothing appears for a computation of less than two seconds.

    Parameters
    ----------
    what
        What is being computed, such as ``"simulating"``.

    Yields
    ------
    Task
        Call its `update` as often as is convenient.
    """
    task = Task(what, is_live())
    try:
        yield task
    finally:
        _finish(task)


def track(items: Sequence[Item], what: str) -> Iterator[Item]:
    """Yield the items of a batch and report progress on stderr.

    Parameters
    ----------
    items
        What the batch consists of.
    what
        What one item is called, such as ``"run"``.
    """
    total, began = len(items), time.perf_counter()
    with reporting(what) as task:
        for number, item in enumerate(items, start=1):
            task.update((number - 1) / total, f"{number} of {total}")
            yield item
            elapsed = time.perf_counter() - began
            left = elapsed / number * (total - number)
            if not is_live():
                write(f"{what} {number}/{total}, {elapsed:.1f} s elapsed, about {left:.0f} s left")


class CurveProgress:
    """Writes to the log how far a continuation is; to be given as `ContinuationOptions.progress`.

    Every special point gets a line at once, and the current position gets one now and then. How
    far a curve continues is unknown before it ends.

    Parameters
    ----------
    title
        What is continued; it precedes the parameters in every line.
    """

    def __init__(self, title: str = "") -> None:
        self._title = f"{title}: " if title else ""
        self._began = self._last = time.perf_counter()
        self._found: Counter[str] = Counter()
        self._points = 0

    def __call__(
        self, kind: str, where: Mapping[str, float], special: Sequence[SpecialPoint]
    ) -> None:
        """Note a point of a curve, and write a line if one is due."""
        self._points += 1
        self._found.update(point.kind for point in special)
        for point in special:
            values = {name: point.parameters[name] for name in where}
            write(f"{self._title}{kind} curve: {point.kind} at {_named(values)}")
        now = time.perf_counter()
        if now - self._last >= LOG_INTERVAL:
            self._last = now
            counts = ", ".join(f"{count} {name}" for name, count in self._found.items()) or "none"
            write(
                f"{self._title}{kind} curve at {_named(where)}, {self._points} points, special "
                f"points: {counts}, {now - self._began:.0f} s elapsed"
            )


def _named(where: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:.6g}" for name, value in where.items())
