"""The results of an experiment, for use in a notebook."""

from __future__ import annotations

from pathlib import Path

from ikmeanfield.experiments.plan_files import read_plan
from ikmeanfield.jobs.results import Results


def open_experiment(folder: str | Path) -> Results:
    """The results of an experiment, checked against its plan as they are read.

    Parameters
    ----------
    folder
        The experiment's folder, for example ``results/truncation``.

    Returns
    -------
    Results
        ``results.stacked("networks")`` holds the series of all runs along ``run``, with the grid
        values as coordinates, and ``results.summary("networks")`` what is derived from them.

    Raises
    ------
    ConfigError
        If there is no plan, or it is damaged.
    """
    folder = Path(folder)
    return Results(read_plan(folder / "plan.json"), folder)
