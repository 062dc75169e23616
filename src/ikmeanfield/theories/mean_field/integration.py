"""Integration of the mean field in time, under any input currents."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.arguments import one_of, positive
from ikmeanfield.circuit import Circuit
from ikmeanfield.datasets import time_series
from ikmeanfield.inputs import Current, currents
from ikmeanfield.progress import Task, is_live, reporting
from ikmeanfield.stepping import whole_ratio
from ikmeanfield.theories.mean_field import equations
from ikmeanfield.theories.mean_field.domain import ResetDomainError
from ikmeanfield.theories.mean_field.model import MeanField
from ikmeanfield.theories.mean_field.settings import Form

if TYPE_CHECKING:  # importing xarray costs as much as a short run
    import xarray as xr

FloatArray = NDArray[np.float64]

Method = Literal["LSODA", "BDF", "Radau"]

SCALES = {"firing_rate": 1e-3, "membrane_potential": 1.0, "recovery": 1.0}
"""Scale of each kind of variable (1/ms, mV, pA) in which `atol` counts; 0.01 for s."""

_MAX_STEPS = 1_000_000
_LONG = 20_000.0
"""Integrations of more than so many ms may report their progress."""


class IntegrationError(RuntimeError):
    """The mean field could not be integrated; the message says when, why and for what circuit."""


def integrate(
    circuit: Circuit,
    inputs: Mapping[str, Current | float] | None = None,
    *,
    duration: float,
    sample: float,
    reset_correction: bool = True,
    form: Form = "paper",
    initial: ArrayLike | None = None,
    rtol: float = 1e-9,
    atol: float = 1e-9,
    method: Method = "LSODA",
    progress: Callable[[float], None] | None = None,
) -> xr.Dataset:
    """Integrate the mean field of a circuit (Eqs. 22-25, or 36-39 with the reset correction).

    The solver starts afresh wherever an input current jumps or changes its slope, so that no
    step of it straddles such a time.

    Parameters
    ----------
    circuit
        Populations, synapses and parameters.
    inputs
        Input current of a population, by its name: a current or, for a constant one, a number in
        pA. A population that is not named receives its constant `input_current`.
    duration
        Length of the run in ms, a multiple of `sample`.
    sample
        Interval between samples in ms; samples lie at sample, 2 sample, ..., duration.
    reset_correction, form
        See `MeanField`. The absolute form jumps where v crosses v_r while r > 0. The solvers
        find their way across in many small steps, but now and then one gets stuck there.
    initial
        State at time 0 in the order of `MeanField.variables` (r in 1/ms); by default
        `MeanField.initial_state`.
    rtol
        Relative tolerance of a step.
    atol
        Absolute tolerance of a step, in units of each variable's scale (see `SCALES`).
    method
        ``'LSODA'`` (fastest), ``'BDF'`` or ``'Radau'``.
    progress
        Called with the fraction done whenever a piece between two breaks of the input is done.

    Returns
    -------
    xarray.Dataset
        firing_rate (Hz), membrane_potential, recovery and synaptic_activation at the samples.

    Raises
    ------
    ValueError
        If the grid of samples, the method or the initial state does not fit.
    ResetDomainError
        If the reset correction is not defined at rest or at the initial state.
    IntegrationError
        If the solver fails or the solution is not finite.
    """
    return solution(
        MeanField(circuit, reset_correction, form), inputs, duration=duration, sample=sample,
        initial=initial, rtol=rtol, atol=atol, method=method, progress=progress,
    )  # fmt: skip


def solution(
    model: MeanField,
    inputs: Mapping[str, Current | float] | None,
    *,
    duration: float,
    sample: float,
    initial: ArrayLike | None = None,
    rtol: float = 1e-9,
    atol: float = 1e-9,
    method: Method = "LSODA",
    progress: Callable[[float], None] | None = None,
) -> xr.Dataset:
    """Integrate a mean field in time; takes and returns what `integrate` does."""
    count = whole_ratio(duration, sample, "duration", "sample")
    one_of("method", method, get_args(Method))
    positive("rtol", rtol)
    positive("atol", atol)
    y = _initial(model, initial)
    drive = currents(model.circuit, inputs)
    p = np.array(list(model.parameters.values()))
    scale = np.array([SCALES.get(name.split(".")[-1], 1e-2) for name in model.variables])
    solve = _lsoda if method == "LSODA" else _implicit(method)
    time = np.arange(1, count + 1, dtype=np.float64) * sample
    states = np.empty((count, y.size))
    trace = np.zeros(y.size + 2)
    with reporting("integrating the mean field") as task:
        for start, end, rows in _pieces(drive, duration, sample):
            times = np.concatenate(([start], time[rows], [end]))
            on_grid = bool(times.size > 2 and end - times[-2] < 2e-6 * sample)
            if on_grid:  # the end is a sample but for rounding
                times = times[:-1]
                times[-1] = end
            lines, kernels = _driven(drive, start, end)
            longest = min(current.longest_step(start, end) for current in drive.values())
            if duration > _LONG and progress is None and is_live():
                kernels = _observed(kernels[0], task, duration), kernels[1]
            arguments = (p, lines, trace, *model.structure)
            try:
                solution = solve(y, times, kernels, arguments, rtol, atol * scale, longest)
            except _FailureError as failure:
                raise IntegrationError(_explained(model, str(failure), p, trace)) from None
            states[rows] = solution[1:] if on_grid else solution[1:-1]
            y = solution[-1]
            if progress is not None:
                progress(end / duration)
    attributes: dict[str, str | float] = {
        "model": model.title,
        **model.attributes,
        "scheme": method,
        "rtol": float(rtol),
        "atol": float(atol),
    }
    return time_series(model.circuit, time, _series(model, states), attributes)


class _FailureError(Exception):
    """A solver stopped; the argument is the reason."""


def _initial(model: MeanField, given: ArrayLike | None) -> FloatArray:
    try:
        y = model.initial_state() if given is None else np.array(given, dtype=float)
        fits = y.shape == (len(model.variables),) and bool(np.isfinite(y).all())
    except (TypeError, ValueError):
        fits = False
    if not fits:
        names = ", ".join(model.variables)
        msg = f"initial = {given!r} must hold one finite value for each of {names}"
        raise ValueError(msg)
    problem = model.outside_domain(y, np.array(list(model.parameters.values())))
    if problem:
        raise ResetDomainError(f"{problem}, at the initial state")
    return y


def _pieces(
    drive: Mapping[str, Current], duration: float, sample: float
) -> Iterator[tuple[float, float, slice]]:
    """Start and end of each piece on which all currents are linear, and its samples.

    A sample at a break belongs to the piece before it (the state is continuous). Breaks closer
    to each other than rounding are one.
    """
    edges = [0.0]
    inner = {t for current in drive.values() for t in current.breaks(0.0, duration)}
    for t in sorted(inner):
        if t - edges[-1] > 1e-9 * sample and duration - t > 1e-9 * sample:
            edges.append(t)
    edges.append(float(duration))
    # Sample n sits at index n − 1; one within a millionth of a sample after an edge is on it.
    passed = [int(np.floor(t / sample + 1e-6)) for t in edges[:-1]]
    passed.append(round(duration / sample))
    for (a, b), (i, j) in zip(itertools.pairwise(edges), itertools.pairwise(passed), strict=True):
        yield a, b, slice(i, j)


Kernels = tuple[Callable[..., FloatArray], Callable[..., FloatArray]]
"""Field and Jacobian as functions of time, state and the arguments of `driven_field`."""


def _driven(drive: Mapping[str, Current], start: float, end: float) -> tuple[FloatArray, Kernels]:
    """Each current between two neighbouring breaks as value, slope and anchor, and the kernels.

    The kernels know linear currents. One that is not linear is evaluated whenever a solver calls
    them, and handed on as a line through its value. Solvers reach the end of a piece and look
    past it, so it goes on smoothly there.
    """
    pieces = {i: current.line(start, end) for i, current in enumerate(drive.values())}
    lines = np.array([piece or (0.0, 0.0, 0.0) for piece in pieces.values()])
    curved = [
        (i, current.between(start, end))
        for i, current in enumerate(drive.values())
        if pieces[i] is None
    ]
    if not curved:
        return lines, (equations.driven_field, equations.driven_jacobian)

    def field(t: float, y: FloatArray, *arguments: Any) -> FloatArray:
        for i, piece in curved:
            lines[i] = piece(t), 0.0, t
        return equations.driven_field(t, y, *arguments)

    def jacobian(t: float, y: FloatArray, *arguments: Any) -> FloatArray:
        for i, piece in curved:
            lines[i] = piece(t), 0.0, t
        return equations.driven_jacobian(t, y, *arguments)

    return lines, (field, jacobian)


Solver = Callable[
    [FloatArray, FloatArray, Kernels, tuple[Any, ...], float, FloatArray, float],
    FloatArray,
]


def _observed(field: Callable[..., FloatArray], task: Task, duration: float) -> Any:
    """The same field, which reports the time reached every thousand calls."""
    calls = itertools.count(1)

    def observed(t: float, *arguments: Any) -> FloatArray:
        if next(calls) % 1000 == 0:
            task.update(t / duration)
        return field(t, *arguments)

    return observed


def _lsoda(
    y: FloatArray,
    times: FloatArray,
    kernels: Kernels,
    arguments: tuple[Any, ...],
    rtol: float,
    atol: FloatArray,
    longest: float,
) -> FloatArray:
    """States at `times`, the first of which is the start, in steps of at most `longest`.

    `odeint` walks through the samples in compiled code; `solve_ivp` spends more time on them
    than on the equations.
    """
    from scipy.integrate import ODEintWarning, odeint  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ODEintWarning)  # its message is looked at below
        solution, report = odeint(
            kernels[0], y, times, args=arguments, Dfun=kernels[1],
            tfirst=True, full_output=True, rtol=rtol, atol=atol, mxstep=_MAX_STEPS,
            hmax=longest if longest < np.inf else 0.0,
        )  # fmt: skip
    if report["message"] != "Integration successful.":
        raise _FailureError(report["message"])
    return _finite(solution)


def _implicit(method: str) -> Solver:
    """A solver through `solve_ivp`; states at `times`, the first of which is the start."""

    def solve(
        y: FloatArray,
        times: FloatArray,
        kernels: Kernels,
        arguments: tuple[Any, ...],
        rtol: float,
        atol: FloatArray,
        longest: float,
    ) -> FloatArray:
        from scipy.integrate import solve_ivp  # noqa: PLC0415

        # scipy hands over strided views at times, for which numba would compile once more.
        def field(t: float, state: FloatArray) -> FloatArray:
            return kernels[0](t, np.ascontiguousarray(state), *arguments)

        def jacobian(t: float, state: FloatArray) -> FloatArray:
            return kernels[1](t, np.ascontiguousarray(state), *arguments)

        try:
            result = solve_ivp(
                field, (times[0], times[-1]), y, method=method, t_eval=times, jac=jacobian,
                rtol=rtol, atol=atol, max_step=longest,
            )  # fmt: skip
        except ValueError as error:  # scipy's factorisation refuses NaN in this way
            raise _FailureError(str(error)) from None
        if not result.success:
            raise _FailureError(result.message)
        return _finite(result.y.T)

    return solve


def _finite(solution: FloatArray) -> FloatArray:
    if not np.isfinite(solution).all():
        msg = "the solution is not finite"
        raise _FailureError(msg)
    return solution


def _explained(model: MeanField, reason: str, p: FloatArray, trace: FloatArray) -> str:
    """What went wrong, at which time and state, with which parameters."""
    time, y = trace[1], trace[2:].copy()
    cause = model.outside_domain(y, p) or reason
    if model.form == "absolute":
        cause += " (the absolute form jumps where v crosses v_r; another rtol may pass)"
    state = ", ".join(f"{k} = {x:.6g}" for k, x in zip(model.variables, y, strict=True))
    parameters = ", ".join(f"{k} = {x:g}" for k, x in zip(model.parameters, p, strict=True))
    return (
        f"the mean field could not be integrated beyond t = {time:.6g} ms: {cause}\n"
        f"state (firing_rate in 1/ms): {state}\nparameters (currents at that time): {parameters}"
    )


def _series(model: MeanField, states: FloatArray) -> dict[str, FloatArray]:
    """States of shape (samples, variables) as series by name, rates in Hz."""
    first = model.layout.populations[:, 0]
    series = {
        "firing_rate": 1e3 * states[:, first].T,
        "membrane_potential": states[:, first + 1].T.copy(),
        "recovery": states[:, first + 2].T.copy(),
    }
    if len(model.layout.synapses):
        series["synaptic_activation"] = states[:, model.layout.synapses[:, 0]].T.copy()
    return series
