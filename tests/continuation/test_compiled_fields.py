"""What is done for speed alone gives the same numbers: compiled fields, LAPACK without numpy.

To the bit where numpy, scipy and numba call the same routines for the same processor, which is not
certain everywhere; so rounding is allowed for. The golden record compares bits.
"""

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
    def close(one, other, **more):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9, **more)

    close(branch.states, wanted.states)
    close(branch.parameters, wanted.parameters)
    close(branch.eigenvalues, wanted.eigenvalues)
    assert branch.columns.keys() == wanted.columns.keys()
    assert branch.ends == wanted.ends
    assert [p.kind for p in branch.special] == [p.kind for p in wanted.special]
    for point, known in zip(branch.special, wanted.special, strict=True):
        assert point.data == pytest.approx(known.data, rel=1e-6, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("kappa", [25.0, 100.0])
@pytest.mark.parametrize("correction", [False, True])
def test_a_compiled_field_gives_the_branch_of_its_plain_functions(kappa, correction):
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
def test_small_matrices_give_the_numbers_of_numpy(size):
    # oracle: numpy.linalg; single vectors may differ by their sign
    rng = np.random.default_rng(size)
    for _ in range(50):
        wide = rng.standard_normal((size, size + 1)) * (rng.random((size, size + 1)) < 0.7)
        square = wide[:, :size] + 3 * np.eye(size)
        vector, smallest = dense.null_vector(wide)
        np.testing.assert_allclose(smallest, np.linalg.svd(wide)[1][-1], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(np.linalg.norm(vector), 1.0, rtol=1e-12)
        np.testing.assert_allclose(wide @ vector, 0.0, atol=1e-12)
        found = sorted(dense.eigenvalues(square), key=lambda w: (round(w.real, 6), w.imag))
        wanted = sorted(np.linalg.eigvals(square), key=lambda w: (round(w.real, 6), w.imag))
        np.testing.assert_allclose(found, wanted, atol=1e-6)
        assert dense.sign_of_determinant(square) == np.linalg.slogdet(square)[0]
        np.testing.assert_allclose(dense.inverse(square), np.linalg.inv(square), atol=1e-9)
        assert vector.flags.c_contiguous
        assert dense.inverse(square).flags.c_contiguous


def test_what_numpy_refuses_is_refused():
    undefined = np.full((3, 3), np.nan)
    for function in (dense.eigenvalues, dense.null_vector):
        with pytest.raises(np.linalg.LinAlgError):
            function(undefined)
    with pytest.raises(np.linalg.LinAlgError):
        dense.inverse(np.ones((3, 3)))
    assert dense.sign_of_determinant(np.ones((3, 3))) == 0
    assert not dense.is_finite(undefined)
    assert dense.is_finite(np.full((2, 2), 1e200))
