//! The `firestore` crate, unmodified, against this server, and against Google's emulator where that is installed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{sync::Arc, time::Duration};

use firestore::{
    FirestoreDb, FirestoreDbOptions, FirestoreListenEvent, FirestoreListenerTarget,
    FirestoreMemListenStateStorage, FirestoreQueryCursor, FirestoreValue,
    errors::{BackoffError, FirestoreError},
};
use futures::{FutureExt, StreamExt, TryStreamExt};
use gcloud_sdk::google_cloud_auth::{
    credentials::{CacheableResource, Credentials, CredentialsProvider, EntityTag},
    errors::CredentialsError,
};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use serde::{Deserialize, Serialize};
use support::{google::Google, in_memory};
use tokio::sync::Mutex;

/// What Firebase's tools send to emulators.
#[derive(Debug)]
struct Owner(EntityTag);

impl CredentialsProvider for Owner {
    async fn headers(
        &self,
        extensions: http::Extensions,
    ) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
        if extensions.get::<EntityTag>() == Some(&self.0) {
            return Ok(CacheableResource::NotModified);
        }
        let data = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer owner"))]);
        Ok(CacheableResource::New {
            entity_tag: self.0.clone(),
            data,
        })
    }

    async fn universe_domain(&self) -> Option<String> {
        None
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Thing {
    id: String,
    n: i64,
    tags: Vec<String>,
}

fn thing(id: usize, tag: &str) -> Thing {
    Thing {
        id: format!("{id:03}"),
        n: i64::try_from(id).unwrap(),
        tags: vec![tag.to_owned()],
    }
}

async fn open(address: &str, project: &str, database: &str) -> FirestoreDb {
    let mut options = FirestoreDbOptions::new(project.to_owned()).with_database_id(database.to_owned());
    options.firebase_api_url = Some(format!("http://{address}"));
    let credentials = Credentials::from(Owner(EntityTag::new()));
    FirestoreDb::with_options_auth(options, credentials)
        .await
        .unwrap()
}

async fn put(db: &FirestoreDb, collection: &str, thing: &Thing) {
    let insert = db
        .fluent()
        .insert()
        .into(collection)
        .document_id(&thing.id)
        .object(thing);
    let stored: Thing = insert.execute().await.unwrap();
    assert_eq!(&stored, thing);
}

async fn all_of_it(address: &str, is_google: bool) {
    let open = |project: &'static str| open(address, project, "(default)");
    documents(&open("documents").await).await;
    queries(&open("queries").await).await;
    batches(&open("batches").await).await;
    transactions(&open("transactions").await).await;
    listeners(&open("listeners").await).await;
    databases(address).await;
    if !is_google {
        partitions(&open("partitions").await).await;
    }
}

async fn documents(db: &FirestoreDb) {
    put(db, "c", &thing(1, "x")).await;
    let same = thing(1, "x");
    let again = db.fluent().insert().into("c").document_id("001").object(&same);
    let refused = again.execute::<Thing>().await.unwrap_err();
    assert!(
        matches!(refused, FirestoreError::DataConflictError(_)),
        "{refused}"
    );
    let changed = Thing {
        n: 5,
        ..thing(1, "ignored")
    };
    let update = db
        .fluent()
        .update()
        .fields(["n"])
        .in_col("c")
        .document_id("001")
        .object(&changed);
    let updated: Thing = update.execute().await.unwrap();
    assert_eq!(
        updated,
        Thing {
            n: 5,
            ..thing(1, "x")
        }
    );
    let read = || async {
        db.fluent()
            .select()
            .by_id_in("c")
            .obj::<Thing>()
            .one("001")
            .await
            .unwrap()
    };
    assert_eq!(read().await.unwrap().n, 5);
    db.fluent()
        .delete()
        .from("c")
        .document_id("001")
        .execute()
        .await
        .unwrap();
    assert!(read().await.is_none());
}

async fn queries(db: &FirestoreDb) {
    for id in 0..20 {
        put(db, "c", &thing(id, if id % 2 == 0 { "even" } else { "odd" })).await;
    }
    let found: Vec<Thing> = db
        .fluent()
        .select()
        .from("c")
        .filter(|q| {
            q.for_all([
                q.field("tags").array_contains("even"),
                q.field("n").greater_than(3),
                q.field("n").less_than_or_equal(12),
            ])
        })
        .order(|o| o.fields([o.field("n").desc()]))
        .limit(3)
        .obj()
        .query()
        .await
        .unwrap();
    assert_eq!(found.iter().map(|thing| thing.n).collect::<Vec<_>>(), [12, 10, 8]);
    let either: Vec<Thing> = db
        .fluent()
        .select()
        .from("c")
        .filter(|q| q.for_any([q.field("n").eq(3), q.field("id").is_in(["007", "008"])]))
        .obj()
        .query()
        .await
        .unwrap();
    assert_eq!(either.iter().map(|thing| thing.n).collect::<Vec<_>>(), [3, 7, 8]);
    let cursor = FirestoreQueryCursor::AfterValue(vec![FirestoreValue::from(support::int(17))]);
    let after: Vec<Thing> = db
        .fluent()
        .select()
        .from("c")
        .order(|o| o.fields([o.field("n").asc()]))
        .start_at(cursor)
        .obj()
        .query()
        .await
        .unwrap();
    assert_eq!(after.iter().map(|thing| thing.n).collect::<Vec<_>>(), [18, 19]);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Sums {
        count: usize,
        sum: i64,
        average: f64,
    }
    let sums: Vec<Sums> = db
        .fluent()
        .select()
        .from("c")
        .aggregate(|a| {
            a.fields([
                a.field("count").count(),
                a.field("sum").sum("n"),
                a.field("average").avg("n"),
            ])
        })
        .obj()
        .query()
        .await
        .unwrap();
    assert_eq!(
        sums,
        [Sums {
            count: 20,
            sum: 190,
            average: 9.5
        }]
    );
    let listed = db
        .fluent()
        .list()
        .from("c")
        .page_size(7)
        .obj::<Thing>()
        .stream_all()
        .await
        .unwrap();
    assert_eq!(listed.count().await, 20);
}

async fn batches(db: &FirestoreDb) {
    let writer = db.create_simple_batch_writer().await.unwrap();
    let mut batch = writer.new_batch();
    for id in 0..50 {
        db.fluent()
            .update()
            .in_col("c")
            .document_id(format!("{id:03}"))
            .object(&thing(id, "x"))
            .add_to_batch(&mut batch)
            .unwrap();
    }
    assert_eq!(batch.write().await.unwrap().write_results.len(), 50);

    let (writer, mut results) = db.create_streaming_batch_writer().await.unwrap();
    for round in 0..3 {
        let mut batch = writer.new_batch();
        for id in 0..10 {
            let id = round * 10 + id;
            db.fluent()
                .update()
                .in_col("streamed")
                .document_id(format!("{id:03}"))
                .object(&thing(id, "y"))
                .add_to_batch(&mut batch)
                .unwrap();
        }
        batch.write().await.unwrap();
    }
    // This crate's `finish` panics where no answer was heard before.
    let mut written = 0;
    while written < 30 {
        written += results.try_next().await.unwrap().unwrap().write_results.len();
    }
    writer.finish().await;
    let found: Vec<Thing> = db.fluent().select().from("streamed").obj().query().await.unwrap();
    assert_eq!(found.len(), 30);
}

async fn transactions(db: &FirestoreDb) {
    put(db, "c", &thing(0, "counter")).await;
    let add = || async {
        db.run_transaction(|db, transaction| {
            async move {
                let found: Option<Thing> = db.fluent().select().by_id_in("c").obj().one("000").await?;
                let mut counter = found.unwrap();
                counter.n += 1;
                let update = db
                    .fluent()
                    .update()
                    .in_col("c")
                    .document_id("000")
                    .object(&counter);
                update.add_to_transaction(transaction)?;
                Ok::<_, BackoffError<FirestoreError>>(())
            }
            .boxed()
        })
        .await
        .unwrap();
    };
    futures::future::join_all((0..4).map(|_| add())).await;
    let counter: Option<Thing> = db.fluent().select().by_id_in("c").obj().one("000").await.unwrap();
    assert_eq!(counter.unwrap().n, 4);
}

async fn listeners(db: &FirestoreDb) {
    let mut listener = db
        .create_listener(FirestoreMemListenStateStorage::new())
        .await
        .unwrap();
    let target = FirestoreListenerTarget::new(7_u32);
    db.fluent()
        .select()
        .from("c")
        .listen()
        .add_target(target, &mut listener)
        .unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&heard);
    listener
        .start(move |event| {
            let telling = Arc::clone(&telling);
            async move {
                match event {
                    FirestoreListenEvent::DocumentChange(change) => {
                        let document = change.document.unwrap();
                        telling
                            .lock()
                            .await
                            .push(format!("change {}", document.name.rsplit('/').next().unwrap()));
                    }
                    FirestoreListenEvent::DocumentDelete(gone) => {
                        telling
                            .lock()
                            .await
                            .push(format!("delete {}", gone.document.rsplit('/').next().unwrap()));
                    }
                    FirestoreListenEvent::TargetChange(_)
                    | FirestoreListenEvent::DocumentRemove(_)
                    | FirestoreListenEvent::Filter(_) => {}
                }
                Ok(())
            }
        })
        .await
        .unwrap();
    let until = |wanted: &'static str| {
        let heard = Arc::clone(&heard);
        async move {
            let waiting = async {
                while !heard.lock().await.iter().any(|message| message == wanted) {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), waiting)
                .await
                .expect(wanted);
        }
    };
    put(db, "c", &thing(1, "x")).await;
    until("change 001").await;
    put(db, "c", &thing(2, "x")).await;
    until("change 002").await;
    listener.shutdown().await.unwrap();
}

