//! Decides what goes where. Pure: graphs in, sets out.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

use super::{
    Wish,
    addresses::{Addresses, Target},
    calls::Calls,
};

/// Where a function or a piece of data lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    /// In what is loaded at once.
    Main,
    /// In the chunk of this index.
    Chunk(usize),
}

/// Bytes of a segment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes {
    /// Which segment.
    pub segment: usize,
    /// Where they begin in it.
    pub start: usize,
    /// Where they end in it.
    pub end: usize,
}

/// What goes where.
#[derive(Debug, Default)]
pub struct Plan {
    /// Functions that live in a chunk, with its index. All others stay.
    pub moved: BTreeMap<u32, usize>,
    /// Constants that live in a chunk, with its index.
    pub bytes: BTreeMap<Bytes, usize>,
    /// Slots of the table whose function lives in a chunk: slots of the program's own and, behind those, ours.
    pub slots: BTreeMap<u32, u32>,
    /// The slot by which a function of a chunk is called from elsewhere.
    pub doors: BTreeMap<u32, u32>,
    /// Functions which stay and are called from a chunk.
    pub shared: BTreeSet<u32>,
    /// How many slots the table needs.
    pub table: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Function(u32),
    Data(usize),
}

type Edges = BTreeMap<Node, BTreeSet<Node>>;

impl Plan {
    /// Makes the plan.
    ///
    /// # Errors
    /// When an entrance is no function, or is called before its chunk can be asked for.
    pub fn new(addresses: &Addresses, calls: &Calls, wishes: &[Wish]) -> Result<Self> {
        let (edges, roots) = graph(addresses, calls);
        let wished: Vec<BTreeSet<Node>> = wishes
            .iter()
            .map(|wish| entrances(wish, calls))
            .collect::<Result<_>>()?;
        let cut: BTreeSet<Node> = wished.iter().flatten().copied().collect();

        let main = reach(&edges, roots, &cut);
        let reached: Vec<_> = wished
            .iter()
            .map(|own| {
                let begin = own.difference(&main).copied();
                let others = cut.difference(own).chain(&main).copied().collect();
                reach(&edges, begin, &others)
            })
            .collect();
        let before: Vec<Option<usize>> = wishes
            .iter()
            .map(|wish| before(wish, wishes))
            .collect::<Result<_>>()?;
        // What two chunks need is in what both can rely on: the one of them that is always loaded before the other, or what is
        // loaded at once.
        let owner = |node: &Node| {
            let owners: Vec<usize> = (0..reached.len())
                .filter(|index| reached[*index].contains(node) && !main.contains(node))
                .collect();
            let relies = |index: &usize, on: usize| *index == on || before[*index] == Some(on);
            owners
                .iter()
                .copied()
                .find(|on| owners.iter().all(|index| relies(index, *on)))
        };

        let mut plan = Self::default();
        for (index, wish) in wishes.iter().enumerate() {
            for node in &reached[index] {
                if let Node::Function(function) = node
                    && *function >= calls.imported
                    && owner(node) == Some(index)
                {
                    plan.moved.insert(*function, index);
                }
            }
            ensure!(
                plan.moved.values().any(|home| *home == index),
                "nothing is in the chunk {}",
                wish.name
            );
        }
        plan.move_bytes(addresses, |datum| owner(&Node::Data(datum)));
        plan.connect(calls);
        Ok(plan)
    }

    /// Returns where a function lives.
    pub fn home(&self, function: u32) -> Home {
        self.moved
            .get(&function)
            .map_or(Home::Main, |chunk| Home::Chunk(*chunk))
    }

    /// Constants may overlap, where the linker merged them: a byte moves if all that have it move to the same chunk.
    fn move_bytes(&mut self, addresses: &Addresses, owner: impl Fn(usize) -> Option<usize>) {
        let mut owners: BTreeMap<usize, Vec<Option<Option<usize>>>> = BTreeMap::new();
        for (index, datum) in addresses.data.iter().enumerate() {
            if !addresses.constant.contains(&datum.segment) {
                continue;
            }
            let bytes = owners.entry(datum.segment).or_default();
            let end = datum.offset + datum.size;
            if bytes.len() < end {
                bytes.resize(end, None);
            }
            let owner = owner(index);
            for byte in &mut bytes[datum.offset..end] {
                *byte = match *byte {
                    None => Some(owner),
                    Some(other) if other == owner => Some(owner),
                    Some(_) => Some(None),
                };
            }
        }
        for (segment, bytes) in owners {
            let mut start = 0;
            for run in bytes.chunk_by(|a, b| a == b) {
                let end = start + run.len();
                if let Some(Some(chunk)) = run[0] {
                    self.bytes.insert(Bytes { segment, start, end }, chunk);
                }
                start = end;
            }
        }
    }

