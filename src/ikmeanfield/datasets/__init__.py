"""Names, units and shapes of what is stored; atomic writing, checked reading."""

from ikmeanfield.datasets.series import SERIES, synapse_labels, time_series

__all__ = ["SERIES", "synapse_labels", "time_series"]
