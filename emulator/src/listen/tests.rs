//! The core against a client that does what it is told, and a query that is asked anew.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{core::Core, message::Outgoing, target::Target, token::Resume};
use crate::{
    engine::Write,
    path::{DatabaseName, DocumentName, ParentName, key},
    precondition::Precondition,
    proto::{
        self, Document, ListenResponse, StructuredQuery, Value, listen_response::ResponseType,
        structured_query as query, target_change::TargetChangeType, value::ValueType,
    },
    query::Query,
    storage::{Commit, Held, Snapshot, State, Storage, Subscription},
    value::{Fields, value},
};

const DATABASE: &str = "projects/p/databases/d";
const ROOT: &str = "projects/p/databases/d/documents";
const COLLECTIONS: [&str; 3] = ["a", "b", "b/x/a"];

fn int(number: i64) -> Value {
    value(ValueType::IntegerValue(number))
}

/// What targets of all kinds watch; the index is the kind.
fn wanted(kind: usize) -> proto::Target {
    let from = |id: &str, all_descendants| query::CollectionSelector {
        collection_id: id.to_owned(),
        all_descendants,
    };
    let field = |path: &str| query::FieldReference {
        field_path: path.to_owned(),
    };
    let order = |path: &str, descending: bool| query::Order {
        field: Some(field(path)),
        direction: 1 + i32::from(descending),
    };
    let filter = |path: &str, op: query::field_filter::Operator, number| query::Filter {
        filter_type: Some(query::filter::FilterType::FieldFilter(query::FieldFilter {
            field: Some(field(path)),
            op: op.into(),
            value: Some(int(number)),
        })),
    };
    let structured = match kind {
        0 => StructuredQuery {
            from: vec![from("a", false)],
            ..Default::default()
        },
        1 => StructuredQuery {
            from: vec![from("a", true)],
            limit: Some(3),
            ..Default::default()
        },
        2 => StructuredQuery {
            from: vec![from("a", false)],
            r#where: Some(filter("n", query::field_filter::Operator::GreaterThan, 1)),
            order_by: vec![order("n", true)],
            limit: Some(2),
            ..Default::default()
        },
        3 => StructuredQuery {
            from: vec![from("b", false)],
            r#where: Some(filter("m", query::field_filter::Operator::Equal, 1)),
            select: Some(query::Projection {
                fields: vec![field("n")],
            }),
            ..Default::default()
        },
        4 => StructuredQuery {
            from: vec![from("a", true)],
            order_by: vec![order("n", false), order("m", true)],
            offset: 1,
            limit: Some(2),
            ..Default::default()
        },
        5 => StructuredQuery {
            from: vec![from("a", false)],
            order_by: vec![order("n", false)],
            start_at: Some(proto::Cursor {
                values: vec![int(1)],
                before: true,
            }),
            end_at: Some(proto::Cursor {
                values: vec![int(3)],
                before: true,
            }),
            ..Default::default()
        },
        _ => {
            let documents = ["a/0", "a/1", "b/x/a/2"]
                .map(|path| format!("{ROOT}/{path}"))
                .to_vec();
            return proto::Target {
                target_type: Some(proto::target::TargetType::Documents(
                    proto::target::DocumentsTarget { documents },
                )),
                ..Default::default()
            };
        }
    };
    proto::Target {
        target_type: Some(proto::target::TargetType::Query(proto::target::QueryTarget {
            parent: ROOT.to_owned(),
            query_type: Some(proto::target::query_target::QueryType::StructuredQuery(
                structured,
            )),
        })),
        ..Default::default()
    }
}

const KINDS: usize = 7;

/// What the target should show, found out from nothing.
fn recomputed(wanted: &proto::Target, snapshot: &Snapshot) -> BTreeMap<String, Document> {
    let rows = match wanted.target_type.as_ref().unwrap() {
        proto::target::TargetType::Documents(documents) => {
            let keys = documents
                .documents
                .iter()
                .map(|name| key::document(&DocumentName::parse(name).unwrap()));
            return keys
                .filter_map(|key| snapshot.row(&key).unwrap())
                .map(|row| row.decode().unwrap())
                .map(|document| (document.name.clone(), document))
                .collect();
        }
        proto::target::TargetType::Query(query) => {
            let Some(proto::target::query_target::QueryType::StructuredQuery(structured)) = &query.query_type
            else {
                unreachable!()
            };
            let query = Query::parse(&ParentName::parse(&query.parent).unwrap(), structured).unwrap();
            let select = query.select().cloned();
            query.run(snapshot).unwrap().found.into_iter().map(move |found| {
                let mut document = found.row.decode().unwrap();
                if let Some(mask) = &select {
                    document.fields = mask.project(&document.fields);
                }
                document
            })
        }
    };
    rows.map(|document| (document.name.clone(), document)).collect()
}

