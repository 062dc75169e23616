"""The Python and YAML that the documentation shows work as they stand."""

import matplotlib as mpl
import pytest
import yaml

from ikmeanfield.experiments import expand, parse
from pages import ROOT, blocks

# Computed with AUTO-07p: I and κ in pA.
CUSP, BOGDANOV_TAKENS = (46.8962287043, 81.5553382941), (46.5303809315, 79.3724492756)


@pytest.mark.filterwarnings("error")
def test_the_examples_of_the_readme_run(monkeypatch, tmp_path, capsys):
    """Oracles: nothing raises; two of the points that the last example prints, by AUTO-07p."""
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    namespace = {}
    for number, source in enumerate(blocks("README.md", "python")):
        exec(compile(source, f"README.md, block {number}", "exec"), namespace)
    for series in ("network", "mean_field"):
        assert namespace[series]["firing_rate"].shape == (1, 5000)
        assert float(namespace[series]["firing_rate"].max()) > 10
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    found = {kind: (float(current), float(kappa)) for kind, current, kappa in reversed(printed)}
    assert [kind for kind, *_ in printed] == ["LP", "HB", "CP", "BT", "BT"]
    assert found["CP"] == pytest.approx(CUSP, rel=1e-8)
    assert found["BT"] == pytest.approx(BOGDANOV_TAKENS, rel=1e-8)


def test_the_recipes_are_the_toys_that_run_in_the_tests():
    """Oracle: the files in tests/toys, which test_toys.py runs through the workflow."""
    for source in (*blocks("docs/architecture.md", "python"), *blocks("docs/claims.md", "python")):
        first, _, code = source.partition("\n")
        assert code == (ROOT / first.removeprefix("# ")).read_text(encoding="utf-8")


def test_the_short_configuration_is_a_configuration():
    """Oracle: the kinds of study that its text names."""
    (text,) = blocks("config/README.md", "yaml")
    plan = expand(parse(yaml.safe_load(text)), "my_experiment")
    assert len(plan.runs) == 11
    assert list(plan.batches) == ["networks", "predictions", "diagrams"]
