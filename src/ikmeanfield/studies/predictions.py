"""Theories integrated in time under the same input as networks, and their distance to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from ikmeanfield.keys import hashed
from ikmeanfield.schema import ConfigError, Label
from ikmeanfield.studies import cost
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.networks import Networks, comparison_cost, recorded_values
from ikmeanfield.studies.study import Item, TheoryStudy

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results

VALUE_SECONDS = 5e-8
"""Storing a prediction, per recorded value; smooth series compress fast."""


class Predictions(TheoryStudy):
    """Theories, integrated in time and compared with the networks of another study."""

    rule = "integrate_theories"
    questions = ("series",)
    tables: ClassVar[tuple[str, ...]] = ("predictions", "distances")

    kind: Literal["predictions"]
    networks: Label = "networks"
    """Name of the study of networks whose duration, sampling and series are predicted."""

    def uses(self) -> list[str]:
        """As `Study.uses`."""
        return [self.networks]

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        super().check(experiment, circuit)
        compared = experiment.studies[self.networks]
        if not isinstance(compared, Networks):
            msg = f"networks: {self.networks!r} is of kind {compared.kind}, not networks"
            raise ConfigError(msg)
        missing = [s for s in self.sweeps or () if s not in (compared.sweeps or [s])]
        if missing or (self.sweeps is None and compared.sweeps is not None):
            msg = f"sweeps: {self.networks!r} is done in {', '.join(compared.sweeps or ())} only"
            raise ConfigError(msg)

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`: runs share a series if the theory does not depend on what differs."""
        for number, run in plan.runs_of(name):
            networks = self._compared(plan)
            for theory in self.asked(plan):
                identity = {
                    **plan.theories[theory].identity(run.circuit, {}),
                    "input": plan.input_identity(run),
                    "duration": networks.duration,
                    "sample": networks.sample,
                    "record": networks.record,
                }
                yield Item(key=hashed(identity), label=theory, runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`."""
        from ikmeanfield.inputs.settings import currents_of  # noqa: PLC0415

        run, networks = plan.first_run(item), self._compared(plan)
        theory = plan.theories[item.label].build(run.circuit)
        series = theory.integrate(
            currents_of(plan.inputs(run)), duration=networks.duration, sample=networks.sample
        )
        return series[list(networks.record)]

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit, networks = plan.first_run(item).circuit, self._compared(plan)
        samples = networks.duration / networks.sample
        values = recorded_values(circuit, networks.record, samples)
        stored = Cost(
            seconds=values * VALUE_SECONDS,
            kept=(8 * samples * cost.variables(circuit) + values * cost.VALUE_BYTES) / cost.MIB,
        )
        return stored + cost.theory_in_time(circuit, networks.duration)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """Differences of rates and distances of all series between theories and networks.

        Returns
        -------
        xarray.Dataset
            ``difference_mean`` and so on (run, theory, population), the moments of theory minus
            network rate; ``rmse_<series>`` (run, theory, population or synapse);
            ``noise_<series>``, that of the networks; ``trace_prediction`` (trace, theory,
            population, trace_time), if the networks' summary has traces of these runs.
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.block_averages import moments  # noqa: PLC0415
        from ikmeanfield.analysis.distance import rmse  # noqa: PLC0415
        from ikmeanfield.datasets.series import SERIES  # noqa: PLC0415
        from ikmeanfield.progress import track  # noqa: PLC0415
        from ikmeanfield.studies import series  # noqa: PLC0415

        plan, networks = results.plan, self._compared(results.plan)
        names, noise = self.asked(plan), series.Noise(networks.record)
        found: list[Any] = []
        distances: dict[str, list[Any]] = {s: [] for s in networks.record}
        for number, run in track(plan.runs_of(name), "run"):
            mine = {
                s: series.after_discard(results, self.networks, number, s) for s in networks.record
            }
            theirs = {
                s: [
                    series.after_discard(results, name, number, s, theory, self.networks)
                    for theory in names
                ]
                for s in networks.record
            }
            noise.add(run.point, mine)
            rate = mine["firing_rate"]
            found.append([[moments(d) for d in own - rate] for own in theirs["firing_rate"]])
            for s in networks.record:
                distances[s].append([rmse(own, mine[s]) for own in theirs[s]])
        variables = series.moment_variables(
            "difference", "theory minus network rate", ("run", "theory", "population"), found
        )
        for recorded, values in distances.items():
            unit, words = SERIES[recorded]
            text = f"{words}: root mean square of theory − network"
            variables[f"rmse_{recorded}"] = (
                ("run", "theory", series.row_of(recorded)),
                np.array(values),
                {"units": unit, "long_name": text},
            )
        variables |= noise.variables([run.point for _, run in plan.runs_of(name)])
        axes = {"theory": ("theory", names, {"long_name": "theory"})}
        axes |= series.labels(results, name, names[0])
        summary = xr.Dataset(variables, axes)
        return summary.assign(self._traces(results, name))

    def _traces(self, results: Results, name: str) -> dict[str, Any]:
        """Thinned rates of the runs whose traces the networks' summary holds."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.studies import series  # noqa: PLC0415

        traced = series.traced_runs(results.plan, self.networks, name)
        if not traced:
            return {}
        rates = np.stack(
            [
                [results.values(name, run, "firing_rate", theory) for theory in self.asked(
                    results.plan)]
                for run in traced
            ]
        )  # fmt: skip
        dims = ("trace", "theory", *series.TRACE[1:])
        text = series.windowed("Hz", "firing rate of the theory")
        return {"trace_prediction": (dims, series.thinned(rates), text)}

    def summary_cost(self, plan: Plan, name: str) -> Cost:
        """As `Study.summary_cost`."""
        kinds = 1 + len(self.asked(plan))
        return comparison_cost(plan, self._compared(plan), [self.networks, name], series=kinds)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run, theory and population; or the distances per grid point and series."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        if table == "predictions":
            return scalar_rows(summary, ("run", "theory", "population"))
        return self._distances(results, name, summary)

    def _distances(
        self, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """Distances of theories to networks, with the noise level beside them."""
        import math  # noqa: PLC0415

        from ikmeanfield.analysis.distance import noise_corrected_rmse  # noqa: PLC0415
        from ikmeanfield.datasets.runs import grid_point  # noqa: PLC0415
        from ikmeanfield.studies.series import row_of  # noqa: PLC0415

        plan = results.plan
        groups: dict[Any, list[int]] = {}
        runs = [run for _, run in plan.runs_of(name)]
        for place, run in enumerate(runs):
            groups.setdefault(run.point, []).append(place)
        for places in groups.values():
            here = summary.isel(run=places)
            for theory in self.asked(plan):
                for series in self._compared(plan).record:
                    row = row_of(series)
                    for label in summary[row].values:
                        own = here.sel({"theory": theory, row: label})
                        values = own[f"rmse_{series}"].values
                        noise = float(own[f"noise_{series}"].values[0])
                        yield {
                            **grid_point(plan, runs[places[0]]),
                            "theory": theory, "series": series, "of": str(label),
                            "replicates": len(places), "rmse": float(values.mean()),
                            "rmse_sd": float(values.std(ddof=1)) if len(places) > 1 else math.nan,
                            "noise": noise,
                            "systematic": noise_corrected_rmse(values, noise),
                        }  # fmt: skip

    def _compared(self, plan: Plan) -> Networks:
        return cast("Networks", plan.studies[self.networks])
