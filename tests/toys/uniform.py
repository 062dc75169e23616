"""Heterogeneity of one's own: a uniform law."""

from dataclasses import dataclass

import numpy as np

from ikmeanfield.heterogeneity import LAWS, Law


@dataclass(frozen=True)
class Uniform(Law):
    """All values between center ± width are equally probable."""

    def quantile(self, probability):
        return self.center + self.width * (2 * np.asarray(probability, dtype=float) - 1)


LAWS.register("uniform", Uniform)
