"""Where asynchronous states begin to oscillate (Hopf points), in one parameter and in two.

A growing mode λ = g + iω of the asynchronous state solves det M(λ) = 0. At three small growth rates
g this complex equation is solved (Broyden's method) for the parameter and for ω; the parabola
through the solutions is extended to g = 0, where the integrals are singular.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

import ikmeanfield.continuation as co
from ikmeanfield.continuation.problem import Problem
from ikmeanfield.theories.stationary.model import Stationary
from ikmeanfield.theories.stationary.stability import AsynchronousState

FloatArray = NDArray[np.float64]

GROWTH = (2e-4, 1e-4, 5e-5)
"""Growth rates per ms at which modes are sought; from them the border is extrapolated."""
_TO_ZERO = np.array([1 / 3, -2.0, 8 / 3])  # weights of the parabola through them at zero
NODES = 64
"""Gauss-Legendre nodes per panel that such slow growth takes."""
_ITERATIONS = 20
_FREQUENCIES = np.geomspace(0.008, 0.4, 10)  # angular, per ms, where modes are looked for first
_STATES = 8  # along the branch, where they are looked for first
_TRIALS = 4  # of the most promising places found there
_STEP = 1e-6  # relative, of differences
_FURTHEST = 0.3  # share of the frequency, and of the reach in the parameter, per iteration
_ACCURATE = 1e-7


@dataclass(frozen=True)
class HopfPoint:
    """Where an asynchronous state begins to oscillate.

    Attributes
    ----------
    value
        Of the parameter that was changed, where the mode's growth rate vanishes.
    frequency
        Of the mode, in Hz.
    state
        The equilibrium nearest to it on the unstable side, shape (n,).
    distance
        How far `value` was extrapolated, in the parameter's unit.
    error
        What extrapolation by a line from the last two growth rates would have added to it.
    """

    value: float
    frequency: float
    state: FloatArray
    distance: float
    error: float


@dataclass(frozen=True)
class _Line:
    """Asynchronous states of a theory along one parameter."""

    theory: Stationary
    parameter: str

    @cached_property
    def problem(self) -> Problem:
        return self.theory.problem()

    def at(self, value: float, guess: FloatArray) -> AsynchronousState:
        found = co.find_equilibrium(self.problem, guess, {self.parameter: value})
        return AsynchronousState(self.theory, found, self.problem.vector(**{self.parameter: value}))


def hopf_point(
    theory: Stationary,
    state: FloatArray,
    parameter: str,
    value: float,
    frequency: float,
    reach: float = 5.0,
) -> HopfPoint:
    """Where an asynchronous state begins to oscillate, from a guess.

    Parameters
    ----------
    theory
        The theory of the circuit, with 64 `nodes` or more.
    state
        A guess of the equilibrium at `value`.
    parameter
        The parameter that is changed; all others keep the circuit's values.
    value, frequency
        Where to begin: of the parameter, and of the oscillation in Hz.
    reach
        How far from `value` the point may lie.

    Raises
    ------
    ArithmeticError
        If no mode begins to grow within the reach.
    """
    line = _Line(theory, parameter)
    place = np.array([value, 2e-3 * np.pi * frequency])
    found: list[FloatArray] = []
    matrix: FloatArray | None = None
    for growth in GROWTH:
        if len(found) > 1:  # each growth rate is half the one before
            place = 1.5 * found[-1] - 0.5 * found[-2]
        place, state, matrix = _solved(line, growth, place, state, reach, matrix)
        found.append(place)
    zero = _TO_ZERO @ np.array(found)
    straight = 2.0 * found[-1][0] - found[-2][0]
    return HopfPoint(
        value=float(zero[0]), frequency=float(zero[1] / (2e-3 * np.pi)), state=state,
        distance=float(zero[0] - found[-1][0]), error=float(straight - zero[0]),
    )  # fmt: skip


def _solved(
    line: _Line, growth: float, place: FloatArray, state: FloatArray, reach: float,
    matrix: FloatArray | None,
) -> tuple[FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """The parameter and angular frequency of a mode that grows at a given rate.

    Broyden's method. Given and returned are the place (parameter, frequency), the equilibrium
    there, and the derivative of the determinant; it is computed where none is given.
    """
    start, place = place, place.copy()
    value, state = _determinant(line, growth, place, state)
    if matrix is None:
        matrix = _slopes(line, growth, place, state, value)
    for _ in range(_ITERATIONS):
        try:
            step = -np.linalg.solve(matrix, value)
        except np.linalg.LinAlgError:
            break
        step *= min(1.0, _FURTHEST / max(np.abs(step / np.array([reach, place[1]])).max(), 1e-300))
        place = place + step
        if abs(place[0] - start[0]) > reach:
            break
        after, state = _determinant(line, growth, place, state)
        if abs(step[0]) < _ACCURATE * max(abs(place[0]), 1.0) and abs(step[1]) < _ACCURATE:
            return place, state, matrix
        weighed = step / np.array([reach, place[1]]) ** 2  # as shares of both
        matrix = matrix + np.outer(after - value - matrix @ step, weighed) / (weighed @ step)
        value = after
    msg = (
        f"no mode that begins to grow found within {reach:g} of {line.parameter} = {start[0]:g} "
        f"(last {place[0]:g}, {place[1] / (2e-3 * np.pi):g} Hz)"
    )
    raise ArithmeticError(msg)


def _determinant(
    line: _Line, growth: float, place: FloatArray, state: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Real and imaginary part of the determinant, and the equilibrium."""
    here = line.at(float(place[0]), state)
    value = here.determinant(complex(growth, place[1]))
    return np.array([value.real, value.imag]), here.state


