//! What the store promises of posts.

use crate::world::{World, at, text};
use api::store::{Fields, PostId, Store, StoreError, StoredPost};
use gcloud_sdk::{
    google::firestore::v1::{ArrayValue, Value as FirestoreValue, value::ValueType},
    google::r#type::LatLng,
    prost_types::Timestamp,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn fields(json: &Value) -> Fields {
    Fields::from_json(json.to_string().as_bytes()).expect("these are fields")
}

fn shown(post: &StoredPost) -> Value {
    serde_json::to_value(post).expect("a post is JSON")
}

fn id_of(post: &StoredPost) -> PostId {
    post.id().parse().expect("the store gives valid ids")
}

fn ids(posts: &[StoredPost]) -> Vec<String> {
    posts.iter().map(|post| post.id().to_owned()).collect()
}

/// Reads everything page by page, each after the last post of the one before.
async fn all_pages(store: &Store, user: Option<&str>, limit: usize) -> Vec<String> {
    let mut read = Vec::new();
    loop {
        let page = store
            .posts(user, limit, read.last().map(String::as_str))
            .await
            .expect("a page is there");
        assert!(page.len() <= limit, "{} posts on a page of {limit}", page.len());
        if page.is_empty() {
            return read;
        }
        read.extend(ids(&page));
    }
}

pub async fn a_post_is_read_back_as_it_was_sent(world: &World) {
    let sent = json!({
        "title": "月見 🌕", "description": "line\nline\u{0}\"", "photo": "", "user_id": null,
        "least": i64::MIN, "most": i64::MAX, "half": 0.5, "tiny": 5e-324, "yes": true, "nothing": null,
        "list": [1, "a", null, {"deep": [{"er": []}]}], "object": {"月": {}, "a.b": 1},
    });
    let made = world
        .store
        .create_post(fields(&sent))
        .await
        .expect("it is stored");
    let read = world.store.post(&id_of(&made)).await.expect("it is there");
    assert_eq!(shown(&made), shown(&read), "what is answered is what is stored");
    let mut data = shown(&read)["data"].clone();
    let data = data.as_object_mut().expect("data is an object");
    assert!(data.remove("regist_datetime").is_some() && data.remove("update_datetime").is_some());
    assert_eq!(Value::Object(data.clone()), sent);
}

pub async fn the_server_stamps_the_times(world: &World) {
    let made = shown(
        &world
            .store
            .create_post(fields(&json!({})))
            .await
            .expect("it is stored"),
    );
    let time = made["data"]["regist_datetime"].as_str().expect("it has a time");
    let time: Timestamp = time.parse().expect("the time is RFC 3339");
    let now = std::time::SystemTime::now();
    let age = now
        .duration_since(time.try_into().expect("it is a time"))
        .unwrap_or_default();
    assert!(age.as_secs() < 60, "the time is {age:?} old");
    assert_eq!(made["data"]["regist_datetime"], made["data"]["update_datetime"]);
}

pub async fn an_update_changes_what_it_names_and_nothing_else(world: &World) {
    let made = world
        .store
        .create_post(fields(
            &json!({"title": "a", "description": "b", "object": {"x": 1, "y": 2}}),
        ))
        .await
        .expect("it is stored");
    let before = shown(&made);
    let changed = world
        .store
        .update_post(&id_of(&made), fields(&json!({"title": "c", "object": {"z": 3}})))
        .await
        .expect("it is changed");
    let after = shown(&changed);
    assert_eq!(after["data"]["title"], "c");
    assert_eq!(after["data"]["description"], "b");
    assert_eq!(
        after["data"]["object"],
        json!({"z": 3}),
        "a field is replaced as a whole"
    );
    assert_eq!(
        after["data"]["regist_datetime"],
        before["data"]["regist_datetime"]
    );
    let time = |post: &Value| -> Timestamp {
        let time = post["data"]["update_datetime"].as_str().expect("it has a time");
        time.parse().expect("it is RFC 3339")
    };
    let (then, now) = (time(&before), time(&after));
    assert!(
        (now.seconds, now.nanos) > (then.seconds, then.nanos),
        "{then} and then {now}"
    );
    assert_eq!(
        after,
        shown(&world.store.post(&id_of(&made)).await.expect("it is there"))
    );
}

pub async fn an_update_of_a_field_whose_name_needs_quotes(world: &World) {
    let names = json!({"a.b": 1, "月": 1, "a`b": 1, "a\\b": 1, "1": 1, "a b": 1, "a": {"b": 1}});
    let made = world
        .store
        .create_post(fields(&names))
        .await
        .expect("it is stored");
    let changes = json!({"a.b": 2, "月": 2, "a`b": 2, "a\\b": 2, "1": 2, "a b": 2});
    let changed = world
        .store
        .update_post(&id_of(&made), fields(&changes))
        .await
        .expect("it is changed");
    let data = &shown(&changed)["data"];
    for (name, value) in changes.as_object().expect("it is one") {
        assert_eq!(&data[name], value, "{name}");
    }
    assert_eq!(data["a"], json!({"b": 1}), "a.b is a name and no path");
}

pub async fn what_is_not_there_cannot_be_read_changed_or_deleted(world: &World) {
    let id: PostId = "nobody".parse().expect("it is an id");
    assert!(matches!(world.store.post(&id).await, Err(StoreError::NotFound)));
    let update = world.store.update_post(&id, fields(&json!({"title": "a"}))).await;
    assert!(matches!(update, Err(StoreError::NotFound)), "{update:?}");
    let delete = world.store.delete_post(&id).await;
    assert!(matches!(delete, Err(StoreError::NotFound)), "{delete:?}");
    assert!(matches!(world.store.post(&id).await, Err(StoreError::NotFound)));
}

pub async fn a_deleted_post_is_gone(world: &World) {
    let made = world
        .store
        .create_post(fields(&json!({})))
        .await
        .expect("it is stored");
    world
        .store
        .delete_post(&id_of(&made))
        .await
        .expect("it is deleted");
    assert!(matches!(
        world.store.post(&id_of(&made)).await,
        Err(StoreError::NotFound)
    ));
    assert_eq!(world.store.posts(None, 10, None).await.expect("a page").len(), 0);
}

/// 250 posts of two authors, 50 of them of one time; returns the ids in the order of the pages.
async fn many(world: &World) -> Vec<(String, &'static str)> {
    let mut posts: Vec<(i64, String, &str)> = (0..250_i64)
        .map(|n| {
            // 17 and 250 have no common factor: a permutation, so that names and times are not in the same order.
            let name = format!("p{:03}", n * 17 % 250);
            let second = if (100..150).contains(&n) {
                1_700_000_100
            } else {
                1_700_000_000 + n
            };
            (second, name, if n % 3 == 0 { "kaguya" } else { "okina" })
        })
        .collect();
    world
        .direct
        .put(posts.iter().map(|(second, name, user)| {
            let fields = vec![("regist_datetime", at(*second)), ("user_id", text(user))];
            (format!("posts/{name}"), fields)
        }))
        .await;
    posts.sort();
    posts.reverse();
    posts.into_iter().map(|(_, name, user)| (name, user)).collect()
}

pub async fn pages_lose_and_repeat_nothing_among_equal_times(world: &World) {
    let expected: Vec<String> = many(world).await.into_iter().map(|(name, _)| name).collect();
    for limit in [7, 10, 49, 50, 51, 100] {
        assert_eq!(
            all_pages(&world.store, None, limit).await,
            expected,
            "pages of {limit}"
        );
    }
}

pub async fn pages_of_one_author_hold_no_other_s_posts(world: &World) {
    let all = many(world).await;
    for author in ["kaguya", "okina", "nobody"] {
        let theirs: Vec<String> = all
            .iter()
            .filter(|(_, user)| *user == author)
            .map(|(name, _)| name.clone())
            .collect();
        assert_eq!(
            all_pages(&world.store, Some(author), 10).await,
            theirs,
            "{author}"
        );
    }
}

pub async fn a_time_as_cursor_leaves_only_what_is_older(world: &World) {
    world
        .direct
        .put(
            [
                ("posts/a", 100),
                ("posts/b", 200),
                ("posts/c", 200),
                ("posts/d", 300),
            ]
            .map(|(path, second)| (path.to_owned(), vec![("regist_datetime", at(second))])),
        )
        .await;
    for (last, expected) in [
        ("1970-01-01T00:05:00Z", vec!["c", "b", "a"]),
        ("1970-01-01T00:03:20Z", vec!["a"]),
        ("1970-01-01T00:03:20.000001Z", vec!["c", "b", "a"]),
        ("1970-01-01T01:03:20+01:00", vec!["a"]),
        ("1970-01-01T00:00:00Z", vec![]),
    ] {
        let page = world.store.posts(None, 10, Some(last)).await.expect("a page");
        assert_eq!(ids(&page), expected, "after {last}");
    }
}

pub async fn a_cursor_that_names_nothing_is_refused(world: &World) {
    world
        .direct
        .put([("posts/timeless".to_owned(), vec![("title", text("a"))])])
        .await;
    for last in [
        "nobody",
        "timeless",
        "..",
        "a/b",
        "__x__",
        "2026-11-22",
        &"x".repeat(2_000),
    ] {
        let page = world.store.posts(None, 10, Some(last)).await;
        assert!(
            matches!(page, Err(StoreError::UnknownCursor(_))),
            "after {last}: {page:?}"
        );
    }
}

pub async fn posts_that_others_wrote_are_shown_as_they_are(world: &World) {
    let numbers = ArrayValue {
        values: vec![FirestoreValue {
            value_type: Some(ValueType::DoubleValue(f64::NAN)),
        }],
    };
    let place = LatLng {
        latitude: 35.5,
        longitude: 139.5,
    };
    let fields = vec![
        ("regist_datetime", at(1_700_000_000)),
        ("title", ValueType::IntegerValue(7)),
        ("numbers", ValueType::ArrayValue(numbers)),
        ("place", ValueType::GeoPointValue(place)),
        ("bytes", ValueType::BytesValue(vec![1, 255])),
    ];
    world.direct.put([("posts/月".to_owned(), fields)]).await;
    let page = world.store.posts(None, 10, None).await.expect("a page");
    assert_eq!(
        page.iter().map(shown).collect::<Vec<_>>(),
        [json!({"id": "月", "data": {
            "title": 7, "regist_datetime": "2023-11-14T22:13:20Z", "bytes": [1, 255], "numbers": [null],
            "place": {"latitude": 35.5, "longitude": 139.5},
        }})]
    );
}

pub async fn a_document_may_be_as_large_and_as_deep_as_we_say(world: &World) {
    let deepest = wire::limits::JSON_DEPTH;
    let deep = format!("{}1{}", "{\"a\":".repeat(deepest), "}".repeat(deepest));
    let deep = Fields::from_json(deep.as_bytes()).expect("it is not too deep for us");
    world.store.create_post(deep).await.expect("nor for Firestore");

    // posts/<20 letters> 6+21+16, the document 32, two times 16+8 each, the texts' names 2 each and an end 1 each.
    let room = 1024 * 1024 - (6 + 21 + 16) - 32 - 2 * (16 + 8) - 2 * (2 + 1);
    let filled =
        |bytes: usize| fields(&json!({"a": "x".repeat(bytes / 2), "b": "x".repeat(bytes - bytes / 2)}));
    let made = world
        .store
        .create_post(filled(room))
        .await
        .expect("it is just small enough");
    assert!(world.store.post(&id_of(&made)).await.is_ok());
    let over = world.store.create_post(filled(room + 1)).await;
    assert!(matches!(over, Err(StoreError::TooLarge)), "{over:?}");
    assert_eq!(world.store.posts(None, 10, None).await.expect("a page").len(), 2);
}

pub async fn many_posts_at_once_are_all_stored(world: &World) {
    let all = (0..100).map(|n| world.store.create_post(fields(&json!({"n": n}))));
    let made: BTreeSet<String> = futures::future::try_join_all(all)
        .await
        .expect("all are stored")
        .iter()
        .map(|post| post.id().to_owned())
        .collect();
    assert_eq!(made.len(), 100);
    let read = all_pages(&world.store, None, 9).await;
    assert_eq!(read.len(), 100);
    assert_eq!(read.into_iter().collect::<BTreeSet<_>>(), made);
}
