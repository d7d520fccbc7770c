//! How a server ends, and how it does not begin.

use crate::{
    client::Client,
    world::{World, config},
};
use api::Server;
use std::time::{Duration, Instant};

#[tokio::test]
async fn every_client_is_told_that_the_server_goes() {
    let world = World::start().await;
    let mut a = world.enter("tsukimi", "Aki").await;
    let mut prod = Client::open(world.address(), "/Prod", &[])
        .await
        .expect("the socket opens");
    let stopping = tokio::spawn(world.server.shutdown());
    assert_eq!(a.hear_a("error").await["code"], "goingAway");
    assert_eq!(a.closed().await, Some(1012));
    assert_eq!(prod.closed().await, Some(1012));
    stopping.await.expect("the server ends in peace");
}

#[tokio::test]
async fn a_client_that_does_not_answer_does_not_hold_the_server_up() {
    let world = World::start().await;
    let silent = world.enter("tsukimi", "Aki").await;
    let started = Instant::now();
    world.server.shutdown().await;
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "{:?}",
        started.elapsed()
    );
    drop(silent);
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_the_flag_that_chooses_another() {
    let world = World::start().await;
    let mut second = config(None);
    second.port = world.address().port();
    let error = Server::start(second.clone())
        .await
        .expect_err("the port is taken")
        .to_string();
    assert!(
        error.contains(&world.address().to_string()) && error.contains("--port"),
        "{error}"
    );
    second.port = 0;
    second.functions_port = world.server.addresses().functions.port();
    let error = Server::start(second)
        .await
        .expect_err("the port is taken")
        .to_string();
    assert!(error.contains("--functions-port"), "{error}");
    world.server.shutdown().await;
}

#[tokio::test]
async fn the_data_of_a_running_server_is_not_opened_by_a_second_one() {
    let world = World::start().await;
    let second = config(Some(world.directory.path().join("firestore.redb")));
    let error = Server::start(second).await.expect_err("the file is in use");
    assert!(error.to_string().contains("Firestore"), "{error}");
    assert_eq!(world.get("/healthz", "").await.status, 200);
    world.server.shutdown().await;
}
