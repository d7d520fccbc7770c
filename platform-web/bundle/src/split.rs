//! Cuts the module into what the first page needs and chunks that are loaded when they are.
//!
//! A chunk is wished for by its entrances, functions such as components. It gets these, everything that only they need, and
//! its constants; what something else needs as well, or another chunk, stays. A call from the rest into a chunk goes through
//! a slot of the function table, as a call to a function pointer does; loading the chunk fills its slots. Calling it earlier
//! traps: the app asks for a chunk before it draws what is in it, and no function in the program knows of the cut.
//!
//! Who takes whose address (function pointers, vtables, constants) is in the relocations that the linker leaves with
//! `--emit-relocs`; who calls whom is read from the code.

mod addresses;
mod calls;
mod chunk;
mod main_part;
mod module;
mod plan;

use anyhow::{Context, Result};

use self::plan::Plan;

/// A chunk that is wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The name by which the app asks for it.
    pub name: String,
    /// The chunk that is always loaded before it, if there is one: what both need is in that, and not in what is loaded first.
    pub after: Option<String>,
    /// The functions by which it is entered, such as `app::room::Room`; a method goes by the path of its type as well.
    pub entrances: Vec<String>,
}

/// The module in pieces.
#[derive(Debug)]
pub struct Pieces {
    /// What is loaded at once.
    pub main: Vec<u8>,
    /// The chunks with their names, in the order in which they were wished for.
    pub chunks: Vec<(String, Vec<u8>)>,
}

impl std::str::FromStr for Wish {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, entrances) = text
            .split_once('=')
            .context("a chunk is NAME[:AFTER]=PATH,PATH…")?;
        let (name, after) = match name.split_once(':') {
            Some((name, after)) => (name, Some(after.to_owned())),
            None => (name, None),
        };
        Ok(Self {
            name: name.to_owned(),
            after,
            entrances: entrances.split(',').map(str::to_owned).collect(),
        })
    }
}

/// Cuts the module that wasm-bindgen made (`bound`) of the linker's (`linked`). Both must have the names of their functions.
///
/// # Errors
/// When a module cannot be read, when `linked` has no relocations, or when a chunk would be empty.
pub fn split(linked: &[u8], bound: &[u8], wishes: &[Wish]) -> Result<Pieces> {
    let addresses = addresses::read(linked).context("reading the linker's module")?;
    let calls = calls::read(bound).context("reading wasm-bindgen's module")?;
    let plan = Plan::new(&addresses, &calls, wishes)?;
    let chunks = wishes
        .iter()
        .enumerate()
        .map(|(index, wish)| Ok((wish.name.clone(), chunk::emit(bound, &plan, index)?)))
        .collect::<Result<_>>()?;
    Ok(Pieces {
        main: main_part::emit(bound, &plan)?,
        chunks,
    })
}

#[cfg(test)]
mod tests;
