"""Live comparison of cycles with AUTO-07p, where it and a Fortran compiler are installed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import auto
import numpy as np
import pytest
from cycle_systems import morris_lecar

from ikmeanfield.continuation import CycleOptions, SpecialPoint, continue_cycles, find_equilibrium
from ikmeanfield.continuation.cycles import STEPS

pytestmark = auto.INSTALLED

EQUATIONS = """
subroutine func(ndim,u,icp,par,ijac,f,dfdu,dfdp)
  implicit none
  integer, intent(in) :: ndim, icp(*), ijac
  double precision, intent(in) :: u(ndim), par(*)
  double precision, intent(out) :: f(ndim)
  double precision, intent(inout) :: dfdu(ndim,ndim), dfdp(ndim,*)
  double precision :: v, w, m, x
  v=u(1); w=u(2)
  m=0.5d0*(1d0+tanh((v+1.2d0)/18d0))
  x=(v-12d0)/17.4d0
  f(1)=(par(1)-4d0*m*(v-120d0)-8d0*w*(v+84d0)-2d0*(v+60d0))/20d0
  f(2)=cosh(x/2d0)*(0.5d0*(1d0+tanh(x))-w)/15d0
end subroutine func
subroutine stpnt(ndim,u,par,t)
  implicit none
  integer, intent(in) :: ndim
  double precision, intent(inout) :: u(ndim), par(*)
  double precision, intent(in) :: t
  par(1)=120d0
  u(1)=VOLTAGE
  u(2)=GATE
end subroutine stpnt
"""

CONSTANTS = """
NDIM=2, IPS={ips}, IRS={irs}, ILP=1, ISW=1, ICP=[1,11]
NTST=60, NCOL=4, IAD=3, ISP=2, IPLT=0, NBC=0, NINT=0
NMX={nmx}, NPR=4000, MXBF=0, IID=2, ITMX=9, ITNW=7, NWTN=3, JAC=0
EPSL=1e-9, EPSU=1e-9, EPSS=1e-7
DS=-0.01, DSMIN=1e-6, DSMAX=0.5, IADS=1
NPAR=36, THL={{}}, THU={{}}, UZR={{'I': {values}}}, UZSTOP={{'I': [45.0, 150.0]}}
parnames={{1:'I', 11:'PERIOD'}}
"""
VALUES = [50.0, 60.0, 80.0, 100.0, 110.0, 115.0]
FOLD, USER, HOPF = 5, -4, 3


def rows(folder: Path, program: str, **constants) -> list[tuple[int, int, bool, np.ndarray]]:
    """Run AUTO; type, label, stability and numbers of every labelled row of fort.7."""
    text = CONSTANTS.format(**constants)
    return [
        (int(words[2]), int(words[3]), int(words[1]) < 0, np.array(words[4:], dtype=float))
        for words in auto.run(folder, program, text, restart=constants["irs"] > 0)
        if words[3] != "0"
    ]


def test_morris_lecar_cycles_agree_with_auto(tmp_path):
    # oracle: AUTO-07p run on the same equations: fold of cycles, periods, maxima, stability
    v, w = find_equilibrium(morris_lecar(1 / 15), [12.0, 0.5], {"I": 120.0})
    source = EQUATIONS.replace("VOLTAGE", f"{v:.15f}d0").replace("GATE", f"{w:.15f}d0")
    program = auto.build(tmp_path, source)
    equilibria = rows(tmp_path, program, ips=1, irs=0, nmx=200, values=[])
    (label, hopf) = next((row[1], row[3]) for row in equilibria if row[0] == HOPF)
    cycles = rows(tmp_path, program, ips=2, irs=label, nmx=400, values=VALUES)

    start = SpecialPoint("HB", {"I": hopf[0], "phi": 1 / 15}, hopf[2:4])
    branch = continue_cycles(
        morris_lecar(1 / 15),
        start,
        "I",
        replace(STEPS, bounds={"I": (45.0, 150.0)}),
        CycleOptions(intervals=60, max_intervals=240, report_at=tuple(VALUES)),
    )
    assert branch["I"][0] == pytest.approx(hopf[0], rel=1e-7)
    auto_fold = next(row[3] for row in cycles if row[0] == FOLD)
    (fold,) = branch.points("LPC")
    assert fold.parameters["I"] == pytest.approx(auto_fold[0], rel=1e-7)
    assert fold.data["period"] == pytest.approx(auto_fold[-1], rel=1e-5)
    user = [row for row in cycles if row[0] == USER and abs(row[3][0] - 45) > 1e-3]
    ours = branch.points("UZ")
    assert len(user) == len(ours) >= len(VALUES)
    for (_, _, stable, numbers), point in zip(user, ours, strict=True):
        assert point.parameters["I"] == pytest.approx(numbers[0], rel=1e-8)
        assert branch["period"][point.row] == pytest.approx(numbers[-1], rel=1e-6)
        high = branch.extra["maximum"][1][point.row]
        # AUTO's maxima are read off its mesh points
        np.testing.assert_allclose(high, numbers[2:4], rtol=2e-3)
        assert (high > numbers[2:4] - 1e-6).all()
        assert bool(branch["stable"][point.row]) == stable
