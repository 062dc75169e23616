"""A newcomer's mistakes are refused with the argument, its value and what is allowed."""

from functools import cache

import numpy as np
import pytest

import ikmeanfield as ik
from ikmeanfield.analysis.diagrams import bifurcation_plane
from ikmeanfield.analysis.transitions import locate
from ikmeanfield.arguments import number, numbers, one_of, positive, whole_number, yes_or_no
from ikmeanfield.spiking import Network
from ikmeanfield.theories.mean_field import adjusted_current, firing_rate

RUN = {"duration": 10.0, "sample": 1.0}
BOTH = ("rs.input_current", "rs.adaptation")


@cache
def circuit():
    return ik.regular_spiking().replace({"rs.size": 20})


def neuron():
    return circuit().populations["rs"]


def simulate(**given):
    return lambda: ik.simulate(circuit(), **{**RUN, **given})


def integrate(**given):
    return lambda: ik.integrate(circuit(), **{**RUN, **given})


def network(**given):
    return lambda: Network(circuit()).set_state(**given)


def find(*given, low=20.0, high=70.0, **options):
    return lambda: locate(circuit(), *(given or ("rs",)), low, high, **options)


def plane(*given, **options):
    return lambda: bifurcation_plane(circuit(), *given, **options)


MISTAKES = [
    (simulate(step="0.1"), TypeError, "step = '0.1': expected a positive number in ms"),
    (simulate(step=-1), ValueError, "step = -1"),
    (simulate(scheme=["exact"]), ValueError, "scheme = .*is not one of 'exact', 'euler'"),
    (simulate(thresholds="uniform"), ValueError, "thresholds = 'uniform'.*'quantiles', 'random'"),
    (simulate(seed="x"), TypeError, "seed = 'x': expected a whole number of at least 0"),
    (simulate(seed=-1), ValueError, "seed = -1"),
    (simulate(seed=1.5), TypeError, "seed = 1.5"),
    (simulate(progress=True), TypeError, "progress = True"),
    (network(potentials={"rs": np.zeros(3)}), ValueError, r"potentials\['rs'\].*shape \(20,\)"),
    (network(recovery={"rs": "high"}), TypeError, r"recovery\['rs'\] = 'high'"),
    (network(activation=[1.0, 2.0]), ValueError, r"activation = .*shape \(1,\)"),
    (integrate(reset_correction="on"), TypeError, "reset_correction = 'on': expected True or"),
    (integrate(form=None), ValueError, "form = None is not one of 'paper', 'absolute'"),
    (integrate(method="RK45"), ValueError, "method = 'RK45'.*'LSODA', 'BDF', 'Radau'"),
    (integrate(rtol=-1), ValueError, "rtol = -1: expected a positive number"),
    (integrate(atol="1e-6"), TypeError, "atol = '1e-6'"),
    (integrate(initial="rest"), ValueError, "initial = 'rest' must hold.*rs.recovery"),
    (lambda: adjusted_current(circuit(), 3.0), TypeError, "population = .*expected a Population"),
    (lambda: firing_rate(neuron(), "x"), TypeError, "input_current = 'x'"),
    (
        lambda: firing_rate(neuron(), 3.0, synaptic_activation=[1]),
        TypeError, "synaptic_activation = .*mapping",
    ),
    (lambda: circuit().get(3), ValueError, '3 is not the path .*"rs.adaptation"'),
    (lambda: circuit().replace("rs.adaptation"), ValueError, "values = .*expected a mapping"),
    (ik.Circuit, ValueError, "^populations: this key is missing$"),
    (lambda: ik.Population(size=0), ValueError, "(?s)size: got 0.*capacitance: this key is"),
    (find("ex"), ValueError, "population = 'ex' is not one of 'rs'"),
    (find(observed="ex"), ValueError, "observed = 'ex'"),
    (find(low=80.0), ValueError, "low = 80.0: expected a current below high = 70.0"),
    (find(low="20"), TypeError, "low = '20'"),
    (find(hold="fold"), TypeError, "hold = 'fold': expected a list"),
    (find(hold=["sn"]), ValueError, "hold = 'sn' is not one of 'fold', 'hopf'"),
    (find(ramp=10), TypeError, "ramp = 10: expected RampSettings"),
    (find(window=-1), ValueError, "window = -1"),
    (plane("rs.input_current", ((0, 1), (0, 1))), ValueError, "paths of two different"),
    (plane(BOTH, (0, 1)), ValueError, r"bounds = \(0, 1\): expected a range"),
    (plane(BOTH, ((0, 1), (0, 1)), scans="3"), TypeError, "scans = '3'"),
    (plane(BOTH, ((0, 1), (0, 1)), scans=[5]), ValueError, r"scans = \[5\].*within 0 and 1"),
    (lambda: ik.show_progress("off"), TypeError, "on = 'off': expected True or False"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), MISTAKES)
def test_a_mistake_is_refused_in_words(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert len(str(caught.value)) < 600


def test_a_nested_mistake_is_told_with_its_path():
    """Oracle: the path of the parameter in the circuit."""
    data = circuit().model_dump()
    data["populations"]["rs"]["synapses"]["ampa"]["conductance"] = -1.0
    with pytest.raises(ValueError, match=r"populations\.rs\.synapses\.ampa\.conductance: got -1.0"):
        ik.Circuit(**data)


def test_what_is_allowed_passes():
    assert number("x", np.float64(2)) == 2.0
    assert positive("x", np.float32(2)) == 2.0
    assert whole_number("n", np.int64(3), least=3) == 3
    assert yes_or_no("on", np.True_) is True
    one_of("word", "a", ("a", "b"))
    np.testing.assert_array_equal(numbers("x", [1, 2], (2,)), [1.0, 2.0])


@pytest.mark.parametrize("value", [True, None, "1", 1j, [1.0]])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="x = "):
        number("x", value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_are_finite(value):
    with pytest.raises(ValueError, match="x = "):
        number("x", value)
