//! Puts load on a Firestore server and prints what came of it as JSON: `load ADDRESS COMMAND [NUMBERS…]`.
//!
//! | command | what it does |
//! |---|---|
//! | `fill FROM TO` | writes documents `big/FROM…TO` of 100 users with a time, 500 a commit |
//! | `write CLIENTS SECONDS` | each client commits one new document after another |
//! | `read CLIENTS SECONDS` | each client gets documents of `big` |
//! | `query SECONDS` | the newest 20 documents of one user, again and again |
//! | `listen COUNT ROUNDS` | so many listeners on one document, and how long a change takes to the last of them |
//! | `hold COUNT` | so many listeners, until the input ends |

use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use gcloud_sdk::google::firestore::v1::{
    CommitRequest, Document, GetDocumentRequest, ListenRequest, RunQueryRequest, StructuredQuery, Target,
    Value, Write, firestore_client::FirestoreClient, listen_request::TargetChange,
    listen_response::ResponseType, run_query_request, structured_query as query, target, value::ValueType,
    write::Operation,
};
use tokio::sync::watch;
use tonic::transport::Channel;

const DATABASE: &str = "projects/bench/databases/(default)";
const ROOT: &str = "projects/bench/databases/(default)/documents";
/// Streams that one connection carries, below the limit of any server.
const STREAMS: usize = 90;

type Client = FirestoreClient<Channel>;

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| -> Result<usize> {
        let text = args.get(index).context("a number is missing")?;
        Ok(text.parse()?)
    };
    let address = args.first().context("the address is missing")?;
    let answer = match args.get(1).map(String::as_str) {
        Some("fill") => fill(connect(address).await?, number(2)?, number(3)?).await?,
        Some("write") => each_client(address, number(2)?, number(3)?, write_one).await?,
        Some("read") => each_client(address, number(2)?, number(3)?, read_one).await?,
        Some("query") => each_client(address, 1, number(2)?, query_one).await?,
        Some("listen") => listen(address, number(2)?, number(3)?).await?,
        Some("hold") => hold(address, number(2)?).await?,
        _ => bail!("load ADDRESS fill|write|read|query|listen|hold …"),
    };
    println!("{answer}");
    Ok(())
}

async fn connect(address: &str) -> Result<Client> {
    let channel = Channel::from_shared(format!("http://{address}"))?
        .tcp_nodelay(true)
        .connect()
        .await?;
    Ok(FirestoreClient::new(channel).max_decoding_message_size(64 << 20))
}

async fn fill(mut client: Client, from: usize, to: usize) -> Result<String> {
    for start in (from..to).step_by(500) {
        let writes = (start..to.min(start + 500))
            .map(|id| put(&format!("big/{id:08}"), id))
            .collect();
        commit(&mut client, writes).await?;
    }
    Ok(format!(r#"{{"documents":{}}}"#, to - from))
}

/// Runs `work` in a loop by several clients, each with its own connection, and measures each time.
async fn each_client<F, W>(address: &str, clients: usize, seconds: usize, work: F) -> Result<String>
where
    F: Fn(Client, usize, usize) -> W + Copy + Send + 'static,
    W: Future<Output = Result<()>> + Send,
{
    let end = Instant::now() + Duration::from_secs(u64::try_from(seconds)?);
    let began = Instant::now();
    let mut running = Vec::new();
    for number in 0..clients {
        let client = connect(address).await?;
        running.push(tokio::spawn(async move {
            let mut times = Vec::new();
            while Instant::now() < end {
                let began = Instant::now();
                work(client.clone(), number, times.len()).await?;
                times.push(began.elapsed());
            }
            anyhow::Ok(times)
        }));
    }
    let mut times = Vec::new();
    for client in running {
        times.extend(client.await??);
    }
    let per_second = f64::from(u32::try_from(times.len())?) / began.elapsed().as_secs_f64();
    Ok(format!(
        r#"{{"per_second":{per_second},"median_ms":{}}}"#,
        median(times)
    ))
}

async fn write_one(mut client: Client, number: usize, round: usize) -> Result<()> {
    commit(
        &mut client,
        vec![put(&format!("written/{number}-{round}"), round)],
    )
    .await
}

async fn read_one(mut client: Client, number: usize, round: usize) -> Result<()> {
    let id = (number * 7_919 + round * 104_729) % 1_000;
    let request = GetDocumentRequest {
        name: format!("{ROOT}/big/{id:08}"),
        ..Default::default()
    };
    client.get_document(request).await?;
    Ok(())
}

async fn query_one(mut client: Client, _number: usize, round: usize) -> Result<()> {
    let field = |path: &str| query::FieldReference {
        field_path: path.to_owned(),
    };
    let filter = query::FieldFilter {
        field: Some(field("user")),
        op: query::field_filter::Operator::Equal.into(),
        value: Some(integer(round % 100)?),
    };
    let structured = StructuredQuery {
        from: vec![query::CollectionSelector {
            collection_id: "big".to_owned(),
            all_descendants: false,
        }],
        r#where: Some(query::Filter {
            filter_type: Some(query::filter::FilterType::FieldFilter(filter)),
        }),
        order_by: vec![query::Order {
            field: Some(field("time")),
            direction: query::Direction::Descending.into(),
        }],
        limit: Some(20),
        ..Default::default()
    };
    let request = RunQueryRequest {
        parent: ROOT.to_owned(),
        query_type: Some(run_query_request::QueryType::StructuredQuery(structured)),
        ..Default::default()
    };
    let mut answers = client.run_query(request).await?.into_inner();
    let mut found = 0;
    while let Some(answer) = answers.message().await? {
        found += usize::from(answer.document.is_some());
    }
    anyhow::ensure!(found > 0, "nothing was found");
    Ok(())
}

