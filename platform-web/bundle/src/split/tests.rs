//! A small program, cut: `main` calls `shared` and the entrance `room::Room`; that calls `shared` and `inner`, and takes the
//! address of `pointed`, by a table in its constants.

use std::collections::{BTreeMap, BTreeSet};

use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, FunctionBuilder, FunctionId, Module, RefType, ir::Value,
};
use wasmparser::{Parser, Payload, Validator};

use super::{
    Wish,
    addresses::{Addresses, Datum, Target},
    calls, chunk, main_part,
    plan::{Bytes, Home, Plan},
};

const NAMES: [&str; 5] = ["main", "shared", "room::Room", "inner", "pointed"];

fn program() -> Vec<u8> {
    let mut wasm = Module::default();
    let ids: Vec<FunctionId> = NAMES
        .iter()
        .map(|name| {
            let mut builder = FunctionBuilder::new(&mut wasm.types, &[], &[]);
            builder.name((*name).to_owned());
            builder.finish(Vec::new(), &mut wasm.funcs)
        })
        .collect();
    for (caller, callees) in [(0, vec![1, 2]), (2, vec![1, 3])] {
        let mut body = wasm
            .funcs
            .get_mut(ids[caller])
            .kind
            .unwrap_local_mut()
            .builder_mut()
            .func_body();
        for callee in callees {
            body.call(ids[callee]);
        }
    }
    wasm.exports.add("main", ids[0]);
    let table = wasm.tables.add_local(false, 2, Some(2), RefType::FUNCREF);
    let kind = ElementKind::Active {
        table,
        offset: ConstExpr::Value(Value::I32(1)),
    };
    let element = wasm.elements.add(kind, ElementItems::Functions(vec![ids[4]]));
    wasm.tables.get_mut(table).elem_segments.insert(element);
    let memory = wasm.memories.add_local(false, false, 1, None, None);
    let kind = DataKind::Active {
        memory,
        offset: ConstExpr::Value(Value::I32(1024)),
    };
    let data = wasm.data.add(kind, b"mainroom".to_vec());
    wasm.memories.get_mut(memory).data_segments.insert(data);
    wasm.exports.add("memory", memory);
    wasm.emit_wasm()
}

/// As the relocations would say it: `main` has the first half of the constants and `room::Room` the second.
fn addresses() -> Addresses {
    let datum = |offset, takes| Datum {
        segment: 0,
        offset,
        size: 4,
        takes,
    };
    Addresses {
        functions: BTreeMap::from([
            ("main".to_owned(), BTreeSet::from([Target::Data(0)])),
            ("room::Room".to_owned(), BTreeSet::from([Target::Data(1)])),
        ]),
        data: vec![
            datum(0, BTreeSet::new()),
            datum(4, BTreeSet::from([Target::Function("pointed".to_owned())])),
        ],
        elsewhere: BTreeSet::new(),
        constant: BTreeSet::from([0]),
    }
}

fn wish() -> Wish {
    "room=room::Room".parse().unwrap()
}

fn plan(addresses: &Addresses, bound: &[u8]) -> Plan {
    Plan::new(addresses, &calls::read(bound).unwrap(), &[wish()]).unwrap()
}

/// The homes of the functions, in the order of [`NAMES`].
fn homes(plan: &Plan, bound: &[u8]) -> Vec<Home> {
    let calls = calls::read(bound).unwrap();
    let home = |name: &&str| {
        let (function, _) = calls.names.iter().find(|(_, found)| found == name).unwrap();
        plan.home(*function)
    };
    NAMES.iter().map(home).collect()
}

#[test]
fn a_chunk_has_what_only_its_entrance_needs() {
    let bound = program();
    let plan = plan(&addresses(), &bound);
    let chunk = Home::Chunk(0);
    assert_eq!(
        homes(&plan, &bound),
        [Home::Main, Home::Main, chunk, chunk, chunk]
    );
    let room = Bytes {
        segment: 0,
        start: 4,
        end: 8,
    };
    assert_eq!(plan.bytes, BTreeMap::from([(room, 0)]));
    assert_eq!(plan.shared.len(), 1);
    // The program's own slot, and one by which `main` enters.
    assert_eq!(
        (plan.slots.keys().copied().collect::<Vec<_>>(), plan.table),
        (vec![1, 2], 3)
    );
}

#[test]
fn what_something_else_points_at_stays() {
    let mut addresses = addresses();
    addresses.data[0]
        .takes
        .insert(Target::Function("inner".to_owned()));
    addresses.elsewhere.insert(Target::Data(1));
    let bound = program();
    let plan = plan(&addresses, &bound);
    assert_eq!(
        homes(&plan, &bound),
        [Home::Main, Home::Main, Home::Chunk(0), Home::Main, Home::Main]
    );
    assert!(plan.bytes.is_empty());
}

#[test]
fn what_two_chunks_need_is_in_the_one_that_comes_first() {
    let bound = program();
    let mut addresses = addresses();
    let inner = BTreeSet::from([Target::Function("inner".to_owned())]);
    addresses.functions.insert("shared".to_owned(), inner);
    let calls = calls::read(&bound).unwrap();
    let plan = |more: &str| Plan::new(&addresses, &calls, &[wish(), more.parse().unwrap()]);
    let home = |more: &str| homes(&plan(more).unwrap(), &bound)[3];
    assert_eq!(home("more=shared"), Home::Main);
    assert_eq!(home("more:room=shared"), Home::Chunk(0));
    assert!(plan("more:nothing=shared").is_err());
}

#[test]
fn an_entrance_that_does_not_exist_stops_the_build() {
    let calls = calls::read(&program()).unwrap();
    let wishes = ["room=room::Roof".parse().unwrap()];
    assert!(Plan::new(&addresses(), &calls, &wishes).is_err());
    assert!("room".parse::<Wish>().is_err());
}

#[test]
fn the_pieces_fit_together() {
    let bound = program();
    let plan = plan(&addresses(), &bound);
    let (main, chunk) = (
        main_part::emit(&bound, &plan).unwrap(),
        chunk::emit(&bound, &plan, 0).unwrap(),
    );
    for piece in [&main, &chunk] {
        Validator::new().validate_all(piece).unwrap();
    }
    let exported = names(&main, |payload, names| {
        if let Payload::ExportSection(section) = payload {
            names.extend(section.into_iter().map(|export| export.unwrap().name.to_owned()));
        }
    });
    let imported = names(&chunk, |payload, names| {
        if let Payload::ImportSection(section) = payload {
            names.extend(
                section
                    .into_imports()
                    .map(|import| import.unwrap().name.to_owned()),
            );
        }
    });
    assert!(
        !imported.is_empty() && imported.is_subset(&exported),
        "{imported:?} of {exported:?}"
    );
    assert_eq!(constants(&main), [b"main\0\0\0\0".to_vec()]);
    assert_eq!(constants(&chunk), [b"room".to_vec()]);
}

fn names(wasm: &[u8], read: impl Fn(Payload<'_>, &mut BTreeSet<String>)) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for payload in Parser::new(0).parse_all(wasm) {
        read(payload.unwrap(), &mut names);
    }
    names
}

fn constants(wasm: &[u8]) -> Vec<Vec<u8>> {
    let mut constants = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::DataSection(section) = payload.unwrap() {
            constants.extend(section.into_iter().map(|data| data.unwrap().data.to_vec()));
        }
    }
    constants
}
