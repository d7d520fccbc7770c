//! The power fails: at any point, of what was not synced each sector is there or not, as chance has it.
//!
//! A disk writes down what redb asks of it. Afterwards the power fails at many of these points: the file that is left then
//! must open, and hold every commit that was acknowledged, and each of the others whole or not at all. The seed is printed
//! by a failure; `TSUKIYO_SEED` runs it again.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, RwLock},
};

use proptest::{
    prelude::Rng as _,
    test_runner::{RngAlgorithm, TestRng},
};
use redb::StorageBackend;
use tokio::sync::oneshot;

use super::{
    Commit, Latest, Snapshot, State, Storage, index,
    open::{Opened, open_without_room},
    writer::{Command, Writer},
};
use crate::{
    engine::Write,
    path::{DatabaseName, key},
    proto::{self, Document, Value, value::ValueType, write::Operation},
};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;
const ROUNDS: i64 = 60;
/// Points at which the power fails, of all that a run has.
const FAILURES: usize = 250;
/// Documents of each kind; each commit writes one of both.
const DOCUMENTS: i64 = 12;

#[derive(Clone, Debug)]
enum Event {
    Write(usize, Vec<u8>),
    Length(usize),
    Sync,
    /// All commits up to this number were acknowledged.
    Acknowledged(i64),
}

/// A disk that remembers all that happened to it.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    bytes: Vec<u8>,
    events: Vec<Event>,
}

impl Disk {
    fn holding(bytes: Vec<u8>) -> Self {
        let inner = Inner {
            bytes,
            ..Inner::default()
        };
        Self(Arc::new(Mutex::new(inner)))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    fn happen(&self, event: Event) {
        let mut inner = self.lock();
        event.apply(&mut inner.bytes);
        inner.events.push(event);
    }
}

impl Event {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(offset, data) => put(bytes, *offset, data),
            Self::Length(length) => bytes.resize(*length, 0),
            Self::Sync | Self::Acknowledged(_) => {}
        }
    }

    /// Does to a disk what may be left of this without a sync; `luck` is how many sectors of a hundred are.
    fn apply_perhaps(&self, bytes: &mut Vec<u8>, luck: u64, rng: &mut TestRng) {
        match self {
            Self::Write(offset, data) => {
                for (number, sector) in data.chunks(SECTOR).enumerate() {
                    if below(rng, 100) < luck {
                        put(bytes, offset + number * SECTOR, sector);
                    }
                }
            }
            Self::Length(_) if !below(rng, 100) < luck => {}
            Self::Length(_) | Self::Sync | Self::Acknowledged(_) => self.apply(bytes),
        }
    }
}

fn put(bytes: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[offset..end].copy_from_slice(data);
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.lock().bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap();
        let inner = self.lock();
        let bytes = inner.bytes.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.happen(Event::Length(usize::try_from(length).unwrap()));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.happen(Event::Sync);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.happen(Event::Write(usize::try_from(offset).unwrap(), data.to_vec()));
        Ok(())
    }
}

fn database() -> DatabaseName {
    DatabaseName::parse("projects/p/databases/d").unwrap()
}

/// Writes the number into a document of each kind, or, every seventh time, removes both.
fn commit(number: i64) -> Commit {
    let write = |side: &str| {
        let name = format!("{}/documents/{side}/{}", database(), number % DOCUMENTS);
        let n = Value {
            value_type: Some(ValueType::IntegerValue(number)),
        };
        let long = Value {
            value_type: Some(ValueType::StringValue(
                "x".repeat(usize::try_from(number % 40).unwrap() * 100),
            )),
        };
        let operation = if number % 7 == 6 {
            Operation::Delete(name)
        } else {
            Operation::Update(Document {
                name,
                fields: [("n".to_owned(), n), ("long".to_owned(), long)].into(),
                ..Document::default()
            })
        };
        let write = proto::Write {
            operation: Some(operation),
            ..proto::Write::default()
        };
        Write::parse(write, &database()).unwrap()
    };
    Commit {
        writes: vec![write("left"), write("right")],
        reads: None,
    }
}

/// Writes groups of commits and returns all that happened to the disk: the same for the same seed, as no thread is another's.
fn record(rng: &mut TestRng) -> Vec<Event> {
    let disk = Disk::default();
    let Opened {
        database, mut facts, ..
    } = open_without_room(disk.clone()).unwrap();
    let snapshot = Snapshot::newest(&database, &facts).unwrap();
    let writer = Writer {
        database,
        room: None,
        latest: Arc::new(Latest(RwLock::new(Arc::new(snapshot)))),
        feed: Arc::default(),
    };
    disk.happen(Event::Acknowledged(0));
    let mut number = 0;
    for _ in 0..ROUNDS {
        let (group, answers): (Vec<_>, Vec<_>) = (0..=below(rng, 5))
            .map(|_| {
                number += 1;
                let (reply, answer) = oneshot::channel();
                (Command::Commit(commit(number), reply), answer)
            })
            .unzip();
        facts = writer.run_batch(group, facts);
        for mut answer in answers {
            answer.try_recv().unwrap().unwrap();
        }
        disk.happen(Event::Acknowledged(number));
    }
    drop(writer);
    disk.lock().events.clone()
}

