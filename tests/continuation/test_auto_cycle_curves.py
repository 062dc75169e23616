"""Curves of bifurcations of cycles against AUTO-07p, where it and a compiler are installed.

AUTO starts from one of our cycles (as a Fourier series), finds the special point itself, follows
its curve in two parameters with its own defining systems, and stops at given values.
"""

from __future__ import annotations

from dataclasses import replace

import auto
import numpy as np
import pytest
from cycle_curve_systems import lorenz, plant, tor

from ikmeanfield.continuation import (
    ContinuationOptions,
    CycleOptions,
    SpecialPoint,
    Trajectory,
    continue_cycle_bifurcation,
    continue_cycles,
    continue_equilibria,
    find_equilibrium,
    simulated_cycle,
    switch_branch,
    trajectory_at,
)
from ikmeanfield.continuation.cycles.follow import STEPS

pytestmark = auto.INSTALLED

HEADER = """
subroutine func(ndim,u,icp,par,ijac,f,dfdu,dfdp)
  implicit none
  integer, intent(in) :: ndim, icp(*), ijac
  double precision, intent(in) :: u(ndim), par(*)
  double precision, intent(out) :: f(ndim)
  double precision, intent(inout) :: dfdu(ndim,ndim), dfdp(ndim,*)
  double precision :: s
{body}
end subroutine func
subroutine stpnt(ndim,u,par,t)
  implicit none
  integer, intent(in) :: ndim
  double precision, intent(inout) :: u(ndim), par(*)
  double precision, intent(in) :: t
  double precision :: w
  w=2d0*acos(-1d0)*t
{start}
end subroutine stpnt
"""

CONSTANTS = """
NDIM={n}, IPS=2, IRS={irs}, ILP=1, ISW={isw}, ICP={icp}
NTST=60, NCOL=4, IAD=3, ISP=2, IPLT=0, NBC=0, NINT=0
NMX={nmx}, NPR=4000, MXBF=0, IID=2, ITMX=9, ITNW=9, NWTN=3, JAC=1
EPSL={eps}, EPSU={eps}, EPSS=1e-5
DS={ds}, DSMIN=1e-7, DSMAX={dsmax}, IADS=1
NPAR=36, THL={{11:0.0}}, THU={{}}, UZR={uzr}, UZSTOP={stop}
"""
TYPES = {"LPC": 5, "PD": 7, "TR": 8}


def fortran(value: float) -> str:
    return f"{value:.17e}".replace("e", "d")


def stpnt(cycle: Trajectory, parameters: list[float], harmonics: int = 30) -> str:
    """Fortran statements that set the parameters and a Fourier series of a cycle."""
    from scipy.interpolate import CubicSpline

    period = cycle.times[-1] - cycle.times[0]
    states = cycle.states.copy()
    states[-1] = states[0]
    spline = CubicSpline((cycle.times - cycle.times[0]) / period, states, bc_type="periodic")
    coefficients = np.fft.rfft(spline(np.arange(512) / 512), axis=0) / 512
    lines = [f"  par({i})={fortran(value)}" for i, value in enumerate(parameters, start=1)]
    lines.append(f"  par(11)={fortran(period)}")
    for i in range(states.shape[1]):
        lines.append(f"  u({i + 1})={fortran(coefficients[0, i].real)}")
        for k in range(1, harmonics):
            c = 2 * coefficients[k, i]
            term = f"({fortran(c.real)})*cos({k}*w)-({fortran(c.imag)})*sin({k}*w)"
            lines.append(f"  u({i + 1})=u({i + 1})+{term}")
    return "\n".join(lines)


def numbers(rows, kind):
    return [(int(w[3]), np.array(w[4:], dtype=float)) for w in rows if int(w[2]) == kind]


