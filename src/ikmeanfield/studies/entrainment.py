"""Entrainment: how an oscillating population follows a drive, over its frequency and amplitude."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import nan
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Len
from pydantic import Field, ValidationInfo, field_validator

from ikmeanfield.circuit.population import Name
from ikmeanfield.datasets.store import UNDEFINED
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.limits import SAMPLES, at_most
from ikmeanfield.stepping import whole_ratio
from ikmeanfield.studies import cost
from ikmeanfield.studies.compared import NETWORK, ComparedStudy
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.escapes import STEP_SECONDS
from ikmeanfield.studies.study import Item, known_names, require

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.analysis.tongues import Tongue
    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.inputs import Current
    from ikmeanfield.jobs.results import Results

    FloatArray = NDArray[np.float64]

EDGE_SECONDS, CURVE_SECONDS = 2.5, 20.0
"""Following a locked orbit to the two edges of its tongue, and the edges in two parameters, per
four variables."""
LOWEST, HIGHEST = 0.1, 1.01
"""Edges are followed from this share of the smallest amplitude to this share of the largest."""
ACTIVE_STEPS = 2.5
"""How many times as long as predicted a step takes in a network that fires in volleys."""
MEASURED = {
    "coherence": ("1", "coherence of the firing rate with the drive"),
    "winding": ("1", "cycles of the recovery variable per cycle of the drive"),
    "irregularity": ("1", "standard deviation of the periods over their mean"),
}
"""Results by amplitude and frequency of the drive."""
RANGES = {
    "locked_low": ("Hz", "lowest frequency of the widest 1:1 locked range"),
    "locked_high": ("Hz", "highest frequency of the widest 1:1 locked range"),
    "locked_width": ("Hz", "width of the 1:1 locked range"),
}
"""What the summary adds, by amplitude."""
CURVE = {
    "curve": ("1", "number of the curve"),
    "curve_side": ("1", "0 on the lower edge, 1 on the upper one"),
    "curve_kind": ("1", "1 folds (LPC), 2 torus points (TR), 3 period doublings (PD)"),
    "curve_frequency": ("Hz", "frequency of the drive on the curve"),
    "curve_amplitude": ("pA", "amplitude of the drive on the curve"),
    "curve_mark": (
        "1", "0 none, 1 CPC, 2 R1, 3 R2, 4 R3, 5 R4, 6 LPPD, 7 LPNS, 8 PDNS, 9 NSNS, 10 end",
    ),
}  # fmt: skip
"""Results along the curves that bound the tongue, by point."""
NOT_COMPUTED = "where networks are left out, and without oscillations"


class Entrainment(ComparedStudy):
    """Coherence with a sinusoidal drive, 1:1 locking and its edges, of networks and theories."""

    rule = "measure_entrainment"
    questions = ("steps",)
    tables: ClassVar[tuple[str, ...]] = ("locking", "edges", "curves")
    undefined: ClassVar = {
        **dict.fromkeys(MEASURED, NOT_COMPUTED),
        **dict.fromkeys(RANGES, "where nothing is locked, and where networks are left out"),
        "free_frequency": "without oscillations",
        "edge": "of networks, without `edges`, and where no edge is found",
    }

    of_networks = frozenset({"every_amplitude", "every_frequency"})
    of_theories = frozenset({"edges"})
    of_summary = frozenset({"within", "even"})
    takes_input = False

    kind: Literal["entrainment"]
    population: Name
    """The population whose input current is driven, and whose rhythm is watched."""
    amplitudes: Annotated[list[float], Len(1)]
    """Amplitudes of the drive in pA, ascending."""
    frequencies: Annotated[list[float], Len(2)]
    """Frequencies of the drive in Hz, ascending and evenly spaced."""
    every_amplitude: int = Field(1, ge=1)
    """Networks are driven at every so many amplitudes, from the first on."""
    every_frequency: int = Field(1, ge=1)
    """Networks are driven at every so many frequencies, from the first on."""
    edges: float | None = Field(None, gt=0)
    """Amplitude in pA at which theories are followed to the edges of the 1:1 tongue, and the
    edges from there over all amplitudes, if there are several; null: no edges."""
    duration: float = Field(40000.0, gt=0)
    """Length of a run in ms."""
    discard: float = Field(10000.0, ge=0)
    """Time in ms at the start that is left out."""
    sample: float = Field(4.0, validate_default=True, gt=0)
    """Interval in ms over which series are averaged; divides the duration and `discard`."""
    within: float = Field(0.01, gt=0)
    """Largest distance of the winding number to 1 in 1:1 locking."""
    even: float = Field(0.01, gt=0)
    """Largest irregularity of the periods in 1:1 locking."""
    thresholds: Draw = "quantiles"
    """Whether thresholds are the quantiles of their distribution or drawn at random."""

    @field_validator("amplitudes", "frequencies")
    @classmethod
    def _drives_rise(cls, values: list[float]) -> list[float]:
        if values[0] <= 0 or sorted(set(values)) != values:
            msg = "must be positive and ascend"
            raise ValueError(msg)
        return values

    @field_validator("frequencies")
    @classmethod
    def _frequencies_are_even(cls, values: list[float]) -> list[float]:
        gaps = [b - a for a, b in pairwise(values)]
        if max(gaps) - min(gaps) > 1e-6 * max(gaps):
            msg = "must be evenly spaced, so that widths of locking can be counted"
            raise ValueError(msg)
        return values

    @field_validator("sample")
    @classmethod
    def _sample_divides_times(cls, sample: float, info: ValidationInfo) -> float:
        for name in ("duration", "discard"):
            if info.data.get(name, 0.0) > 0:
                whole_ratio(info.data[name], sample, name, "sample")
        if info.data.get("discard", 0.0) >= info.data.get("duration", float("inf")):
            msg = f"discard = {info.data['discard']:g} ms must be shorter than the duration"
            raise ValueError(msg)
        at_most(info.data.get("duration", 0.0) / sample, SAMPLES, "samples", "shorten the run")
        return sample

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        known_names("population", [self.population], circuit.populations)
        super().check(experiment, circuit)
        if self.edges is not None:
            require(experiment, self.asked(experiment), "cycles")

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            `MEASURED` (amplitude, frequency), ``free_frequency`` in Hz without a drive,
            ``edge`` in Hz and ``edge_kind`` (amplitude, side), and `CURVE` (point).
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.entrainment import cycle_rate, entrainment  # noqa: PLC0415
        from ikmeanfield.inputs import constant, sinusoid  # noqa: PLC0415

        base = plan.first_run(item).circuit.populations[self.population].input_current
        network = item.label == NETWORK
        found = np.full((len(MEASURED), len(self.amplitudes), len(self.frequencies)), nan)
        _, free = self._series(plan, item, constant(base))
        swing = np.ptp(free) > 0.05 * (np.abs(free).max() + 1.0)
        own = cycle_rate(free, self.sample) if swing else nan
        time = self.discard + self.sample * (np.arange(free.size) + 0.5)
        for i, amplitude in enumerate(self.amplitudes):
            for j, frequency in enumerate(self.frequencies):
                if network and (i % self.every_amplitude or j % self.every_frequency):
                    continue
                current = sinusoid(amplitude, frequency, mean=base)
                rate, rhythm = self._series(plan, item, current)
                found[:, i, j] = entrainment(rate, rhythm, current(time), frequency, self.sample)
        dims = ("amplitude", "frequency")
        return xr.Dataset(
            {
                **{one: (dims, found[k], _described(one)) for k, one in enumerate(MEASURED)},
                "free_frequency": ((), own, _described("free_frequency")),
                **self._edges(plan, item, own),
            },
            {
                "amplitude": ("amplitude", self.amplitudes, _described("amplitude")),
                "frequency": ("frequency", self.frequencies, _described("frequency")),
                "side": ("side", ["low", "high"], {"long_name": "side of the tongue"}),
            },
        )

    def _series(self, plan: Plan, item: Item, current: Current) -> tuple[FloatArray, FloatArray]:
        """Rate (Hz) and recovery variable (pA) of the population after `discard`."""
        circuit = plan.first_run(item).circuit
        kept = round(self.discard / self.sample)
        if item.label == NETWORK:
            row = list(circuit.populations).index(self.population)
            series = self.network(circuit, item.seed).advance(
                {self.population: current}, duration=self.duration, sample=self.sample,
                record=("firing_rate", "recovery"),
            )  # fmt: skip
            return series["firing_rate"][row, kept:], series["recovery"][row, kept:]
        from ikmeanfield.inputs import currents, step_means  # noqa: PLC0415

        theory = plan.theories[item.label].build(circuit)
        given = list(currents(circuit, {self.population: current}).values())
        steps = round(self.duration / self.step)
        course = theory.advance(
            theory.initial_state(), step_means(given, 0, steps, self.step), self.step
        )
        names = [f"{self.population}.{name}" for name in ("firing_rate", "recovery")]
        own = course[:, [theory.variables.index(name) for name in names]]
        averaged = own.reshape(-1, round(self.sample / self.step), 2).mean(axis=1)[kept:]
        return 1e3 * averaged[:, 0], averaged[:, 1]

    def _edges(self, plan: Plan, item: Item, free: float) -> dict[str, Any]:
        """The edges of the tongue by amplitude and side, and the curves that they lie on."""
        import numpy as np  # noqa: PLC0415

        shape = (len(self.amplitudes), 2)
        edges, kinds = np.full(shape, nan), np.zeros(shape, dtype="int8")
        columns: dict[str, list[float]] = {name: [] for name in CURVE}
        if item.label != NETWORK and self.edges is not None and np.isfinite(free):
            from ikmeanfield.analysis.tongues import tongue_of  # noqa: PLC0415

            theory = plan.theories[item.label].build(plan.first_run(item).circuit)
            several = len(self.amplitudes) > 1
            span = (LOWEST * self.amplitudes[0], HIGHEST * max(self.amplitudes[-1], self.edges))
            own = 1e-3 * free
            tongue = tongue_of(
                theory, self.population, self.edges, own, (own / 2, 2 * own),
                span if several else None,
            )  # fmt: skip
            for row, amplitude in enumerate(self.amplitudes):
                for side, edge in enumerate(tongue.at(amplitude)):
                    edges[row, side], kinds[row, side] = 1e3 * edge.frequency, edge.kind
            columns = _columns(tongue)
        dims = ("amplitude", "side")
        return {
            "edge": (dims, edges, _described("edge")),
            "edge_kind": (dims, kinds, _described("edge_kind")),
            **{
                name: ("point", np.array(values, dtype=float), _described(name))
                for name, values in columns.items()
            },
        }

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit = plan.first_run(item).circuit
        steps = self.duration / self.step
        if item.label == NETWORK:
            rows = -(-len(self.amplitudes) // self.every_amplitude)
            columns = -(-len(self.frequencies) // self.every_frequency)
            one = self.network_cost(circuit, ACTIVE_STEPS * self.duration)
            return Cost(seconds=one.seconds * (rows * columns + 1), peak=one.peak)
        runs = len(self.amplitudes) * len(self.frequencies) + 1
        seconds = runs * steps * STEP_SECONDS * len(circuit.populations)
        edges = 0.0
        if self.edges is not None:
            edges = EDGE_SECONDS + CURVE_SECONDS * (len(self.amplitudes) > 1)
        edges *= cost.variables(circuit) / 4
        memory = 3 * steps * cost.variables(circuit) * 8 / cost.MIB
        return Cost(seconds=seconds + edges, peak=memory)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of all models (run, model, …), and what is locked one to one."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.analysis.entrainment import locked, locked_range  # noqa: PLC0415

        found = self.joined(results, name).merge(self._all_curves(results, name))
        dims = ("run", "model", "amplitude", "frequency")
        found = found.transpose(..., *dims[2:])
        yes = locked(found["winding"], found["irregularity"], self.within, self.even)
        found["locked"] = (dims, yes.astype("int8"), _described("locked"))
        ranges = np.full((3, *yes.shape[:3]), nan)
        for place in np.ndindex(yes.shape[:3]):
            known = np.isfinite(found["coherence"].values[place])
            if known.any():
                ranges[(slice(None), *place)] = locked_range(
                    found["frequency"].values[known], yes[place][known]
                )
        for row, one in enumerate(RANGES):
            text = {**_described(one), UNDEFINED: self.undefined[one]}
            found[one] = (dims[:3], ranges[row], text)
        return found

    def _all_curves(self, results: Results, name: str) -> xr.Dataset:
        """The curves of all runs and models along ``point``, with the run and model of each."""
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        parts = []
        for place, (number, _) in enumerate(results.plan.runs_of(name)):
            for row, model in enumerate(self.models(results.plan)):
                own = results.result(name, number, model)[list(CURVE)]
                size = own.sizes["point"]
                belongs = {
                    one: ("point", np.full(size, value, dtype="int32"), _described(one))
                    for one, value in (("curve_run", place), ("curve_model", row))
                }
                parts.append(own.drop_vars(own.coords).assign(belongs))
        found: xr.Dataset = xr.concat(parts, "point")
        found.attrs = {}
        return found

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """Locked ranges by run, model and amplitude, edges by side too; points of the curves."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        if table == "locking":
            given = summary[[*RANGES, "free_frequency"]]
            return scalar_rows(given, ("run", "model", "amplitude"))
        if table == "edges":
            return scalar_rows(
                summary[["edge", "edge_kind"]], ("run", "model", "amplitude", "side")
            )
        return _curve_rows(summary)


