"""The parts of an experiment's results: each is a folder of batches, named as its folder."""

NETWORK = "spiking"
TRANSITIONS = "transitions"
CONTINUATION = "continuation"
DIAGRAMS = "diagrams"


def mean_field(name: str) -> str:
    """The part that holds the mean field of this name."""
    return f"meanfield/{name}"
