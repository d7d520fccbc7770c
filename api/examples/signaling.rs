//! Puts load on the signaling sockets and prints what came of it as JSON: `signaling ADDRESS[,ADDRESS…] COMMAND [NUMBERS…]`.
//!
//! | command | what it does |
//! |---|---|
//! | `relay ROOMS MEMBERS SECONDS` | each member sends offers of 2 KB to the next one of its room, a few at a time: as many as get through |
//! | `relay ROOMS MEMBERS SECONDS RATE` | the same at so many a second, whether or not they get through |
//! | `storm COUNT` | so many open sockets join at one moment, four to a room |
//! | `fanout MEMBERS SECONDS` | one member of a room says what it sends now, again and again, and all others hear it |
//!
//! Of several servers, each has as many of a room's members, by turns: what is relayed goes from one server to another.

use anyhow::{Context, Result, bail};
use futures::{
    SinkExt, StreamExt,
    future::try_join_all,
    stream::{SplitSink, SplitStream},
};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    net::TcpStream,
    sync::{Barrier, Semaphore},
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

/// The size of an offer, with its envelope.
const OFFER_BYTES: usize = 2_048;
/// What one member has under way, so that the server is never without work. What waits is what takes time: with 256 members,
/// a thousand messages are on their way at any moment.
const WINDOW: usize = 4;
/// How many words ahead of its hearers the speaker of a room may be.
const AHEAD: u64 = 16;
/// Sockets that are opened at once.
const AT_ONCE: usize = 100;

type Ear = SplitStream<WebSocketStream<TcpStream>>;
type Mouth = SplitSink<WebSocketStream<TcpStream>, Message>;

struct Member {
    id: String,
    ear: Ear,
    mouth: Mouth,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| -> Result<usize> {
        let text = args.get(index).context("a number is missing")?;
        Ok(text.parse()?)
    };
    let addresses = args.first().context("the address is missing")?.split(',');
    let addresses = addresses
        .map(str::parse)
        .collect::<Result<Vec<SocketAddr>, _>>()?;
    let address = *addresses.first().context("the address is missing")?;
    let answer = match args.get(1).map(String::as_str) {
        Some("relay") => {
            let rate = args.get(5).map(|_| number(5)).transpose()?;
            relay(&addresses, number(2)?, number(3)?, number(4)?, rate).await?
        }
        Some("storm") => storm(address, number(2)?).await?,
        Some("fanout") => fanout(address, number(2)?, number(3)?).await?,
        _ => bail!("signaling ADDRESS relay|storm|fanout …"),
    };
    println!("{answer}");
    Ok(())
}

async fn relay(
    addresses: &[SocketAddr],
    rooms: usize,
    members: usize,
    seconds: usize,
    rate: Option<usize>,
) -> Result<Value> {
    let (started, over) = (Instant::now(), Arc::new(AtomicBool::new(false)));
    // Nobody begins before all are inside: what is counted is what came in the time that is measured.
    let mut everybody = Vec::new();
    for room in 0..rooms {
        let mut inside = Vec::new();
        for member in 0..members {
            // Each server has as many rooms, which belong to whoever has the first of their members.
            let address = addresses[(room + member) % addresses.len()];
            inside.push(enter(open(address).await?, &format!("relay-{room}")).await?);
        }
        everybody.push(inside);
    }
    let mut tasks = Vec::new();
    let every = rate.map(|rate| Duration::from_secs(1).mul_f64((rooms * members) as f64 / rate as f64));
    let (begins, speakers) = (Instant::now(), rooms * members);
    for (room, inside) in everybody.into_iter().enumerate() {
        let ids: Vec<String> = inside.iter().map(|member| member.id.clone()).collect();
        let windows: Vec<Arc<Semaphore>> = ids.iter().map(|_| Arc::new(Semaphore::new(WINDOW))).collect();
        for (place, member) in inside.into_iter().enumerate() {
            let next = (place + 1) % ids.len();
            let before = (place + ids.len() - 1) % ids.len();
            let (to, own, theirs) = (
                ids[next].clone(),
                Arc::clone(&windows[place]),
                Arc::clone(&windows[before]),
            );
            let pace = match every {
                // Not all at the same moment.
                Some(every) => Pace::Every {
                    every,
                    next: begins + every.mul_f64((room * ids.len() + place) as f64 / speakers as f64),
                },
                None => Pace::Window(own),
            };
            tasks.push(tokio::spawn(offer(
                member.mouth,
                to,
                pace,
                started,
                Arc::clone(&over),
            )));
            let listening = count_offers(member.ear, theirs, started, Arc::clone(&over));
            tasks.push(tokio::spawn(listening));
        }
    }
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_secs(seconds as u64)).await;
    over.store(true, Ordering::Relaxed);
    let lasted = begun.elapsed();
    let mut delays = Vec::new();
    for task in tasks {
        delays.extend(task.await??);
    }
    delays.sort_unstable();
    let at = |part: f64| {
        delays
            .get((delays.len() as f64 * part) as usize)
            .copied()
            .unwrap_or_default()
    };
    Ok(json!({
        "messages": delays.len(),
        "per_second": delays.len() as f64 / lasted.as_secs_f64(),
        "median_ms": at(0.5) as f64 / 1_000.0,
        "p99_ms": at(0.99) as f64 / 1_000.0,
    }))
}

/// When a member sends its next offer.
enum Pace {
    /// As soon as there is room.
    Window(Arc<Semaphore>),
    /// At a time. What is late counts from when it should have been sent.
    Every { every: Duration, next: Instant },
}