/// A client: what it knows of each target.
#[derive(Clone, Debug, Default)]
struct Known {
    documents: BTreeMap<String, Document>,
    current: bool,
    token: Vec<u8>,
}

#[derive(Default)]
struct Client(BTreeMap<i32, Known>);

impl Client {
    fn hear(&mut self, out: Vec<Outgoing>) {
        for message in out {
            self.hear_one(message.into_message().unwrap());
        }
    }

    fn hear_one(&mut self, message: ListenResponse) {
        match message.response_type.unwrap() {
            ResponseType::TargetChange(change) => {
                let kind = change.target_change_type();
                let all = change.target_ids.is_empty();
                assert!(all || kind != TargetChangeType::NoChange);
                for (id, known) in &mut self.0 {
                    if !all && !change.target_ids.contains(id) {
                        continue;
                    }
                    match kind {
                        TargetChangeType::Reset => known.documents.clear(),
                        TargetChangeType::Current => known.current = true,
                        TargetChangeType::Add | TargetChangeType::Remove | TargetChangeType::NoChange => {}
                    }
                    if !change.resume_token.is_empty() {
                        known.token = change.resume_token.clone();
                    }
                }
            }
            ResponseType::DocumentChange(change) => {
                let document = change.document.unwrap();
                assert!(!change.target_ids.is_empty());
                for id in change.target_ids {
                    self.0
                        .get_mut(&id)
                        .unwrap()
                        .documents
                        .insert(document.name.clone(), document.clone());
                }
                self.lose(&document.name, &change.removed_target_ids);
            }
            ResponseType::DocumentDelete(gone) => self.lose(&gone.document, &gone.removed_target_ids),
            ResponseType::DocumentRemove(gone) => self.lose(&gone.document, &gone.removed_target_ids),
            ResponseType::Filter(filter) => {
                let known = &self.0[&filter.target_id];
                assert_eq!(known.documents.len(), usize::try_from(filter.count).unwrap());
            }
        }
    }

    fn lose(&mut self, name: &str, targets: &[i32]) {
        for id in targets {
            self.0.get_mut(id).unwrap().documents.remove(name);
        }
    }
}

/// A collection, an id, and the fields `n` and `m`; without them the document is deleted.
type Put = (usize, usize, Option<(i64, i64)>);

#[derive(Clone, Debug)]
enum Op {
    Commit(Vec<Put>),
    Advance,
    Overflow,
    Watch(usize),
    Leave(usize),
    ComeBack(usize),
    Forget(usize),
    Clear,
}

fn op() -> impl Strategy<Value = Op> {
    let write = (
        0..COLLECTIONS.len(),
        0..6_usize,
        prop::option::weighted(0.75, (0..5_i64, 0..3_i64)),
    );
    prop_oneof![
        8 => prop::collection::vec(write, 1..4).prop_map(Op::Commit),
        4 => Just(Op::Advance),
        1 => Just(Op::Overflow),
        3 => (0..KINDS).prop_map(Op::Watch),
        1 => (0..KINDS).prop_map(Op::Leave),
        2 => (0..KINDS).prop_map(Op::ComeBack),
        1 => (0..KINDS).prop_map(Op::Forget),
        1 => Just(Op::Clear),
    ]
}

struct World {
    runtime: tokio::runtime::Runtime,
    storage: Storage,
    subscription: Subscription,
    core: Core,
    client: Client,
    /// Clients that left, with what they knew.
    away: BTreeMap<i32, Known>,
}