def _slopes(
    line: _Line, growth: float, place: FloatArray, state: FloatArray, value: FloatArray
) -> FloatArray:
    """The derivative of `_determinant` by parameter and frequency, from differences."""
    columns = []
    for step in np.diag(_STEP * np.maximum(np.abs(place), (1.0, 0.0))):
        moved, _ = _determinant(line, growth, place + step, state)
        columns.append((moved - value) / step.sum())
    return np.column_stack(columns)


def last_hopf_point(theory: Stationary, parameter: str, bounds: tuple[float, float]) -> HopfPoint:
    """A Hopf point on the upper part of the branch that begins at rest, without a guess.

    The determinant is looked at on a grid of states and frequencies, and the point sought from
    where it is least. Of a branch with folds the part beyond the last one is searched, of one
    without folds the part beyond its steepest point.

    Raises
    ------
    ArithmeticError
        If there is none.
    """
    line = _Line(theory, parameter)
    reach = 0.1 * (bounds[1] - bounds[0])
    trials = []
    for value, state in _upper_states(theory, parameter, bounds):
        here = line.at(value, state)
        sizes = [abs(here.determinant(complex(GROWTH[0], omega))) for omega in _FREQUENCIES]
        for j in range(1, len(sizes) - 1):
            if sizes[j] < min(sizes[j - 1], sizes[j + 1]):
                trials.append((sizes[j], value, _FREQUENCIES[j] / (2e-3 * np.pi), here.state))
    for _, value, frequency, state in sorted(trials, key=lambda trial: trial[0])[:_TRIALS]:
        try:
            return hopf_point(theory, state, parameter, value, frequency, reach)
        except ArithmeticError:
            continue
    msg = f"no Hopf point of asynchronous states found in {parameter} from {bounds[0]:g} to "
    msg += f"{bounds[1]:g}"
    raise ArithmeticError(msg)


def _upper_states(
    theory: Stationary, parameter: str, bounds: tuple[float, float]
) -> list[tuple[float, FloatArray]]:
    """States beyond the last fold, or the steepest point, densest there."""
    coarse = replace(theory, nodes=Stationary.nodes)
    problem = coarse.problem().at({parameter: bounds[0]})
    options = co.ContinuationOptions(
        bounds={parameter: bounds}, direction="forward", detect=frozenset({"LP"}), ds_max=0.2,
        max_turn=30.0,
    )  # fmt: skip
    state = co.find_equilibrium(problem, theory.initial_state())
    branch = co.continue_equilibria(problem, state, parameter, options)
    values, s = branch[parameter], branch.states[:, theory.layout.synapses[0][0]]
    folds = branch.points("LP")
    rise = np.diff(s) / np.maximum(np.diff(values), 1e-9)
    first = folds[-1].row + 1 if folds else int(np.argmax(rise))
    wanted = values[first] + (values[-1] - values[first]) * (np.arange(1, _STATES) / _STATES) ** 2
    rows = np.unique(first + np.searchsorted(values[first:], wanted))
    return [(float(values[row]), branch.states[row]) for row in rows]


def hopf_curve(
    theory: Stationary, parameter: str, bounds: tuple[float, float], second: str,
    values: Sequence[float], near: tuple[float, float] | None = None,
) -> list[HopfPoint | None]:  # fmt: skip
    """Hopf points of asynchronous states at several values of a second parameter.

    The first one is searched for (see `last_hopf_point`), each further one is sought from those
    before, until one is not found. Where there are several curves, `near` tells which is meant.

    Parameters
    ----------
    theory
        The theory of a circuit; it is asked with `NODES` nodes.
    parameter, bounds
        The free parameter and its range.
    second, values
        Path of the second parameter, and its values in order.
    near
        Value of the parameter and frequency in Hz near those of the first point; None: unknown.

    Returns
    -------
    list
        A point for every value, or None where none was found.
    """
    found: list[HopfPoint | None] = []
    known: list[tuple[float, HopfPoint]] = []
    reach = 0.1 * (bounds[1] - bounds[0])
    for value in values:
        circuit = theory.circuit.replace({second: value})
        here = replace(theory, circuit=circuit, nodes=max(theory.nodes, NODES))
        try:
            if known:
                start, frequency = _ahead(known[-2:], value)
                state = known[-1][1].state
                point = hopf_point(here, state, parameter, start, frequency, reach)
            else:
                point = _first(here, parameter, bounds, near)
        except ArithmeticError:
            found.append(None)
            if known:
                break
            continue
        known.append((value, point))
        found.append(point)
    return found + [None] * (len(values) - len(found))


def _first(
    theory: Stationary, parameter: str, bounds: tuple[float, float],
    near: tuple[float, float] | None,
) -> HopfPoint:  # fmt: skip
    """A first point of a curve, near a value and a frequency in Hz if these are given."""
    if near is None:
        return last_hopf_point(theory, parameter, bounds)
    states = _upper_states(theory, parameter, bounds)
    _, state = min(states, key=lambda one: abs(one[0] - near[0]))
    return hopf_point(theory, state, parameter, *near, reach=0.1 * (bounds[1] - bounds[0]))


def _ahead(known: Iterable[tuple[float, HopfPoint]], value: float) -> tuple[float, float]:
    """Parameter and frequency expected at a value of the second one, from one or two points."""
    (a, first), *_, (b, last) = (*known, *known)
    if a == b:
        return last.value, last.frequency
    share = (value - b) / (b - a)
    frequency = last.frequency + share * (last.frequency - first.frequency)
    return last.value + share * (last.value - first.value), max(frequency, 0.3 * last.frequency)
