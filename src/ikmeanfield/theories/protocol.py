"""What every theory of a circuit offers, and how a configuration asks for one.

A theory has two sides. Its *settings* are plain, validated data that are light to import: they
tell which parameters of a circuit the theory knows and which questions it answers. The *theory*
itself is built from them for one circuit, and loads compiled kernels and solvers.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol, cast

from ikmeanfield.schema import Validated

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import ArrayLike, NDArray

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.continuation.problem import Problem
    from ikmeanfield.inputs import Current

    FloatArray = NDArray[np.float64]

Question = Literal["series", "steps", "equilibria", "cycles", "rates"]
"""What a theory may be asked."""

QUESTIONS: dict[Question, str] = {
    "series": "the circuit's course in time",
    "steps": "the circuit's state step by step",
    "equilibria": "equilibria and their bifurcations",
    "cycles": "limit cycles",
    "rates": "firing rates of single neurons",
}
"""Each question in words."""


class DomainError(ValueError):
    """A theory is not defined for a circuit, or in a state of it."""


class UnansweredError(ValueError):
    """A theory was asked a question that it does not answer."""


class StateLimit(NamedTuple):
    """The interval of a variable in which a theory holds, and what ends there."""

    low: float
    high: float
    meaning: str


class Theory(Protocol):
    """A theory of one circuit. Time is in ms, and a firing rate inside a state in 1/ms.

    A theory implements the methods that belong to the questions it answers; `require` refuses
    the others before they are called.
    """

    @property
    def title(self) -> str:
        """What messages and datasets call the theory, such as ``"mean field"``."""

    @property
    def answers(self) -> frozenset[Question]:
        """The questions that the theory answers."""

    @property
    def circuit(self) -> Circuit:
        """The circuit that the theory describes."""

    @property
    def attributes(self) -> Mapping[str, str | float]:
        """Settings of the theory, as attributes of the datasets made with it."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the state's variables in order, such as ``rs.firing_rate``."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """Names (paths of the circuit) and values of all parameters of the equations, in order."""

    @property
    def limits(self) -> Mapping[str, StateLimit]:
        """Variables that the theory confines to an interval."""

    @property
    def bifurcations(self) -> frozenset[str] | None:
        """Kinds of special points that the eigenvalues of `problem` tell; None means all.

        The kinds are those of `ikmeanfield.continuation`, such as ``"LP"`` and ``"HB"``.
        """

    def initial_state(self) -> FloatArray:
        """The state of rest, from which integration and continuation start."""

    def outside_domain(self, y: FloatArray, p: FloatArray) -> str:
        """Why the theory is not defined at a state; empty where it is.

        p is in the order of `parameters`.
        """

    def problem(self) -> Problem:
        """The vector field as a problem for continuation (``"equilibria"``, ``"cycles"``).

        Its parameters are free: see `theories.parameters` for circuits in which some set others.
        """

    def integrate(
        self,
        inputs: Mapping[str, Current | float] | None = None,
        *,
        duration: float,
        sample: float,
        progress: Callable[[float], None] | None = None,
    ) -> xr.Dataset:
        """Series sampled every `sample` ms under input currents (``"series"``).

        The Dataset is as `datasets.time_series` makes it.
        """

    def advance(self, state: ArrayLike, currents: FloatArray, step: float) -> FloatArray:
        """States at the ends of steps of `step` ms each, of shape (steps, variables) (``"steps"``).

        Row n of `currents` holds the current in pA into each population, in order, during step n.
        What many short runs from given states need; `integrate` controls its error.
        """

    def rates(self, population: str, current: ArrayLike) -> FloatArray:
        """Rates in Hz of a neuron of mean parameters at constant currents (``"rates"``).

        The currents are in pA; the neuron has u = 0 and receives no synaptic input.
        """


TheoryFactory = Callable[["Circuit"], Theory]
"""What makes the theory of a circuit: a theory's class, or its settings."""


class TheorySettings(Validated):
    """Settings of a theory; a theory of another kind is a subclass and its implementation.

    A subclass declares its ``kind`` as a field with a single allowed value and a default, then
    its own settings, each with a default.
    """

    title: ClassVar[str]
    """What messages and datasets call the theory."""
    answers: ClassVar[frozenset[Question]]
    """The questions that the theory answers."""
    implementation: ClassVar[str]
    """The theory's class as ``"module:name"``; it takes the circuit and the own settings."""

    engine: ClassVar[str] = "theories"
    """The group of kernels with which those of the theory are compiled."""
    effort: ClassVar[float] = 1.0
    """How many times as long as the mean field's its branches take, for predicted times."""

    kind: str

    @abstractmethod
    def knows(self, path: str) -> bool:
        """Whether a parameter of a circuit, named by its path, enters the theory."""

    def check(self, circuit: Circuit) -> None:
        """Refuse a circuit for which the theory is not defined.

        Raises
        ------
        DomainError
            Naming the population, its parameters and what the theory needs.
        """

    @classmethod
    def compile_kernels(cls) -> None:
        """Compile all that theories of this kind call, before jobs run side by side."""

    def require(self, *questions: Question) -> None:
        """Refuse questions that the theory does not answer, see `require`."""
        require(self, *questions)

    def build(self, circuit: Circuit) -> Theory:
        """The theory of a circuit; imports the implementation when first called."""
        module, _, name = self.implementation.partition(":")
        theory = getattr(import_module(module), name)
        return cast(Theory, theory(circuit, **self._own()))

    def __call__(self, circuit: Circuit) -> Theory:
        """`build`, so that settings can be handed on wherever a `TheoryFactory` is taken."""
        return self.build(circuit)

    def identity(self, circuit: Circuit, free: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What determines a result of the theory, as plain data for a hash.

        Parameters
        ----------
        circuit
            The circuit. Parameters that the theory does not know are left out.
        free
            Parameters that are free, by path, each with one value for all results.
        """
        data = (circuit.replace(free) if free else circuit).identity()
        for name, population in data["populations"].items():
            for field in [f for f in population if not self.knows(f"{name}.{f}")]:
                del population[field]
            for label, synapse in population.get("synapses", {}).items():
                for field in [f for f in synapse if not self.knows(f"{name}.{label}.{f}")]:
                    del synapse[field]
        return {"circuit": data, **self.settings_identity()}

    def settings_identity(self) -> dict[str, Any]:
        """The part of `identity` that comes from the settings alone."""
        return {self.kind: self.model_dump(exclude={"kind"})}

    def _own(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in type(self).model_fields if name != "kind"}


def require(theory: Theory | TheorySettings, *questions: Question) -> None:
    """Refuse questions that a theory does not answer.

    Raises
    ------
    UnansweredError
        Naming the theory, what was asked, and what it answers.
    """
    for question in questions:
        if question not in theory.answers:
            answered = "; ".join(QUESTIONS[q] for q in QUESTIONS if q in theory.answers)
            msg = (
                f"the {theory.title} does not give {QUESTIONS[question]}; it gives: "
                f"{answered or 'nothing'}"
            )
            raise UnansweredError(msg)
