"""Claims about adaptation: each verdict is reached on made-up summaries whose truth is known."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.claims.regimes import border
from made_up import MadeUp, Trees, judged

KAPPA = np.arange(10.0, 110.0, 10.0)


def regimes(
    bistable, oscillating, theory_bistable=None, theory_oscillating=None, status="found", l1=-1.0
):
    """Transitions of networks and of one theory, which are bistable or oscillate at some κ."""
    rows = []
    given = (bistable, oscillating)
    theory = [
        own if other is None else other
        for own, other in zip(given, (theory_bistable, theory_oscillating), strict=True)
    ]
    for run in range(KAPPA.size):
        for kind, side, column in (
            ("fold", "upper", 0), ("fold", "lower", 0), ("hopf", "upper", 1),
        ):  # fmt: skip
            here, there = bool(given[column][run]), bool(theory[column][run])
            rows.append((run, kind, side, status if here else "none", 40.0 if there else np.nan))
    columns = list(zip(*rows, strict=True))
    dims = ("transition",)
    kept = [row for row in rows if np.isfinite(row[-1])]
    return MadeUp(
        xr.Dataset(
            {
                "rs_adaptation": ("run", KAPPA),
                "transition_run_number": (dims, list(columns[0])),
                "held_status": (dims, list(columns[3])),
                "run_number": ("point", np.array([row[0] for row in kept], int)),
                "l1": ("point", np.full(len(kept), l1)),
            },
            {
                "kind_of": (dims, list(columns[1])),
                "side_of": (dims, list(columns[2])),
                "theory_of": (dims, ["field"] * len(rows)),
                "kind": ("point", np.array([row[1] for row in kept], str)),
                "side": ("point", np.array([row[2] for row in kept], str)),
                "theory": ("point", np.array(["field"] * len(kept), str)),
            },
        )
    )


SMALL, LARGE = KAPPA < 45, KAPPA > 55
MIXED = np.arange(KAPPA.size) % 2 == 0


@pytest.mark.parametrize(
    ("source", "verdicts"),
    [
        (regimes(SMALL, LARGE), ["holds"] * 4),
        (regimes(~SMALL, ~LARGE), ["does not hold"] * 4),
        (regimes(MIXED, MIXED), ["does not hold"] * 4),
        (regimes(~MIXED & MIXED, MIXED | ~MIXED), ["cannot be decided"] * 4),
        (regimes(SMALL, LARGE, ~SMALL, ~LARGE), ["holds"] * 2 + ["does not hold"] * 2),
    ],
)
def test_regimes_by_adaptation(source, verdicts):
    """Oracle: regimes that were made up: bistable below 45 pA, oscillating above 55 pA."""
    found = judged("bistable_then_oscillating", source)
    assert [finding.verdict for finding in found] == verdicts
    if verdicts[0] == "holds":
        assert [found[0].value, found[0].uncertainty] == [45.0, 5.0]
        assert [found[1].value, found[1].uncertainty] == [55.0, 5.0]


def test_searches_without_a_result_are_left_out():
    """Oracle: networks of which nothing is known cannot be bistable or oscillate anywhere."""
    source = regimes(SMALL, LARGE, status="not resolved")
    network, *_ = judged("bistable_then_oscillating", source)
    assert network.verdict == "cannot be decided"


def test_hopf_points_without_stable_cycles_are_no_oscillations():
    """Oracle: the same points with a first Lyapunov coefficient above zero."""
    found = judged("bistable_then_oscillating", regimes(SMALL, LARGE, l1=1.0))
    assert [one.verdict for one in found] == ["holds"] * 3 + ["cannot be decided"]


def test_a_border_is_where_it_divides_best():
    """Oracle: by hand."""
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert border(x, np.array([True, True, False, False])) == (2.5, 0.5, 1.0)
    assert border(x, np.array([True, False, True, False]))[2] == 0.75
    assert np.isnan(border(x, np.ones(4, bool))).all()


@pytest.mark.parametrize(
    ("theory", "verdict"),
    [((SMALL, LARGE), "holds"), ((SMALL, ~LARGE), "does not hold"),
     ((SMALL, KAPPA > 85), "does not hold"), ((SMALL, KAPPA > 65), "cannot be decided")],
)  # fmt: skip
def test_bifurcation_structure(theory, verdict):
    """Oracle: regimes of a theory that differ from those of the network at 0, 6, 3 or 1 of 6."""
    (found,) = judged("bifurcations_preserved", regimes(SMALL, LARGE, *theory), strong=50.0)
    assert found.verdict == verdict


def test_structure_without_strong_adaptation_cannot_be_decided():
    """Oracle: no adaptation is as strong."""
    (found,) = judged("bifurcations_preserved", regimes(SMALL, LARGE), strong=500.0)
    assert found.verdict == "cannot be decided"


@pytest.mark.parametrize(
    ("recovery", "verdict", "value"),
    [(15.0, "holds", 0.9), (990.0, "does not hold", 0.1), (55.0, "cannot be decided", 0.5)],
)
def test_recovery_far_above_adaptation(recovery, verdict, value):
    """Oracle: ⟨u⟩ that is far above κ (10 times) up to 1.5, 99 or 5.5 pA."""
    kappa = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 100]
    circuits = [SimpleNamespace(get={"rs.adaptation": k}.__getitem__) for k in kappa]
    plan = SimpleNamespace(first_run=lambda item: SimpleNamespace(circuit=circuits[item.number]))
    ramps = [xr.Dataset({"recovery": ("time", [0.0, -recovery, 1.0])}) for _ in kappa]
    (found,) = judged("recovery_not_above_adaptation", Trees(*ramps, plan=plan))
    assert found.value == pytest.approx(value)
    assert found.verdict == verdict


def attribution(own, shared, field, shares=None, **more):
    """Folds with a recovery variable each, with one for all, and of the mean field: (run, 2)."""
    own, shared, field = (np.asarray(v, float) for v in (own, shared, field))
    runs = len(own)
    fold = np.zeros((runs, 2, 2, 2, 2))
    fold[:] = own[:, None, None, None]
    fold[:, 0, 0, 1], fold[:, 1, 1, 1] = shared, field
    parts = np.ones((runs, 3, 2)) if shares is None else np.broadcast_to(
        np.asarray(shares, float)[None, :, None], (runs, 3, 2)
    )  # fmt: skip
    switches = ["infinite_reset", "full_lorentzian", "shared_recovery"]
    return MadeUp(
        xr.Dataset(
            {
                "fold": (("run", *switches, "fold_kind"), fold),
                "contribution": (("run", "assumption", "fold_kind"), parts),
                "sweep": ("run", ["kappa"] * runs),
                "rs_adaptation": ("run", np.arange(runs)),
                **more,
            },
            {
                **{name: [0, 1] for name in switches},
                "assumption": switches,
                "fold_kind": ["upper", "lower"],
            },
        )
    )


OWN = np.tile([39.0, 24.0], (5, 1))
FIELD = np.array([2.0, -1.0])


@pytest.mark.parametrize(
    ("shared", "verdict"),
    [([40.9, 23.1], "holds"), ([40.9, 26.0], "holds in part"), ([36.0, 26.0], "does not hold"),
     ([np.nan, np.nan], "cannot be decided")],
)  # fmt: skip
def test_one_recovery_and_the_folds(shared, verdict):
    """Oracle: folds that were made up, against a mean field at 41 and 23 pA."""
    source = attribution(OWN, np.tile(shared, (5, 1)), OWN + FIELD)
    (found,) = judged("one_recovery_moves_folds_closer", source)
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("shift", "verdict"),
    [([2.0, 0.5], "holds"), ([2.0, 0.05], "holds in part"), ([0.1, 0.0], "does not hold"),
     ([np.nan, np.nan], "cannot be decided")],
)  # fmt: skip
def test_two_forms_of_the_recovery(shift, verdict):
    """Oracle: distances of the folds that were made up, against 0.15 pA."""
    source = attribution(OWN, OWN + shift, OWN)
    (found,) = judged("two_forms_differ", source)
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [([0.5, -0.4, 2.0], "holds"), ([2.0, 0.4, -0.5], "does not hold"),
     ([np.nan] * 3, "cannot be decided")],
)  # fmt: skip
def test_what_costs_most(parts, verdict):
    """Oracle: contributions of reset, tails and one u, of which the last is 69 %, 17 % or none."""
    (found,) = judged("one_recovery_costs_most", attribution(OWN, OWN, OWN, parts))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("kinds", "verdict", "value"),
    [(("BT", "CP", "GH"), "holds", 3), (("CP", "CP"), "holds in part", 1),
     ((), "does not hold", 0)],
)  # fmt: skip
def test_points_of_codimension_two(monkeypatch, kinds, verdict, value):
    """Oracle: curves with these points, made up; one of them lies beyond the plane."""
    points = [
        SimpleNamespace(kind=kind, parameters={"rs.input_current": 40.0, "rs.adaptation": 50.0})
        for kind in kinds
    ]
    beyond = SimpleNamespace(
        kind="GH", parameters={"rs.input_current": 40.0, "rs.adaptation": 500.0}
    )
    branch = SimpleNamespace(points=lambda *_: [*points, beyond])
    claim = "ikmeanfield.claims.codimension_two_points"
    monkeypatch.setattr(f"{claim}.from_tree", lambda tree: {"curve": branch})
    source = Trees({"curves": None}, {"curves": None}, labels=["field", "field"])
    (found,) = judged("codimension_two_points", source)
    assert (found.verdict, found.value) == (verdict, value)
