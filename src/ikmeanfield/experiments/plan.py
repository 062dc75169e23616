"""The plan of an experiment: a table of its runs, and their settings."""

from __future__ import annotations

from functools import cached_property

from ikmeanfield.circuit import Circuit
from ikmeanfield.circuit.model import Name
from ikmeanfield.experiments.checks import Label
from ikmeanfield.experiments.diagrams import Diagrams, Response, diagram_identity
from ikmeanfield.experiments.identity import hashed
from ikmeanfield.experiments.planes import Plane, values_of
from ikmeanfield.experiments.run_table import Product, Run, RunTable
from ikmeanfield.experiments.settings import applied, is_setting
from ikmeanfield.experiments.simulation import Simulation
from ikmeanfield.experiments.transitions import Continuation, Transitions
from ikmeanfield.inputs import Current, Input
from ikmeanfield.parts import DIAGRAMS, NETWORK, TRANSITIONS, mean_field
from ikmeanfield.schema import Validated
from ikmeanfield.theories import MeanFieldSettings


class Line(Validated):
    """One diagram: a mean field of a circuit, followed in one parameter."""

    meanfield: str
    key: str
    """Hash of everything that determines the diagram."""
    circuit: Circuit
    """The circuit of the first run whose diagram this is."""


class Plan(RunTable):
    """Networks simulated and compared with mean fields: everything the stages need to know."""

    simulation: Simulation
    input: dict[Name, Input]
    meanfield: dict[Label, MeanFieldSettings]
    diagrams: Diagrams | None = None
    response: Response | None = None

    def simulation_of(self, run: Run) -> Simulation:
        """The settings in effect in a run."""
        return applied(self.simulation, "simulation", run.settings)

    def input_of(self, run: Run) -> dict[str, Input]:
        """The inputs of a run by population."""
        return {
            name: applied(shape, f"input.{name}", run.settings)
            for name, shape in self.input.items()
        }

    def currents_of(self, run: Run) -> dict[str, Current]:
        """The input currents of a run by population."""
        return {name: shape.current() for name, shape in self.input_of(run).items()}

    def identity(self, part: str, run: Run) -> str:
        """What determines a run's network, or a mean field of it."""
        if part == NETWORK:
            return f"{run.key}:{run.seed}"
        return self.meanfield_key(part.removeprefix(mean_field("")), run)

    @cached_property
    def _meanfield_keys(self) -> dict[tuple[str, str], str]:
        """Those already made, by mean field and key of the run: planning asks several times."""
        return {}

    def meanfield_key(self, name: str, run: Run) -> str:
        """Hash of what determines a mean field; networks that share it share the solution."""
        made, place = self._meanfield_keys, (name, run.key)
        if place not in made:
            made[place] = hashed(
                {
                    **self.meanfield[name].identity(run.circuit),
                    "input": {n: shape.identity() for n, shape in self.input_of(run).items()},
                    "duration": self.simulation.duration,
                    "sample": self.simulation.sample,
                    "record": self.simulation.record,
                }
            )
        return made[place]

    def diagram_key(self, name: str, run: Run) -> str:
        """Hash of what determines a diagram: runs that differ in nothing else share it."""
        assert self.diagrams is not None
        return hashed(diagram_identity(self.diagrams, self.meanfield[name], run.circuit))

    @property
    def products(self) -> dict[str, Product]:
        """What figures of this experiment are drawn from, by name."""
        diagrams = {
            f"{DIAGRAMS}/batch-{n:03d}": Product(
                f"{DIAGRAMS}/batch-{n:03d}.nc", ("diagrams", "--batch", str(n)), tree=True
            )
            for n in range(len(self.diagram_batches))
        }
        return {**super().products, **diagrams}

    @property
    def tables(self) -> list[str]:
        """Tables of this experiment beside its summary."""
        tables = {"distances": self.meanfield, "bifurcations": self.diagrams}
        return [name for name, asked in tables.items() if asked]

    def keys_of(self, product: str) -> str:
        """As above, of batches of diagrams too."""
        part, _, batch = product.partition("/batch-")
        if part == DIAGRAMS:
            return " ".join(line.key for line in self.diagram_batches[int(batch)])
        return super().keys_of(product)

    @property
    def diagram_names(self) -> list[str]:
        """The mean fields of which diagrams are made."""
        if self.diagrams is None:
            return []
        return self.diagrams.meanfield or list(self.meanfield)

    @property
    def diagram_runs(self) -> list[Run]:
        """The runs at whose grid points diagrams are made: the first of all replicates."""
        sweeps = self.diagrams.sweeps if self.diagrams is not None else []
        chosen = [run for run in self.runs if sweeps is None or run.sweep in sweeps]
        return [run for run in chosen if run.replicate == 0]

    @cached_property
    def diagram_batches(self) -> list[list[Line]]:
        """Every distinct diagram once, in chunks of `runs_per_job`."""
        lines: dict[str, Line] = {}
        for run in self.diagram_runs:
            for name in self.diagram_names:
                key = self.diagram_key(name, run)
                lines.setdefault(key, Line(meanfield=name, key=key, circuit=run.circuit))
        found, size = list(lines.values()), self.runs_per_job
        return [found[i : i + size] for i in range(0, len(found), size)]


