"""Networks and mean field of bursting neurons over the current, for the claims about bursting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ikmeanfield.sources import Sources

CURRENT, POPULATION, NETWORK = "p_input_current", "p", "network"


@dataclass(frozen=True)
class Bursts:
    """Runs by rising current, and where networks or mean field burst.

    Attributes
    ----------
    current
        Currents in pA.
    network, theory
        Measurements along ``run``, see the study of oscillations.
    bursts_network, bursts_theory
        Whether each of them bursts at each current.
    """

    current: NDArray[np.float64]
    network: xr.Dataset
    theory: xr.Dataset
    bursts_network: NDArray[np.bool_]
    bursts_theory: NDArray[np.bool_]

    def deviation(self, name: str, of: str = "") -> NDArray[np.float64]:
        """Relative difference of the network from the mean field."""
        theory = self.theory[of or name].values
        return np.asarray(self.network[name].values / theory - 1)

    @property
    def either(self) -> NDArray[np.bool_]:
        """Where network or mean field burst."""
        return self.bursts_network | self.bursts_theory

    @property
    def below(self) -> NDArray[np.bool_]:
        """Currents below all those at which either bursts."""
        return np.asarray(self.current < self.current[self.either].min(initial=np.inf))

    @property
    def above(self) -> NDArray[np.bool_]:
        """Currents above all those at which either bursts."""
        return np.asarray(self.current > self.current[self.either].max(initial=-np.inf))


def bursts(sources: Sources) -> Bursts:
    """The bursts of the first theory and the networks of a study of oscillations."""
    here = sources["oscillations"].summary.sel(population=POPULATION).sortby(CURRENT)
    first = next(m for m in here["model"].values.tolist() if m != NETWORK)
    network, theory = here.sel(model=NETWORK), here.sel(model=first)
    return Bursts(
        here[CURRENT].values.astype(float), network, theory,
        network["oscillates"].values == 1, theory["oscillates"].values == 1,
    )  # fmt: skip
