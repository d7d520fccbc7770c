//! A history of concurrent transactions: run one after the other in the order of their commits, they read what they read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{sync::Arc, time::Instant};

use gcloud_sdk::google::firestore::v1::{
    BatchGetDocumentsRequest, CommitRequest, TransactionOptions,
    batch_get_documents_request::ConsistencySelector, batch_get_documents_response as answer,
    transaction_options,
};
use support::{Client, DATABASE, ROOT, in_memory, int, set, write};
use tonic::Code;

const ACCOUNTS: usize = 5;
const START: i64 = 100;

/// A transfer that was committed.
#[derive(Debug)]
struct Transfer {
    began: Instant,
    ended: Instant,
    committed: (i64, i32),
    /// Account, what it held, and what it was made to hold.
    moves: [(usize, i64, i64); 2],
}

/// Reads accounts in a transaction that begins with it.
async fn read(
    client: &mut Client,
    accounts: &[usize],
    read_only: bool,
) -> Result<(Vec<u8>, Vec<i64>), tonic::Status> {
    read_of(client, "bank", accounts, read_only).await
}

/// Reads documents of a collection in a transaction that begins with it.
async fn read_of(
    client: &mut Client,
    collection: &str,
    numbers: &[usize],
    read_only: bool,
) -> Result<(Vec<u8>, Vec<i64>), tonic::Status> {
    let mode = match read_only {
        true => transaction_options::Mode::ReadOnly(transaction_options::ReadOnly::default()),
        false => transaction_options::Mode::ReadWrite(transaction_options::ReadWrite::default()),
    };
    let request = BatchGetDocumentsRequest {
        database: DATABASE.to_owned(),
        documents: numbers
            .iter()
            .map(|number| format!("{ROOT}/{collection}/{number}"))
            .collect(),
        consistency_selector: Some(ConsistencySelector::NewTransaction(TransactionOptions {
            mode: Some(mode),
        })),
        ..Default::default()
    };
    let mut answers = client.batch_get_documents(request).await?.into_inner();
    let transaction = answers.message().await?.unwrap().transaction;
    let mut balances = Vec::new();
    while let Some(message) = answers.message().await? {
        let Some(answer::Result::Found(document)) = message.result else {
            panic!("an account is missing");
        };
        balances.push(
            (-10_000..10_000)
                .find(|n| int(*n) == document.fields["n"])
                .unwrap(),
        );
    }
    Ok((transaction, balances))
}

async fn transfer(client: &mut Client, from: usize, to: usize, amount: i64) -> Transfer {
    let began = Instant::now();
    loop {
        let (transaction, balances) = read(client, &[from, to], false).await.unwrap();
        let moves = [
            (from, balances[0], balances[0] - amount),
            (to, balances[1], balances[1] + amount),
        ];
        let request = CommitRequest {
            database: DATABASE.to_owned(),
            writes: moves
                .iter()
                .map(|(account, _, n)| set(&format!("bank/{account}"), [("n", int(*n))]))
                .collect(),
            transaction,
            ..Default::default()
        };
        match client.commit(request).await {
            Ok(committed) => {
                let time = committed.into_inner().commit_time.unwrap();
                let committed = (time.seconds, time.nanos);
                return Transfer {
                    began,
                    ended: Instant::now(),
                    committed,
                    moves,
                };
            }
            Err(error) => assert_eq!(error.code(), Code::Aborted, "{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transfers_happen_one_after_the_other_and_keep_the_sum() {
    let (_server, client) = in_memory().await;
    let accounts: Vec<_> = (0..ACCOUNTS)
        .map(|account| set(&format!("bank/{account}"), [("n", int(START))]))
        .collect();
    write(&client, accounts).await;
    let tellers: Vec<_> = (0..6_usize)
        .map(|teller| {
            let mut client = client.clone();
            tokio::spawn(async move {
                let mut done = Vec::new();
                for round in 0..25 {
                    let from = (teller + round) % ACCOUNTS;
                    let to = (from + 1 + round % (ACCOUNTS - 1)) % ACCOUNTS;
                    done.push(transfer(&mut client, from, to, i64::try_from(teller + 1).unwrap()).await);
                }
                done
            })
        })
        .collect();
    // Whoever looks in between sees no money on its way.
    let mut auditor = client.clone();
    let all: Vec<usize> = (0..ACCOUNTS).collect();
    let total = START * i64::try_from(ACCOUNTS).unwrap();
    for _ in 0..30 {
        let (_, balances) = read(&mut auditor, &all, true).await.unwrap();
        assert_eq!(balances.iter().sum::<i64>(), total, "{balances:?}");
    }
    let mut history = Vec::new();
    for teller in tellers {
        history.extend(teller.await.unwrap());
    }
    history.sort_by_key(|transfer| transfer.committed);
    assert_eq!(history.len(), 150);
    let mut balances = [START; ACCOUNTS];
    for transfer in &history {
        for (account, before, after) in transfer.moves {
            assert_eq!(balances[account], before, "{transfer:?} read what was not there");
            balances[account] = after;
        }
    }
    // What had ended before another began is before it in the history.
    for (index, earlier) in history.iter().enumerate() {
        assert!(
            history[..index].iter().all(|other| other.began <= earlier.ended),
            "{earlier:?}"
        );
    }
    let (_, now) = read(&mut auditor, &all, true).await.unwrap();
    assert_eq!(now, balances);
}

/// Reads who is on call and, if others are, goes home, all in one transaction; whether that came through.
async fn go_home(client: &mut Client, doctor: usize) -> bool {
    let (transaction, on_call) = read_of(client, "call", &[0, 1, 2], false).await.unwrap();
    if on_call.iter().sum::<i64>() < 2 || on_call[doctor] == 0 {
        return false;
    }
    let request = CommitRequest {
        database: DATABASE.to_owned(),
        writes: vec![set(&format!("call/{doctor}"), [("n", int(0))])],
        transaction,
        ..Default::default()
    };
    match client.commit(request).await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), Code::Aborted, "{error}");
            false
        }
    }
}

/// Each writes what no other writes, and reads what others write: only a serializable store keeps one of them there.
#[tokio::test(flavor = "multi_thread")]
async fn of_those_who_go_home_because_others_stay_one_stays() {
    let (_server, client) = in_memory().await;
    let mut crossed = 0;
    for round in 0..100 {
        let all = [0, 1, 2].map(|doctor| set(&format!("call/{doctor}"), [("n", int(1))]));
        write(&client, all).await;
        let together = Arc::new(tokio::sync::Barrier::new(3));
        let doctors: Vec<_> = (0..3)
            .map(|doctor| {
                let (mut client, together) = (client.clone(), Arc::clone(&together));
                tokio::spawn(async move {
                    together.wait().await;
                    go_home(&mut client, doctor).await
                })
            })
            .collect();
        let mut gone = 0;
        for doctor in doctors {
            gone += i64::from(doctor.await.unwrap());
        }
        let (_, on_call) = read_of(&mut client.clone(), "call", &[0, 1, 2], true)
            .await
            .unwrap();
        let left: i64 = on_call.iter().sum();
        assert_eq!(left, 3 - gone, "round {round}");
        assert!(left >= 1, "round {round}: nobody is on call");
        crossed += usize::from(gone < 2);
    }
    assert!(crossed > 0, "no two of them ever met");
}
