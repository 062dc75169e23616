"""Analysis of time series, regions and distances, and the transitions of networks."""
