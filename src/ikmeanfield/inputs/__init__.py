"""Input currents in time, and the waveforms by which a configuration describes them.

    steps([(0.0, 36.0), (2000.0, 50.0)])                      # a Current, for the library
    {"steps": [[0.0, 36.0], [2000.0, 50.0]], "scale": 0.5}    # an Input, in a configuration
    constant(50.0) + sinusoid(3.5, 4.0)                       # currents add up

A waveform is added as a class with validated settings that makes a `Current`, and one line in
`waveforms`; a plug-in calls ``INPUTS.register(name, waveform)`` instead.
"""

from ikmeanfield.inputs.current import (
    Current,
    PiecewiseLinear,
    constant,
    currents,
    ramp,
    step_means,
    steps,
)
from ikmeanfield.inputs.noise import OrnsteinUhlenbeck, WhiteNoise, ornstein_uhlenbeck, white
from ikmeanfield.inputs.periodic import Sinusoid, pulses, sinusoid
from ikmeanfield.inputs.settings import Input
from ikmeanfield.inputs.sums import Sum
from ikmeanfield.inputs.waveforms import INPUTS, Waveform

__all__ = [
    "INPUTS",
    "Current",
    "Input",
    "OrnsteinUhlenbeck",
    "PiecewiseLinear",
    "Sinusoid",
    "Sum",
    "Waveform",
    "WhiteNoise",
    "constant",
    "currents",
    "ornstein_uhlenbeck",
    "pulses",
    "ramp",
    "sinusoid",
    "step_means",
    "steps",
    "white",
]
