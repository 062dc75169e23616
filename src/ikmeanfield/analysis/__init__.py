"""What is read off runs: points of transition, diagrams, differences between models, spectra."""
