"""A client of a project of its own for each test, so that no test sees what another wrote."""

import os
import threading
import time
import uuid

import pytest
from google.cloud import firestore

# What Google's own emulator lacks, and is tested of other servers only.
GOOGLE_S_EMULATOR = os.environ.get("FIRESTORE_EMULATOR_KIND") == "google"

assert os.environ.get("FIRESTORE_EMULATOR_HOST"), "run.sh says which server to test"


def pytest_collection_modifyitems(items):
    for item in items:
        if GOOGLE_S_EMULATOR and item.get_closest_marker("google_lacks"):
            item.add_marker(pytest.mark.skip(reason="Google's emulator lacks this"))


def pytest_configure(config):
    config.addinivalue_line("markers", "google_lacks: what Google's emulator does not implement")


@pytest.fixture
def project():
    return f"t-{uuid.uuid4().hex[:20]}"


@pytest.fixture
def db(project):
    return firestore.Client(project=project)


@pytest.fixture
def things(db):
    """A collection of eight documents, as the queries' tests know them."""
    collection = db.collection("things")
    rows = {
        "a": {"n": 1, "tag": "x", "list": [1, 2]},
        "b": {"n": 2, "tag": "y", "list": [2, 3]},
        "c": {"n": 3, "tag": "x", "list": [3]},
        "d": {"n": 4, "tag": "y", "list": []},
        "e": {"n": 2.5, "tag": "x"},
        "f": {"n": None, "tag": "z"},
        "g": {"n": float("nan"), "tag": "z"},
        "h": {"tag": "none"},
    }
    batch = db.batch()
    for name, fields in rows.items():
        batch.set(collection.document(name), fields)
    batch.commit()
    return collection


class Heard:
    """What a listener was told; waits for a condition instead of for time."""

    def __init__(self):
        self.snapshots = []
        self._changed = threading.Condition()

    def __call__(self, documents, changes, read_time):
        with self._changed:
            shown = {document.id: document.to_dict() for document in documents if document.exists}
            kinds = [(change.type.name, change.document.id) for change in changes]
            self.snapshots.append((shown, kinds))
            self._changed.notify_all()

    def until(self, condition, within=20):
        deadline = time.monotonic() + within
        with self._changed:
            while True:
                for shown, _ in self.snapshots:
                    if condition(shown):
                        return shown
                left = deadline - time.monotonic()
                assert left > 0, f"never heard; last: {self.snapshots[-1:]}"
                self._changed.wait(left)

    def count(self):
        with self._changed:
            return len(self.snapshots)


@pytest.fixture
def heard():
    return Heard()
