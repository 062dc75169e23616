"""On which side of a fold or a Hopf point something exists that does not on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ikmeanfield.continuation import Branch, SpecialPoint

Side = Literal["lower", "upper"]


def border_side(branch: Branch, point: SpecialPoint) -> Side:
    """Whether a fold or Hopf point of a branch of equilibria is a lower or an upper border.

    A fold borders the values of the parameter at which its two equilibria exist, a Hopf point
    those at which the equilibrium is unstable against oscillations.

    Parameters
    ----------
    branch
        Equilibria in one parameter.
    point
        One of its points ``"LP"`` or ``"HB"``.
    """
    special = {p.row for p in branch.special}
    before, after = point.row - 1, point.row + 1
    while before in special and before > 0:
        before -= 1
    while after in special and after < len(branch) - 1:
        after += 1
    x = branch[branch.free[0]]
    if point.kind == "LP":
        return "upper" if x[point.row - 1] < x[point.row] else "lower"
    unstable = branch["unstable"]
    gained = int(unstable[after]) - int(unstable[before])
    return "lower" if gained * (x[after] - x[before]) > 0 else "upper"
