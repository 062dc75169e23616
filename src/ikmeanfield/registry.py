"""Registries of things that are chosen by name and are either built in or added by plug-ins."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar

Thing = TypeVar("Thing")

GROUP = "ikmeanfield"
"""Entry points of this group name modules that register something when they are imported."""
VARIABLE = "IKMEANFIELD_PLUGINS"
"""Environment variable with the names of further such modules, separated by commas."""


class Registry(Mapping[str, Thing], Generic[Thing]):
    """A mapping from names to things; built-in things are imported when they are first used.

    Plug-ins are loaded when a name is not found, and when the names are listed.

    Parameters
    ----------
    what
        A description of one thing, for messages: ``"kind of study"``.
    built_in
        Where each built-in thing is defined, as ``"module:attribute"``, by name.
    """

    def __init__(self, what: str, built_in: Mapping[str, str]) -> None:
        self._what = what
        self._homes = dict(built_in)
        self._things: dict[str, Thing] = {}

    def register(self, name: str, thing: Thing) -> None:
        """Add a thing.

        Raises
        ------
        ValueError
            If the name is taken.
        """
        if name in self._homes or self._things.get(name, thing) is not thing:
            msg = f"{self._what} {name!r} exists already; choose another name"
            raise ValueError(msg)
        self._things[name] = thing

    def __getitem__(self, name: str) -> Thing:
        if name not in self._things:
            if name not in self._homes:
                load_plugins()
            if name in self._homes:
                module, _, attribute = self._homes[name].partition(":")
                self._things[name] = getattr(import_module(module), attribute)
            elif name not in self._things:
                raise KeyError(f"no {self._what} {name!r}; there are {', '.join(self)}")
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        load_plugins()
        yield from dict.fromkeys([*self._homes, *self._things])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: Any) -> bool:
        if name not in self._homes and name not in self._things:
            load_plugins()
        return name in self._homes or name in self._things


@cache
def load_plugins() -> tuple[str, ...]:
    """Import the plug-ins of this environment, once.

    Returns
    -------
    tuple of str
        Names of their modules, from the entry points of `GROUP` and from `VARIABLE`.

    Raises
    ------
    ImportError
        If one cannot be imported or registers a name that is taken; the message names the module.
    """
    named = [name.strip() for name in os.environ.get(VARIABLE, "").split(",")]
    modules = [entry.module for entry in entry_points(group=GROUP)]
    modules += [name for name in named if name]
    for name in modules:
        try:
            import_module(name)
        except Exception as error:
            msg = f"the plug-in {name!r} cannot be imported: {error}"
            raise ImportError(msg) from error
    return tuple(modules)
