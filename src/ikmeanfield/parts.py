"""Names in an experiment's results.

Its parts are folders of batches, named as the folders; what its sweeps vary are coordinates.
"""

NETWORK = "spiking"
TRANSITIONS = "transitions"
CONTINUATION = "continuation"


def mean_field(name: str) -> str:
    """The part that holds the mean field of this name."""
    return f"meanfield/{name}"


def coordinate_name(path: str) -> str:
    """Name of a coordinate: the path with its dots replaced, and ``all`` for every population."""
    return path.replace("*", "all").replace(".", "_")
