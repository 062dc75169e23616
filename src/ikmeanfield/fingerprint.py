"""A hash of the code that a module of this package depends on.

Snakemake does not see a change in a library that a command imports. Each rule therefore carries
the hash of the library's modules that its stage reaches, so that editing one of them reruns the
rule, and editing any other does not. Comments and layout do not count.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent
DATA_SUFFIXES = (".mplstyle",)


def code_hash(*modules: str, root: Path = ROOT) -> str:
    """Hash of modules and of everything of the package that they import, directly or not.

    Parameters
    ----------
    modules
        Full names, for example ``"ikmeanfield.stages.simulate"``.
    root
        Folder of the package.
    """
    digest = hashlib.sha256()
    for name in sorted(closure(*modules, root=root)):
        path = _file(name, root)
        assert path is not None
        digest.update(f"{name}\n{ast.dump(_without_docstrings(_tree(path)))}\n".encode())
        if path.parent != root:
            for data in sorted(p for p in path.parent.iterdir() if p.suffix in DATA_SUFFIXES):
                digest.update(data.read_bytes())
    return digest.hexdigest()[:16]


def closure(*modules: str, root: Path = ROOT) -> set[str]:
    """The modules themselves and all modules of the package that they reach.

    A package whose ``__init__`` only passes names on is looked through: who imports one name
    from it depends on the module that defines the name. The package's own root does nothing
    but that, lazily, and is left out.
    """
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = _file(name, root)
        if path is None:
            msg = f"no module {name} below {root}"
            raise ModuleNotFoundError(msg)
        found.add(name)
        waiting.extend(_imports(name, path, root))
    return found


def _imports(name: str, path: Path, root: Path) -> Iterator[str]:
    package = root.name
    for node in _running(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith(package + "."))
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(node, name, path)
            if source == package or source.startswith(package + "."):
                for alias in node.names:
                    yield from _origin(source, alias.name, root)


def _absolute(node: ast.ImportFrom, name: str, path: Path) -> str:
    """The module a ``from … import`` names, relative forms resolved."""
    if not node.level:
        return node.module or ""
    parts = name.split(".")
    keep = len(parts) - node.level + (path.name == "__init__.py")
    return ".".join([*parts[:keep], *([node.module] if node.module else [])])


def _origin(source: str, name: str, root: Path) -> Iterator[str]:
    """The modules behind ``from source import name``."""
    if _file(f"{source}.{name}", root) is not None:
        yield f"{source}.{name}"
        return
    if source == root.name:
        return
    path = _file(source, root)
    if path is None or path.name != "__init__.py":
        yield source
        return
    tree = _tree(path)
    homes = [
        _absolute(node, source, path)
        for node in ast.walk(tree)  # a lazy package names its homes for the type checker
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if (alias.asname or alias.name) == name
    ]
    if not homes or not _only_passes_on(tree):
        yield source
    for home in homes:
        yield from _origin(home, name, root)


def _running(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes except those that only a type checker reads."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting.extend(node.orelse)
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def _only_passes_on(tree: ast.Module) -> bool:
    return all(
        isinstance(node, ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Assign) and ast.dump(node.targets[0]).startswith("Name(id='__all"))
        for node in tree.body
    )


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return tree


def _tree(path: Path) -> ast.Module:
    return _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, modified: int) -> ast.Module:
    del modified  # part of the key: an edited file is parsed again
    return ast.parse(path.read_text(encoding="utf-8"))


def _file(name: str, root: Path) -> Path | None:
    parts = name.split(".")
    if parts[0] != root.name:
        return None
    base = root.joinpath(*parts[1:])
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None
