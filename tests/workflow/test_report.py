"""The report of a workflow that has run to its end.

Oracle: what the workflow has stored: every figure, table and claim, with captions that say what the
figures' own captions say.
"""

import base64
import csv
import html
import json
import re
import zipfile

import pytest

from ikmeanfield.claims import CLAIMS
from ikmeanfield.jobs.archive import archive
from packed import paths_within
from small import tiny

pytestmark = [pytest.mark.slow, pytest.mark.long]

PLACE = "results/claims/truncation/{}.csv"
CLAIMS_JUDGED = ("rates_spread_with_width", "variance_is_synchrony")


@pytest.fixture(scope="module")
def results(finished):
    """What the report shows, by path."""
    config = tiny(claims=dict.fromkeys(CLAIMS_JUDGED, "truncation"))
    finished.run(config)
    finished.run(config, "--report", "results/report.html")
    page = (finished.folder / "results/report.html").read_text()
    return json.loads(re.search(r"results = (\{.*?\});?$", page, re.MULTILINE)[1])


def test_every_figure_table_and_claim_is_there_with_its_labels(results):
    assert set(results) == {
        "results/figures/fig4.png", "results/figures/runs.png",
        "results/truncation/networks/networks.csv",
        "results/truncation/predictions/predictions.csv",
        "results/truncation/predictions/distances.csv",
        "results/claims.csv", *map(PLACE.format, CLAIMS_JUDGED),
    }  # fmt: skip
    labels = {path: shown["labels"] for path, shown in results.items()}
    assert labels["results/figures/fig4.png"]["figure"].startswith("fig4: Fig. 4 of the paper: ")
    assert labels["results/truncation/networks/networks.csv"] == {"table": "networks: networks"}
    for claim in CLAIMS_JUDGED:
        said = f"{claim}: {CLAIMS[claim].statement}"
        assert labels[PLACE.format(claim)] == {"claim": said}
    assert {len(one) for one in labels.values()} == {1}, "two labels may break Snakemake's page"


def test_captions_are_those_of_the_figures_and_pictures_are_whole(results, finished):
    figure = results["results/figures/fig4.png"]
    for words in ("N = 200", "base seed 1", "results/figures/fig4.csv"):
        assert words in figure["caption"]
    picture = base64.b64decode(figure["data_uri"].partition(",")[2])
    assert picture == (finished.folder / "results/figures/fig4.png").read_bytes()
    table = results["results/truncation/networks/networks.csv"]["caption"]
    assert "One row per run and population" in table
    with (finished.folder / "results/claims.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["claim"] for row in rows} == set(CLAIMS_JUDGED)
    for row in rows:
        for path in ("results/claims.csv", PLACE.format(row["claim"])):
            assert f"<b>{row['model']}: {row['verdict']}</b>" in results[path]["caption"]
        others = {one["statistic"] for one in rows if one["claim"] != row["claim"]}
        caption = results[PLACE.format(row["claim"])]["caption"]
        assert not any(html.escape(other) in caption for other in others)
    assert not any("System Message" in shown["caption"] for shown in results.values())


def test_an_archive_of_everything_does_not_say_where_it_was_made(results, finished, tmp_path):
    """Oracle: a search for the folder, the checkout and the home directory in all of it."""
    packed = tmp_path / "archive.zip"
    archive(finished.folder / "given.yaml", finished.folder / "results", packed)
    with zipfile.ZipFile(packed) as file:
        assert {"results/report.html", *results} <= set(file.namelist())
    assert paths_within(packed, finished.folder) == []


def test_claims_judged_together_are_what_they_are_alone(results, finished, tmp_path):
    """Oracle: the command that judges one claim by hand, byte for byte."""
    for claim in CLAIMS_JUDGED:
        finished.command("judge", claim, "results/truncation", "--output", tmp_path)
        alone = (tmp_path / f"{claim}.csv").read_bytes()
        assert (finished.folder / PLACE.format(claim)).read_bytes() == alone
