"""Live comparison with AUTO-07p, where it and a Fortran compiler are installed."""

import re
from itertools import pairwise

import auto
import numpy as np
import systems

from ikmeanfield.continuation import (
    ContinuationOptions,
    continue_equilibria,
    continue_folds,
    continue_hopf,
    find_equilibrium,
)

pytestmark = auto.INSTALLED

#: Labels of special points in AUTO's output.
TYPES = {2: "LP", 3: "HB", 21: "BT", 22: "CP", 31: "BT"}

# The rate is in Hz here: AUTO has one norm for all variables.
EQUATIONS = """
subroutine func(ndim,u,icp,par,ijac,f,dfdu,dfdp)
  implicit none
  integer, intent(in) :: ndim, icp(*), ijac
  double precision, intent(in) :: u(ndim), par(*)
  double precision, intent(out) :: f(ndim)
  double precision, intent(inout) :: dfdu(ndim,ndim), dfdp(ndim,*)
  double precision, parameter :: c=100d0,k=0.7d0,vr=-60d0,vt=-40d0,tu=33.33d0,ts=6d0,b=-2d0
  double precision, parameter :: w=15d0, d=1d0, pi=3.14159265358979323846d0, a=pi*c
  double precision :: r, v, x, s
  r=u(1)*1d-3; v=u(2); x=u(3); s=u(4)
  f(1)=1d3*(d*k**2*(v-vr)/a + r*(k*(2*v-vr-vt)-s))/c
  f(2)=(k*v*(v-vr-vt)-a*r*(d+a*r/k)+k*vr*vt-x+par(1)-s*v)/c
  f(3)=(b*(v-vr)-x)/tu+par(2)*r
  f(4)=-s/ts+w*r
  if (ijac==0) return
  dfdu(1:4,1:4)=0d0
  dfdu(1,1)=(k*(2*v-vr-vt)-s)/c
  dfdu(1,2)=1d3*(d*k**2/a+2*k*r)/c
  dfdu(1,4)=-1d3*r/c
  dfdu(2,1)=-1d-3*a*(d+2*a*r/k)/c
  dfdu(2,2)=(k*(2*v-vr-vt)-s)/c
  dfdu(2,3)=-1d0/c
  dfdu(2,4)=-v/c
  dfdu(3,1)=1d-3*par(2)
  dfdu(3,2)=b/tu
  dfdu(3,3)=-1d0/tu
  dfdu(4,1)=1d-3*w
  dfdu(4,4)=-1d0/ts
  if (ijac==1) return
  dfdp(1:4,1:2)=0d0
  dfdp(2,1)=1d0/c
  dfdp(3,2)=r
end subroutine func
subroutine stpnt(ndim,u,par,t)
  implicit none
  integer, intent(in) :: ndim
  double precision, intent(inout) :: u(ndim), par(*)
  double precision, intent(in) :: t
  par(1)={current}d0
  par(2)={kappa}d0
  u(1)={rate!r}d0
  u(2)={v!r}d0
  u(3)={u!r}d0
  u(4)={s!r}d0
end subroutine stpnt
"""

CONSTANTS = """
NDIM=4, IPS=1, IRS={irs}, ILP={ilp}, ISW={isw}, ICP={icp}
NTST=15, NCOL=4, IAD=3, ISP=2, IPLT=0, NBC=0, NINT=0
NMX=4000, NPR=4000, MXBF=0, IID=2, ITMX=9, ITNW=7, NWTN=3, JAC=1
EPSL=1e-10, EPSU=1e-10, EPSS=1e-8
DS={ds}, DSMIN=1e-6, DSMAX=0.2, IADS=1
NPAR=36, THL={{}}, THU={{}}, UZR={{}}, UZSTOP={{'kappa': [5.0, 110.0], 'I': [10.0, 80.0]}}
parnames={{1:'I', 2:'kappa', 11:'PERIOD'}}
"""


