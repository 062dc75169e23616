"""What determines a result, as a hash: the keys by which results are known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def hashed(identity: Mapping[str, Any]) -> str:
    """A short hash of plain data."""
    return hashlib.sha256(_CANONICAL.encode(identity).encode()).hexdigest()[:16]


def seed_of(base: int, key: str) -> int:
    """A seed below 2⁶³ from the configuration's seed and a key, wherever the run stands."""
    state = np.random.SeedSequence([base, int(key, 16)]).generate_state(1, np.uint64)
    return int(state[0]) >> 1