    /// Gives every call across a cut its way.
    fn connect(&mut self, calls: &Calls) {
        self.table = calls.slots;
        for (slot, function) in &calls.table {
            if self.moved.contains_key(function) {
                self.slots.insert(*slot, *function);
                self.doors.insert(*function, *slot);
            }
        }
        let crossings: Vec<(Home, u32)> = calls
            .callees
            .iter()
            .flat_map(|(caller, callees)| callees.iter().map(|callee| (self.home(*caller), *callee)))
            .filter(|(from, callee)| *from != self.home(*callee))
            .collect();
        let mut doors: BTreeSet<u32> = self.doors.keys().copied().collect();
        for (_, callee) in crossings {
            if self.home(callee) == Home::Main {
                if callee >= calls.imported {
                    self.shared.insert(callee);
                }
            } else if doors.insert(callee) {
                self.slots.insert(self.table, callee);
                self.doors.insert(callee, self.table);
                self.table += 1;
            }
        }
    }
}

/// The chunk that is always loaded before another.
fn before(wish: &Wish, wishes: &[Wish]) -> Result<Option<usize>> {
    let Some(after) = &wish.after else {
        return Ok(None);
    };
    let index = wishes
        .iter()
        .position(|other| other.name == *after && other.after.is_none());
    ensure!(
        index.is_some(),
        "{} is to come after {after}, which is no chunk that can be loaded by itself",
        wish.name
    );
    Ok(index)
}

/// The functions by which a chunk is entered.
fn entrances(wish: &Wish, calls: &Calls) -> Result<BTreeSet<Node>> {
    let mut found = BTreeSet::new();
    for path in &wish.entrances {
        let own = [path.clone(), format!("<{path} as ")];
        let mut functions = calls
            .names
            .iter()
            .filter(|(function, name)| {
                let name = format!("{:#}", rustc_demangle::demangle(name));
                **function >= calls.imported && (name == own[0] || name.starts_with(&own[1]))
            })
            .map(|(function, _)| Node::Function(*function))
            .peekable();
        ensure!(
            functions.peek().is_some(),
            "there is no function {path}, or the compiler has made it a part of another"
        );
        found.extend(functions);
    }
    Ok(found)
}

/// Everything that leads from one function or constant to another, and what leads in from outside.
fn graph(addresses: &Addresses, calls: &Calls) -> (Edges, BTreeSet<Node>) {
    let mut by_name: BTreeMap<&str, Vec<Node>> = BTreeMap::new();
    for (function, name) in &calls.names {
        by_name.entry(name).or_default().push(Node::Function(*function));
    }
    let named = |name: &String| by_name.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
    let nodes = |targets: &BTreeSet<Target>| -> BTreeSet<Node> {
        targets
            .iter()
            .flat_map(|target| match target {
                Target::Function(name) => named(name).to_vec(),
                Target::Data(index) => vec![Node::Data(*index)],
            })
            .collect()
    };

    let mut edges = Edges::new();
    for (name, targets) in &addresses.functions {
        for function in named(name) {
            edges.entry(*function).or_default().extend(nodes(targets));
        }
    }
    for (index, datum) in addresses.data.iter().enumerate() {
        edges
            .entry(Node::Data(index))
            .or_default()
            .extend(nodes(&datum.takes));
    }

    let mut roots = nodes(&addresses.elsewhere);
    roots.extend(calls.outside.iter().map(|function| Node::Function(*function)));
    // A pointer that the linker does not know of is wasm-bindgen's, or was taken by what it removed.
    let known: BTreeSet<Node> = edges.values().flatten().copied().collect();
    roots.extend(
        calls
            .table
            .values()
            .map(|function| Node::Function(*function))
            .filter(|node| !known.contains(node)),
    );

    for (caller, callees) in &calls.callees {
        edges
            .entry(Node::Function(*caller))
            .or_default()
            .extend(callees.iter().map(|callee| Node::Function(*callee)));
    }
    (edges, roots)
}

/// Everything that can be come to from `roots` without passing what is in `cut`.
fn reach(edges: &Edges, roots: impl IntoIterator<Item = Node>, cut: &BTreeSet<Node>) -> BTreeSet<Node> {
    let mut reached: BTreeSet<Node> = roots.into_iter().collect();
    let mut open: Vec<Node> = reached.iter().copied().collect();
    while let Some(node) = open.pop() {
        for next in edges.get(&node).into_iter().flatten() {
            if !cut.contains(next) && reached.insert(*next) {
                open.push(*next);
            }
        }
    }
    reached
}
