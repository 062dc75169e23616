"""Limits on the size of runs, grids and files, beyond which they would fill a machine.

They are far above what the paper needs and what one process can compute in a week, so a larger
size is taken for a mistake.
"""

from __future__ import annotations

NEURONS = 10**8
"""Neurons in one population."""
STEPS = 10**10
"""Time steps of one run."""
SAMPLES = 10**8
"""Samples of one recorded series of one run."""
RUNS = 10**6
"""Runs of one sweep, and so points of its grid."""
BATCH = 2 * 10**9
"""Samples of all series in one batch, which is held in memory."""
PULSES = 10**5
"""Pulses of one input current."""
RAMP = 1e7
"""Length of a ramp in ms."""


def at_most(count: float, limit: float, what: str, remedy: str) -> None:
    """Refuse a number above its limit.

    Raises
    ------
    ValueError
        Naming what is too large, by how much, and what to change.
    """
    if count > limit:
        msg = f"{what}: {count:.3g} are more than {limit:.3g}; {remedy}"
        raise ValueError(msg)