impl World {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let storage = Storage::open(None, 0).unwrap();
        let database = DatabaseName::parse(DATABASE).unwrap();
        Self {
            subscription: storage.feed().subscribe(&database),
            core: Core::new(storage.id(), database, storage.snapshot().time),
            runtime,
            storage,
            client: Client::default(),
            away: BTreeMap::new(),
        }
    }

    fn run(&mut self, op: Op) {
        match op {
            Op::Commit(writes) => {
                let writes = writes.into_iter().map(|(collection, id, fields)| {
                    let name = format!("{ROOT}/{}/{id}", COLLECTIONS[collection]);
                    let name = DocumentName::parse(&name).unwrap();
                    match fields {
                        None => Write::delete(name, Precondition::None),
                        Some((n, m)) => {
                            let fields: Fields = [("n".to_owned(), int(n)), ("m".to_owned(), int(m))].into();
                            Write::update(name, fields, None, Precondition::None).unwrap()
                        }
                    }
                });
                let commit = Commit {
                    writes: writes.collect(),
                    reads: None,
                };
                self.runtime.block_on(self.storage.commit(commit)).unwrap();
            }
            Op::Clear => {
                let database = DatabaseName::parse(DATABASE).unwrap();
                self.runtime.block_on(self.storage.clear(database)).unwrap();
            }
            Op::Advance => self.advance(false),
            Op::Overflow => self.advance(true),
            Op::Watch(kind) => self.watch(kind, Known::default(), Resume::Anew),
            Op::Leave(kind) => {
                let id = i32::try_from(kind).unwrap() + 1;
                if let Some(known) = self.client.0.remove(&id) {
                    let topics = self.core.target(id).unwrap().topics();
                    self.subscription.remove(&topics);
                    let out = self.core.remove(id);
                    self.client.hear(vec![out]);
                    self.away.insert(id, known);
                }
            }
            Op::ComeBack(kind) => {
                if let Some(known) = self.away.remove(&(i32::try_from(kind).unwrap() + 1)) {
                    let token = proto::target::ResumeType::ResumeToken(known.token.clone());
                    let resume = Resume::parse(Some(&token), self.storage.id());
                    self.watch(kind, known, resume);
                }
            }
            Op::Forget(kind) => {
                if let Some(known) = self.away.remove(&(i32::try_from(kind).unwrap() + 1)) {
                    self.watch(kind, known, Resume::Unknown);
                }
            }
        }
    }

    fn watch(&mut self, kind: usize, known: Known, resume: Resume) {
        let id = i32::try_from(kind).unwrap() + 1;
        if self.core.target(id).is_some() {
            return;
        }
        let target = Target::parse(&wanted(kind), &DatabaseName::parse(DATABASE).unwrap()).unwrap();
        self.subscription.add(&target.topics());
        self.advance(false);
        self.client.0.insert(id, known);
        let snapshot = self.storage.snapshot();
        let out = self.core.add(id, target, resume, &snapshot).unwrap();
        self.client.hear(out);
        self.check(&snapshot);
    }

    fn advance(&mut self, overflow: bool) {
        let snapshot = self.storage.snapshot();
        let held = self.subscription.inbox.take(snapshot.time);
        let held = if overflow { Held::TooMany } else { held };
        let out = self.core.advance(held, &snapshot).unwrap();
        self.client.hear(out);
        let beat = self.core.beat();
        self.client.hear(beat.into_iter().collect());
        self.check(&snapshot);
    }

    fn check(&self, snapshot: &Snapshot) {
        for (id, known) in &self.client.0 {
            let wanted = wanted(usize::try_from(*id).unwrap() - 1);
            assert!(known.current);
            assert_eq!(known.documents, recomputed(&wanted, snapshot), "target {id}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_client_always_knows_what_a_query_would_find(ops in prop::collection::vec(op(), 1..60)) {
        let mut world = World::new();
        for op in ops {
            world.run(op);
        }
        world.advance(false);
    }

    #[test]
    fn the_past_is_what_it_was(
        ops in prop::collection::vec(op(), 1..40),
        kind in 0..KINDS,
    ) {
        let mut world = World::new();
        let database = DatabaseName::parse(DATABASE).unwrap();
        let mut states = Vec::new();
        for op in ops {
            world.run(op);
            let snapshot = world.storage.snapshot();
            states.push((snapshot.time, recomputed(&wanted(kind), &snapshot)));
        }
        let now = world.storage.snapshot();
        for (time, expected) in states {
            match now.at(time, &database) {
                Ok(past) => prop_assert_eq!(recomputed(&wanted(kind), &past), expected),
                Err(error) => prop_assert!(time < now.since, "{}", error),
            }
        }
    }
}

#[test]
fn a_commit_that_concerns_nobody_says_nothing() {
    let mut world = World::new();
    world.watch(3, Known::default(), Resume::Anew);
    world.run(Op::Commit(vec![(0, 1, Some((1, 1)))]));
    let snapshot = world.storage.snapshot();
    let Held::Changes(changes) = world.subscription.inbox.take(snapshot.time) else {
        panic!("too many")
    };
    assert!(changes.is_empty());
    assert!(
        world
            .core
            .advance(Held::Changes(changes), &snapshot)
            .unwrap()
            .is_empty()
    );
    assert!(world.core.beat().is_some() && world.core.beat().is_none());
}

#[test]
fn what_happens_behind_a_full_window_does_not_ask_the_query_again() {
    let mut world = World::new();
    world.run(Op::Commit(vec![(0, 1, Some((4, 0))), (0, 2, Some((4, 0)))]));
    world.watch(2, Known::default(), Resume::Anew);
    world.run(Op::Commit(vec![(0, 3, Some((2, 0)))]));
    let snapshot = world.storage.snapshot();
    let held = world.subscription.inbox.take(snapshot.time);
    assert!(world.core.advance(held, &snapshot).unwrap().is_empty());
}
