"""A hash of the code that a job depends on.

Snakemake does not notice changes in a library that a command imports. Each rule therefore has the
hash of the code that its command reaches as a parameter, so that it runs again when that code is
edited, and not when other code is. Comments, docstrings and layout do not count.

Plug-ins are treated like the package: whatever a study, theory or figure of a plug-in uses, in its
own modules or in this package, is followed in the same way.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ikmeanfield.registry import load_plugins

ROOT = Path(__file__).parent
DATA_SUFFIXES = (".mplstyle", ".html", ".css", ".js")


def code_hash(*entries: str, root: Path = ROOT) -> str:
    """Hash of modules, functions and methods, and of everything in the package that they use.

    Parameters
    ----------
    entries
        Full names of modules, for example ``"ikmeanfield.jobs.compute"``, or of functions and
        methods: ``"ikmeanfield.studies.networks:Networks.compute"``. A module counts as a whole, a
        function or method only with what it reaches.
    root
        Folder of the package.
    """
    digest = hashlib.sha256()
    parts, modules = _reached([e.partition(":")[::2] for e in entries if ":" in e], root)
    modules |= {entry for entry in entries if ":" not in entry}
    for name in sorted(closure(*modules, root=root)):
        path = _file(name, root)
        assert path is not None
        digest.update(f"{name}\n{_digest(path)}\n".encode())
        if path.parent != root:
            for data in sorted(p for p in path.parent.iterdir() if p.suffix in DATA_SUFFIXES):
                digest.update(data.read_bytes())
    for (module, name), node in sorted(parts.items()):
        plain = _without_annotations(node)
        digest.update(f"{module}:{name}\n{ast.dump(plain)}\n".encode())
    return digest.hexdigest()[:16]


def _reached(
    waiting: list[tuple[str, str]], root: Path
) -> tuple[dict[tuple[str, str], ast.AST], set[str]]:
    """Definitions that functions and methods reach in their own modules, and modules they import.

    The fields of a class do not count: they are settings, not code.
    """
    parts: dict[tuple[str, str], ast.AST] = {}
    modules: set[str] = set()
    while waiting:
        module, name = waiting.pop()
        if (module, name) in parts or module in modules:
            continue
        path = _file(module, root)
        if path is None:
            msg = f"no module {module} below {root}"
            raise ModuleNotFoundError(msg)
        owner, _, member = name.rpartition(".")
        if member.startswith("__"):
            continue
        scope = _defined(_tree(path)) if not owner else _members(_tree(path), owner)
        node = scope.get(name if not owner else member)
        if node is None:
            if owner:
                waiting += [(m, f"{base}.{member}") for m, base in _bases(module, owner, root)]
            continue
        if isinstance(node, ast.alias):
            modules |= _imported(module, path, node, root)
            continue
        if isinstance(node, ast.ClassDef):
            parts[module, name] = ast.parse(node.name)
            waiting += [(module, f"{name}.{each}") for each in _members(_tree(path), name)]
            continue
        if isinstance(node, ast.AnnAssign) and owner:
            continue
        parts[module, name] = node
        waiting += [(module, used) for used in _names(node)]
        waiting += [(module, f"{owner}.{used}") for used in _own_names(node) if owner]
        modules |= set(_imports_within(module, path, node, root))
    return parts, modules


def _defined(tree: ast.Module) -> dict[str, ast.AST]:
    """What a module defines or imports at its top level, by name."""
    found: dict[str, ast.AST] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        found[name.id] = node
        elif isinstance(node, ast.ImportFrom | ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name] = alias
    return found


def _members(tree: ast.Module, owner: str) -> dict[str, ast.AST]:
    """Methods and class attributes of a class, by name."""
    node = _defined(tree).get(owner)
    body = node.body if isinstance(node, ast.ClassDef) else []
    return _defined(ast.Module(body=body, type_ignores=[]))


def _bases(module: str, owner: str, root: Path) -> list[tuple[str, str]]:
    """Module and name of the base classes of a class that belong to this package."""
    path = _file(module, root)
    assert path is not None
    defined = _defined(_tree(path))
    node = defined.get(owner)
    found: list[tuple[str, str]] = []
    for base in node.bases if isinstance(node, ast.ClassDef) else []:
        if isinstance(base, ast.Name) and isinstance(defined.get(base.id), ast.ClassDef):
            found.append((module, base.id))
        elif isinstance(base, ast.Name) and isinstance(alias := defined.get(base.id), ast.alias):
            found += [(home, alias.name) for home in _imported(module, path, alias, root)]
    return found


def _imported(module: str, path: Path, alias: ast.alias, root: Path) -> set[str]:
    """The modules of this package behind a name that a module imports at its top level."""
    for node in _tree(path).body:
        if isinstance(node, ast.ImportFrom | ast.Import) and alias in node.names:
            return set(_sources(module, path, node, [alias], root))
    return set()


def _imports_within(module: str, path: Path, node: ast.AST, root: Path) -> Iterator[str]:
    """Modules of this package that a function imports in its body."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.ImportFrom | ast.Import):
            yield from _sources(module, path, inner, inner.names, root)


