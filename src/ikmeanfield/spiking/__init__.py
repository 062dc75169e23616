"""Networks of spiking neurons: Eqs. 1-3 and 26-27 for any circuit, by two schemes."""

from ikmeanfield.spiking.network import (
    SCHEMES,
    Network,
    SimulationError,
    compile_kernels,
    simulate,
)
from ikmeanfield.stepping import LONGEST_STEP, RECORDABLE, Scheme, default_step

__all__ = [
    "LONGEST_STEP",
    "RECORDABLE",
    "SCHEMES",
    "Network",
    "Scheme",
    "SimulationError",
    "compile_kernels",
    "default_step",
    "simulate",
]
