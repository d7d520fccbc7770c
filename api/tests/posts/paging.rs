//! Pages: whoever follows `last` reads every post once.

use crate::{
    server::Server,
    world::{at, text},
};
use serde_json::Value;

fn ids(page: &Value) -> Vec<String> {
    let posts = page.as_array().expect("a page is an array");
    posts
        .iter()
        .map(|post| post["id"].as_str().expect("a post has an id").to_owned())
        .collect()
}

#[tokio::test]
async fn every_page_size_reads_each_of_250_posts_once() {
    let server = Server::start().await;
    let mut posts: Vec<(i64, String)> = (0..250_i64)
        .map(|n| {
            let second = if (100..150).contains(&n) {
                1_700_000_100
            } else {
                1_700_000_000 + n
            };
            (second, format!("p{:03}", n * 17 % 250))
        })
        .collect();
    let documents = posts.iter().map(|(second, name)| {
        (
            format!("posts/{name}"),
            vec![("regist_datetime", at(*second)), ("title", text(name))],
        )
    });
    server.world.direct.put(documents).await;
    posts.sort();
    posts.reverse();
    let expected: Vec<String> = posts.into_iter().map(|(_, name)| name).collect();

    for limit in 1..=100 {
        let mut read: Vec<String> = Vec::new();
        loop {
            let after = read
                .last()
                .map(|last| format!("&last={last}"))
                .unwrap_or_default();
            let answer = server.send("GET", &format!("posts?limit={limit}{after}")).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let page = ids(&answer.json());
            read.extend(page.iter().cloned());
            if page.len() < limit {
                break;
            }
        }
        assert_eq!(read, expected, "pages of {limit}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_page_has_ten_posts_unless_told_otherwise() {
    let server = Server::start().await;
    let documents = (0..12_i64).map(|n| {
        let author = if n < 6 { "月 & co" } else { "other" };
        (
            format!("posts/{n:02}"),
            vec![("regist_datetime", at(n)), ("user_id", text(author))],
        )
    });
    server.world.direct.put(documents).await;
    assert_eq!(ids(&server.send("GET", "posts").await.json()).len(), 10);
    assert_eq!(
        ids(&server.send("GET", "posts?userId=&last=").await.json()).len(),
        10
    );
    let theirs = server
        .send("GET", "posts?userId=%E6%9C%88%20%26+co&limit=4")
        .await
        .json();
    assert_eq!(ids(&theirs), ["05", "04", "03", "02"]);
    let theirs = server
        .send("GET", "posts?userId=%E6%9C%88%20%26+co&last=02")
        .await
        .json();
    assert_eq!(ids(&theirs), ["01", "00"]);
    let older = server.send("GET", "posts?last=1970-01-01T00:00:02Z").await.json();
    assert_eq!(ids(&older), ["01", "00"]);
    let older = server
        .send("GET", "posts?last=1970-01-01T02:00:02+02:00")
        .await
        .json();
    assert_eq!(ids(&older), ["01", "00"]);
    server.stop().await;
}
