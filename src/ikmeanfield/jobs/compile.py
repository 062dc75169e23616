"""Compilation of kernels before jobs run side by side."""

from __future__ import annotations

from typing import cast, get_args

from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking, truncated
from ikmeanfield.stepping import Scheme

ENGINES = (*get_args(Scheme), "meanfield")


def compile_engine(engine: str) -> None:
    """Compile what networks or mean fields call; simultaneous first compilations can crash."""
    if engine in get_args(Scheme):
        from ikmeanfield.spiking import compile_kernels  # noqa: PLC0415

        compile_kernels(cast(Scheme, engine))
        return
    from ikmeanfield.theories.mean_field import MeanField, adjusted_current, integrate  # noqa: PLC0415

    adjusted_current(regular_spiking().populations["rs"], 0.0)  # what the response calls

    for circuit in (regular_spiking(), truncated(), excitatory_inhibitory()):
        for reset_correction in (True, False):
            integrate(circuit, duration=1.0, sample=0.5, reset_correction=reset_correction)
            model = MeanField(circuit, reset_correction)
            problem = model.problem()  # what continuation calls
            state, parameters = model.initial_state(), problem.vector()
            problem.field(state, parameters)
            assert problem.jacobian is not None
            problem.jacobian(state, parameters)
            for kink in problem.kinks.values():
                kink(state, parameters)
