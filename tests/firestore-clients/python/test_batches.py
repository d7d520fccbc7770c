"""Several writes at once."""

import pytest
from google.api_core import exceptions


def test_a_batch_happens_as_one(db):
    batch = db.batch()
    for i in range(300):
        batch.set(db.document(f"c/{i:03}"), {"n": i})
    batch.update(db.document("c/000"), {"n": -1})
    batch.delete(db.document("c/001"))
    results = batch.commit()
    assert len(results) == 302
    found = list(db.collection("c").stream())
    assert len(found) == 299 and found[0].to_dict() == {"n": -1}
    assert len({snapshot.update_time for snapshot in found}) == 1


def test_a_batch_that_fails_does_nothing(db):
    batch = db.batch()
    batch.set(db.document("c/a"), {"n": 1})
    batch.update(db.document("c/none"), {"n": 1})
    with pytest.raises(exceptions.NotFound):
        batch.commit()
    assert not db.document("c/a").get().exists


def test_the_bulk_writer_writes_everything_and_tells_what_failed(db):
    db.document("c/there").set({"n": 0})
    failed = []
    writer = db.bulk_writer()
    writer.on_write_error(lambda error, _: failed.append(error.code) or False)
    writer.create(db.document("c/there"), {"n": 1})
    for i in range(250):
        writer.create(db.document(f"c/{i:03}"), {"n": i})
    writer.close()
    assert len(list(db.collection("c").stream())) == 251
    assert len(failed) == 1
    assert db.document("c/there").get().to_dict() == {"n": 0}