/// Returns what the file holds: the numbers of both kinds of documents.
fn read(bytes: Vec<u8>) -> Result<[BTreeMap<String, i64>; 2], String> {
    let opened = open_without_room(Disk::holding(bytes)).map_err(|error| error.to_string())?;
    let storage = Storage::start(opened).map_err(|error| error.to_string())?;
    let state = storage.snapshot();
    let all: Range<Vec<u8>> = {
        let from = key::database(&database());
        let to = key::after(&from);
        from..to
    };
    let mut found = [BTreeMap::new(), BTreeMap::new()];
    let mut entries = BTreeSet::new();
    for item in state.rows(all.clone(), false).unwrap() {
        let (key, row) = item.map_err(|error| error.to_string())?;
        let name = key::decode(&key).map_err(|error| error.to_string())?;
        let fields = row.decode().map_err(|error| error.to_string())?.fields;
        entries.extend(index::entries(&name, &fields));
        let Some(ValueType::IntegerValue(n)) = fields["n"].value_type else {
            return Err(format!("{name} has no number"));
        };
        found[usize::from(name.collection().id() == "right")].insert(name.id().to_owned(), n);
    }
    let indexed: Result<BTreeSet<_>, _> = state.entries(all, false).unwrap().collect();
    if indexed.map_err(|error| error.to_string())? != entries {
        return Err("the index is not that of the documents".to_owned());
    }
    drop(state);
    storage.close();
    Ok(found)
}

/// Tells what is wrong with a file after all commits up to `acknowledged` were.
fn judge(bytes: Vec<u8>, acknowledged: i64, last: i64) -> Result<(), String> {
    let [left, right] = read(bytes)?;
    if left != right {
        return Err(format!("a commit is there by half: {left:?}, {right:?}"));
    }
    let after = |commits: i64| {
        let mut state = BTreeMap::new();
        for number in 1..=commits {
            let id = (number % DOCUMENTS).to_string();
            if number % 7 == 6 {
                state.remove(&id);
            } else {
                state.insert(id, number);
            }
        }
        state
    };
    // Those that nobody was told of yet may be there, in their order.
    let known = (acknowledged..=last.min(acknowledged + 6)).any(|commits| after(commits) == left);
    known
        .then_some(())
        .ok_or_else(|| format!("acknowledged were {acknowledged}, there is {left:?}"))
}

/// Lets the power fail at many points and returns what was wrong with the first file that was not as it should be.
fn fail(events: &[Event], rng: &mut TestRng) -> Result<usize, String> {
    let last = events.iter().rev().find_map(acknowledged).unwrap_or(0);
    // A file that nobody was told of need not open.
    let first = events
        .iter()
        .position(|event| acknowledged(event).is_some())
        .unwrap();
    let mut points: Vec<usize> = (0..FAILURES)
        .map(|_| first + usize::try_from(below(rng, (events.len() - first) as u64)).unwrap())
        .collect();
    points.sort_unstable();
    let (mut durable, mut synced, mut told) = (Vec::new(), 0, 0);
    let mut at = 0;
    for point in &points {
        for (index, event) in events.iter().enumerate().take(*point + 1).skip(at) {
            told = acknowledged(event).unwrap_or(told);
            if matches!(event, Event::Sync) {
                events[synced..index]
                    .iter()
                    .for_each(|event| event.apply(&mut durable));
                synced = index;
            }
        }
        at = point + 1;
        let mut left = durable.clone();
        let luck = [0, 10, 50, 90, 100][usize::try_from(below(rng, 5)).unwrap()];
        for event in &events[synced..=*point] {
            event.apply_perhaps(&mut left, luck, rng);
        }
        judge(left, told, last).map_err(|wrong| format!("event {point} of {}: {wrong}", events.len()))?;
    }
    Ok(points.len())
}

fn below(rng: &mut TestRng, end: u64) -> u64 {
    rng.next_u64() % end
}

fn acknowledged(event: &Event) -> Option<i64> {
    match event {
        Event::Acknowledged(number) => Some(*number),
        Event::Write(..) | Event::Length(_) | Event::Sync => None,
    }
}

fn rng() -> (u64, TestRng) {
    let seed = std::env::var("TSUKIYO_SEED")
        .map_or_else(|_| getrandom::u64().unwrap(), |seed| seed.parse().unwrap());
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    (seed, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

#[test]
fn what_was_acknowledged_is_there_wherever_the_power_fails() {
    let (seed, mut rng) = rng();
    let events = record(&mut rng);
    match fail(&events, &mut rng) {
        Ok(points) => println!("the power failed at {points} of {} points", events.len()),
        Err(wrong) => panic!("TSUKIYO_SEED={seed}: {wrong}"),
    }
}

/// The same with a disk that says it synced and did not: if that went unnoticed, the test above would show nothing.
#[test]
fn a_disk_that_lies_is_found_out() {
    let (seed, mut rng) = rng();
    let events: Vec<Event> = record(&mut rng);
    let opened = events
        .iter()
        .position(|event| acknowledged(event).is_some())
        .unwrap();
    let honest = |(index, event): &(usize, Event)| *index < opened || !matches!(event, Event::Sync);
    let lied: Vec<Event> = events
        .into_iter()
        .enumerate()
        .filter(honest)
        .map(|(_, event)| event)
        .collect();
    assert!(
        fail(&lied, &mut rng).is_err(),
        "TSUKIYO_SEED={seed}: nothing was noticed"
    );
}