def auto_curve(folder, body, problem, cycle, point: SpecialPoint, free, steps, values):
    """AUTO's special point near ours, and the points of its curve at values of a parameter."""
    parameters = [cycle.parameters.get(k, v) for k, v in problem.parameters.items()]
    source = HEADER.format(body=body, start=stpnt(cycle, parameters))
    program = auto.build(folder, source)
    n, first = len(problem.variables), problem.index(free[0]) + 1
    second = problem.index(free[1]) + 1
    base = {"n": n, "nmx": 300, "uzr": "{}", "eps": 1e-9}
    limit = point.parameters[free[0]]
    past = limit + 0.5 * (limit - parameters[first - 1])
    one = auto.run(
        folder, program,
        CONSTANTS.format(
            **base, irs=0, isw=1, icp=f"[{first},11]", ds=steps[0], dsmax=10 * abs(steps[0]),
            stop=f"{{{first}: [{past}]}}",
        ),
        restart=False,
    )  # fmt: skip
    found = numbers(one, TYPES[point.kind])
    label, at = min(found, key=lambda row: abs(row[1][0] - limit))
    # a first short run makes the data of the extended system, a second one follows the curve
    made = auto.run(
        folder, program,
        CONSTANTS.format(
            **{**base, "eps": 1e-7}, irs=label, isw=2, icp=f"[{first},{second},11]", ds=steps[1],
            dsmax=10 * steps[1], stop="{}",
        ),
        restart=True,
    )  # fmt: skip
    (last,) = (int(words[3]) for words in made if words[3] != "0")
    extended = (folder / "fort.8").read_bytes()
    curve = []
    for sign in (1, -1):
        (folder / "fort.8").write_bytes(extended)
        two = auto.run(
            folder, program,
            CONSTANTS.format(
                **{**base, "uzr": f"{{{second}: {values[1:-1]}}}", "eps": 1e-7},
                irs=last, isw=2, icp=f"[{first},{second},11]", ds=sign * steps[1],
                dsmax=10 * steps[1], stop=f"{{{second}: [{values[0]}, {values[-1]}]}}",
            ),
            restart=True,
        )  # fmt: skip
        ends = [words for words in two if words[3] != "0" and abs(int(words[2])) % 10 == 4]
        curve += [np.array(words[4:], dtype=float) for words in ends]
    return at, curve


def compare(at, auto_rows, point, ours, free, values):
    assert point.parameters[free[0]] == pytest.approx(at[0], rel=1e-6)
    assert len(auto_rows) >= len(values)
    seen = set()
    for row in auto_rows:
        # AUTO prints the second parameter and the period last
        second, period = row[-2], row[-1]
        match = [
            p for p in ours.points("UZ") if abs(p.parameters[free[1]] - second) < 1e-5 * abs(second)
        ]
        near = min(match, key=lambda p: abs(p.parameters[free[0]] - row[0]))
        assert near.parameters[free[0]] == pytest.approx(row[0], rel=1e-5)
        assert near.data["period"] == pytest.approx(period, rel=1e-5)
        seen.add(round(second, 4))
    assert len(seen) == len(values)


# AUTO differentiates the Jacobian by differences: it must be given, or digits are lost twice.
LORENZ = """
  f(1)=par(2)*(u(2)-u(1))
  f(2)=par(1)*u(1)-u(2)-u(1)*u(3)
  f(3)=u(1)*u(2)-par(3)*u(3)
  if (ijac==0) return
  dfdu(1,:)=(/-par(2),par(2),0d0/)
  dfdu(2,:)=(/par(1)-u(3),-1d0,-u(1)/)
  dfdu(3,:)=(/u(2),u(1),-par(3)/)
  if (ijac==1) return
  dfdp(:,1)=(/0d0,u(1),0d0/)
  dfdp(:,2)=(/u(2)-u(1),0d0,0d0/)
"""
PLANT = """
  s=1+u(1)+par(3)*u(1)**2
  f(1)=110-u(1)-par(1)*u(1)*u(2)/s
  f(2)=par(2)*(500-u(2))-par(1)*u(1)*u(2)/s
  if (ijac==0) return
  dfdu(:,1)=-par(1)*u(2)*(1-par(3)*u(1)**2)/s**2
  dfdu(:,2)=-par(1)*u(1)/s
  dfdu(1,1)=dfdu(1,1)-1
  dfdu(2,2)=dfdu(2,2)-par(2)
  if (ijac==1) return
  dfdp(:,1)=-u(1)*u(2)/s
  dfdp(:,2)=(/0d0,500-u(2)/)
"""
TOR = """
  s=0.933578d0*(u(2)-u(1))**3
  f(1)=(-(par(2)+par(1))*u(1)+par(2)*u(2)-0.328578d0*u(1)**3+s)/0.6d0
  f(2)=par(2)*u(1)-(par(2)+par(3))*u(2)-u(3)-s
  f(3)=u(2)
  if (ijac==0) return
  s=3*0.933578d0*(u(2)-u(1))**2
  dfdu(1,:)=(/(-(par(2)+par(1))-3*0.328578d0*u(1)**2-s)/0.6d0,(par(2)+s)/0.6d0,0d0/)
  dfdu(2,:)=(/par(2)+s,-(par(2)+par(3))-s,-1d0/)
  dfdu(3,:)=(/0d0,1d0,0d0/)
  if (ijac==1) return
  dfdp(:,1)=(/-u(1)/0.6d0,0d0,0d0/)
  dfdp(:,2)=(/(u(2)-u(1))/0.6d0,u(1)-u(2),0d0/)
"""


