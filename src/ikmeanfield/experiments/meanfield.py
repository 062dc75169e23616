"""Which mean field a network is compared with."""

from __future__ import annotations

from typing import Literal

from ikmeanfield.schema import Validated


class MeanField(Validated):
    """A mean field to compare the network with."""

    reset_correction: bool = True
    """Correct the input current for the finite peak and reset potentials (Eqs. 34, 36-39)."""
    form: Literal["paper", "absolute"] = "paper"
    """Δ_v (v − v_r) as in the paper, or Δ_v |v − v_r|, which holds below v_r too."""
