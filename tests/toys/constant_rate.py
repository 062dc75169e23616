"""A theory of one's own: every population fires at one and the same rate at all times."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from ikmeanfield.circuit import Circuit
from ikmeanfield.datasets import time_series
from ikmeanfield.theories import THEORIES, Question, TheorySettings


class ConstantRateSettings(TheorySettings):
    """Every population fires at one and the same rate at all times."""

    title: ClassVar[str] = "theory of constant rates"
    answers: ClassVar[frozenset[Question]] = frozenset({"series"})
    implementation: ClassVar[str] = f"{__name__}:ConstantRate"

    kind: Literal["constant_rate"] = "constant_rate"
    rate: float = Field(10.0, ge=0)
    """The rate in Hz."""

    def knows(self, path: str) -> bool:
        return False


@dataclass(frozen=True)
class ConstantRate:
    circuit: Circuit
    rate: float

    def integrate(self, inputs=None, *, duration, sample, progress=None):
        time = sample * np.arange(1, round(duration / sample) + 1)
        rates = np.full((len(self.circuit.populations), time.size), self.rate)
        return time_series(self.circuit, time, {"firing_rate": rates})


THEORIES.register("constant_rate", ConstantRateSettings)
