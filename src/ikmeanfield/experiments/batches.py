"""Batches: which pieces of work share a job.

Each piece of work has a hash, and a batch ends after every piece whose hash is smaller than those
of its neighbours. The boundaries thus depend only on neighbouring pieces: a value added in the
middle of a sweep changes the batch it falls into and leaves all others, with their stored results,
as they are.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import deque
from collections.abc import Sequence
from math import ceil

import numpy as np


def batches_of(ids: Sequence[str], weights: Sequence[float], largest: float) -> list[range]:
    """Cut a sequence into batches of at most the largest weight.

    Parameters
    ----------
    ids
        What identifies each piece of work.
    weights
        Weight of each, such as its predicted time; ≥ 0.
    largest
        Largest weight of a batch; only a single piece may exceed it.

    Returns
    -------
    list of range
        Positions of the pieces in each batch, in order; together they cover all pieces.
    """
    ends = np.cumsum(np.asarray(weights, float))
    cuts = [0, *_cuts([_hash(i) for i in ids], ends.tolist(), largest / 2), len(ids)]
    found: list[range] = []
    for first, last in itertools.pairwise(cuts):
        if first == last:
            continue
        if found and _weight(ends, found[-1].start, last) <= largest and last == len(ids):
            found[-1] = range(found[-1].start, last)
            continue
        found += _even(ends, range(first, last), largest)
    return found


def batch_id(study: str, ids: Sequence[str]) -> str:
    """A name for a batch that depends only on its content."""
    return hashlib.sha256("\n".join([study, *ids]).encode()).hexdigest()[:12]


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _cuts(hashes: Sequence[int], ends: Sequence[float], reach: float) -> list[int]:
    """Positions at which a batch ends: behind each hash that is the smallest within `reach`."""
    found, waiting, ahead = [], deque[int](), 0
    for place, end in enumerate(ends):
        while ahead < len(ends) and ends[ahead] - end <= reach:
            while waiting and hashes[waiting[-1]] >= hashes[ahead]:
                waiting.pop()
            waiting.append(ahead)
            ahead += 1
        while end - ends[waiting[0]] > reach:
            waiting.popleft()
        if waiting[0] == place and place + 1 < len(ends):
            found.append(place + 1)
    return found


def _weight(ends: np.ndarray, first: int, last: int) -> float:
    return float(ends[last - 1] - (ends[first - 1] if first else 0.0))


def _even(ends: np.ndarray, batch: range, largest: float) -> list[range]:
    """A batch, divided into parts of about equal weight if it weighs more than the largest."""
    total = _weight(ends, batch.start, batch.stop)
    for parts in range(max(1, ceil(total / largest - 1e-9)), len(batch) + 1):
        start = ends[batch.start - 1] if batch.start else 0.0
        goals = start + total * np.arange(1, parts) / parts
        cuts = [batch.start, *(batch.start + np.searchsorted(
            ends[batch.start : batch.stop], goals - 1e-12 * total) + 1), batch.stop]  # fmt: skip
        made = [range(int(a), int(b)) for a, b in itertools.pairwise(cuts) if a < b]
        if all(len(one) == 1 or _weight(ends, one.start, one.stop) <= largest * (1 + 1e-9)
               for one in made):  # fmt: skip
            return made
    return [range(place, place + 1) for place in batch]
