"""From time series to numbers: rate differences with errors, spectra."""
