"""From the points of a curve of cycles to the shared `Branch` container."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation.branch import Branch
from ikmeanfield.continuation.bvp.points import effort
from ikmeanfield.continuation.compute_branch import empty_branch
from ikmeanfield.continuation.halves import joined
from ikmeanfield.continuation.special_point import Termination

from .orbit import Orbit
from .start import Trajectory

if TYPE_CHECKING:
    from ikmeanfield.continuation.bvp.follow import Half

    from .curve import CycleCurve


def cycle_branch(
    curve: CycleCurve, halves: tuple[Half | None, Half | None], start: Termination
) -> Branch:
    """Return the table of a curve's backward and forward half: one row per cycle.

    Rows hold, besides what every `Branch` has: ``states`` (the cycle at phase 0), ``eigenvalues``
    (the nontrivial Floquet multipliers, largest first, then the trivial one as computed),
    ``period``, ``largest_multiplier`` (largest modulus of the nontrivial ones),
    ``trivial_multiplier`` (1 up to the accuracy of the orbit), ``reliable`` (0 where that one is so
    far off that the others are lost with it: neither they nor ``stable`` can be trusted, and PD, TR
    and BP are not looked for; in the plane, never), ``mesh_error`` (estimated, relative
    to the amplitudes), ``intervals``, and arrays ``minimum``, ``maximum``, ``mean`` by
    variable. On curves of bifurcations ``unstable`` and ``stable`` refer to the multipliers that do
    not define the curve. Further columns are the curve's own. With `CycleOptions.save_profiles`,
    ``profile`` (point, node, variable) and ``profile_time`` (point, node, as a fraction of the
    period), padded with NaN.
    """
    points, special, ends = joined(*halves, start)
    orbits = [curve.orbit(point.profile) for point in points]
    cycles = [point.facts for point in points]
    multipliers = [cycle.floquet.multipliers for cycle in cycles]
    trivial = [complex(cycle.floquet.trivial) for cycle in cycles]
    counted = [np.abs(curve.counted(point)) for point in points]
    columns = {
        **effort(points),
        "unstable": np.array([np.count_nonzero(mu > 1) for mu in counted]),
        "stable": np.array([int((mu < 1).all()) for mu in counted]),
        "period": np.array([orbit.period for orbit in orbits]),
        "largest_multiplier": np.array([np.abs(mu).max(initial=0.0) for mu in multipliers]),
        "trivial_multiplier": np.real(trivial),
        "reliable": np.array([int(cycle.floquet.reliable()) for cycle in cycles]),
        **curve.columns(points),
    }
    extra: dict[str, tuple[tuple[str, ...], NDArray[Any]]] = {
        key: (("point", "variable"), np.stack([getattr(cycle, key) for cycle in cycles]))
        for key in ("minimum", "maximum", "mean")
    }
    if curve.cycles.save_profiles:
        extra |= _profiles(orbits)
    return replace(
        empty_branch(curve.kind, curve.field.based, curve.field.free, start),
        states=np.stack([orbit.values[0] for orbit in orbits]),
        parameters=np.stack([orbit.scalars[1:] for orbit in orbits]),
        eigenvalues=np.stack(list(map(np.append, multipliers, trivial))),
        columns=columns,
        extra=extra,
        special=special,
        ends=ends,
    )


def _profiles(orbits: Sequence[Orbit]) -> dict[str, tuple[tuple[str, ...], NDArray[Any]]]:
    shape = (len(orbits), max(len(orbit.values) for orbit in orbits))
    times = np.full(shape, np.nan)
    states = np.full((*shape, orbits[0].values.shape[1]), np.nan)
    for k, orbit in enumerate(orbits):
        size = len(orbit.values)
        times[k, :size] = orbit.nodes()
        states[k, :size] = orbit.values
    return {
        "profile_time": (("point", "node"), times),
        "profile": (("point", "node", "variable"), states),
    }


def trajectory_at(branch: Branch, row: int) -> Trajectory:
    """Return the cycle of one row of a branch with saved profiles, to start another branch from.

    Raises
    ------
    ValueError
        The branch was computed without `CycleOptions.save_profiles`, or the row is no cycle.
    """
    if "profile" not in branch.extra:
        msg = "the branch holds no profiles: compute it with save_profiles=True"
        raise ValueError(msg)
    times, states = branch.extra["profile_time"][1][row], branch.extra["profile"][1][row]
    kept = np.isfinite(times)
    if not np.ptp(states[kept], axis=0).any():
        msg = f"row {row} is an equilibrium (a Hopf point), not a cycle"
        raise ValueError(msg)
    period = float(branch.columns["period"][row])
    return Trajectory(period * times[kept], states[kept], branch.parameters_at(row))
