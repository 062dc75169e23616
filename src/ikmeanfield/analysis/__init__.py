"""What is read off runs: points of transition, differences between models, spectra."""