def run_auto(folder, program, **constants):
    """Run AUTO; type, label and numbers of its special points.

    A run with irs > 0 starts from a labelled point of the run before.
    """
    rows = auto.run(folder, program, CONSTANTS.format(**constants), restart=constants["irs"] > 0)
    return [
        (TYPES[abs(int(words[2]))], int(words[3]), np.array(words[4:], dtype=float))
        for words in rows
        if abs(int(words[2])) in TYPES
    ]


def build(folder, kappa):
    """Compile the equations with an equilibrium at I = 20 as start."""
    problem = systems.regular_spiking(kappa=kappa, current=20.0).problem()
    r, v, u, s = find_equilibrium(problem, [1e-4, -59.0, 0.0, 0.01]).tolist()
    source = EQUATIONS.format(current=20.0, kappa=kappa, rate=1e3 * r, v=v, u=u, s=s)
    # Python may print 1e-05: Fortran wants one exponent only.
    source = re.sub(r"(\d)e(-?\d+)d0", r"\1d\2", source)
    return auto.build(folder, source)


ONE = {"irs": 0, "ilp": 1, "isw": 1, "icp": "[1,2,11]", "ds": 0.01}


def equilibria(kappa):
    problem = systems.regular_spiking(kappa=kappa, current=20.0).problem()
    options = ContinuationOptions(bounds={"I": (10.0, 80.0)})
    return problem, continue_equilibria(problem, [1e-4, -59.0, 0.0, 0.01], "I", options)


def assert_same(ours, kind, theirs, rtol):
    """One kind of points of ours against rows of theirs, which name some points twice."""
    found = sorted(
        (p.parameters["I"], p.parameters["kappa"], *p.state[1:]) for p in ours.points(kind)
    )
    expected = sorted((n[0], n[6], *n[3:6]) for k, _, n in theirs if k == kind)
    distinct = expected[:1]
    distinct += [b for a, b in pairwise(expected) if not np.allclose(a, b, rtol=1e-6)]
    assert len(found) == len(distinct) > 0
    np.testing.assert_allclose(found, distinct, rtol=rtol)


def test_folds_of_equilibria(tmp_path):
    # Oracle: AUTO run here and now on the same equations.
    rows = run_auto(tmp_path, build(tmp_path, 25.0), **ONE)
    _, branch = equilibria(25.0)
    assert_same(branch, "LP", rows, 1e-6)


def test_hopf_points_and_periods(tmp_path):
    rows = run_auto(tmp_path, build(tmp_path, 100.0), **ONE)
    _, branch = equilibria(100.0)
    assert_same(branch, "HB", rows, 1e-6)
    periods = [p.data["period"] for p in branch.points("HB")]
    expected = [numbers[7] for kind, _, numbers in rows if kind == "HB"]
    np.testing.assert_allclose(periods, expected, rtol=1e-6)


def test_fold_curve(tmp_path):
    program = build(tmp_path, 25.0)
    first = run_auto(tmp_path, program, **ONE)
    label = next(label for kind, label, _ in first if kind == "LP")
    rows = run_auto(tmp_path, program, irs=label, ilp=1, isw=2, icp="[1,2,11]", ds=0.01)
    problem, branch = equilibria(25.0)
    options = ContinuationOptions(bounds={"I": (10.0, 80.0), "kappa": (5.0, 110.0)})
    folds = continue_folds(problem, branch.points("LP")[0], ("I", "kappa"), options)
    assert_same(folds, "CP", rows, 1e-6)
    assert_same(folds, "BT", rows, 1e-6)


def test_hopf_curve(tmp_path):
    program = build(tmp_path, 100.0)
    first = run_auto(tmp_path, program, **ONE)
    label = next(label for kind, label, _ in first if kind == "HB")
    rows = run_auto(tmp_path, program, irs=label, ilp=0, isw=2, icp="[1,2,11]", ds=-0.01)
    problem, branch = equilibria(100.0)
    options = ContinuationOptions(bounds={"I": (10.0, 80.0), "kappa": (5.0, 110.0)})
    hopf = continue_hopf(problem, branch.points("HB")[0], ("I", "kappa"), options)
    assert_same(hopf, "BT", rows, 1e-6)
