"""Projects and named databases do not see each other."""

from google.cloud import firestore


def test_databases_of_one_project_are_apart(project):
    first = firestore.Client(project=project)
    second = firestore.Client(project=project, database="second")
    first.document("c/a").set({"where": "first"})
    assert not second.document("c/a").get().exists
    second.document("c/a").set({"where": "second"})
    assert first.document("c/a").get().to_dict() == {"where": "first"}
    assert [found.to_dict() for found in second.collection("c").stream()] == [{"where": "second"}]


def test_a_listener_hears_of_its_own_database_only(project, heard):
    first = firestore.Client(project=project)
    second = firestore.Client(project=project, database="second")
    watch = second.collection("c").on_snapshot(heard)
    heard.until(lambda shown: shown == {})
    first.document("c/a").set({"n": 1})
    second.document("c/b").set({"n": 2})
    assert heard.until(lambda shown: shown != {}) == {"b": {"n": 2}}
    watch.unsubscribe()


def test_projects_are_apart(project):
    firestore.Client(project=project).document("c/a").set({})
    assert not firestore.Client(project=project + "x").document("c/a").get().exists
