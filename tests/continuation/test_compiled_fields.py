"""What is done for speed alone gives the same numbers: compiled fields, LAPACK without numpy."""

from dataclasses import replace

import numpy as np
import pytest

from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking
from ikmeanfield.continuation import ContinuationOptions, continue_equilibria, continue_folds, dense
from ikmeanfield.theories import MeanFieldSettings


def branches(circuit, parameter, settings):
    """Return the branch of a mean field's compiled problem, and that of its plain functions."""
    model = settings(circuit)
    problem = model.problem().at({parameter: 0.0})
    plain = replace(problem, field=model.field, jacobian=model.jacobian)
    assert problem.compiled is not None
    assert plain.compiled is None
    options = ContinuationOptions(bounds={parameter: (0.0, 100.0)})
    rest = model.initial_state()
    return [(one, continue_equilibria(one, rest, parameter, options)) for one in (problem, plain)]


def assert_same(branch, wanted):
    np.testing.assert_array_equal(branch.states, wanted.states)
    np.testing.assert_array_equal(branch.parameters, wanted.parameters)
    np.testing.assert_array_equal(branch.eigenvalues, wanted.eigenvalues)
    for name, column in wanted.columns.items():
        np.testing.assert_array_equal(branch.columns[name], column)
    assert branch.ends == wanted.ends
    assert [p.kind for p in branch.special] == [p.kind for p in wanted.special]
    for point, known in zip(branch.special, wanted.special, strict=True):
        assert point.data == pytest.approx(known.data, rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize("kappa", [25.0, 100.0])
@pytest.mark.parametrize("correction", [False, True])
def test_a_compiled_field_gives_the_bits_of_its_plain_functions(kappa, correction):
    # oracle: the same engine in Python, which every other kind of problem takes
    circuit = regular_spiking().replace(
        {"rs.adaptation": kappa, "rs.peak_potential": 60.0, "rs.reset_potential": -110.0}
    )
    settings = MeanFieldSettings(reset_correction=correction)
    (problem, branch), (plain, wanted) = branches(circuit, "rs.input_current", settings)
    assert len(branch) > 100
    assert_same(branch, wanted)
    for fold, same in zip(branch.points("LP")[:1], wanted.points("LP")[:1], strict=True):
        free = ("rs.input_current", "rs.adaptation")
        options = ContinuationOptions(max_points=15)
        assert_same(
            continue_folds(problem, fold, free, options), continue_folds(plain, same, free, options)
        )


def test_the_same_for_two_populations_with_kinks():
    (_, branch), (_, wanted) = branches(
        excitatory_inhibitory(), "fs.input_current", MeanFieldSettings()
    )
    assert branch.points("KINK")
    assert_same(branch, wanted)


def test_a_field_whose_derivatives_were_replaced_is_not_taken_for_compiled():
    problem = MeanFieldSettings()(regular_spiking()).problem()
    assert problem.compiled is not None
    assert replace(problem, jacobian=None).compiled is None
    slope = {"rs.input_current": lambda y, p: np.zeros(4)}
    assert replace(problem, slopes=slope).compiled is None


@pytest.mark.parametrize("size", [1, 2, 5, dense.FEW, dense.FEW + 1])
def test_small_matrices_give_the_bits_of_numpy(size):
    # oracle: numpy.linalg
    rng = np.random.default_rng(size)
    for _ in range(50):
        scales = 10.0 ** rng.integers(-4, 5, (size, size + 1))
        wide = rng.standard_normal((size, size + 1)) * scales * (rng.random(scales.shape) < 0.7)
        square = wide[:, :size] + np.eye(size)
        values, vectors = dense.singular_values(wide)
        _, wanted, rows = np.linalg.svd(wide)
        np.testing.assert_array_equal(values, wanted)
        np.testing.assert_array_equal(vectors, rows)
        found = dense.eigenvalues(square)
        np.testing.assert_array_equal(found, np.linalg.eigvals(square).astype(complex))
        sign = np.linalg.slogdet(square)[0]
        assert dense.sign_of_determinant(square) == sign
        if sign != 0:
            np.testing.assert_array_equal(dense.inverse(square), np.linalg.inv(square))
        assert all(part.flags.c_contiguous for part in (vectors, dense.inverse(square)) if sign)


def test_what_numpy_refuses_is_refused():
    undefined = np.full((3, 3), np.nan)
    for function in (dense.eigenvalues, dense.singular_values):
        with pytest.raises(np.linalg.LinAlgError):
            function(undefined)
    with pytest.raises(np.linalg.LinAlgError):
        dense.inverse(np.ones((3, 3)))
    assert dense.sign_of_determinant(np.ones((3, 3))) == 0
    assert not dense.is_finite(undefined)
    assert dense.is_finite(np.full((2, 2), 1e200))
