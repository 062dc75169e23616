"""Registries: what there is to choose from by name, built in or added by a plug-in."""

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
    """Things by name; those built in are imported when they are first asked for.

    Parameters
    ----------
    what
        What they are, in the singular, for messages: ``"kind of study"``.
    built_in
        Where each is defined: ``"module:attribute"`` by name.
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
        return name in list(self)


@cache
def load_plugins() -> tuple[str, ...]:
    """Import the plug-ins of this environment, once; returns the names of their modules.

    Raises
    ------
    ImportError
        If one cannot be imported, or takes a name that is taken; it names the module.
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
