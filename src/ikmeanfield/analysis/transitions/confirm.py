"""A second look, with longer holds, at where a system stayed.

A branch may end at a fold, which a system passes within seconds, or at a subcritical Hopf point,
beyond which an oscillation grows for many seconds before the system leaves. So the last state that
stayed is held on, as far as the budget allows, and if it leaves after all the edge moves inwards.
"""

from __future__ import annotations

from dataclasses import replace

from ikmeanfield.analysis.transitions.held import Edge, HoldSettings, hold
from ikmeanfield.analysis.transitions.plant import BudgetError, Plant


def confirm(plant: Plant, edge: Edge, level: float, settings: HoldSettings, *, above: bool) -> Edge:
    """Hold on where the system stayed; where it leaves, step back until it stays.

    Parameters
    ----------
    edge
        As `find_edge` gave it; changed in place. Should the budget end while it is not known
        where the system stays, the interval reaches back to the last state that did.
    level, above
        As for `hold`.
    """
    longer = replace(settings, hold=settings.confirm)
    sign = 1.0 if edge.left.current > edge.inside.current else -1.0
    start = edge.inside
    try:
        for _ in range(settings.holds):
            one = hold(plant, start, start.current, level, longer, above=above)
            if not one.left:
                break
            edge.left = one
            behind = [s for s in edge.states if sign * (one.current - s.current) > 1e-9]
            if not behind:
                break
            nearest = max(behind, key=lambda s: sign * s.current)
            edge.inside = nearest
            target = one.current - sign * settings.resolution
            if sign * (target - nearest.current) <= 0:
                start = nearest
                continue
            one = hold(plant, nearest, target, level, longer, above=above)
            if not one.left:
                edge.inside, edge.stayed = one.end, one
                break
            edge.left, start = one, nearest
    except BudgetError:
        pass
    return edge
