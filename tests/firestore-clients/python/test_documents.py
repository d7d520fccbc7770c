"""Single documents: reading, writing, masks, transforms, preconditions, values."""

import datetime

import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.transforms import Increment, Maximum, Minimum


def test_a_document_comes_back_as_it_was_set(db):
    document = db.document("c/a")
    fields = {
        "null": None,
        "true": True,
        "int": -(2**63),
        "double": 1.5,
        "infinity": float("inf"),
        "text": "月 moon",
        "bytes": b"\x00\xff",
        "list": [1, "two", {"three": 3}],
        "map": {"deep": {"er": []}, "dotted.key": 1},
        "point": firestore.GeoPoint(35.68, 139.76),
        "reference": db.document("c/b"),
        "time": datetime.datetime(2020, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc),
    }
    document.set(fields)
    assert document.get().to_dict() == fields


def test_a_missing_document_says_that_it_does_not_exist(db):
    snapshot = db.document("c/none").get()
    assert not snapshot.exists and snapshot.read_time is not None


def test_create_refuses_what_is_there(db):
    document = db.document("c/a")
    document.create({"n": 1})
    with pytest.raises(exceptions.AlreadyExists):
        document.create({"n": 2})
    assert document.get().to_dict() == {"n": 1}


def test_add_makes_an_id(db):
    _, first = db.collection("c").add({"n": 1})
    _, second = db.collection("c").add({"n": 2})
    assert first.id != second.id and len(first.id) == 20


def test_update_changes_only_what_it_names(db):
    document = db.document("c/a")
    document.set({"keep": 1, "map": {"x": 1, "y": 2}, "gone": 1})
    document.update({"map.x": 9, "gone": firestore.DELETE_FIELD, "new": True})
    assert document.get().to_dict() == {"keep": 1, "map": {"x": 9, "y": 2}, "new": True}


def test_update_refuses_what_is_not_there(db):
    with pytest.raises(exceptions.NotFound):
        db.document("c/none").update({"n": 1})


def test_quoted_paths_reach_fields_with_odd_names(db):
    document = db.document("c/a")
    document.set({"a.b": {"`": 1}, "plain": 1})
    document.update({"`a.b`.`\\``": 2})
    assert document.get().to_dict() == {"a.b": {"`": 2}, "plain": 1}


def test_set_merges_where_it_is_asked_to(db):
    document = db.document("c/a")
    document.set({"map": {"x": 1, "y": 2}})
    document.set({"map": {"x": 5}, "n": 1}, merge=True)
    assert document.get().to_dict() == {"map": {"x": 5, "y": 2}, "n": 1}
    document.set({"map": {"x": 6}, "n": 9}, merge=["map"])
    assert document.get().to_dict() == {"map": {"x": 6}, "n": 1}


def test_a_mask_reads_some_fields(db):
    document = db.document("c/a")
    document.set({"map": {"x": 1, "y": 2}, "n": 1})
    assert document.get(field_paths=["map.y"]).to_dict() == {"map": {"y": 2}}


def test_transforms_are_computed_by_the_server(db):
    document = db.document("c/a")
    document.set({"n": 5, "list": [1, 2], "high": 1, "low": 1})
    before = document.get().update_time
    document.update(
        {
            "n": Increment(2.5),
            "list": firestore.ArrayUnion([2, 3]),
            "high": Maximum(10),
            "low": Minimum(-10),
            "at": firestore.SERVER_TIMESTAMP,
            "other": firestore.ArrayRemove([1]),
        }
    )
    found = document.get()
    fields = found.to_dict()
    assert found.update_time > before
    assert fields.pop("at") > before
    assert fields == {"n": 7.5, "list": [1, 2, 3], "high": 10, "low": -10, "other": []}


def test_integers_saturate(db):
    document = db.document("c/a")
    document.set({"n": 2**63 - 1})
    document.update({"n": Increment(1)})
    assert document.get().get("n") == 2**63 - 1


def test_preconditions_hold_or_nothing_happens(db):
    document = db.document("c/a")
    written = document.set({"n": 1})
    document.update({"n": 2}, option=db.write_option(last_update_time=written.update_time))
    with pytest.raises(exceptions.FailedPrecondition):
        document.update({"n": 3}, option=db.write_option(last_update_time=written.update_time))
    with pytest.raises(exceptions.NotFound):
        db.document("c/none").delete(option=db.write_option(exists=True))
    assert document.get().to_dict() == {"n": 2}


def test_deleting_what_is_not_there_is_no_error(db):
    document = db.document("c/a")
    document.set({"n": 1})
    document.delete()
    document.delete()
    assert not document.get().exists


def test_many_documents_are_got_at_once(db):
    references = [db.document(f"c/{i}") for i in range(20)]
    for reference in references[::2]:
        reference.set({"id": reference.id})
    found = {snapshot.id: snapshot.exists for snapshot in db.get_all(references)}
    assert found == {str(i): i % 2 == 0 for i in range(20)}


def test_the_past_can_be_read(db):
    document = db.document("c/a")
    document.set({"n": 1})
    then = document.get().read_time
    document.set({"n": 2})
    db.document("c/b").set({"n": 3})
    assert document.get(read_time=then).to_dict() == {"n": 1}
    assert [found.id for found in db.collection("c").stream(read_time=then)] == ["a"]


def test_collections_and_missing_documents_are_listed(db):
    db.document("c/there").set({})
    db.document("c/missing/sub/x").set({})
    db.document("other/y").set({})
    assert sorted(collection.id for collection in db.collections()) == ["c", "other"]
    assert [collection.id for collection in db.document("c/missing").collections()] == ["sub"]
    assert [document.id for document in db.collection("c").list_documents()] == ["missing", "there"]
    assert [document.id for document in db.collection("c").list_documents(page_size=1)] == ["missing", "there"]


def test_a_tree_is_deleted(db):
    for path in ["c/a", "c/a/sub/x", "c/missing/sub/y", "other/z"]:
        db.document(path).set({"path": path})
    assert db.recursive_delete(db.collection("c")) >= 3
    assert list(db.collection("c").list_documents()) == []
    assert db.document("other/z").get().exists


@pytest.mark.parametrize("path", ["c/__x__", "c/.", "__c__/a"])
def test_impossible_names_are_refused(db, path):
    with pytest.raises(exceptions.InvalidArgument):
        db.document(path).set({})


def test_a_document_that_is_too_large_is_refused(db):
    with pytest.raises(exceptions.InvalidArgument):
        db.document("c/a").set({"text": "x" * 1_048_576})