class TransitionPlan(RunTable):
    """Transitions of networks beside bifurcations of mean fields."""

    transitions: Transitions
    continuation: Continuation
    circuit: Circuit
    """The circuit from which the sweeps depart."""

    @property
    def products(self) -> dict[str, Product]:
        """What figures of this experiment are drawn from, by name."""
        return {
            **super().products,
            "plane": Product("continuation/plane.nc", ("plane",), tree=True),
            "diagrams": Product("continuation/diagrams.nc", ("plane",), tree=True),
            "traces": Product("traces.nc", ("traces",), tree=True),
        }

    @property
    def tables(self) -> list[str]:
        """Tables of this experiment beside its summary."""
        return ["scores"]

    def keys_of(self, product: str) -> str:
        """As above; plane and diagrams are made together."""
        keys = {"plane": "plane_key", "diagrams": "plane_key", "traces": "traces_key"}
        return getattr(self, keys[product]) if product in keys else super().keys_of(product)

    def transitions_of(self, run: Run) -> Transitions:
        """The settings in effect in a run."""
        return applied(self.transitions, "transitions", run.settings)

    def identity(self, part: str, run: Run) -> str:
        """What determines the transitions of a run's network, or the points of its mean field."""
        if part == TRANSITIONS:
            return f"{run.key}:{run.seed}"
        return self.continuation_key(run)

    def continuation_key(self, run: Run) -> str:
        """Hash of what determines the folds and Hopf points at one grid point."""
        settings = self.continuation
        where = settings.model_dump(include={"parameter", "bounds", "second"})
        free = {settings.parameter: settings.bounds[0]}
        fields = {n: f.identity(run.circuit, free) for n, f in settings.meanfield.items()}
        return hashed({"fields": fields, "continuation": where})

    def plane_of(self, run: Run, meanfield: str) -> str:
        """Key of the plane in which a mean field of a run lies."""
        settings = self.continuation
        free = {settings.parameter: settings.bounds[0], settings.second: settings.second_bounds[0]}
        where = settings.model_dump(exclude={"traces", "meanfield"})
        field = settings.meanfield[meanfield].identity(run.circuit, free)
        return hashed({**field, "continuation": where})

    @cached_property
    def planes(self) -> dict[str, Plane]:
        """Every different plane by its key, in the order of the runs."""
        settings, found = self.continuation, dict[str, Plane]()
        varied = [p for p in self.parameters if p != settings.second and not is_setting(p)]
        for name, field in settings.meanfield.items():
            for run in self.runs:
                key = self.plane_of(run, name)
                if key not in found:
                    found[key] = Plane(name, run.circuit, values_of(run.circuit, field, varied))
        return found

    @property
    def plane_key(self) -> str:
        """Hash of what determines all planes and diagrams."""
        planes = {key: [plane.meanfield, plane.values] for key, plane in self.planes.items()}
        return hashed({"planes": planes})

    @property
    def first_field(self) -> MeanFieldSettings:
        """The mean field that is run along the traces."""
        return next(iter(self.continuation.meanfield.values()))

    @property
    def traces_key(self) -> str:
        """Hash of what determines the traces."""
        continuation = self.continuation.model_dump(include={"second", "traces"})
        continuation |= self.first_field.settings_identity()
        networks = self.transitions.model_dump(include={"population", "step", "thresholds"})
        return hashed(
            {
                "circuit": self.circuit.identity(),
                "continuation": continuation,
                "networks": networks,
                "seed": self.seed,
            }
        )
