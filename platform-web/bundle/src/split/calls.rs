//! Who calls whom in the module that wasm-bindgen made, and what is called from outside.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use wasmparser::{
    ElementItems, ElementKind, ExternalKind, KnownCustom, Name, Operator, Parser, Payload, TypeRef,
};

/// The calls of a module. Functions go by their index.
#[derive(Debug, Default)]
pub struct Calls {
    /// The names of the functions, imported ones included, as far as they have one.
    pub names: BTreeMap<u32, String>,
    /// How many functions are imported; the rest has a body.
    pub imported: u32,
    /// How many functions there are.
    pub count: u32,
    /// Whom each function calls.
    pub callees: BTreeMap<u32, BTreeSet<u32>>,
    /// The functions in the function table, by their slots.
    pub table: BTreeMap<u32, u32>,
    /// How many slots the function table has.
    pub slots: u32,
    /// What is exported or started.
    pub outside: BTreeSet<u32>,
}

/// Reads them.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other sections and instructions call nothing"
)]
pub fn read(module: &[u8]) -> Result<Calls> {
    let mut calls = Calls::default();
    let mut bodies = 0;
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    calls.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table?;
                    if table.ty.element_type.is_func_ref() {
                        calls.slots = u32::try_from(table.ty.initial)?;
                    }
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        calls.outside.insert(export.index);
                    }
                }
            }
            Payload::StartSection { func, .. } => {
                calls.outside.insert(func);
            }
            Payload::ElementSection(section) => {
                for element in section {
                    let element = element?;
                    let ElementKind::Active { offset_expr, .. } = element.kind else {
                        continue;
                    };
                    let ElementItems::Functions(functions) = element.items else {
                        bail!("the function table is not made of functions");
                    };
                    let Operator::I32Const { value: start } = offset_expr.get_operators_reader().read()?
                    else {
                        bail!("a part of the function table is not at a fixed place");
                    };
                    for (slot, function) in (u32::try_from(start)?..).zip(functions) {
                        calls.table.insert(slot, function?);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let callees = calls.callees.entry(calls.imported + bodies).or_default();
                bodies += 1;
                for operator in body.get_operators_reader()? {
                    match operator? {
                        Operator::Call { function_index }
                        | Operator::ReturnCall { function_index }
                        | Operator::RefFunc { function_index } => {
                            callees.insert(function_index);
                        }
                        _ => {}
                    }
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    for name in names {
                        if let Name::Function(map) = name? {
                            for naming in map {
                                let naming = naming?;
                                calls.names.insert(naming.index, naming.name.to_owned());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    calls.count = calls.imported + bodies;
    Ok(calls)
}
