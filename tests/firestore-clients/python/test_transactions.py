"""Transactions: alone, with others, and without effect."""

import threading

import pytest
from google.api_core import exceptions
from google.cloud import firestore

from conftest import GOOGLE_S_EMULATOR


def add(db, path, amount, attempts=5):
    transaction = db.transaction(max_attempts=attempts)

    @firestore.transactional
    def run(transaction):
        found = db.document(path).get(transaction=transaction)
        transaction.set(db.document(path), {"n": found.get("n") + amount})

    run(transaction)


def together(*works):
    errors = []

    def guarded(work):
        try:
            work()
        except Exception as error:  # told below, in the thread of the test
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def patiently(run):
    """Google's emulator gives up a lock at a read when the machine is busy, where the client does not try again. Ours must not."""
    for _ in range(20 if GOOGLE_S_EMULATOR else 1):
        try:
            return run()
        except exceptions.Aborted as error:
            given_up = error
    raise given_up


def test_a_transaction_reads_and_writes(db):
    db.document("c/a").set({"n": 1})
    add(db, "c/a", 41)
    assert db.document("c/a").get().to_dict() == {"n": 42}


def test_contention_loses_no_update(db):
    db.document("c/a").set({"n": 0})
    together(*[lambda: [add(db, "c/a", 1, attempts=100) for _ in range(5)]] * 4)
    assert db.document("c/a").get().to_dict() == {"n": 20}


def test_money_is_neither_made_nor_lost(db):
    accounts = [db.document(f"bank/{i}") for i in range(4)]
    for account in accounts:
        account.set({"n": 100})

    def transfers(seed):
        for i in range(6):
            source, target = accounts[(seed + i) % 4], accounts[(seed + 2 * i + 1) % 4]
            if source.id == target.id:
                continue

            @firestore.transactional
            def move(transaction, source=source, target=target):
                balances = {found.id: found.get("n") for found in transaction.get_all([source, target])}
                transaction.update(source, {"n": balances[source.id] - 7})
                transaction.update(target, {"n": balances[target.id] + 7})

            patiently(lambda: move(db.transaction(max_attempts=100)))

    together(*[lambda seed=seed: transfers(seed) for seed in range(4)])
    assert sum(found.get("n") for found in db.collection("bank").stream()) == 400


def test_write_skew_does_not_happen(db):
    """Two doctors may not both leave, though each reads only that the other is there."""
    for name in ("ann", "ben"):
        db.document(f"duty/{name}").set({"on": True})
    both_read = threading.Barrier(2)

    def leave(name):
        first = [True]

        @firestore.transactional
        def run(transaction):
            on = [found for found in db.collection("duty").where(
                filter=firestore.FieldFilter("on", "==", True)).stream(transaction=transaction)]
            if first.pop() if first else False:
                both_read.wait(timeout=20)
            if len(on) > 1:
                transaction.update(db.document(f"duty/{name}"), {"on": False})

        run(db.transaction(max_attempts=100))

    together(lambda: leave("ann"), lambda: leave("ben"))
    assert sum(found.get("on") for found in db.collection("duty").stream()) == 1


def test_an_exception_rolls_back(db):
    @firestore.transactional
    def run(transaction):
        transaction.set(db.document("c/a"), {"n": 1})
        raise ValueError("on purpose")

    with pytest.raises(ValueError):
        run(db.transaction())
    assert not db.document("c/a").get().exists


def test_a_read_only_transaction_reads_one_state_and_writes_nothing(db):
    db.document("c/a").set({"n": 1})

    @firestore.transactional
    def read(transaction):
        first = db.document("c/a").get(transaction=transaction).get("n")
        return first, db.document("c/a").get(transaction=transaction).get("n")

    assert read(db.transaction(read_only=True)) == (1, 1)

    @firestore.transactional
    def write(transaction):
        transaction.set(db.document("c/a"), {"n": 2})

    with pytest.raises((exceptions.InvalidArgument, ValueError)):
        write(db.transaction(read_only=True))


def test_aggregations_and_queries_are_part_of_a_transaction(db, things):
    @firestore.transactional
    def run(transaction):
        query = things.where(filter=firestore.FieldFilter("tag", "==", "x"))
        count = list(query.count().get(transaction=transaction))[0][0].value
        transaction.set(db.document("c/count"), {"n": count})

    run(db.transaction())
    assert db.document("c/count").get().to_dict() == {"n": 3}
