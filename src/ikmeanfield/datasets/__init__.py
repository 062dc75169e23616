"""Stored data: their names, units and shapes, atomic writing, and checked reading."""

from ikmeanfield.datasets.series import SERIES, synapse_labels, time_series
from ikmeanfield.datasets.store import DatasetError

__all__ = ["SERIES", "DatasetError", "synapse_labels", "time_series"]
