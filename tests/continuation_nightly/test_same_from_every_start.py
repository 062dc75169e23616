"""A curve and its special points are the same from every start on it.

Oracle: the curve itself, followed once with small steps. It is followed again from random rows,
in both directions, with steps of 0.1 to 0.0125, with and without its Jacobian, and with bounds cut
anywhere. No special point may be missed or invented; a point or an end that says that it is
undecided is counted. Every change in the number of unstable eigenvalues has a special point.
"""

from collections import Counter

import numpy as np
import pytest
import random_systems

from comparison import FOLLOW, check, unexplained
from ikmeanfield.continuation import ContinuationOptions, continue_equilibria

#: Starts on each equilibrium curve, and on each curve of folds or Hopf points.
CURVES, PLANES = 8, 1


def compared(problem, start, box, free, seed):
    g = np.random.default_rng(seed)
    options = ContinuationOptions(bounds={free[0]: box[free[0]]}, ds_max=0.02, max_points=4000)
    reference = continue_equilibria(problem, start, free[0], options)
    assert not unexplained(reference)
    if {end.reason for end in reference.ends} - {"bound", "closed"} or len(reference) < 5:
        return Counter(skipped=1), []
    counts, wrong = check(problem, reference, g, CURVES, {free[0]: box[free[0]]})
    for kind, name in (("fold", "LP"), ("hopf", "HB")):
        for point in reference.points(name)[:1]:
            plane = ContinuationOptions(bounds=box, ds_max=0.04, max_points=3000)
            curve = FOLLOW[kind](problem, point, free, plane)
            if {end.reason for end in curve.ends} - {"bound", "closed", "BT"} or len(curve) < 5:
                counts["skipped"] += 1
                continue
            more, also = check(problem, curve, g, PLANES, box)
            counts += more
            wrong += also
    return counts, wrong


def record(record_property, counts, wrong):
    for name, number in counts.items():
        record_property(name, number)
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("seed", range(150))
def test_cubic(seed, record_property):
    try:
        system = random_systems.cubic(seed, 2 + seed % 5)
    except ArithmeticError:
        pytest.skip("no equilibrium near zero")
    record(record_property, *compared(*system, seed))


@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize("populations", [1, 2, 3])
@pytest.mark.parametrize("seed", range(12))
def test_circuit(seed, populations, corrected, record_property):
    try:
        system = random_systems.circuit(seed, populations, corrected)
    except ArithmeticError:
        pytest.skip("no equilibrium near rest")
    record(record_property, *compared(*system, seed))
