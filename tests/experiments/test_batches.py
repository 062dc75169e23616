"""Batches depend on neighbours alone. Oracle: the promises of `batches_of`, on any sequence."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ikmeanfield.experiments.batches import batch_id, batches_of

PIECES = st.lists(
    st.tuples(st.text("abc0123", min_size=1, max_size=6), st.floats(0.0, 5.0)), max_size=60
)


def ids_in(batches, ids):
    return [tuple(ids[place] for place in batch) for batch in batches]


@given(pieces=PIECES, largest=st.floats(0.1, 20.0))
@settings(max_examples=300, deadline=None)
def test_every_piece_is_in_one_batch_in_order_and_none_is_too_heavy(pieces, largest):
    ids = [name for name, _ in pieces]
    weights = [weight for _, weight in pieces]
    batches = batches_of(ids, weights, largest)
    assert [place for batch in batches for place in batch] == list(range(len(pieces)))
    for batch in batches:
        assert len(batch) > 0
        total = sum(weights[place] for place in batch)
        assert len(batch) == 1 or total <= largest * (1 + 1e-9)


@given(
    count=st.integers(1, 300), per_batch=st.integers(1, 40), salt=st.integers(0, 1000)
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_a_number_of_pieces_is_never_exceeded(count, per_batch, salt):
    ids = [f"{salt}-{number}" for number in range(count)]
    batches = batches_of(ids, [1.0] * count, float(per_batch))
    assert [place for batch in batches for place in batch] == list(range(count))
    assert max(map(len, batches)) <= per_batch


@given(where=st.integers(0, 10_000), number=st.integers(1, 3))
@settings(max_examples=8, deadline=None)
def test_values_inserted_in_a_long_sweep_change_the_batches_around_them_alone(where, number):
    """Ten thousand pieces at twenty a batch; three further ones fall into a few batches."""
    ids = [f"piece {place}" for place in range(10_000)]
    before = ids_in(batches_of(ids, [1.0] * len(ids), 20.0), ids)
    more = [*ids[:where], *(f"further {n}" for n in range(number)), *ids[where:]]
    after = ids_in(batches_of(more, [1.0] * len(more), 20.0), more)
    assert len(before) > 10_000 / 20
    changed = set(after) - set(before)
    assert 1 <= len(changed) <= 6
    assert len(set(before) - set(after)) <= 6
    assert len([batch for batch in after if batch not in changed]) >= len(before) - 6


def test_what_is_removed_or_replaced_changes_the_batches_around_it_alone():
    ids = [f"piece {place}" for place in range(3000)]
    before = ids_in(batches_of(ids, [1.0] * len(ids), 10.0), ids)
    fewer = ids[:1500] + ids[1510:]
    replaced = [*ids[:700], "another", *ids[701:]]
    for given_ids in (fewer, replaced):
        after = ids_in(batches_of(given_ids, [1.0] * len(given_ids), 10.0), given_ids)
        assert len(set(after) - set(before)) <= 6


def test_batches_are_not_much_smaller_than_they_may_be():
    # Oracle: cuts at the smallest hash within half the weight leave batches of half of it or more;
    # those beyond it are cut into even parts of more than half, so twice the fewest is the most.
    ids = [str(place) for place in range(5000)]
    batches = batches_of(ids, [1.0] * len(ids), 25.0)
    assert 5000 / 25 <= len(batches) <= 2 * 5000 / 25


def test_a_piece_that_is_too_heavy_stands_alone():
    batches = batches_of(["a", "b", "c"], [1.0, 50.0, 1.0], 10.0)
    assert range(1, 2) in batches
    assert [place for batch in batches for place in batch] == [0, 1, 2]


def test_no_pieces_make_no_batches():
    assert batches_of([], [], 10.0) == []


def test_pieces_of_no_weight_share_a_batch():
    assert batches_of(["a", "b", "c"], [0.0] * 3, 10.0) == [range(3)]


def test_the_name_of_a_batch_follows_from_its_study_and_pieces():
    name = batch_id("networks", ["a", "b"])
    assert name == batch_id("networks", ["a", "b"])
    others = [batch_id("traces", ["a", "b"]), batch_id("networks", ["b", "a"]),
              batch_id("networks", ["a"])]  # fmt: skip
    assert len({name, *others}) == 4
