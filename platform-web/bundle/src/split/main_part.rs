//! What is loaded at once: the module, with the chunks' functions and constants taken out.

use anyhow::{Context, Result};
use walrus::{ElementItems, FunctionBuilder};

use super::{
    module::{self, Module},
    plan::{Bytes, Plan},
};

/// Makes the main part.
pub fn emit(bound: &[u8], plan: &Plan) -> Result<Vec<u8>> {
    let mut module = Module::parse(bound)?;
    empty_slots(&mut module, plan);
    for (function, slot) in &plan.doors {
        module.call_slot(*function, *slot)?;
    }
    clear(&mut module, plan)?;
    export(&mut module, plan);
    Ok(module.finish())
}

/// Leaves a trap in the slots that a chunk will fill, and makes room for those that the program did not have.
fn empty_slots(module: &mut Module, plan: &Plan) {
    let mut builder = FunctionBuilder::new(&mut module.wasm.types, &[], &[]);
    builder.func_body().unreachable();
    let trap = builder.finish(Vec::new(), &mut module.wasm.funcs);
    let moved: std::collections::HashSet<_> = plan
        .moved
        .keys()
        .map(|function| module.functions[*function as usize])
        .collect();
    for element in module.wasm.elements.iter_mut() {
        if let ElementItems::Functions(functions) = &mut element.items {
            for function in functions {
                if moved.contains(function) {
                    *function = trap;
                }
            }
        }
    }
    let table = module.wasm.tables.get_mut(module.table);
    table.initial = plan.table.into();
    table.maximum = table.maximum.map(|maximum| maximum.max(plan.table.into()));
}

/// Zeros take no room once they are compressed.
fn clear(module: &mut Module, plan: &Plan) -> Result<()> {
    let segments: Vec<_> = module.wasm.data.iter().map(walrus::Data::id).collect();
    for Bytes { segment, start, end } in plan.bytes.keys() {
        let id = *segments.get(*segment).context("wasm-bindgen has removed data")?;
        module
            .wasm
            .data
            .get_mut(id)
            .value
            .get_mut(*start..*end)
            .context("wasm-bindgen has shortened data")?
            .fill(0);
    }
    Ok(())
}

/// Lets the chunks have what they share with the main part.
fn export(module: &mut Module, plan: &Plan) {
    let wasm = &mut module.wasm;
    for (index, memory) in wasm.memories.iter().enumerate() {
        wasm.exports.add(&module::memory_name(index), memory.id());
    }
    for (index, table) in wasm.tables.iter().enumerate() {
        wasm.exports.add(&module::table_name(index), table.id());
    }
    for (index, global) in wasm.globals.iter().enumerate() {
        wasm.exports.add(&module::global_name(index), global.id());
    }
    for function in &plan.shared {
        wasm.exports.add(
            &module::export_name(*function),
            module.functions[*function as usize],
        );
    }
}
