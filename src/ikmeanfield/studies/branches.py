"""What studies that continue theories share: checks of parameters, options with progress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ikmeanfield.schema import ConfigError

if TYPE_CHECKING:
    from ikmeanfield.circuit import Circuit
    from ikmeanfield.continuation import ContinuationOptions
    from ikmeanfield.experiments.config import Experiment

EQUILIBRIA_SECONDS = 0.07
"""Following equilibria through folds and Hopf points, per four variables."""
DIAGRAM_SECONDS, CYCLES_SECONDS, PLANE_SECONDS = 0.1, 0.7, 1.2
"""Along one line equilibria and cycles, and the curves of a plane, per four variables.

Whether there is a Hopf point, and so a cycle, is not known before: it is assumed.
"""


def check_followed(
    experiment: Experiment,
    theories: Iterable[str],
    circuit: Circuit,
    parameters: Sequence[tuple[str, str, Sequence[float]]],
) -> None:
    """Refuse parameters that the circuit does not have, or that a theory does not know.

    Parameters
    ----------
    experiment, theories
        Names of those theories of the experiment that are followed.
    circuit
        The circuit.
    parameters
        For each parameter the setting that names it, its path and the values it is to take.
    """
    for setting, path, values in parameters:
        for value in values:
            try:
                circuit.replace({path: value})
            except ConfigError as error:
                msg = f"{setting}: {error}"
                raise ConfigError(msg) from None
        for name in theories:
            if not experiment.theories[name].knows(path):
                msg = f"{setting}: the theory {name} does not know {path}"
                raise ConfigError(msg)


def reported(title: str, base: Any = None) -> ContinuationOptions:
    """Options of a continuation whose progress is reported on stderr."""
    from dataclasses import replace  # noqa: PLC0415

    from ikmeanfield.continuation import ContinuationOptions  # noqa: PLC0415
    from ikmeanfield.progress import CurveProgress  # noqa: PLC0415

    options = base if base is not None else ContinuationOptions()
    return replace(options, progress=CurveProgress(title))


def refuse_moved(experiment: Experiment, circuit: Circuit, study: Any, path: str) -> None:
    """Refuse sweeps that move a parameter which the study itself follows."""
    from ikmeanfield.experiments.paths import spread  # noqa: PLC0415
    from ikmeanfield.experiments.settings import is_setting  # noqa: PLC0415

    for name, sweep in experiment.sweeps.items():
        if study.sweeps is not None and name not in study.sweeps:
            continue
        moved = [p for p in (*sweep.set, *sweep.paths) if not is_setting(p, experiment)]
        if path in spread(circuit, dict.fromkeys(moved)):
            msg = f"parameter: {path} is followed here, so the sweep {name} may not move it"
            raise ConfigError(msg)
