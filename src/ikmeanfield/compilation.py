"""Says on stderr when kernels are compiled, which takes seconds in a first session."""

from __future__ import annotations

from numba.core.event import Event, Listener, register

from ikmeanfield import progress

MESSAGE = "Compiling kernels (once; later sessions load them from disk) …"


class _Announcement(Listener):
    """Follows numba's compilations; loading machine code from disk does not count as one."""

    def __init__(self) -> None:
        self._said = False

    def on_start(self, event: Event) -> None:
        """Say that kernels of this package are compiled, once."""
        ours = event.data["dispatcher"].py_func.__module__.startswith(f"{__package__}.")
        if ours and not self._said and progress.is_live():
            self._said = True
            progress.write(MESSAGE)

    def on_end(self, event: Event) -> None:
        """Do nothing."""


_announcement = _Announcement()
_registered = False


def announce_compilation() -> None:
    """From now on, say once when a kernel of this package is compiled."""
    global _registered  # noqa: PLW0603
    if not _registered:
        register("numba:compile", _announcement)  # type: ignore[no-untyped-call]
        _registered = True
