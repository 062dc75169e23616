"""Shared by all studies that follow branches: checks of parameters, predicted times, options."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ikmeanfield.schema import ConfigError
from ikmeanfield.studies.study import known_names

if TYPE_CHECKING:
    from ikmeanfield.circuit import Circuit
    from ikmeanfield.continuation import ContinuationOptions
    from ikmeanfield.experiments.config import Experiment

EQUILIBRIA_SECONDS = 0.07
"""Time in s to follow equilibria through folds and Hopf points, per four variables."""
DIAGRAM_SECONDS, CYCLES_SECONDS, PLANE_SECONDS = 0.1, 0.7, 1.2
"""Times in s for equilibria and cycles along one line, and for a plane, per four variables.

Whether there is a Hopf point, and so a branch of cycles, is not known in advance; it is assumed.
"""


def check_followed(
    experiment: Experiment,
    theories: Iterable[str],
    circuit: Circuit,
    parameters: Sequence[tuple[str, str, Sequence[float]]],
) -> None:
    """Refuse parameters that the circuit lacks, or on which a theory does not depend.

    Parameters
    ----------
    experiment, theories
        The experiment, and the names of those of its theories that are followed.
    circuit
        The circuit.
    parameters
        For each parameter: the setting that names it, its path, and the values it will take.
    """
    for setting, path, values in parameters:
        for value in values:
            try:
                circuit.replace({path: value})
            except ConfigError as error:
                msg = f"{setting}: {error}"
                raise ConfigError(msg) from None
        moved = circuit.parameters[path].sets if path in circuit.parameters else [path]
        for name in theories:
            if not any(experiment.theories[name].knows(one) for one in moved):
                msg = f"{setting}: the theory {name} does not depend on {path}"
                raise ConfigError(msg)


def require_stationary(experiment: Experiment, name: str) -> None:
    """Refuse a theory, by the name in an experiment, that does not describe asynchronous states."""
    from ikmeanfield.theories.stationary.settings import StationarySettings  # noqa: PLC0415

    known_names("theory", [name], experiment.theories)
    theory = experiment.theories[name]
    if not isinstance(theory, StationarySettings):
        msg = (
            f"theory: {name!r} is a {theory.title}; asynchronous states are described "
            "by a theory of kind: stationary"
        )
        raise ConfigError(msg)


def reported(title: str, base: Any = None) -> ContinuationOptions:
    """Options of a continuation that reports its progress on stderr."""
    from dataclasses import replace  # noqa: PLC0415

    from ikmeanfield.continuation import ContinuationOptions  # noqa: PLC0415
    from ikmeanfield.progress import CurveProgress  # noqa: PLC0415

    options = base if base is not None else ContinuationOptions()
    return replace(options, progress=CurveProgress(title))


def refuse_moved(experiment: Experiment, circuit: Circuit, study: Any, path: str) -> None:
    """Refuse to follow a parameter that sweeps vary, or that another parameter sets."""
    from ikmeanfield.circuit.derived import setters  # noqa: PLC0415
    from ikmeanfield.experiments.paths import spread  # noqa: PLC0415
    from ikmeanfield.experiments.settings import is_setting  # noqa: PLC0415

    owner = setters(circuit.parameters).get(path)
    if owner is not None:
        msg = f"parameter: {path} is set by the parameter {owner}, so it cannot be followed"
        raise ConfigError(msg)
    for name, sweep in experiment.sweeps.items():
        if study.sweeps is not None and name not in study.sweeps:
            continue
        moved = [p for p in (*sweep.set, *sweep.paths) if not is_setting(p, experiment)]
        if path in spread(circuit, dict.fromkeys(moved)):
            msg = f"parameter: {path} is followed here, so the sweep {name} may not vary it"
            raise ConfigError(msg)
