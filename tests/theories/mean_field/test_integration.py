"""Integration of the mean field in time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking
from ikmeanfield.inputs import ramp, steps
from ikmeanfield.theories.mean_field import IntegrationError, MeanField, ResetDomainError, integrate

SERIES = ("firing_rate", "membrane_potential", "recovery", "synaptic_activation")


def stacked(dataset) -> np.ndarray:
    """All series in one array, rates in 1/ms, a row per series."""
    rows = [dataset[name].values / (1e3 if name == "firing_rate" else 1) for name in SERIES]
    return np.concatenate(rows)


@pytest.mark.parametrize("form", ["paper", "absolute"])
@pytest.mark.parametrize("corrected", [True, False])
def test_against_an_explicit_method(corrected, form) -> None:
    """Oracle: DOP853 on the field itself at tighter tolerance, the ramp evaluated by `Current`."""
    circuit = excitatory_inhibitory()
    current = ramp([(0.0, 20.0), (400.0, 60.0)])
    model = MeanField(circuit, corrected, form)
    problem = model.problem()
    p, slot = problem.vector(), problem.index("fs.input_current")

    def field(t: float, y: np.ndarray) -> np.ndarray:
        p[slot] = current(t)
        return model.field(y, p)

    expected = solve_ivp(
        field, (0, 400), model.initial_state(), method="DOP853", rtol=1e-12,
        atol=1e-13, t_eval=np.arange(1, 401.0), max_step=1.0,
    )  # fmt: skip
    run = integrate(
        circuit, {"fs": current}, duration=400, sample=1, reset_correction=corrected, form=form
    )
    order = [0, 5, 1, 6, 2, 7, 3, 4, 8, 9]
    difference = stacked(run) - expected.y[order]
    assert np.abs(difference[:2]).max() < 1e-8  # 1/ms
    assert np.abs(difference[2:]).max() < 1e-5


@pytest.mark.parametrize("method", ["BDF", "Radau"])
def test_methods_agree(method) -> None:
    """Oracle: the default method."""
    given = {"duration": 300, "sample": 0.5, "inputs": {"rs": steps([(0, 60), (100.3, 30)])}}
    difference = stacked(integrate(regular_spiking(), **given, method=method)) - stacked(
        integrate(regular_spiking(), **given)
    )
    assert np.abs(difference).max() < 1e-5


@pytest.mark.parametrize("switch", [150.37, 150.0])
def test_step_splits_the_run_in_two(switch) -> None:
    """Oracle: two runs, the second from where the first ends; on and off the grid of samples."""
    circuit = regular_spiking()
    whole = integrate(circuit, {"rs": steps([(0, 30), (switch, 80)])}, duration=300, sample=0.1)
    first = integrate(
        circuit.replace({"rs.input_current": 30.0}), duration=switch, sample=switch / 5
    )
    middle = stacked(first)[:, -1]
    rest = 300 - switch
    second = integrate(
        circuit.replace({"rs.input_current": 80.0}), duration=rest, sample=rest, initial=middle
    )
    np.testing.assert_allclose(stacked(whole)[:, -1], stacked(second)[:, -1], rtol=1e-7)
    early = integrate(circuit.replace({"rs.input_current": 30.0}), duration=150, sample=0.1)
    np.testing.assert_allclose(stacked(whole)[:, :1500], stacked(early), rtol=1e-6)


def test_samples_do_not_depend_on_their_number() -> None:
    """Oracle: the same run with other samples; breaks on, between and near samples."""
    inputs = {"rs": steps([(0, 20), (0.3, 70), (0.7, 20), (33.3, 60), (33.35, 20)])}
    fine = integrate(regular_spiking(), inputs, duration=60, sample=0.1)
    coarse = integrate(regular_spiking(), inputs, duration=60, sample=20)
    assert fine.time.size == 600
    np.testing.assert_allclose(fine.time, 0.1 * np.arange(1, 601))
    np.testing.assert_allclose(stacked(fine)[:, 199::200], stacked(coarse), rtol=1e-7)


@pytest.mark.parametrize(
    ("duration", "sample", "count"),
    [(0.3, 0.1, 3), (0.7, 0.1, 7), (7.0, 7.0, 1), (1.0000000005, 0.1, 10), (0.9999999995, 0.1, 10)],
)
def test_rounding_of_the_samples(duration, sample, count) -> None:
    """Oracle: the fall from v = -50 mV is monotone, so a sample left out or doubled shows."""
    run = integrate(
        regular_spiking(), duration=duration, sample=sample, initial=[0.0, -50.0, 0.0, 0.0]
    )
    v = run.membrane_potential.values[0]
    assert v.size == count
    assert (np.diff(np.concatenate(([-50.0], v))) < 0).all()


def test_dataset_says_what_it_is() -> None:
    """Oracle: the promised names, units and attributes."""
    fractions: list[float] = []
    run = integrate(
        excitatory_inhibitory(), {"fs": steps([(0, 20), (5, 30)])}, duration=20, sample=0.1,
        progress=fractions.append,
    )  # fmt: skip
    assert {name: run[name].units for name in run.data_vars} == {
        "firing_rate": "Hz", "membrane_potential": "mV", "recovery": "pA",
        "synaptic_activation": "1",
    }  # fmt: skip
    assert run.firing_rate.dims == ("population", "time")
    assert run.synapse.values.tolist() == ["rs.ampa", "rs.gaba", "fs.ampa", "fs.gaba"]
    assert run.attrs == {
        "model": "mean field", "reset_correction": "on", "form": "paper", "scheme": "LSODA",
        "rtol": 1e-9, "atol": 1e-9,
    }  # fmt: skip
    assert fractions == [0.25, 1.0]


def test_homogeneous_and_uncoupled_without_input() -> None:
    """Oracle: rest is an equilibrium where I = 0, whatever Δ_v and J."""
    circuit = regular_spiking().replace({"rs.threshold_width": 0.0, "rs.ampa.weights": {"rs": 0.0}})
    run = integrate(circuit, duration=50, sample=1)
    assert (run.firing_rate == 0).all()
    np.testing.assert_allclose(run.membrane_potential, -60)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"duration": 10.05}, r"duration = 10.05 ms must be a whole multiple of sample = 0.1 ms"),
        ({"sample": 0.0}, "must be positive"),
        ({"method": "Euler"}, "'Euler' is not one of 'LSODA', 'BDF', 'Radau'"),
        ({"initial": [0.0, -60.0]}, "rs.firing_rate, rs.membrane_potential, rs.recovery"),
        ({"inputs": {"fs": steps([(0, 1)])}}, "input given to population 'fs'"),
    ],
)
def test_wrong_arguments_are_refused(change, message) -> None:
    given = {"duration": 10.0, "sample": 0.1} | change
    with pytest.raises(ValueError, match=message):
        integrate(regular_spiking(), **given)


@pytest.mark.parametrize("method", ["LSODA", "BDF", "Radau"])
def test_leaving_the_domain_of_the_correction_says_where(method) -> None:
    """Oracle: a negative weight drives s, and with it α/(2k), down to v_0 after the step."""
    circuit = regular_spiking().replace(
        {"rs.reset_potential": -62.0, "rs.ampa.weights": {"rs": -200.0}}
    )
    with pytest.raises(IntegrationError) as error:
        integrate(
            circuit, {"rs": steps([(0, 0), (50, 500)])}, duration=1000, sample=1, method=method
        )
    message = str(error.value)
    assert "reset_potential < alpha/(2k)" in message
    assert "rs.reset_potential = -62" in message
    assert "rs.input_current = 500" in message
    when = float(message.split("t = ")[1].split(" ms", maxsplit=1)[0])
    assert 50 < when < 1000


def test_starting_outside_the_domain_is_refused() -> None:
    with pytest.raises(ResetDomainError, match=r"rs: .*at the initial state"):
        integrate(regular_spiking(), duration=1, sample=1, initial=[0.0, -60.0, 0.0, -1e4])
