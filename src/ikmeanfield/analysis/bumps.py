"""How well the activity of neurons on a ring keeps the place and the width of a stimulus."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Bump(NamedTuple):
    """A profile of activity against the box of neurons that were stimulated."""

    error: float
    """‖x/max x − box‖ / ‖box‖: 0 for the box itself, 1 for silence."""
    misfit: float
    """√(1 − cos²) of the angle between profile and box: 0 for the box at any height, 1 for none
    of it."""
    inside: float
    """Mean activity inside the box."""
    outside: float
    """Mean activity outside of it; zero if there is no outside."""


def centred_box(size: int, fraction: float) -> NDArray[np.bool_]:
    """The centred fraction of `size` neurons, at least one."""
    chosen = max(1, round(fraction * size))
    first = (size - chosen) // 2
    box = np.zeros(size, dtype=bool)
    box[first : first + chosen] = True
    return box


def compare(profile: FloatArray, box: NDArray[np.bool_]) -> Bump:
    """Compare a profile of activity, not negative, with the box of the stimulated neurons."""
    target = box.astype(float)
    top = float(profile.max())
    scaled = profile / top if top > 0 else np.zeros_like(profile)
    norms = float(np.linalg.norm(scaled) * np.linalg.norm(target))
    cosine = float(scaled @ target) / norms if norms > 0 else 0.0
    return Bump(
        error=float(np.linalg.norm(scaled - target) / np.linalg.norm(target)),
        misfit=float(np.sqrt(max(0.0, 1.0 - cosine**2))),
        inside=float(profile[box].mean()),
        outside=float(profile[~box].mean()) if not box.all() else 0.0,
    )
