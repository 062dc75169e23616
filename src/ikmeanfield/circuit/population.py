"""Populations of Izhikevich neurons and the synapses into them: parameters with units."""

from __future__ import annotations

from math import inf
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from ikmeanfield.connectivity.registry import ALL_TO_ALL, CONNECTIVITIES
from ikmeanfield.heterogeneity.registry import DEFAULT_LAW, LAWS
from ikmeanfield.limits import NEURONS
from ikmeanfield.schema import RegisteredName, Validated, quantity

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=40)]

RecoveryForm = Literal["neuron", "population"]

CONNECTIVITY = ("connectivity", "connection_probability", "distance_exponent")
"""Parameters of a synapse that say which neurons are connected; theories know all-to-all only."""


class Stored(Validated):
    """A part of a circuit, of which fields that are of no effect are not stored."""

    LATER_FIELDS: ClassVar[tuple[str, ...]] = ()
    """Fields that are stored, and count in keys, only if they are not the default.

    Keys of runs and seeds are hashes of the stored circuit. A field that joins the model later must
    not change them for the circuits that do not use it.
    """

    @model_serializer(mode="wrap")
    def _without_unused_fields(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """All fields, but those of `LATER_FIELDS` only where they differ from their default."""
        data: dict[str, Any] = handler(self)
        fields = type(self).model_fields
        for name in self.LATER_FIELDS:
            if name in data and data[name] == fields[name].default:
                del data[name]
        return data


class Synapse(Stored):
    """A conductance synapse into one population; its activation s obeys Eq. 3 (or 25).

    Conductances of the neurons follow the population's law, of half-width `conductance_width`
    about `conductance`, independently of all else that differs between neurons. `connectivity`
    says from which neurons of its source populations a neuron receives input; each of them counts
    J over their number. If it is not all of them, every neuron has an activation of its own.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = (
        "conductance_width", "conductance_truncation", *CONNECTIVITY,
    )  # fmt: skip

    conductance: float = quantity("nS", "maximum conductance g", ge=0)
    reversal_potential: float = quantity("mV", "reversal potential E")
    synaptic_time: float = quantity("ms", "decay time constant τ_s", gt=0)
    weights: dict[Name, float] = quantity("1", "coupling J from each source population")
    conductance_width: float = quantity(
        "nS", "half-width at half-maximum Δ_g of the conductances over the neurons", 0.0, ge=0
    )
    conductance_truncation: float | None = quantity(
        "nS", "half-range of the conductances; null: conductance, so that none is negative",
        None, gt=0,
    )  # fmt: skip
    connectivity: Annotated[str, RegisteredName(CONNECTIVITIES)] = quantity(
        "1", "how source neurons are connected to a neuron", ALL_TO_ALL
    )
    connection_probability: float = quantity(
        "1", "number of inputs of a neuron over the number of source neurons", 1.0, gt=0, le=1
    )
    distance_exponent: float = quantity(
        "1", "power a of the distance with which connections on a ring become rarer", 0.0, ge=0
    )

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if not self.weights:
            msg = "weights is empty; name at least one source population"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _connectivity_takes_what_is_given(self) -> Self:
        takes = CONNECTIVITIES[self.connectivity].takes
        for name in CONNECTIVITY[1:]:
            value = getattr(self, name)
            if name not in takes and value != type(self).model_fields[name].default:
                msg = (
                    f"{name} = {value:g} means nothing to the connectivity "
                    f"{self.connectivity!r}; leave it out, or choose another connectivity"
                )
                raise ValueError(msg)
        if self.sparse and self.conductance_width > 0:
            msg = (
                f"conductance_width = {self.conductance_width:g} nS: conductances can differ only "
                f"where connectivity is {ALL_TO_ALL!r}; it is {self.connectivity!r}"
            )
            raise ValueError(msg)
        return self

    @property
    def sparse(self) -> bool:
        """Whether neurons differ in the neurons from which they receive input."""
        return self.connectivity != ALL_TO_ALL


class Population(Stored):
    """Izhikevich neurons that differ in their spiking threshold (Eqs. 1-2 or 26-27).

    Thresholds follow the law named `law`, of half-width `threshold_width` about `threshold`. By
    default it is a Lorentzian truncated to ``threshold ± truncation`` (Eq. 40). Neurons may also
    differ in their background current: it is the input current, plus
    ``current_slope · (threshold of the neuron − threshold)``, plus a share of its own that follows
    the same law about zero, of half-width `current_width`. Conductances may differ too, see
    `Synapse`.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = (
        "law", "current_width", "current_truncation", "current_slope", "cauchy_noise",
        "gaussian_noise",
    )  # fmt: skip

    size: int = quantity(
        "1", "number of neurons N in the spiking network", 10_000, ge=1, le=NEURONS
    )
    capacitance: float = quantity("pF", "capacitance C", gt=0)
    leakage: float = quantity("nS/mV", "leakage k", gt=0)
    resting_potential: float = quantity("mV", "resting potential v_r")
    threshold: float = quantity("mV", "centre of the distribution of spiking thresholds")
    threshold_width: float = quantity("mV", "half-width at half-maximum Δ_v", ge=0)
    truncation: float | None = quantity(
        "mV", "half-range φ of the thresholds; null: threshold − resting_potential", None, gt=0
    )
    law: Annotated[str, RegisteredName(LAWS)] = quantity(
        "1", "law by which parameters differ between the neurons", DEFAULT_LAW
    )
    current_width: float = quantity(
        "pA", "half-width at half-maximum Δ_η of the background currents, independent of the "
        "thresholds", 0.0, ge=0,
    )  # fmt: skip
    current_truncation: float | None = quantity(
        "pA", "half-range of the independent background currents; null: no limit", None, gt=0
    )
    current_slope: float = quantity(
        "nS", "background current per mV of a neuron's distance from the mean threshold, c", 0.0
    )
    cauchy_noise: float = quantity(
        "pA", "strength Γ of Cauchy white noise in the current, independent in every neuron",
        0.0, ge=0,
    )  # fmt: skip
    gaussian_noise: float = quantity(
        "pA ms^0.5", "intensity σ of Gaussian white noise in the current, independent in every "
        "neuron", 0.0, ge=0,
    )  # fmt: skip
    recovery_time: float = quantity("ms", "recovery time constant τ_u", gt=0)
    recovery_coupling: float = quantity("nS", "recovery coupling b")
    adaptation: float = quantity("pA", "jump κ of the recovery variable at a spike")
    peak_potential: float = quantity("mV", "peak potential v_p, at which a spike is counted")
    reset_potential: float = quantity("mV", "potential v_0 to which a spike resets")
    input_current: float = quantity("pA", "constant input current I", 0.0)
    recovery: RecoveryForm = quantity(
        "1", "one recovery variable per neuron (Eqs. 1-2) or per population (Eqs. 26-27)", "neuron"
    )
    synapses: dict[Name, Synapse] = Field(
        default={}, description="synapses into this population, by name"
    )

    @model_validator(mode="after")
    def _potentials_are_ordered(self) -> Self:
        if self.reset_potential >= self.peak_potential:
            msg = (
                f"reset_potential = {self.reset_potential:g} mV must lie below "
                f"peak_potential = {self.peak_potential:g} mV"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _truncation_fits_the_law(self) -> Self:
        truncates = LAWS[self.law].truncates
        given = {
            "truncation": (self.truncation, "mV"),
            "current_truncation": (self.current_truncation, "pA"),
        } | {
            f"{name}.conductance_truncation": (synapse.conductance_truncation, "nS")
            for name, synapse in self.synapses.items()
        }
        for name, (value, unit) in given.items():
            if not truncates and value is not None:
                msg = (
                    f"{name} = {value:g} {unit} means nothing to the law {self.law!r}, which "
                    "is not truncated; leave it out"
                )
                raise ValueError(msg)
        if truncates and self.truncation is None and self.threshold <= self.resting_potential:
            msg = (
                f"threshold = {self.threshold:g} mV must lie above resting_potential = "
                f"{self.resting_potential:g} mV, or truncation must be given"
            )
            raise ValueError(msg)
        return self

    @property
    def half_range(self) -> float:
        """The truncation φ in mV; by default thresholds stay above the resting potential.

        Infinite for laws that do not truncate.
        """
        if not LAWS[self.law].truncates:
            return inf
        if self.truncation is not None:
            return self.truncation
        return self.threshold - self.resting_potential