def _names(node: ast.AST) -> Iterator[str]:
    """Names that code reads, except in annotations, which are not executed."""
    hidden = {id(part) for note in _annotations(node) for part in ast.walk(note)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and id(inner) not in hidden:
            yield inner.id


def _own_names(node: ast.AST) -> Iterator[str]:
    """Attributes of ``self`` and ``cls`` that a method reads."""
    for inner in ast.walk(node):
        if (
            isinstance(inner, ast.Attribute)
            and isinstance(inner.value, ast.Name)
            and inner.value.id in ("self", "cls")
        ):
            yield inner.attr


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg | ast.AnnAssign) and inner.annotation is not None:
            yield inner.annotation
        elif isinstance(inner, ast.FunctionDef) and inner.returns is not None:
            yield inner.returns


def closure(*modules: str, root: Path = ROOT) -> set[str]:
    """The modules and all modules of the package that they reach.

    If the ``__init__`` of a package only re-exports names, then a module that imports a name from
    it depends on the module that defines the name, and not on the others. The root package does
    nothing but re-export names, lazily, and is left out.
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


def _imports(name: str, path: Path, root: Path) -> set[str]:
    """The modules, of this package or a plug-in, that a module imports when it runs."""
    return _modules_imported(name, path, root, path.stat().st_mtime_ns)


def _sources(
    name: str, path: Path, node: ast.Import | ast.ImportFrom, names: list[ast.alias], root: Path
) -> Iterator[str]:
    """The modules, of this package or a plug-in, behind names that an import statement brings."""
    if isinstance(node, ast.Import):
        yield from (a.name for a in names if a.name != root.name and _followed(a.name, root))
        return
    source = _absolute(node, name, path)
    if _followed(source, root):
        for alias in names:
            yield from _origin(source, alias.name, root)


def _absolute(node: ast.ImportFrom, name: str, path: Path) -> str:
    """The absolute name of the module in a ``from … import``."""
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
        for node in ast.walk(tree)  # a lazy package imports its names for the type checker only
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


def _without_annotations(node: ast.AST) -> ast.AST:
    """A copy of a definition without the annotations of its functions, which are not executed."""
    plain = copy.deepcopy(node)
    for inner in ast.walk(plain):
        if isinstance(inner, ast.arg):
            inner.annotation = None
        elif isinstance(inner, ast.FunctionDef):
            inner.returns = None
    return plain


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return tree


def _tree(path: Path) -> ast.Module:
    """The parsed source of a module, without docstrings; nobody may change it."""
    return _parsed(path, path.stat().st_mtime_ns)


def _digest(path: Path) -> str:
    """A hash of the parsed source of a module, without docstrings."""
    return _digested(path, path.stat().st_mtime_ns)


# Of these, the time of the last change is part of the key: an edited file is read again.


@cache
def _parsed(path: Path, modified: int) -> ast.Module:
    del modified
    return _without_docstrings(ast.parse(path.read_text(encoding="utf-8")))


@cache
def _digested(path: Path, modified: int) -> str:
    return hashlib.sha256(ast.dump(_parsed(path, modified)).encode()).hexdigest()


@cache
def _modules_imported(name: str, path: Path, root: Path, modified: int) -> set[str]:
    found: set[str] = set()
    for node in _running(_parsed(path, modified)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.update(_sources(name, path, node, node.names, root))
    return found


def _file(name: str, root: Path) -> Path | None:
    parts = name.split(".")
    if parts[0] != root.name:
        return _plugin_file(name) if _followed(name, root) else None
    base = root.joinpath(*parts[1:])
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def _followed(name: str, root: Path) -> bool:
    """Whether a module belongs to this package or to a plug-in."""
    top = name.partition(".")[0]
    return top == root.name or top in {plugin.partition(".")[0] for plugin in load_plugins()}


@cache
def _plugin_file(name: str) -> Path | None:
    """Source of a module of a plug-in; None if there is no module of this name."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:  # its parent is a module, not a package
        return None
    return Path(spec.origin) if spec is not None and spec.origin else None
