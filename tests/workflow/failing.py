"""A plug-in whose study fails at one grid point."""

from typing import Literal

import numpy as np

from ikmeanfield.keys import hashed
from ikmeanfield.studies import KINDS
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Item, Study


class Failing(Study):
    """A number at every grid point, and none at κ = 25 pA."""

    rule = "fail_somewhere"

    kind: Literal["failing"]
    how: Literal["raise", "nan"] = "raise"

    def items(self, plan, name):
        for number, run in plan.runs_of(name):
            key = hashed({"adaptation": run.circuit.get("rs.adaptation"), "how": self.how})
            yield Item(key=key, runs=[number])

    def compute(self, plan, item):
        import xarray as xr

        value = plan.first_run(item).circuit.get("rs.adaptation")
        if value == 25.0 and self.how == "raise":
            raise ValueError("no number can be found here")
        return xr.Dataset({"number": np.nan if value == 25.0 else value})

    def cost(self, plan, item):
        return Cost(seconds=0.1)

    def summarise(self, results, name):
        return results.stacked(name)


KINDS.register("failing", Failing)
