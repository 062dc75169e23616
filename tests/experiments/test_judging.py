"""Which claims one process judges, and how it is told which."""

import pytest

from ikmeanfield.experiments import parse
from ikmeanfield.experiments.judging import grouped, read, written
from ikmeanfield.schema import ConfigError
from small import both

CLAIMS = {
    "rates_spread_with_width": "truncation",
    "mine": {
        "claim": "recovery_not_above_adaptation", "from": ["adaptation"],
        "criterion": {"factor": 2},
    },
    "variance_is_synchrony": ["truncation"],
}  # fmt: skip


@pytest.fixture(scope="module")
def claims():
    return parse(both(claims=CLAIMS)).claims


def test_claims_of_the_same_experiments_are_a_group(claims):
    """Oracle: by hand."""
    assert grouped(claims) == {
        "truncation": ["rates_spread_with_width", "variance_is_synchrony"], "adaptation": ["mine"],
    }  # fmt: skip
    several = {"one": claims["mine"].model_copy(update={"sources": ["a", "b_c"]})}
    assert grouped(several) == {"a+b_c": ["one"]}


def test_a_process_reads_the_claims_that_the_workflow_writes(claims):
    assert read(written(claims)) == dict(claims)


def test_by_hand_the_short_forms_will_do(claims):
    found = read('{"variance_is_synchrony": "truncation"}')["variance_is_synchrony"]
    assert (found.claim, found.sources, found.criterion) == (
        "variance_is_synchrony", ["truncation"], {},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "JSON"),
        ('{"variance_is_synchrony": {"of": "truncation"}}', "unknown key"),
        ('{"no_such_claim": "truncation"}', "no claim 'no_such_claim'"),
    ],
)
def test_what_is_no_claim_is_refused_with_words(text, words):
    with pytest.raises(ConfigError, match=words):
        read(text)