async fn databases(address: &str) {
    let (first, second) = (
        open(address, "names", "(default)").await,
        open(address, "names", "second").await,
    );
    put(&first, "c", &thing(1, "first")).await;
    let elsewhere: Option<Thing> = second
        .fluent()
        .select()
        .by_id_in("c")
        .obj()
        .one("001")
        .await
        .unwrap();
    assert!(elsewhere.is_none());
}

async fn partitions(db: &FirestoreDb) {
    for id in 0..40 {
        put(db, "group", &thing(id, "x")).await;
    }
    let parts = db
        .fluent()
        .select()
        .from("group")
        .all_descendants()
        // The cursors of the parts are names, and an order must be named to have a cursor.
        .order(|o| o.fields([o.field("__name__").asc()]))
        .partition_query()
        .parallelism(2)
        .partition_count(5)
        .page_size(3);
    let found: Vec<_> = parts
        .stream_partitions_with_errors()
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rust_client_works_with_this_server() {
    let (server, _client) = in_memory().await;
    all_of_it(&server.grpc_addr().to_string(), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rust_client_works_alike_with_google_s() {
    let Some(google) = Google::start() else {
        println!(
            "\n*** SKIPPED: Google's Firestore emulator is not installed: the Rust client was not compared ***\n"
        );
        return;
    };
    drop(support::connect(&google.address).await);
    all_of_it(&google.address, true).await;
}
