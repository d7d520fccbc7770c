//! The module as something that can be changed, with its functions by their index.

use anyhow::{Context, Result};
use std::sync::{Arc, Mutex};
use walrus::{
    ConstExpr, ElementItems, ElementKind, FunctionBuilder, FunctionId, FunctionKind, ModuleConfig, TableId,
    ir::Value,
};

/// A module under the knife.
pub struct Module {
    /// All of it.
    pub wasm: walrus::Module,
    /// Its functions, by their index in the file.
    pub functions: Vec<FunctionId>,
    /// The function table.
    pub table: TableId,
}

impl Module {
    /// Reads it. It will be written without names.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let found = Arc::new(Mutex::new(Vec::new()));
        let functions = found.clone();
        let wasm = ModuleConfig::new()
            .generate_name_section(false)
            .generate_producers_section(false)
            .on_parse(move |_, ids| {
                if let Ok(mut functions) = functions.lock() {
                    *functions = (0..).map_while(|index| ids.get_func(index).ok()).collect();
                }
                Ok(())
            })
            .parse(bytes)?;
        let functions = std::mem::take(&mut *found.lock().ok().context("the functions are lost")?);
        let table = wasm
            .tables
            .main_function_table()?
            .context("there is no function table")?;
        Ok(Self {
            wasm,
            functions,
            table,
        })
    }

    /// Makes a function call whatever is in a slot of the table.
    pub fn call_slot(&mut self, function: u32, slot: u32) -> Result<()> {
        let id = self.functions[function as usize];
        let ty = self.wasm.funcs.get(id).ty();
        let (params, results) = {
            let ty = self.wasm.types.get(ty);
            (ty.params().to_vec(), ty.results().to_vec())
        };
        let locals: Vec<_> = params.iter().map(|ty| self.wasm.locals.add(*ty)).collect();
        let mut builder = FunctionBuilder::new(&mut self.wasm.types, &params, &results);
        let mut body = builder.func_body();
        for local in &locals {
            body.local_get(*local);
        }
        body.i32_const(i32::try_from(slot)?).call_indirect(ty, self.table);
        self.wasm.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(locals));
        Ok(())
    }

    /// Puts functions into the slots of the table from `start` on when the module is loaded.
    pub fn fill_slots(&mut self, start: u32, functions: Vec<FunctionId>) -> Result<()> {
        let kind = ElementKind::Active {
            table: self.table,
            offset: ConstExpr::Value(Value::I32(i32::try_from(start)?)),
        };
        let element = self.wasm.elements.add(kind, ElementItems::Functions(functions));
        self.wasm.tables.get_mut(self.table).elem_segments.insert(element);
        Ok(())
    }

    /// Writes it without what nothing needs any more, such as what was left for the linker.
    pub fn finish(mut self) -> Vec<u8> {
        for custom in self.wasm.customs.iter().map(|(id, _)| id).collect::<Vec<_>>() {
            self.wasm.customs.delete(custom);
        }
        walrus::passes::gc::run(&mut self.wasm);
        self.wasm.emit_wasm()
    }
}

/// The name under which the main part exports its function of this index, short because each is downloaded twice.
pub fn export_name(function: u32) -> String {
    const DIGITS: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
    let mut name = String::from(".");
    let mut rest = function as usize;
    loop {
        name.push(char::from(DIGITS[rest % DIGITS.len()]));
        rest /= DIGITS.len();
        if rest == 0 {
            return name;
        }
    }
}

/// The names under which the main part exports its memory, its tables and its globals, by their place in the module.
pub fn memory_name(index: usize) -> String {
    format!("m.{index}")
}

/// See [`memory_name`].
pub fn table_name(index: usize) -> String {
    format!("t.{index}")
}

/// See [`memory_name`].
pub fn global_name(index: usize) -> String {
    format!("g.{index}")
}
