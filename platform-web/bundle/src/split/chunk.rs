//! A chunk: its functions and constants, with everything else imported from the main part or from JavaScript.

use anyhow::{Context, Result, bail};
use walrus::{ConstExpr, DataKind, FunctionKind, GlobalKind, ImportedFunction, ir::Value};

use super::{
    module::{self, Module},
    plan::{Bytes, Home, Plan},
};

/// The module name under which a chunk imports from the main part.
pub const MAIN: &str = "$";

/// Makes the chunk of this index.
pub fn emit(bound: &[u8], plan: &Plan, chunk: usize) -> Result<Vec<u8>> {
    let mut module = Module::parse(bound)?;
    strip(&mut module);
    share(&mut module);

    for function in &plan.shared {
        import(&mut module, *function);
    }
    for (function, slot) in &plan.doors {
        if plan.home(*function) != Home::Chunk(chunk) {
            module.call_slot(*function, *slot)?;
        }
    }
    fill(&mut module, plan, chunk)?;
    move_bytes(&mut module, plan, chunk)?;
    Ok(module.finish())
}

/// Takes away what only the main part does.
fn strip(module: &mut Module) {
    let wasm = &mut module.wasm;
    wasm.start = None;
    for export in wasm.exports.iter().map(walrus::Export::id).collect::<Vec<_>>() {
        wasm.exports.delete(export);
    }
    for element in wasm.elements.iter().map(walrus::Element::id).collect::<Vec<_>>() {
        wasm.elements.delete(element);
    }
    for table in wasm.tables.iter_mut() {
        table.elem_segments.clear();
    }
}

/// Imports the memory, the tables and the globals.
fn share(module: &mut Module) {
    let wasm = &mut module.wasm;
    for (index, memory) in wasm.memories.iter_mut().enumerate() {
        memory.import = Some(wasm.imports.add(MAIN, &module::memory_name(index), memory.id()));
    }
    for (index, table) in wasm.tables.iter_mut().enumerate() {
        // The main part's may have slots of ours behind the program's own: whatever its size is will do.
        table.maximum = None;
        table.import = Some(wasm.imports.add(MAIN, &module::table_name(index), table.id()));
    }
    for (index, global) in wasm
        .globals
        .iter()
        .map(walrus::Global::id)
        .collect::<Vec<_>>()
        .into_iter()
        .enumerate()
    {
        let import = wasm.imports.add(MAIN, &module::global_name(index), global);
        wasm.globals.get_mut(global).kind = GlobalKind::Import(import);
    }
}

fn import(module: &mut Module, function: u32) {
    let id = module.functions[function as usize];
    let import = module.wasm.imports.add(MAIN, &module::export_name(function), id);
    let function = module.wasm.funcs.get_mut(id);
    function.kind = FunctionKind::Import(ImportedFunction {
        import,
        ty: function.ty(),
    });
}

/// Puts the chunk's functions into their slots.
fn fill(module: &mut Module, plan: &Plan, chunk: usize) -> Result<()> {
    let slots: Vec<(u32, u32)> = plan
        .slots
        .iter()
        .filter(|(_, function)| plan.home(**function) == Home::Chunk(chunk))
        .map(|(slot, function)| (*slot, *function))
        .collect();
    for run in slots.chunk_by(|(a, _), (b, _)| a + 1 == *b) {
        let functions = run
            .iter()
            .map(|(_, function)| module.functions[*function as usize])
            .collect();
        module.fill_slots(run[0].0, functions)?;
    }
    Ok(())
}

/// Takes the chunk's constants instead of all data.
fn move_bytes(module: &mut Module, plan: &Plan, chunk: usize) -> Result<()> {
    let wasm = &mut module.wasm;
    let mut segments = Vec::new();
    for id in wasm.data.iter().map(walrus::Data::id).collect::<Vec<_>>() {
        let data = wasm.data.get_mut(id);
        let DataKind::Active {
            memory,
            offset: ConstExpr::Value(Value::I32(base)),
        } = data.kind
        else {
            bail!("data without a fixed place");
        };
        segments.push((memory, base, std::mem::take(&mut data.value)));
        wasm.data.delete(id);
    }
    for memory in wasm.memories.iter_mut() {
        memory.data_segments.clear();
    }
    for (Bytes { segment, start, end }, _) in plan.bytes.iter().filter(|(_, home)| **home == chunk) {
        let (memory, base, value) = segments.get(*segment).context("wasm-bindgen has removed data")?;
        let kind = DataKind::Active {
            memory: *memory,
            offset: ConstExpr::Value(Value::I32(base + i32::try_from(*start)?)),
        };
        let bytes = value
            .get(*start..*end)
            .context("wasm-bindgen has shortened data")?
            .to_vec();
        let data = wasm.data.add(kind, bytes);
        wasm.memories.get_mut(*memory).data_segments.insert(data);
    }
    Ok(())
}