async fn listen(address: &str, count: usize, rounds: usize) -> Result<String> {
    let mut writer = connect(address).await?;
    commit(&mut writer, vec![put("watched/one", 0)]).await?;
    let (heard, latest) = listeners(address, count).await?;
    let mut times = Vec::new();
    for round in 1..=rounds {
        heard.store(0, Ordering::SeqCst);
        let began = Instant::now();
        commit(&mut writer, vec![put("watched/one", round)]).await?;
        wait_for(&heard, latest.clone(), count).await?;
        times.push(began.elapsed());
    }
    Ok(format!(r#"{{"median_ms":{}}}"#, median(times)))
}

async fn hold(address: &str, count: usize) -> Result<String> {
    let mut writer = connect(address).await?;
    commit(&mut writer, vec![put("watched/one", 0)]).await?;
    let _listening = listeners(address, count).await?;
    println!(r#"{{"listeners":{count}}}"#);
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(String::new())
}

/// Starts listeners and waits until each has heard of the document.
async fn listeners(address: &str, count: usize) -> Result<(Arc<AtomicUsize>, watch::Receiver<usize>)> {
    let heard = Arc::new(AtomicUsize::new(0));
    let (telling, latest) = watch::channel(0);
    let telling = Arc::new(telling);
    let mut client = connect(address).await?;
    for number in 0..count {
        if number % STREAMS == 0 {
            client = connect(address).await?;
        }
        let (mut client, heard, telling) = (client.clone(), Arc::clone(&heard), Arc::clone(&telling));
        tokio::spawn(async move {
            if let Err(error) = hear(&mut client, &heard, &telling).await {
                eprintln!("a listener broke off: {error}");
            }
        });
    }
    wait_for(&heard, latest.clone(), count).await?;
    Ok((heard, latest))
}

/// Counts the changes that one listener is told.
async fn hear(client: &mut Client, heard: &AtomicUsize, telling: &watch::Sender<usize>) -> Result<()> {
    // The stream of requests must stay open as long as the answers are wanted.
    let requests = tokio_stream::StreamExt::chain(tokio_stream::iter([watched()]), tokio_stream::pending());
    let mut request = tonic::Request::new(requests);
    // Google's emulator answers no listener without it. Its own clients send it always.
    request
        .metadata_mut()
        .insert("google-cloud-resource-prefix", DATABASE.parse()?);
    let mut answers = client.listen(request).await?.into_inner();
    while let Some(answer) = answers.message().await? {
        if matches!(answer.response_type, Some(ResponseType::DocumentChange(_))) {
            telling.send_replace(heard.fetch_add(1, Ordering::SeqCst) + 1);
        }
    }
    Ok(())
}

async fn wait_for(heard: &AtomicUsize, mut latest: watch::Receiver<usize>, count: usize) -> Result<()> {
    let waiting = latest.wait_for(|_| heard.load(Ordering::SeqCst) >= count);
    tokio::time::timeout(Duration::from_secs(120), waiting).await??;
    Ok(())
}

fn watched() -> ListenRequest {
    let documents = target::DocumentsTarget {
        documents: vec![format!("{ROOT}/watched/one")],
    };
    ListenRequest {
        database: DATABASE.to_owned(),
        target_change: Some(TargetChange::AddTarget(Target {
            target_id: 1,
            target_type: Some(target::TargetType::Documents(documents)),
            ..Default::default()
        })),
        ..Default::default()
    }
}

async fn commit(client: &mut Client, writes: Vec<Write>) -> Result<()> {
    let request = CommitRequest {
        database: DATABASE.to_owned(),
        writes,
        ..Default::default()
    };
    client.commit(request).await?;
    Ok(())
}

fn put(path: &str, number: usize) -> Write {
    let value = |number: usize| Value {
        value_type: Some(ValueType::IntegerValue(i64::try_from(number).unwrap_or(i64::MAX))),
    };
    let text = Value {
        value_type: Some(ValueType::StringValue(format!(
            "a text of some length, as {number} has it"
        ))),
    };
    let fields = [
        ("user".to_owned(), value(number % 100)),
        ("time".to_owned(), value(number)),
        ("text".to_owned(), text),
    ];
    Write {
        operation: Some(Operation::Update(Document {
            name: format!("{ROOT}/{path}"),
            fields: fields.into(),
            ..Default::default()
        })),
        ..Default::default()
    }
}

fn integer(number: usize) -> Result<Value> {
    Ok(Value {
        value_type: Some(ValueType::IntegerValue(i64::try_from(number)?)),
    })
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}
