"""Options, branches as data, files and pictures."""

import subprocess
import sys
from dataclasses import fields, replace

import matplotlib as mpl
import numpy as np
import pytest
import systems

from ikmeanfield.continuation import (
    KINDS,
    Branch,
    ContinuationOptions,
    CycleOptions,
    Problem,
    SpecialPoint,
    Termination,
    continue_equilibria,
    continue_hopf,
    find_equilibrium,
)

mpl.use("Agg")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ds": 0.0}, ["ds", "0.0", "> 0"]),
        ({"ds": float("nan")}, ["ds", "nan"]),
        ({"ds": 0.1}, ["ds = 0.1", "ds_max = 0.05"]),
        ({"ds": 1e-9}, ["ds_min = 1e-08"]),
        ({"tolerance": -1e-9}, ["tolerance", "-1e-09"]),
        ({"max_points": 0}, ["max_points", "integer"]),
        ({"max_points": 1.5}, ["max_points", "1.5"]),
        ({"target_newton": 9}, ["target_newton", "max_newton = 8"]),
        ({"max_turn": 120.0}, ["max_turn", "90"]),
        ({"direction": "up"}, ["direction", "'up'", "forward"]),
        ({"bounds": {"I": (2.0, 1.0)}}, ["bounds['I']", "lower < upper"]),
        ({"scales": {"v": 0.0}}, ["scales['v']", "> 0"]),
        ({"detect": frozenset({"FOLD"})}, ["detect", "FOLD", "LP"]),
        ({"stop_at": frozenset({"XX"})}, ["stop_at", "XX", "LP"]),
        ({"stop_at": "HB"}, ["stop_at", "'HB'", "set"]),
        ({"ds": "small"}, ["ds", "'small'", "> 0"]),
        ({"max_turn": "steep"}, ["max_turn", "'steep'"]),
        ({"max_points": True}, ["max_points", "True"]),
        ({"bounds": {"I": 3.0}}, ["bounds['I']", "3.0"]),
        ({"bounds": [("I", 0, 1)]}, ["bounds", "mapping"]),
    ],
)
def test_options_refuse_nonsense_in_words(values, words):
    with pytest.raises(ValueError, match=": must") as error:
        ContinuationOptions(**values)
    for word in words:
        assert word in str(error.value)


def circuit_branch():
    problem = systems.circuit().problem()
    start = np.array([0.02, -50.0, 0.0, 2.0, 1.0, 0.005, -50.0, 0.0, 0.5, 0.2])
    options = ContinuationOptions(bounds={"I_fs": (20.0, 60.0)})
    return continue_equilibria(problem, start, "I_fs", options)


def hopf_branch():
    problem = systems.bogdanov_takens()
    options = ContinuationOptions(bounds={"b1": (-2.0, 2.0), "b2": (-2.0, 2.0)})
    (start,) = continue_equilibria(problem, [-1.0, 0.0], "b2", options_for("b2")).points("HB")
    return continue_hopf(problem, start, ("b1", "b2"), options)


def options_for(name):
    return ContinuationOptions(bounds={name: (-2.0, 2.0)})


def empty():
    return continue_equilibria(systems.fold().at({"p": -1.0}), [0.0], "p")


def cycle():
    """Return a cycle branch with extra arrays, as another part of the package makes them."""
    rng = np.random.default_rng(0)
    points = 5
    return Branch(
        kind="cycle",
        variables=("x", "y"),
        free=("p",),
        fixed={"c": 0.1},
        states=rng.normal(size=(points, 2)),
        parameters=rng.normal(size=(points, 1)),
        eigenvalues=rng.normal(size=(points, 2)) + 1j * rng.normal(size=(points, 2)),
        columns={
            "arclength": np.arange(5.0),
            "stable": np.array([1, 1, 0, 0, 1]),
            "unstable": np.array([0, 0, 1, 1, 0]),
        },
        extra={
            "minimum": (("point", "variable"), rng.normal(size=(points, 2))),
            "maximum": (("point", "variable"), rng.normal(size=(points, 2))),
            "profile": (("point", "node", "variable"), rng.normal(size=(points, 4, 2))),
        },
        special=(
            SpecialPoint("LPC", {"c": 0.1, "p": 0.3}, np.array([1.0, 2.0]), "guess", row=2),
            SpecialPoint("PD", {"c": 0.1, "p": 0.4}, np.ones(2), data={"period": np.nan}, row=4),
        ),
        ends=(Termination("start"), Termination("homoclinic", "period ≥ 1e4, said in words")),
        units={"x": "mV", "period": "ms"},
    )


