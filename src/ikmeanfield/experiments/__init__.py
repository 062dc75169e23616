"""What to run: experiments as data, checked, and expanded into runs and batches."""

from ikmeanfield.experiments.config import Config, Experiment, load, parse
from ikmeanfield.experiments.expansion import expand
from ikmeanfield.experiments.plan import Plan, Run, TransitionPlan, read_plan, store_plans

__all__ = [
    "Config",
    "Experiment",
    "Plan",
    "Run",
    "TransitionPlan",
    "expand",
    "load",
    "parse",
    "read_plan",
    "store_plans",
]
