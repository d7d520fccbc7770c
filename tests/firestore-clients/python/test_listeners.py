"""Listeners: what they are told, and that it is all of it."""

import threading

from google.cloud.firestore_v1.base_query import FieldFilter


def test_a_document_is_watched_through_its_life(db, heard):
    document = db.document("c/a")
    watch = document.on_snapshot(heard)
    heard.until(lambda shown: shown == {})
    document.set({"n": 1})
    heard.until(lambda shown: shown == {"a": {"n": 1}})
    document.update({"n": 2})
    heard.until(lambda shown: shown == {"a": {"n": 2}})
    count = heard.count()
    document.delete()
    heard.until(lambda shown: heard.count() > count)
    assert heard.snapshots[-1][0] == {}
    watch.unsubscribe()


def test_a_query_tells_what_was_added_modified_and_removed(db, heard):
    collection = db.collection("c")
    collection.document("a").set({"n": 1})
    watch = collection.where(filter=FieldFilter("n", "<", 10)).on_snapshot(heard)
    heard.until(lambda shown: shown == {"a": {"n": 1}})
    collection.document("b").set({"n": 2})
    heard.until(lambda shown: len(shown) == 2)
    collection.document("a").set({"n": 3})
    heard.until(lambda shown: shown.get("a") == {"n": 3})
    collection.document("b").set({"n": 50})
    heard.until(lambda shown: shown == {"a": {"n": 3}})
    collection.document("a").delete()
    count = heard.count()
    heard.until(lambda shown: shown == {} and heard.count() >= count)
    kinds = [kind for _, changes in heard.snapshots for kind in changes]
    for expected in [("ADDED", "a"), ("ADDED", "b"), ("MODIFIED", "a"), ("REMOVED", "b"), ("REMOVED", "a")]:
        assert expected in kinds
    watch.unsubscribe()


def test_a_limit_is_filled_again(db, heard):
    collection = db.collection("c")
    for i in range(5):
        collection.document(str(i)).set({"n": i})
    watch = collection.order_by("n").limit(2).on_snapshot(heard)
    heard.until(lambda shown: set(shown) == {"0", "1"})
    collection.document("0").delete()
    heard.until(lambda shown: set(shown) == {"1", "2"})
    collection.document("new").set({"n": -1})
    heard.until(lambda shown: set(shown) == {"new", "1"})
    watch.unsubscribe()


def test_a_batch_is_seen_as_one(db, heard):
    watch = db.collection("c").on_snapshot(heard)
    heard.until(lambda shown: shown == {})
    for value in range(10):
        batch = db.batch()
        for i in range(5):
            batch.set(db.document(f"c/{i}"), {"n": value})
        batch.commit()
    heard.until(lambda shown: len(shown) == 5 and all(fields == {"n": 9} for fields in shown.values()))
    for shown, _ in heard.snapshots:
        assert len({fields["n"] for fields in shown.values()}) <= 1, shown
    watch.unsubscribe()


def test_many_listeners_hear_of_one_change(db):
    document, left = db.document("c/a"), threading.Semaphore(0)
    document.set({"n": 0})
    started = threading.Semaphore(0)

    def on_snapshot(documents, changes, read_time):
        (left if documents[0].get("n") == 1 else started).release()

    watches = [document.on_snapshot(on_snapshot) for _ in range(20)]
    for _ in watches:
        assert started.acquire(timeout=20)
    document.set({"n": 1})
    for _ in watches:
        assert left.acquire(timeout=20)
    for watch in watches:
        watch.unsubscribe()


def test_what_was_unsubscribed_is_silent(db, heard):
    watch = db.collection("c").on_snapshot(heard)
    heard.until(lambda shown: shown == {})
    watch.unsubscribe()
    count = heard.count()
    db.document("c/a").set({"n": 1})
    assert db.document("c/a").get().exists
    assert heard.count() == count


def test_a_collection_group_is_watched(db, heard):
    watch = db.collection_group("sub").on_snapshot(heard)
    heard.until(lambda shown: shown == {})
    db.document("a/1/sub/x").set({"n": 1})
    db.document("b/2/sub/y").set({"n": 2})
    db.document("b/2/other/z").set({"n": 3})
    assert heard.until(lambda shown: len(shown) == 2) == {"x": {"n": 1}, "y": {"n": 2}}
    watch.unsubscribe()