def _columns(tongue: Tongue) -> dict[str, list[float]]:
    """`CURVE` by name, from the lower edge to the upper one."""
    from ikmeanfield.analysis.tongues import KINDS, MARKS  # noqa: PLC0415

    columns: dict[str, list[float]] = {name: [] for name in CURVE}
    parts = [(side, curve) for side, curves in enumerate(tongue.curves) for curve in curves]
    for number, (side, curve) in enumerate(parts):
        size = curve.frequency.size
        columns["curve"] += [number] * size
        columns["curve_side"] += [side] * size
        columns["curve_kind"] += [KINDS.index(curve.kind)] * size
        columns["curve_frequency"] += (1e3 * curve.frequency).tolist()
        columns["curve_amplitude"] += curve.amplitude.tolist()
        columns["curve_mark"] += [MARKS.index(mark) for mark in curve.marks]
    return columns


def _curve_rows(summary: xr.Dataset) -> Iterator[Mapping[str, Any]]:
    """A row per point of a curve, with the names of its kind and of what it is besides."""
    from ikmeanfield.analysis.tongues import KINDS, MARKS  # noqa: PLC0415
    from ikmeanfield.datasets.runs import identity_names  # noqa: PLC0415

    columns = {name: summary[name].values for name in ("curve_run", "curve_model", *CURVE)}
    for place in range(summary.sizes["point"]):
        row = {name: values[place] for name, values in columns.items()}
        run = int(row["curve_run"])
        yield {
            **{name: summary[name].values[run] for name in identity_names(summary)},
            "model": str(summary["model"].values[int(row["curve_model"])]),
            "curve": int(row["curve"]),
            "side": str(summary["side"].values[int(row["curve_side"])]),
            "kind": KINDS[int(row["curve_kind"])],
            "amplitude": row["curve_amplitude"],
            "frequency": row["curve_frequency"],
            "point": MARKS[int(row["curve_mark"])].replace("none", ""),
        }


def _described(name: str) -> dict[str, str]:
    """Unit and meaning of a result."""
    known = {
        **MEASURED,
        **RANGES,
        **CURVE,
        "curve_run": ("1", "number of the run in this file, from 0 on"),
        "curve_model": ("1", "number of the model in this file, from 0 on"),
        "free_frequency": ("Hz", "frequency of the oscillation without a drive"),
        "locked": ("1", "1 where the rhythm is locked one to one, else 0"),
        "edge": ("Hz", "frequency at which the locked orbit loses its stability"),
        "edge_kind": (
            "1",
            "0 none, 1 fold (LPC), 2 torus point (TR), 3 period doubling, 4 branch point",
        ),
        "amplitude": ("pA", "amplitude of the drive"),
        "frequency": ("Hz", "frequency of the drive"),
    }
    unit, text = known[name]
    return {"units": unit, "long_name": text}
