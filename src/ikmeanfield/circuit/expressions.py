"""Arithmetic in the parameters of a circuit, read from text and never executed as code."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

LONGEST = 300
"""Largest number of characters of an expression."""

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[float], float]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}

Values = Mapping[str, float]
_Node = Callable[[Values], float]


@dataclass(frozen=True)
class Expression:
    """An expression of numbers, names, ``+ - * / **`` and parentheses.

    Attributes
    ----------
    text
        For example ``"(1 - share) * q.ampa.weights.p"``; paths of parameters are names.

    Raises
    ------
    ValueError
        If the text is not such an expression; the message names what is not allowed.
    """

    text: str

    def __post_init__(self) -> None:
        names: set[str] = set()
        object.__setattr__(self, "_value", _compiled(self._tree(), names))
        object.__setattr__(self, "_names", frozenset(names))

    @property
    def names(self) -> frozenset[str]:
        """The names and paths that it contains."""
        found: frozenset[str] = self.__dict__["_names"]
        return found

    def __call__(self, values: Values) -> float:
        """Its value.

        Parameters
        ----------
        values
            A number for each of `names`.

        Raises
        ------
        ValueError
            If it has no finite real value there.
        """
        node: _Node = self.__dict__["_value"]
        try:
            value = node(values)
        except (ZeroDivisionError, OverflowError):
            value = float("nan")
        if isinstance(value, complex) or not isfinite(value):
            where = ", ".join(f"{name} = {values[name]:g}" for name in sorted(self.names))
            msg = f"{self.text!r} has no finite value at {where or 'all'}"
            raise ValueError(msg)
        return value

    def _tree(self) -> ast.expr:
        if len(self.text) > LONGEST:
            msg = f"an expression has at most {LONGEST} characters; this one has {len(self.text)}"
            raise ValueError(msg)
        try:
            return ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            msg = f"{self.text!r} is not an expression such as '1 - share'"
            raise ValueError(msg) from None


def _compiled(node: ast.expr, names: set[str]) -> _Node:
    """The value of a node as a function of the names, which are noted; no other node passes."""
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        combine = _BINARY[type(node.op)]
        left, right = _compiled(node.left, names), _compiled(node.right, names)
        return lambda values: combine(left(values), right(values))
    if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        change, inner = _UNARY[type(node.op)], _compiled(node.operand, names)
        return lambda values: change(inner(values))
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        number = _number(node)
        return lambda values: number
    path = _path(node)
    if path is not None:
        names.add(path)
        return lambda values: values[path]
    msg = (
        f"{ast.unparse(node)!r} is not allowed; an expression consists of numbers, names, paths of "
        "parameters, + - * / ** and parentheses"
    )
    raise ValueError(msg)


def _number(node: ast.Constant) -> float:
    # Whole numbers as floats: powers of long ones would not end.
    try:
        return float(node.value)  # type: ignore[arg-type]
    except OverflowError:
        msg = "a number in an expression is too large"
        raise ValueError(msg) from None


def _path(node: ast.expr) -> str | None:
    """A name, or names joined by dots; None for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = _path(node.value)
        return None if head is None else f"{head}.{node.attr}"
    return None
