"""Settings of the stationary theory, and which parameters of a circuit it knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ikmeanfield.circuit.population import CONNECTIVITY
from ikmeanfield.heterogeneity.registry import DEFAULT_LAW
from ikmeanfield.theories.protocol import DomainError, Question, TheorySettings

if TYPE_CHECKING:
    from ikmeanfield.circuit import Circuit

History = Literal["below", "above"]

RESET = ("peak_potential", "reset_potential")
"""Parameters of a population that do not enter if peak and reset are at infinity."""


SPREADS = (
    "current_width", "current_truncation", "current_slope", "cauchy_noise", "gaussian_noise"
)  # fmt: skip
"""Parameters of a population by which neurons differ in more than their threshold, or by noise."""
SYNAPSE_SPREADS = ("conductance_width", "conductance_truncation", *CONNECTIVITY)
"""Parameters of a synapse by which neurons differ in more than their threshold."""


def check_differences(circuit: Circuit) -> None:
    """Refuse neurons that differ in more than their threshold, or that have noise of their own.

    Raises
    ------
    DomainError
        Naming the parameter and its value.
    """
    widths = {
        f"{name}.{field}": getattr(population, field)
        for name, population in circuit.populations.items()
        for field in ("current_width", "current_slope", "cauchy_noise", "gaussian_noise")
    } | {
        f"{name}.{label}.conductance_width": synapse.conductance_width
        for name, population in circuit.populations.items()
        for label, synapse in population.synapses.items()
    }
    for path, value in widths.items():
        if value:
            msg = (
                f"{path} = {value:g} {circuit.unit(path)}: the stationary theory integrates over "
                "thresholds only; set it to 0, or ask a mean field"
            )
            raise DomainError(msg)


class StationarySettings(TheorySettings):
    """Stationary states of infinitely many neurons, with the mean field's assumptions or not."""

    title: ClassVar[str] = "stationary theory"
    answers: ClassVar[frozenset[Question]] = frozenset({"equilibria"})
    implementation: ClassVar[str] = "ikmeanfield.theories.stationary.model:Stationary"
    engine: ClassVar[str] = "stationary"
    effort: ClassVar[float] = 15.0

    kind: Literal["stationary"] = "stationary"
    """The theory."""
    infinite_reset: bool = False
    """Put the peak and reset potentials at infinity, as the uncorrected mean field does."""
    full_lorentzian: bool = False
    """Do not truncate the distribution of thresholds."""
    shared_recovery: bool = False
    """Give all neurons of a population one recovery variable."""
    history: History = "below"
    """Take neurons that can both rest and fire as reached from rest (below) or from firing."""

    def knows(self, path: str) -> bool:
        """Whether a parameter of a circuit, named by its path, enters the theory."""
        hidden = {"size", "law", *SPREADS}
        if self.infinite_reset:
            hidden |= {*RESET}
        if self.full_lorentzian:
            hidden.add("truncation")
        if self.shared_recovery:
            hidden.add("recovery")
        parts = path.split(".")
        if len(parts) == 3:
            return parts[2] not in SYNAPSE_SPREADS
        return len(parts) != 2 or parts[1] not in hidden

    def check(self, circuit: Circuit) -> None:
        """Refuse thresholds that do not follow a Lorentzian, and other differences of neurons."""
        check_differences(circuit)
        for name, population in circuit.populations.items():
            if population.law != DEFAULT_LAW:
                msg = (
                    f"{name}: law = {population.law!r}: the {self.title} integrates over a "
                    f"{DEFAULT_LAW} only"
                )
                raise DomainError(msg)

    def identity(self, circuit: Circuit, free: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """As `TheorySettings.identity`.

        A truncation that is not given has the value that it takes before parameters are freed.
        """
        cutoffs = {f"{name}.truncation": p.half_range for name, p in circuit.populations.items()}
        return super().identity(circuit.replace(cutoffs), free)

    @classmethod
    def compile_kernels(cls) -> None:
        """As `TheorySettings.compile_kernels`: cycles of single neurons, and their tables."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.circuit import regular_spiking  # noqa: PLC0415
        from ikmeanfield.theories.stationary.model import Stationary  # noqa: PLC0415
        from ikmeanfield.theories.stationary.table import Table  # noqa: PLC0415

        neurons = Stationary(regular_spiking()).neurons("rs")
        Table(neurons.cycle_arguments)(neurons.slope(np.array([-40.0, -39.0]), 0.0), 100.0)