def assert_equal(a, b):
    for name in ("kind", "variables", "free", "fixed", "ends", "units"):
        assert getattr(a, name) == getattr(b, name), name
    for name in ("states", "parameters", "eigenvalues"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert list(a.columns) == list(b.columns)
    for name, column in a.columns.items():
        np.testing.assert_array_equal(column, b.columns[name])
        assert column.dtype == b.columns[name].dtype
    assert list(a.extra) == list(b.extra)
    for name, (dims, values) in a.extra.items():
        assert b.extra[name][0] == dims
        np.testing.assert_array_equal(values, b.extra[name][1])
    assert len(a.special) == len(b.special)
    for one, two in zip(a.special, b.special, strict=True):
        for name in ("kind", "parameters", "status", "message", "name", "row"):
            assert getattr(one, name) == getattr(two, name), name
        for name in ("state", "bracket", "residual", "eigenvalues"):
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
        assert list(one.data) == list(two.data)
        np.testing.assert_array_equal(list(one.data.values()), list(two.data.values()))


@pytest.mark.parametrize("make", [circuit_branch, hopf_branch, empty, cycle])
def test_netcdf_round_trip_is_lossless(make, tmp_path):
    import xarray as xr

    branch = make()
    dataset = branch.to_dataset()
    for variable in dataset.data_vars.values():
        assert {"units", "long_name"} <= set(variable.attrs)
    assert_equal(branch, Branch.from_dataset(dataset))
    dataset.to_netcdf(tmp_path / "branch.nc")
    with xr.open_dataset(tmp_path / "branch.nc") as stored:
        assert_equal(branch, Branch.from_dataset(stored.load()))


def test_branch_refuses_columns_of_another_length():
    with pytest.raises(ValueError, match="l1 has 3 rows, the branch has 5 points"):
        Branch(
            kind="hopf",
            variables=("x",),
            free=("p",),
            fixed={},
            states=np.zeros((5, 1)),
            parameters=np.zeros((5, 1)),
            eigenvalues=np.zeros((5, 1), dtype=complex),
            columns={"l1": np.zeros(3)},
        )


def test_special_point_refuses_unknown_kind():
    with pytest.raises(ValueError, match=r"'SN'.*LP"):
        SpecialPoint("SN", {}, np.zeros(1))
    names = {"LP", "HB", "BP", "NS", "CP", "BT", "GH", "ZH", "HH", "LPC", "PD", "TR", "KINK"}
    names |= {"HOM", "HET", "SNIC", "UZ", "CPC", "GPD", "R1", "R2", "R3", "R4"}
    names |= {"LPPD", "LPNS", "PDNS", "NSNS", "NSH", "NCS"}
    assert names == set(KINDS)


def test_columns_by_name():
    branch = hopf_branch()
    np.testing.assert_array_equal(branch["x"], branch.states[:, 0])
    np.testing.assert_array_equal(branch["b2"], branch.parameters[:, 1])
    np.testing.assert_array_equal(branch["l1"], branch.columns["l1"])
    with pytest.raises(KeyError, match=r"no column 'l2'.*b1"):
        branch["l2"]


def test_segments_cover_the_branch_and_agree_with_stability():
    branch = circuit_branch()
    covered = []
    for stable, rows in branch.segments():
        inner = np.arange(len(branch))[rows]
        assert (branch.stable[inner[:-1]] == stable).all()
        covered += inner[:-1].tolist()
    assert covered == list(range(len(branch) - 1))
    assert len({stable for stable, _ in branch.segments()}) == 2


@pytest.mark.parametrize("make", [circuit_branch, hopf_branch, cycle, empty])
def test_plot_in_one_call(make):
    branch = make()
    ax = branch.plot()
    marked = {(line.get_label(), float(line.get_xdata()[0])) for line in ax.lines}
    for point in branch.special:
        assert (point.kind, float(branch[branch.free[0]][point.row])) in marked
    assert branch.free[0].replace(".", " ").replace("_", " ") in ax.get_xlabel()
    if len(branch):
        drawn = np.concatenate([line.get_xdata() for line in ax.lines])
        assert set(branch.parameters[:, 0]) <= set(drawn)


def test_import_is_light():
    code = (
        "import sys, ikmeanfield.continuation; "
        "heavy = {'xarray', 'matplotlib', 'scipy.optimize', 'numba'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("make", [circuit_branch, hopf_branch, cycle, empty])
def test_a_branch_prints_a_summary_that_fits_a_screen(make):
    branch = make()
    lines = str(branch).splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100
    text = "\n".join(lines)
    assert f"{len(branch)} points" in lines[0]
    for point in branch.special:
        assert sum(line.strip().startswith(point.kind) for line in lines) >= 1
    for end in branch.ends:
        assert end.reason in text
    assert "<pre>" in branch._repr_html_()
    assert "&lt;Branch" in branch._repr_html_()


def test_the_summary_states_range_stability_and_special_points():
    """Oracle: the folds of 0 = p + y − y³ lie at p = ±2/(3√3); the middle sheet is unstable."""
    cubic = Problem(lambda y, p: np.array([p[0] + y[0] - y[0] ** 3]), ("y",), {"p": -1.0})
    branch = continue_equilibria(
        cubic, [-1.3], "p", ContinuationOptions(bounds={"p": (-1.0, 1.0)}, direction="forward")
    )
    lines = [line.strip() for line in str(branch).splitlines()]
    assert "p            -1 to 1" in lines
    assert [line.split()[0] for line in lines if "→" in line] == ["stable", "unstable", "stable"]
    assert [line for line in lines if line.startswith("LP")] == [
        "LP   p = 0.3849002",
        "LP   p = -0.3849002",
    ]


def test_a_long_branch_still_prints_on_a_screen():
    branch = cycle()
    many = replace(branch, special=branch.special * 40, variables=("x", "y"))
    assert len(str(many).splitlines()) <= 40
    assert "more" in str(many)


def test_a_special_point_prints_on_one_line():
    for point in (*circuit_branch().special, *hopf_branch().special, *cycle().special):
        assert "\n" not in str(point)
        assert len(str(point)) <= 100
        assert str(point).startswith(point.kind)


@pytest.mark.parametrize("options", [ContinuationOptions, CycleOptions])
def test_none_means_the_default(options):
    names = [item.name for item in fields(options)]
    assert options(**dict.fromkeys(names)) == options()


def test_none_as_options_means_the_defaults():
    problem, start = systems.fold(), [1.0]
    a, b = (find_equilibrium(problem, start, options=o) for o in (None, ContinuationOptions()))
    np.testing.assert_array_equal(a, b)
    with pytest.raises(TypeError, match=r"options = \{'ds': 0.1\}: must be ContinuationOptions"):
        continue_equilibria(problem, start, "p", {"ds": 0.1})
