//! What outlives the process that wrote it, and what happens when the database goes away.

use crate::world::{connect, start_embedded};
use api::store::{Endpoint, Fields, Store, StoreConfig, StoreError};

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let directory = tempfile::tempdir().expect("there is a directory");
    let emulator = start_embedded(Some(directory.path().join("firestore.redb"))).await;
    let store = connect(emulator.grpc_addr(), "restart").await;
    let fields = Fields::from_json(br#"{"title": "moon"}"#).expect("these are fields");
    let made = store.create_post(fields).await.expect("it is stored");
    drop(store);
    emulator.shutdown().await;

    let emulator = start_embedded(Some(directory.path().join("firestore.redb"))).await;
    let store = connect(emulator.grpc_addr(), "restart").await;
    assert_eq!(store.posts(None, 10, None).await.expect("a page"), [made]);
    emulator.shutdown().await;
}

#[tokio::test]
async fn a_database_out_of_reach_is_said_to_be() {
    let emulator = start_embedded(None).await;
    let address = emulator.grpc_addr();
    let store = connect(address, "gone").await;
    store.ping().await.expect("it answers");
    emulator.shutdown().await;
    let ping = store.ping().await;
    assert!(matches!(ping, Err(StoreError::Unavailable(_))), "{ping:?}");
    let config = StoreConfig {
        project: "gone".to_owned(),
        endpoint: Endpoint::Emulator(address.to_string()),
    };
    let connected = Store::connect(config).await;
    assert!(
        matches!(connected, Err(StoreError::Unavailable(_))),
        "{connected:?}"
    );
}