@pytest.mark.slow
def test_torus_points_of_the_circuit(tmp_path):
    # oracle: AUTO-07p, demo tor: torus point on the branch beyond a pitchfork of cycles
    problem = tor()
    steps = replace(STEPS, bounds={"nu": (-0.9, -0.5)}, max_points=15)
    (hopf,) = continue_equilibria(
        problem, np.zeros(3), "nu", ContinuationOptions(bounds={"nu": (-0.9, -0.5)})
    ).points("HB")
    cycles = CycleOptions(intervals=60, save_profiles=True)
    branch = continue_cycles(problem, hopf, "nu", replace(steps, stop_at={"BP"}), cycles)
    asymmetric = switch_branch(problem, branch, branch.points("BP")[0], steps, cycles)
    point = asymmetric.points("TR")[0]
    before = trajectory_at(asymmetric, point.row + 1)
    values = [0.47, 0.48, 0.51, 0.52]
    at, rows = auto_curve(
        tmp_path, TOR, problem, before, point, ("nu", "beta"), (0.005, 0.002), values
    )
    ours = continue_cycle_bifurcation(
        problem,
        point,
        ("beta", "nu"),
        replace(STEPS, bounds={"beta": (0.46, 0.53)}),
        CycleOptions(intervals=60, report_at=tuple(values)),
    )
    assert ours.kind == "torus"
    compare(at, rows, point, ours, ("nu", "beta"), values)


@pytest.mark.slow
def test_period_doublings_of_lorenz(tmp_path):
    # oracle: AUTO-07p, demo lor: period doubling near r = 229.4, in sigma and r
    problem = lorenz()
    cycle = simulated_cycle(problem, np.array([10.0, 10.0, 230.0]), 300.0, 5.0)
    branch = continue_cycles(
        problem,
        cycle,
        "r",
        replace(STEPS, bounds={"r": (200.0, 260.0)}),
        CycleOptions(intervals=60),
    )
    (point,) = branch.points("PD")
    values = [9.0, 9.5, 10.5, 11.0]
    at, rows = auto_curve(
        tmp_path, LORENZ, problem, cycle, point, ("r", "sigma"), (-0.5, 0.05), values
    )
    ours = continue_cycle_bifurcation(
        problem,
        point,
        ("sigma", "r"),
        replace(STEPS, bounds={"sigma": (8.0, 12.0)}),
        CycleOptions(intervals=60, report_at=tuple(values)),
    )
    assert ours.kind == "period_doubling"
    compare(at, rows, point, ours, ("r", "sigma"), values)


@pytest.mark.slow
def test_folds_of_cycles_of_the_enzyme(tmp_path):
    # oracle: AUTO-07p, demo plp: folds of cycles near rho = 5.0078, in rho and alpha
    problem = plant()
    start = find_equilibrium(problem.at({"rho": 4.9}), np.array([1.0, 100.0]))
    equilibria = continue_equilibria(
        problem.at({"rho": 4.9}), start, "rho", ContinuationOptions(bounds={"rho": (0.5, 20.0)})
    )
    folds = [
        (branch, point)
        for hopf in equilibria.points("HB")
        for branch in [
            continue_cycles(
                problem,
                hopf,
                "rho",
                replace(STEPS, bounds={"rho": (0.5, 20.0)}),
                CycleOptions(intervals=60, save_profiles=True),
            )
        ]
        for point in branch.points("LPC")
    ]
    branch, point = min(folds, key=lambda item: abs(item[1].parameters["rho"] - 5.0078))
    before = trajectory_at(branch, point.row - 2)
    values = [0.196, 0.198, 0.203, 0.205]
    at, rows = auto_curve(
        tmp_path, PLANT, problem, before, point, ("rho", "alpha"), (0.05, 0.5), values
    )
    ours = continue_cycle_bifurcation(
        problem,
        point,
        ("alpha", "rho"),
        replace(STEPS, bounds={"alpha": (0.1, 0.21), "rho": (3.0, 20.0)}),
        CycleOptions(intervals=60, report_at=tuple(values)),
    )
    assert ours.kind == "cycle_fold"
    compare(at, rows, point, ours, ("rho", "alpha"), values)
