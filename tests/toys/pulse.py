"""An input of one's own: a single pulse."""

from pydantic import Field

from ikmeanfield.inputs import INPUTS, Current, steps
from ikmeanfield.schema import Validated


class Pulse(Validated):
    """A current of `height` pA for `width` ms from the time `start` in ms, and zero otherwise."""

    height: float
    start: float = Field(gt=0)
    width: float = Field(gt=0)

    def current(self, scale: float, offset: float) -> Current:
        end = self.start + self.width
        return steps([(0.0, offset), (self.start, scale * self.height + offset), (end, offset)])


INPUTS.register("pulse", Pulse)
