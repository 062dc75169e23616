"""The mean field of a circuit as a vector field with named variables and parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.arguments import one_of, positive, yes_or_no
from ikmeanfield.circuit import Circuit, checked_circuit
from ikmeanfield.continuation.problem import Problem, Scalar
from ikmeanfield.theories.mean_field import equations
from ikmeanfield.theories.mean_field.continued import ContinuedField
from ikmeanfield.theories.mean_field.domain import (
    check_domain_at_rest,
    check_laws,
    check_noise,
    outside_domain,
    warn_of_high_reset,
)
from ikmeanfield.theories.mean_field.equations import (
    ABSENT_AT_ZERO,
    POPULATION_VARIABLES,
    IntArray,
    Layout,
)
from ikmeanfield.theories.mean_field.settings import Form, MeanFieldSettings
from ikmeanfield.theories.parameters import in_free_parameters
from ikmeanfield.theories.protocol import Question, StateLimit

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.inputs import Current

FloatArray = NDArray[np.float64]

_ENDS = ("reset_potential", "peak_potential")


@dataclass(frozen=True)
class MeanField:
    """Mean-field equations of a circuit (Eqs. 22-25; with the reset correction Eqs. 36-39).

    A `Theory` (see `ikmeanfield.theories`). Time is in ms and the firing rate in 1/ms throughout.
    The number of neurons, the truncation of the thresholds and the form of the recovery variable
    do not enter. Cauchy noise of single neurons enters as a width of their background currents.

    Attributes
    ----------
    circuit
        Populations, synapses and parameters.
    reset_correction
        Use the adjusted current I* of Eq. 34 in place of I. The factor k that Eq. 37 leaves out
        before v_r v̄_θ is in place, as in Eq. 23.
    form
        ``'paper'``: the width enters as Δ_v (v − v_r) and Δ_v, which is derived for v > v_r.
        ``'absolute'``: as Δ_v |v − v_r| and Δ_v sign(v − v_r), which holds on both sides of v_r.
        The second is discontinuous at v = v_r unless r = 0. Where background currents depend on
        the threshold, v − v_r is v − v_r − c/k in both. Widths of conductances enter as
        Δ_g |E − v| in both: neurons pass their reversal potentials.

    Raises
    ------
    DomainError
        If a law of the circuit's heterogeneity has no pole to average by, or neurons have Gaussian
        noise of their own.
    ResetDomainError
        If the reset correction is asked for and not defined at rest (see `check_domain_at_rest`).
    """

    circuit: Circuit
    reset_correction: bool = True
    form: Form = "paper"

    title: ClassVar[str] = MeanFieldSettings.title
    answers: ClassVar[frozenset[Question]] = MeanFieldSettings.answers
    bifurcations: ClassVar[None] = None

    def __post_init__(self) -> None:
        one_of("form", self.form, get_args(Form))
        yes_or_no("reset_correction", self.reset_correction)
        check_laws(checked_circuit(self.circuit))
        check_noise(self.circuit)
        if self.reset_correction:
            check_domain_at_rest(self.circuit)
            for name, population in self.circuit.populations.items():
                warn_of_high_reset(population, name, stacklevel=4)

    @cached_property
    def layout(self) -> Layout:
        """Where variables and parameters sit in their vectors."""
        return equations.layout(self.circuit)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables in order, such as ``rs.firing_rate``."""
        return self.layout.variables

    @cached_property
    def parameters(self) -> Mapping[str, float]:
        """Names (paths of the circuit) and values of the parameters, in order.

        The widths of background currents contain the strengths of Cauchy noise.
        """
        values = {path: float(self.circuit.get(path)) for path in self.layout.parameters}
        for name, population in self.circuit.populations.items():
            values[f"{name}.current_width"] += population.cauchy_noise
        return values

    @property
    def attributes(self) -> dict[str, str | float]:
        """Reset correction and form, as attributes of the datasets made with this mean field."""
        return {"reset_correction": "on" if self.reset_correction else "off", "form": self.form}

    @property
    def limits(self) -> dict[str, StateLimit]:
        """The firing rates, which the paper's form would carry below zero.

        Δ_v (v − v_r) stands for Δ_v |v − v_r|, so below v_r rates come out negative.
        """
        if self.form != "paper":
            return {}
        return {
            name: StateLimit(
                0.0, np.inf,
                f"{name} would be negative beyond: the paper's form holds for v > v_r only; "
                "`form: absolute` goes on",
            )
            for name in self.variables if name.endswith(".firing_rate")
        }  # fmt: skip

    @cached_property
    def _continued(self) -> ContinuedField:
        return ContinuedField(self)

    @cached_property
    def structure(self) -> tuple[IntArray, IntArray, IntArray, bool, bool]:
        """What the kernels take after y and p: tables of the layout, correction, absolute form."""
        return *self.layout.arrays, bool(self.reset_correction), self.form == "absolute"

    def field(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """dy/dt per ms, of a state (n,) or of many, one per column (n, K).

        Parameters p are the same for all states, (m,), or one column for each, (m, K). With the
        reset correction, NaN in dv/dt of a population whose α/(2k) is not between v_0 and v_p.
        """
        if np.ndim(y) > 1:
            states, values = self._rows(y, p)
            return np.moveaxis(equations.fields(states, values, *self.structure), 0, -1)
        y, p = self._checked(y, p)
        return equations.field(y, p, *self.structure)

    def jacobian(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """The derivative of `field` by y, (n, n) or (n, n, K); NaN where `field` is."""
        if np.ndim(y) > 1:
            states, values = self._rows(y, p)
            return np.moveaxis(equations.jacobians(states, values, *self.structure), 0, -1)
        y, p = self._checked(y, p)
        return equations.jacobian(y, p, *self.structure)

    def lumped_input(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """μ of Eq. 29 at the mean threshold, in mV², one per population."""
        return self._lumped(y, p)[:, 0]

    def outside_domain(self, y: FloatArray, p: FloatArray) -> str:
        """Why the reset correction is not defined at a state; empty where it is."""
        if not self.reset_correction:
            return ""
        vertices = self._lumped(y, p)[:, 1]
        values = dict(zip(self.parameters, p, strict=True))
        for (name, population), vertex in zip(
            self.circuit.populations.items(), vertices, strict=True
        ):
            ends = {key: float(values[f"{name}.{key}"]) for key in _ENDS}
            if not ends["reset_potential"] < vertex < ends["peak_potential"]:
                here = population.model_copy(update=ends)
                return outside_domain(here, name, float(vertex))
        return ""

    def initial_state(self) -> FloatArray:
        """All neurons silent at the resting potential: r = 0, v = v_r, u = 0, s = 0."""
        y = np.zeros(len(self.variables))
        for i, population in enumerate(self.circuit.populations.values()):
            y[self.layout.populations[i, 0] + 1] = population.resting_potential
        return y

    @in_free_parameters
    def problem(self) -> Problem:
        """The vector field as a problem for continuation.

        Its kinks are, per population, ``<name>.mu`` with the reset correction (I* − I grows as
        μ^(3/2) from μ = 0, so the field has a continuous first derivative but no second) and
        ``<name>.above_rest`` = v − v_r − c/k with the absolute form. Per synapse whose
        conductances differ between neurons there is ``<name>.<synapse>.below_reversal`` = E − v.
        """
        kinks: dict[str, Scalar] = {}
        for i, (name, population) in enumerate(self.circuit.populations.items()):
            if self.reset_correction:
                kinks[f"{name}.mu"] = partial(self._mu, i)
            if self.form == "absolute":
                kinks[f"{name}.above_rest"] = partial(self._above_rest, i)
            for j, label in enumerate(population.synapses, start=self.layout.populations[i, 2]):
                if population.synapses[label].conductance_width > 0:
                    kinks[f"{name}.{label}.below_reversal"] = partial(self._below_reversal, i, j)
        return Problem(
            field=self._continued,
            variables=self.variables,
            parameters=dict(self.parameters),
            jacobian=self._continued.jacobian,
            kinks=kinks,
            units=self._units(),
            absent_at_zero=frozenset(
                path for path in self.parameters if path.split(".")[-1] in ABSENT_AT_ZERO
            ),
        )

    def integrate(
        self,
        inputs: Mapping[str, Current | float] | None = None,
        *,
        duration: float,
        sample: float,
        progress: Callable[[float], None] | None = None,
        **solver: Any,
    ) -> xr.Dataset:
        """Series under input currents; see `integration.integrate`, also for `solver`."""
        from ikmeanfield.theories.mean_field.integration import solution  # noqa: PLC0415

        return solution(self, inputs, duration=duration, sample=sample, progress=progress, **solver)

    def advance(self, state: ArrayLike, currents: FloatArray, step: float) -> FloatArray:
        """States at the ends of steps of the classical Runge-Kutta method; see `Theory.advance`.

        At 0.4 ms its error is below a thousandth of the range of every variable, also where the
        population fires in sharp bursts.

        Raises
        ------
        ValueError
            If the currents are not of the shape (steps, populations).
        """
        y, p = self._checked(
            np.asarray(state, dtype=float), np.array(list(self.parameters.values()))
        )
        given = np.ascontiguousarray(currents, dtype=np.float64)
        populations = len(self.circuit.populations)
        if given.ndim != 2 or given.shape[1] != populations:
            msg = f"currents: shape {given.shape} must be (steps, populations = {populations})"
            raise ValueError(msg)
        return equations.stepped(y, p, given, positive("step", step, "ms"), *self.structure)

    def rates(self, population: str, current: ArrayLike) -> FloatArray:
        """Rates in Hz of a neuron of mean threshold at constant currents in pA, u = 0 and s = 0.

        With the reset correction by Eqs. 30-31, without it by Eq. 32.
        """
        from ikmeanfield.theories.mean_field.reset import firing_rate  # noqa: PLC0415

        if population not in self.circuit.populations:
            known = ", ".join(self.circuit.populations)
            msg = f"rates asked of population {population!r}; the circuit has {known}"
            raise ValueError(msg)
        return firing_rate(
            self.circuit.populations[population], current,
            infinite_reset=not self.reset_correction, name=population,
        )  # fmt: skip

    def _mu(self, i: int, y: FloatArray, p: FloatArray) -> float:
        return float(self._lumped(y, p)[i, 0])

    def _above_rest(self, i: int, y: FloatArray, p: FloatArray) -> float:
        k, v_r, c = (
            p[self.layout.populations[i, 1] + equations.POPULATION_PARAMETERS.index(name)]
            for name in ("leakage", "resting_potential", "current_slope")
        )
        return float(y[self.layout.populations[i, 0] + 1] - v_r - c / k)

    def _below_reversal(self, i: int, j: int, y: FloatArray, p: FloatArray) -> float:
        reversal = p[self.layout.synapses[j, 1] + 1]
        return float(reversal - y[self.layout.populations[i, 0] + 1])

    def _units(self) -> dict[str, str]:
        units = {path: Circuit.unit(path) for path in self.parameters}
        for variable in self.variables:
            units[variable] = POPULATION_VARIABLES.get(variable.split(".")[-1], "1")
        return units

    def _lumped(self, y: FloatArray, p: FloatArray) -> FloatArray:
        populations, synapses, _ = self.layout.arrays
        return equations.lumped_inputs(*self._checked(y, p), populations, synapses)

    def _rows(self, y: FloatArray, p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Columns of states, and of parameters or one vector of them, as rows for the kernels.

        Arrays that must not be written to are copied: numba would compile once more for them.
        """
        shape = len(np.transpose(y)), len(self.layout.parameters)
        states, values = (
            np.require(rows, np.float64, ["C", "W"])
            for rows in (np.transpose(y), np.broadcast_to(np.transpose(p), shape))
        )
        self._checked(states[0], values[0])
        return states, values

    def _checked(self, y: FloatArray, p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Vectors as the kernels expect them: these do not check bounds."""
        y = np.ascontiguousarray(y, dtype=np.float64)
        p = np.ascontiguousarray(p, dtype=np.float64)
        if (y.shape, p.shape) != self._shapes:
            msg = (
                f"y and p have shapes {y.shape} and {p.shape}; the circuit has "
                f"{len(self.variables)} variables and {len(self.layout.parameters)} parameters"
            )
            raise ValueError(msg)
        return y, p

    @cached_property
    def _shapes(self) -> tuple[tuple[int], tuple[int]]:
        return (len(self.layout.variables),), (len(self.layout.parameters),)