impl Pace {
    /// Waits until it is time, and returns since when it is.
    async fn next(&mut self) -> Result<Option<Instant>> {
        match self {
            Self::Window(window) => {
                let Ok(permit) = tokio::time::timeout(Duration::from_millis(200), window.acquire()).await
                else {
                    return Ok(None);
                };
                permit?.forget();
                Ok(Some(Instant::now()))
            }
            Self::Every { every, next } => {
                let due = *next;
                tokio::time::sleep_until(due.into()).await;
                *next += *every;
                Ok(Some(due))
            }
        }
    }
}

/// Sends offers that say when they were sent.
async fn offer(
    mut mouth: Mouth,
    to: String,
    mut pace: Pace,
    started: Instant,
    over: Arc<AtomicBool>,
) -> Result<Vec<u64>> {
    let filling = "x".repeat(OFFER_BYTES - 200);
    while !over.load(Ordering::Relaxed) {
        let Some(due) = pace.next().await? else {
            continue;
        };
        let sent = due.saturating_duration_since(started).as_micros();
        let offer = json!({
            "type": "offer", "to": to, "handshake": {"by": to, "attempt": 1}, "sdp": format!("{sent} {filling}"),
        });
        mouth.send(Message::text(offer.to_string())).await?;
    }
    Ok(Vec::new())
}

/// Returns how long each offer was on its way, in microseconds.
async fn count_offers(
    mut ear: Ear,
    window: Arc<Semaphore>,
    started: Instant,
    over: Arc<AtomicBool>,
) -> Result<Vec<u64>> {
    const MARK: &str = "\"sdp\":\"";
    let mut delays = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let Ok(frame) = tokio::time::timeout(Duration::from_millis(200), ear.next()).await else {
            continue;
        };
        let Message::Text(text) = frame.context("the socket has ended")?? else {
            continue;
        };
        let sent = text.find(MARK).and_then(|at| text.get(at + MARK.len()..));
        let Some(sent) = sent.and_then(|rest| rest.split(' ').next()?.parse::<u64>().ok()) else {
            continue;
        };
        delays.push(u64::try_from(started.elapsed().as_micros())?.saturating_sub(sent));
        window.add_permits(1);
    }
    Ok(delays)
}

async fn storm(address: SocketAddr, count: usize) -> Result<Value> {
    let mut sockets = Vec::new();
    while sockets.len() < count {
        let more = AT_ONCE.min(count - sockets.len());
        sockets.extend(try_join_all((0..more).map(|_| open(address))).await?);
    }
    let start = Arc::new(Barrier::new(count + 1));
    let tasks: Vec<_> = sockets
        .into_iter()
        .enumerate()
        .map(|(number, socket)| {
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                enter(socket, &format!("storm-{}", number / 4)).await
            })
        })
        .collect();
    start.wait().await;
    let begun = Instant::now();
    let mut inside = Vec::new();
    for task in tasks {
        inside.push(task.await??);
    }
    Ok(json!({"joins": inside.len(), "seconds": begun.elapsed().as_secs_f64()}))
}

async fn fanout(address: SocketAddr, members: usize, seconds: usize) -> Result<Value> {
    let mut inside = Vec::new();
    for _ in 0..members {
        inside.push(enter(open(address).await?, "fanout").await?);
    }
    let Some(mut speaker) = inside.pop() else {
        bail!("nobody is inside")
    };
    let (heard, listeners) = (Arc::new(AtomicU64::new(0)), inside.len() as u64);
    let tasks: Vec<_> = inside
        .into_iter()
        .map(|mut member| {
            let heard = Arc::clone(&heard);
            tokio::spawn(async move {
                let _mouth = member.mouth;
                while let Some(Ok(frame)) = member.ear.next().await {
                    if matches!(frame, Message::Text(text) if text.starts_with(r#"{"type":"media""#)) {
                        heard.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    let (begun, mut said) = (Instant::now(), 0_u64);
    while begun.elapsed() < Duration::from_secs(seconds as u64) {
        if said * listeners > heard.load(Ordering::Relaxed) + AHEAD * listeners {
            tokio::task::yield_now().await;
            continue;
        }
        let media = json!({"type": "media", "media": {"audio": said % 2 == 0, "video": true}});
        speaker.mouth.send(Message::text(media.to_string())).await?;
        said += 1;
    }
    while heard.load(Ordering::Relaxed) < said * listeners
        && begun.elapsed() < Duration::from_secs(seconds as u64 + 10)
    {
        tokio::task::yield_now().await;
    }
    let (lasted, deliveries) = (begun.elapsed(), heard.load(Ordering::Relaxed));
    for task in tasks {
        task.abort();
    }
    Ok(json!({
        "said": said,
        "deliveries": deliveries,
        "missing": said * listeners - deliveries,
        "per_second": deliveries as f64 / lasted.as_secs_f64(),
    }))
}

async fn open(address: SocketAddr) -> Result<WebSocketStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut socket, _) = client_async(format!("ws://{address}/ws"), stream).await?;
    let hello = socket.next().await.context("the socket has ended")??;
    anyhow::ensure!(hello.to_text()?.contains("hello"), "{hello}");
    Ok(socket)
}

async fn enter(socket: WebSocketStream<TcpStream>, room: &str) -> Result<Member> {
    let (mut mouth, mut ear) = socket.split();
    let join = json!({"type": "join", "room": room, "name": "Load", "media": {"audio": true, "video": true}});
    mouth.send(Message::text(join.to_string())).await?;
    loop {
        let frame = ear.next().await.context("the socket has ended")??;
        let Message::Text(text) = frame else { continue };
        let said: Value = serde_json::from_str(&text)?;
        match said["type"].as_str() {
            Some("joined") => {
                let id = said["member"].as_str().context("no id")?.to_owned();
                return Ok(Member { id, ear, mouth });
            }
            Some("error") => bail!("{said}"),
            _ => {}
        }
    }
}
