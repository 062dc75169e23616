"""What to run: experiments as checked data, and their expansion into runs and batches of work."""

from ikmeanfield.experiments.config import Config, Experiment, load, parse
from ikmeanfield.experiments.expansion import expand, expand_all
from ikmeanfield.experiments.plan import Plan
from ikmeanfield.experiments.plan_files import read_plan, store_plans
from ikmeanfield.experiments.run import Run

__all__ = [
    "Config",
    "Experiment",
    "Plan",
    "Run",
    "expand",
    "expand_all",
    "load",
    "parse",
    "read_plan",
    "store_plans",
]
