"""Settings of the stationary theory, and which parameters of a circuit it knows."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, isinf
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ikmeanfield.circuit.population import CONNECTIVITY
from ikmeanfield.heterogeneity import LAWS, Lorentzian, TruncatedGaussian, half_ranges, laws
from ikmeanfield.heterogeneity.spread import CURRENT
from ikmeanfield.theories.protocol import DomainError, Question, TheorySettings

if TYPE_CHECKING:
    from ikmeanfield.circuit import Circuit

History = Literal["below", "above"]

RESET = ("peak_potential", "reset_potential")
"""Parameters of a population that do not enter if peak and reset are at infinity."""


NETWORK_ONLY = ("size", "cauchy_noise", "gaussian_noise")
"""Parameters of a population that do not enter; noise must be zero."""
TRUNCATIONS = ("truncation", "current_truncation", "conductance_truncation")
"""Half-ranges of laws, which do not enter if laws are whole."""


def check_differences(circuit: Circuit, *, infinite_reset: bool, full_lorentzian: bool) -> None:
    """Refuse noise of single neurons, other laws than these, and averages that do not exist.

    Raises
    ------
    DomainError
        Naming the population, the parameter and its value, and what would serve.
    """
    for name, population in circuit.populations.items():
        for field in ("cauchy_noise", "gaussian_noise"):
            value = getattr(population, field)
            if value:
                path = f"{name}.{field}"
                msg = (
                    f"{path} = {value:g} {circuit.unit(path)}: neurons with noise have no "
                    "stationary state of their own; set it to 0, or ask a mean field"
                )
                raise DomainError(msg)
        _check_law(name, population.law, full_lorentzian)
        spread = {parameter: law for parameter, law in laws(population).items() if law.width > 0}
        whole = {
            parameter for parameter, law in spread.items()
            if isinstance(law, Lorentzian) and (full_lorentzian or isinf(law.half_range))
        }  # fmt: skip
        if CURRENT in whole and not infinite_reset:
            msg = (
                f"{name}.current_width = {population.current_width:g} pA: rates of neurons with a "
                "finite peak grow in proportion to the current, so that a Lorentzian of currents "
                "without limits has no mean rate; give current_truncation, or infinite_reset: true"
            )
            raise DomainError(msg)
        if len(spread) > 1 and whole - {CURRENT}:
            parameter = sorted(whole - {CURRENT})[0]
            msg = (
                f"{name}: {parameter} and {len(spread) - 1} more differ independently, and "
                f"{parameter} follows a Lorentzian without limits, over which potentials have no "
                "mean; truncate it, or let one parameter differ"
            )
            raise DomainError(msg)


def _check_law(name: str, law: str, full_lorentzian: bool) -> None:
    if not issubclass(LAWS[law], (Lorentzian, TruncatedGaussian)):
        msg = f"{name}: law = {law!r}: the stationary theory knows Lorentzians and Gaussians only"
        raise DomainError(msg)
    if full_lorentzian and not issubclass(LAWS[law], Lorentzian):
        msg = f"{name}: law = {law!r}: full_lorentzian: true asks for a Lorentzian"
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
    """Do not truncate the laws of what differs between neurons."""
    shared_recovery: bool = False
    """Give all neurons of a population one recovery variable."""
    history: History = "below"
    """Take neurons that can both rest and fire as reached from rest (below) or from firing."""

    def knows(self, path: str) -> bool:
        """Whether a parameter of a circuit, named by its path, enters the theory."""
        hidden = {*NETWORK_ONLY, *CONNECTIVITY}
        if self.infinite_reset:
            hidden |= {*RESET}
        if self.full_lorentzian:
            hidden |= {*TRUNCATIONS}
        if self.shared_recovery:
            hidden.add("recovery")
        return path.rpartition(".")[2] not in hidden

    def check(self, circuit: Circuit) -> None:
        """Refuse noise of single neurons, unknown laws, and averages that do not exist."""
        check_differences(
            circuit, infinite_reset=self.infinite_reset, full_lorentzian=self.full_lorentzian
        )

    def identity(self, circuit: Circuit, free: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """As `TheorySettings.identity`.

        A truncation that is not given has the value that it takes before parameters are freed.
        """
        moved = circuit.replace(free) if free else circuit
        cutoffs = {}
        for name, population in circuit.populations.items():
            for field, limit in half_ranges(population).items():
                label = field.rpartition(".")[0]
                synapse = moved.populations[name].synapses.get(label)
                if isfinite(limit) and (synapse is None or synapse.conductance_width > 0):
                    cutoffs[f"{name}.{field}"] = limit
        return super().identity(circuit.replace(cutoffs), free)

    @classmethod
    def compile_kernels(cls) -> None:
        """As `TheorySettings.compile_kernels`: cycles of single neurons, and their tables."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.circuit import regular_spiking  # noqa: PLC0415
        from ikmeanfield.theories.stationary.model import Stationary  # noqa: PLC0415
        from ikmeanfield.theories.stationary.table import Table  # noqa: PLC0415

        neurons = Stationary(regular_spiking()).neurons("rs")
        B = neurons.slope(np.array([-40.0, -39.0]), 0.0)
        Table(neurons.cycle_arguments)(B, np.full(2, 100.0))
