"""Settings of the mean field, and which parameters of a circuit it knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ikmeanfield.circuit.population import CONNECTIVITY
from ikmeanfield.heterogeneity import with_lorentzians
from ikmeanfield.theories.mean_field.domain import check_domain_at_rest, check_laws, check_noise
from ikmeanfield.theories.protocol import Question, Theory, TheorySettings

if TYPE_CHECKING:
    from ikmeanfield.circuit import Circuit

Form = Literal["paper", "absolute"]

NETWORK_ONLY = ("size", "truncation", "current_truncation", "law", "recovery")
"""Parameters of a population that enter no mean field."""
SYNAPSE_NETWORK_ONLY = ("conductance_truncation", *CONNECTIVITY)
"""Parameters of a synapse that enter no mean field."""
RESET = ("peak_potential", "reset_potential")
"""Parameters of a population that enter only the mean field with the reset correction."""


class MeanFieldSettings(TheorySettings):
    """The mean field of Eqs. 22-25, or of Eqs. 36-39 with the reset correction."""

    title: ClassVar[str] = "mean field"
    answers: ClassVar[frozenset[Question]] = frozenset(
        {"series", "steps", "equilibria", "cycles", "rates"}
    )
    implementation: ClassVar[str] = "ikmeanfield.theories.mean_field.model:MeanField"

    kind: Literal["mean_field"] = "mean_field"
    """The theory."""
    reset_correction: bool = True
    """Correct the input current for the finite peak and reset potentials (Eqs. 34, 36-39)."""
    form: Form = "paper"
    """Δ_v (v − v_r) as in the paper, or Δ_v |v − v_r|, which holds below v_r too."""

    fit_laws: bool = False
    """Replace laws without a pole by the closest Lorentzian, rather than refuse them."""

    def knows(self, path: str) -> bool:
        """Whether a parameter of a circuit, named by its path, enters the mean field."""
        parts = path.split(".")
        hidden = NETWORK_ONLY if self.reset_correction else NETWORK_ONLY + RESET
        if len(parts) == 3 and parts[2] in SYNAPSE_NETWORK_ONLY:
            return False
        return len(parts) != 2 or parts[1] not in hidden

    def check(self, circuit: Circuit) -> None:
        """Refuse laws without a pole, Gaussian noise, and a correction not defined at rest."""
        check_laws(self._taken(circuit))
        check_noise(circuit)
        if self.reset_correction:
            check_domain_at_rest(circuit)

    def build(self, circuit: Circuit) -> Theory:
        """As `TheorySettings.build`, of the circuit whose laws have a pole."""
        return super().build(self._taken(circuit))

    def identity(self, circuit: Circuit, free: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """As `TheorySettings.identity`, of the circuit whose laws have a pole."""
        return super().identity(self._taken(circuit), free)

    @classmethod
    def compile_kernels(cls) -> None:
        """As `TheorySettings.compile_kernels`: integration, continuation, and rates."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.circuit import PRESETS  # noqa: PLC0415
        from ikmeanfield.continuation import (  # noqa: PLC0415
            ContinuationOptions,
            continue_equilibria,
        )
        from ikmeanfield.theories.mean_field import MeanField, adjusted_current  # noqa: PLC0415

        for preset in PRESETS.values():
            circuit = preset()
            adjusted_current(next(iter(circuit.populations.values())), 0.0)
            for reset_correction in (True, False):
                theory = MeanField(circuit, reset_correction)
                theory.integrate(duration=1.0, sample=0.5)
                theory.integrate(duration=1.0, sample=0.5, method="Radau")  # takes the Jacobian
                theory.advance(theory.initial_state(), np.zeros((1, len(circuit.populations))), 0.5)
                problem = theory.problem()
                state, parameters = theory.initial_state(), problem.vector()
                problem.field(state, parameters)
                assert problem.jacobian is not None
                problem.jacobian(state, parameters)
                problem.field(state[:, None], parameters)
                problem.jacobian(state[:, None], parameters)
                current = next(x for x in problem.parameters if x.endswith("input_current"))
                continue_equilibria(problem, state, current, ContinuationOptions(max_points=2))
                for kink in problem.kinks.values():
                    kink(state, parameters)

    def settings_identity(self) -> dict[str, Any]:
        """The part of `identity` that comes from the settings alone."""
        chosen = self.model_dump(exclude={"kind", "fit_laws"})  # it is in the circuit's widths
        return {"meanfield": chosen}

    def _taken(self, circuit: Circuit) -> Circuit:
        return with_lorentzians(circuit) if self.fit_laws else circuit

    def _own(self) -> dict[str, Any]:
        return {name: value for name, value in super()._own().items() if name != "fit_laws"}
