"""Shared by studies that watch single neurons of one network per run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ikmeanfield.stepping import default_step
from ikmeanfield.studies.networks import refuse_steps
from ikmeanfield.studies.study import Study, known_names

if TYPE_CHECKING:
    from ikmeanfield.circuit import Circuit
    from ikmeanfield.circuit.population import Name
    from ikmeanfield.experiments.config import Experiment


class OneNetworkStudy(Study):
    """A study of one network per run, of which one population is observed.

    A kind derived from this one has the settings ``population`` and ``sample``.
    """

    if TYPE_CHECKING:  # declared by the kinds themselves, among the settings they depend on
        population: Name
        sample: float

    @property
    def step(self) -> float:
        """The time step in ms: the longest recommended one that divides the sample."""
        return default_step("exact", self.sample)

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {"exact"}

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        known_names("population", [self.population], circuit.populations)

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        refuse_steps(circuit, self.step)
