"""What the table of claims says, and the averages and explanations it rests on."""

import numpy as np
import pytest

from ikmeanfield.claims import CLAIMS
from ikmeanfield.claims.averages import mean, median, ratio
from ikmeanfield.claims.claim import as_verdict, below
from ikmeanfield.datasets.tables import write_rows
from ikmeanfield.jobs.judge import COLUMNS, collect
from ikmeanfield.sources import explanation


def test_studies_have_sections_and_claims_their_place(tmp_path):
    """Oracle: rows written here, of two studies in turn."""
    sources = ["Smith & Sons 2020, Sec. III", "This project, Fig. 5", "Smith & Sons 2020, Fig. 1"]
    rows = [
        dict.fromkeys(COLUMNS, "x") | {
            "source": source, "statement": f"Claim {number}.", "value": 0.5, "uncertainty": np.nan,
            "unit": "1", "verdict": "holds" if number else "does not hold", "criterion": "least 1",
            "meaning": "At least." if number else "",
        }
        for number, source in enumerate(sources)
    ]  # fmt: skip
    write_rows(tmp_path / "one.csv", rows, COLUMNS)
    collect([tmp_path / "one.csv"], tmp_path / "claims.csv")
    page = (tmp_path / "claims.md").read_text()
    assert "3 verdicts: 2 × holds, 1 × does not hold." in page
    sections = page.split("\n## ")[1:]
    assert [section.partition("\n")[0] for section in sections] == [
        "Smith & Sons 2020", "This project",
    ]  # fmt: skip
    assert "| Sec. III | Claim 0. | x | **does not hold** |" in sections[0]
    assert "| Fig. 1 | Claim 2. |" in sections[0]
    assert sections[0].count("| 0.5 | least 1 |") == 1
    assert sections[0].count("| 0.5 | least 1 (At least.) |") == 1


def test_no_findings_make_an_empty_table(tmp_path):
    """Oracle: a table without rows."""
    collect([], tmp_path / "claims.csv")
    assert "No claims." in (tmp_path / "claims.md").read_text()


@pytest.mark.parametrize("name", CLAIMS)
def test_every_criterion_is_explained_and_every_source_is_a_study(name):
    claim = CLAIMS[name]
    assert claim.criterion
    assert claim.meaning.endswith(".")
    assert claim.source.partition(",")[0]


def test_explanations_are_read_from_the_source():
    """Oracle: a source written here."""
    source = 'A = 1\n"""Of A,\nin two lines."""\nB: int = 2\nC = 3\n"""Of C."""\n'
    assert explanation(source, "A") == "Of A, in two lines."
    assert explanation(source, "B") == ""
    assert explanation(source, "C") == "Of C."
    assert explanation(source, "D") == ""


def test_averages_and_their_errors():
    """Oracles: by hand; the error of the median of normal values, √(π/2) σ/√n."""
    assert mean([1.0, 2.0, 3.0, np.nan]) == pytest.approx((2, 1 / np.sqrt(3)))
    assert np.isnan(mean([])).all()
    assert np.isnan(median([np.nan])).all()
    assert mean([4.0])[0] == median([4.0])[0] == median([3.0, 4.0, 9.0])[0] == 4
    assert np.isnan(mean([4.0])[1])
    assert ratio((6.0, 0.6), (2.0, 0.0)) == pytest.approx((3, 0.3))
    assert ratio((6.0, 0.3), (2.0, 0.1)) == pytest.approx((3, 3 * 0.05 * np.sqrt(2)))
    assert ratio((6.0, np.nan), (2.0, 0.2)) == pytest.approx((3, 0.3))
    assert np.isnan(ratio((6.0, np.nan), (2.0, np.nan))[1])
    assert np.isnan(ratio((6.0, 1.0), (0.0, 1.0))[0])
    value, error = median(np.random.default_rng(1).standard_normal(4000))
    assert error == pytest.approx(np.sqrt(np.pi / 2 / 4000), rel=0.2)
    assert abs(value) < 4 * error


def test_what_is_closer_than_its_uncertainty_is_not_decided():
    """Oracle: by hand."""
    assert below(1.0, 2.0) is True
    assert below(3.0, 2.0, 0.9) is False
    assert below(3.0, 2.0, 1.1) is None
    assert below(float("nan"), 2.0) is None
    assert below(1.0, float("inf")) is None
    assert below(1.0, 2.0, float("nan")) is True
    verdicts = [as_verdict(one) for one in (True, False, None)]
    assert verdicts == ["holds", "does not hold", "cannot be decided"]
