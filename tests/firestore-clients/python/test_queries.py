"""Queries: every operator, orders, cursors, limits, groups, partitions, aggregations."""

import math

import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import And, FieldFilter, Or


def ids(query):
    return "".join(found.id for found in query.stream())


@pytest.mark.parametrize(
    "field, operator, operand, expected",
    [
        ("n", "==", 2, "b"),
        ("n", "!=", 2, "gaecd"),
        ("n", "<", 3, "abe"),
        ("n", "<=", 3, "abec"),
        ("n", ">", 2, "ecd"),
        ("n", ">=", 2.5, "ecd"),
        ("tag", "in", ["y", "none"], "bdh"),
        ("tag", "not-in", ["x", "y"], "hfg"),
        ("list", "array_contains", 2, "ab"),
        ("list", "array_contains_any", [1, 3], "abc"),
        ("n", "==", None, "f"),
        ("n", "!=", None, "gabecd"),
        ("n", "==", math.nan, "g"),
        ("n", "!=", math.nan, "abecd"),
    ],
)
def test_every_operator(things, field, operator, operand, expected):
    assert ids(things.where(filter=FieldFilter(field, operator, operand))) == expected


def test_names_are_compared(db, things):
    names = [db.document("things/b"), db.document("things/g")]
    assert ids(things.where(filter=FieldFilter("__name__", "in", names))) == "bg"
    assert ids(things.where(filter=FieldFilter("__name__", ">", db.document("things/f")))) == "gh"


def test_trees_of_and_and_or(things):
    either = Or([FieldFilter("n", "==", 1), And([FieldFilter("tag", "==", "y"), FieldFilter("n", ">", 3)])])
    assert ids(things.where(filter=either)) == "ad"
    both = things.where(filter=FieldFilter("tag", "==", "x")).where(filter=FieldFilter("n", ">", 1))
    assert ids(both) == "ec"


def test_orders_across_types_and_directions(things):
    assert ids(things.order_by("n")) == "fgabecd"
    assert ids(things.order_by("n", direction="DESCENDING")) == "dcebagf"
    assert ids(things.order_by("tag").order_by("n", direction="DESCENDING")) == "ceadbgf"


def test_limits_offsets_and_the_last(things):
    ordered = things.order_by("n")
    assert ids(ordered.limit(2)) == "fg"
    assert ids(ordered.offset(2).limit(2)) == "ab"
    assert "".join(found.id for found in ordered.limit_to_last(2).get()) == "cd"


def test_cursors(things):
    ordered = things.order_by("n")
    assert ids(ordered.start_at({"n": 2})) == "becd"
    assert ids(ordered.start_after({"n": 2})) == "ecd"
    assert ids(ordered.start_at({"n": 1}).end_before({"n": 3})) == "abe"
    assert ids(ordered.start_at({"n": 1}).end_at({"n": 3})) == "abec"
    anchor = things.document("b").get()
    assert ids(ordered.start_after(anchor)) == "ecd"


def test_pages_meet_every_document_once(db):
    batch = db.batch()
    for i in range(45):
        batch.set(db.document(f"c/{i:02}"), {"n": i % 4})
    batch.commit()
    query, seen, last = db.collection("c").order_by("n").limit(10), [], None
    while True:
        page = list((query.start_after(last) if last else query).stream())
        if not page:
            break
        seen += [found.id for found in page]
        last = page[-1]
    assert len(seen) == 45 and len(set(seen)) == 45


def test_a_projection_reads_some_fields(things):
    found = list(things.select(["tag"]).limit(1).stream())[0]
    assert found.to_dict() == {"tag": "x"}
    assert list(things.select([]).limit(1).stream())[0].to_dict() == {}


def test_collection_groups_look_at_every_depth(db):
    for path in ["a/1/c/x", "b/2/c/y", "c/z", "a/1/d/no", "a/1/c/x/c/w"]:
        db.document(path).set({"path": path, "n": len(path)})
    found = [snapshot.reference.path for snapshot in db.collection_group("c").stream()]
    assert found == ["a/1/c/x", "a/1/c/x/c/w", "b/2/c/y", "c/z"]
    ordered = db.collection_group("c").where(filter=FieldFilter("n", ">=", 7)).order_by("n", direction="DESCENDING")
    assert [snapshot.id for snapshot in ordered.stream()] == ["w", "y", "x"]


@pytest.mark.google_lacks
def test_partitions_cover_a_group_once(db):
    batch = db.batch()
    for i in range(60):
        batch.set(db.document(f"p/{i % 7}/group/{i}"), {"n": i})
    batch.commit()
    partitions = list(db.collection_group("group").get_partitions(6))
    assert 1 <= len(partitions) <= 7
    seen = [found.get("n") for partition in partitions for found in partition.query().stream()]
    assert sorted(seen) == list(range(60))


def test_aggregations(things):
    numbers = things.where(filter=FieldFilter("n", ">=", 1))
    aggregation = numbers.count(alias="all").sum("n", alias="sum").avg("n", alias="average")
    results = {result.alias: result.value for result in aggregation.get()[0]}
    assert results == {"all": 5, "sum": 12.5, "average": 2.5}
    assert things.where(filter=FieldFilter("tag", "==", "nothing")).count().get()[0][0].value == 0
    assert things.limit(3).count().get()[0][0].value == 3


def test_a_query_without_results_is_empty(db):
    assert list(db.collection("nothing").stream()) == []


@pytest.mark.parametrize(
    "operator, operand",
    [("in", list(range(31))), ("not-in", list(range(11))), ("in", [])],
)
def test_limits_of_operators(things, operator, operand):
    with pytest.raises(exceptions.InvalidArgument):
        ids(things.where(filter=FieldFilter("n", operator, operand)))


def test_two_negations_are_refused(things):
    query = things.where(filter=FieldFilter("n", "!=", 1)).where(filter=FieldFilter("n", "!=", 2))
    with pytest.raises(exceptions.InvalidArgument):
        ids(query)
