"""Configurations as YAML files: what is read must be what was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ikmeanfield.checkout import NOT_INSTALLED, checkout
from ikmeanfield.schema import ConfigError, printable


class _Loader(yaml.SafeLoader):
    """Reads plain data, and collects the keys that a mapping is given more than once.

    YAML forbids them, and PyYAML silently takes the last one. They are sought while nodes are
    composed, before merge keys (``<<``) add keys that a mapping may override.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.repeated: list[str] = []

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        first: dict[tuple[str, str], int] = {}
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            line, name = key.start_mark.line + 1, (key.tag, key.value)
            if name in first:
                self.repeated.append(
                    f"line {line}: the key {printable(key.value)!r} is given again; "
                    f"it is first on line {first[name]}. Keep one of them"
                )
            first.setdefault(name, line)
        return node


def read_yaml(path: str | Path) -> Any:
    """The data of a YAML file.

    Raises
    ------
    ConfigError
        If the file cannot be read, is no YAML, or gives a key of a mapping twice; the message
        names the line of every such key.
    """
    try:
        loader = _Loader(Path(path).read_text(encoding="utf-8"))
        data = loader.get_single_data()
    except OSError as error:
        hint = "" if checkout() or Path(path).exists() else f". {NOT_INSTALLED}"
        msg = f"{path}: cannot be read ({error.strerror}){hint}"
        raise ConfigError(msg) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{path}: not valid YAML: {error}"
        raise ConfigError(msg) from None
    if loader.repeated:
        raise ConfigError("\n".join(f"{path}, {problem}" for problem in loader.repeated))
    return data
