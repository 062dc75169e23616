"""Entries of a stored plan, one per line, each parsed when it is first used.

A sweep may have a hundred thousand runs, of which a job needs only a few.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar, overload

from pydantic import TypeAdapter, ValidationError

from ikmeanfield.schema import explain

Entry = TypeVar("Entry")


class Lines(Sequence[Entry], Generic[Entry]):
    """Entries of a stored plan.

    Parameters
    ----------
    kind
        Reads one entry.
    lines
        The entries as JSON; a comma may follow each.
    where
        The beginning of an error message about an entry; the entry's number follows.
    """

    def __init__(self, kind: TypeAdapter[Entry], lines: Sequence[bytes], where: str) -> None:
        self._kind, self._lines, self._where = kind, lines, where
        self._read: dict[int, Entry] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> list[Entry]: ...
    def __getitem__(self, place: int | slice) -> Entry | list[Entry]:
        if isinstance(place, slice):
            return [self[number] for number in range(len(self))[place]]
        number = range(len(self))[place]
        if number not in self._read:
            try:
                line = self._lines[number].rstrip(b",\n")
                self._read[number] = self._kind.validate_json(line)
            except ValidationError as error:
                raise explain(error, f"{self._where}.{number}") from None
        return self._read[number]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]
