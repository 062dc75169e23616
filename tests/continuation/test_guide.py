"""The guide for users with a system of their own: its code runs, and finds what it says."""

import re
from pathlib import Path

import matplotlib as mpl
import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "continuation.md"


@pytest.mark.slow
def test_every_code_block_runs(monkeypatch, tmp_path):
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 8
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), names)
    for curve in ("equilibria", "cycles", "folds", "hopfs", "lpc", "hom", "up_to", "response"):
        assert len(names[curve]) > 2, names[curve]
    assert {p.kind for p in names["hopfs"].special} >= {"BT"}
    assert names["up_to"].ends[0].reason == "UZ" or names["up_to"].ends[1].reason == "UZ"
    assert len(names["tree"].branches()) >= 2
