"""The mean field's plane of current and adaptation has the points that organise it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "The mean field has Bogdanov–Takens, cusp and generalized Hopf points in the plane of input "
    "current and adaptation."
)
SOURCE = "Gast, Solla & Kennedy 2023, Fig. 1A"
TAKES = [
    {
        "planes": {
            "kind": "planes",
            "settings": {"parameter": "rs.input_current", "second": "rs.adaptation"},
        }
    }
]
CRITERION = {"lowest": 0.0, "highest": 130.0}
"""Adaptations that count, in pA."""
KINDS = {"BT": "Bogdanov–Takens", "CP": "cusp", "GH": "generalized Hopf"}
CURRENT, ADAPTATION = "rs.input_current", "rs.adaptation"


def judge(sources: Sequence[Sources], lowest: float, highest: float) -> Iterator[Finding]:
    """How many of the three kinds the curves of each theory hold."""
    seen = set()
    for item, tree in sources[0]["planes"].each():
        if item.label in seen:
            continue
        seen.add(item.label)
        found: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for branch in from_tree(tree["curves"]).values():
            for point in branch.points(*KINDS):
                i, kappa = (point.parameters[name] for name in (CURRENT, ADAPTATION))
                if lowest <= kappa <= highest:
                    found[point.kind].append(f"{i:.2f}, {kappa:.2f}")
        verdict, _ = of_cases({KINDS[kind]: bool(places) for kind, places in found.items()})
        places = "; ".join(
            f"{kind} at (I, κ) = ({') and ('.join(dict.fromkeys(where))}) pA"
            for kind, where in found.items()
            if where
        )
        yield Finding(
            item.label, "how many of the three kinds of points are found",
            float(sum(map(bool, found.values()))), float("nan"), "1", verdict, places,
        )  # fmt: skip
