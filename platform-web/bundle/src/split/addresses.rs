//! Who takes whose address, as the linker's relocations say.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use wasmparser::{
    KnownCustom, Linking, Name, Parser, Payload, RelocSectionReader, RelocationEntry, RelocationType,
    SymbolInfo, TypeRef,
};

/// Something whose address is taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A function, by its name.
    Function(String),
    /// A piece of data, by its index in [`Addresses::data`].
    Data(usize),
}

/// A named piece of memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum {
    /// The segment it lies in.
    pub segment: usize,
    /// Where it begins in the segment.
    pub offset: usize,
    /// Its bytes.
    pub size: usize,
    /// What it points at.
    pub takes: BTreeSet<Target>,
}

/// The addresses that the program takes.
#[derive(Debug, Default)]
pub struct Addresses {
    /// By functions, by their names. Functions of one name are taken together.
    pub functions: BTreeMap<String, BTreeSet<Target>>,
    /// Every piece of data.
    pub data: Vec<Datum>,
    /// By data that no symbol covers.
    pub elsewhere: BTreeSet<Target>,
    /// Segments that nothing writes to.
    pub constant: BTreeSet<usize>,
}

/// Reads them from the linker's module.
pub fn read(module: &[u8]) -> Result<Addresses> {
    let raw = Raw::read(module)?;
    let code = raw
        .code_relocations
        .as_ref()
        .context("there are no relocations: was it linked with --emit-relocs?")?;
    let mut addresses = Addresses {
        constant: raw.constant,
        ..Addresses::default()
    };

    let mut datum_of = BTreeMap::new();
    for (index, symbol) in raw.symbols.iter().enumerate() {
        if let SymbolInfo::Data {
            symbol: Some(symbol), ..
        } = symbol
            && symbol.size > 0
        {
            datum_of.insert(index, addresses.data.len());
            addresses.data.push(Datum {
                segment: symbol.index as usize,
                offset: symbol.offset as usize,
                size: symbol.size as usize,
                takes: BTreeSet::new(),
            });
        }
    }
    let target = |entry: &RelocationEntry| -> Option<Target> {
        let index = entry.index as usize;
        match (Kind::of(entry.ty)?, raw.symbols.get(index)?) {
            (Kind::Function, SymbolInfo::Func { index, .. }) => raw
                .names
                .get(index)
                .map(|name| Target::Function((*name).to_owned())),
            (Kind::Data, SymbolInfo::Data { .. }) => datum_of.get(&index).map(|datum| Target::Data(*datum)),
            _ => None,
        }
    };

    for entry in code.entries() {
        let entry = entry?;
        let Some(target) = target(&entry) else { continue };
        let place = raw.code_start + entry.offset as usize;
        let after = raw.bodies.partition_point(|(start, _)| *start <= place);
        let (_, function) = after
            .checked_sub(1)
            .and_then(|at| raw.bodies.get(at))
            .context("a relocation outside the code")?;
        let name = raw.names.get(function).context("a function without a name")?;
        addresses
            .functions
            .entry((*name).to_owned())
            .or_default()
            .insert(target);
    }

    let by_place = ByPlace::new(&addresses.data);
    for entry in raw.data_relocations.iter().flat_map(RelocSectionReader::entries) {
        let entry = entry?;
        let Some(target) = target(&entry) else { continue };
        let place = raw.data_start + entry.offset as usize;
        let segment = raw
            .segments
            .partition_point(|start| *start <= place)
            .checked_sub(1)
            .context("a relocation outside the data")?;
        let mut covered = false;
        for datum in by_place.at(segment, place - raw.segments[segment], &addresses.data) {
            addresses.data[datum].takes.insert(target.clone());
            covered = true;
        }
        if !covered {
            addresses.elsewhere.insert(target);
        }
    }
    Ok(addresses)
}

/// What a relocation is about, of those that take an address.
enum Kind {
    Function,
    Data,
}

impl Kind {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "calls, types, globals and debug information take no address"
    )]
    fn of(relocation: RelocationType) -> Option<Self> {
        use RelocationType as T;
        match relocation {
            T::TableIndexSleb | T::TableIndexI32 | T::TableIndexRelSleb => Some(Kind::Function),
            T::MemoryAddrLeb | T::MemoryAddrSleb | T::MemoryAddrI32 | T::MemoryAddrRelSleb => {
                Some(Kind::Data)
            }
            _ => None,
        }
    }
}

/// Finds the data that cover a place; they may overlap, where the linker merged constants.
struct ByPlace(BTreeMap<usize, Vec<usize>>);

impl ByPlace {
    fn new(data: &[Datum]) -> Self {
        let mut segments: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, datum) in data.iter().enumerate() {
            segments.entry(datum.segment).or_default().push(index);
        }
        for list in segments.values_mut() {
            list.sort_by_key(|index| data[*index].offset);
        }
        Self(segments)
    }

    fn at(&self, segment: usize, offset: usize, data: &[Datum]) -> Vec<usize> {
        let list = self.0.get(&segment).map(Vec::as_slice).unwrap_or_default();
        let after = list.partition_point(|index| data[*index].offset <= offset);
        list[..after]
            .iter()
            .copied()
            .filter(|index| offset < data[*index].offset + data[*index].size)
            .collect()
    }
}

/// The sections of a module that matter here.
#[derive(Default)]
struct Raw<'a> {
    names: BTreeMap<u32, &'a str>,
    symbols: Vec<SymbolInfo<'a>>,
    /// Where the code section begins in the file, and where each body does, with its function's index.
    code_start: usize,
    bodies: Vec<(usize, u32)>,
    /// Where the data section begins in the file, and where the bytes of each segment do.
    data_start: usize,
    segments: Vec<usize>,
    constant: BTreeSet<usize>,
    code_relocations: Option<RelocSectionReader<'a>>,
    data_relocations: Option<RelocSectionReader<'a>>,
}

impl<'a> Raw<'a> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other sections do not matter here"
    )]
    fn read(module: &'a [u8]) -> Result<Self> {
        let mut raw = Self::default();
        let mut imported = 0;
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => raw.code_start = range.start,
                Payload::CodeSectionEntry(body) => {
                    raw.bodies
                        .push((body.range().start, imported + u32::try_from(raw.bodies.len())?));
                }
                Payload::DataSection(section) => {
                    raw.data_start = section.range().start;
                    for data in section {
                        let data = data?;
                        raw.segments.push(data.range.end - data.data.len());
                    }
                }
                Payload::CustomSection(section) => raw.custom(section.name(), section.as_known())?,
                _ => {}
            }
        }
        Ok(raw)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other sections do not matter here"
    )]
    fn custom(&mut self, section: &str, known: KnownCustom<'a>) -> Result<()> {
        match known {
            KnownCustom::Name(names) => {
                for name in names {
                    match name? {
                        Name::Function(map) => {
                            for naming in map {
                                let naming = naming?;
                                self.names.insert(naming.index, naming.name);
                            }
                        }
                        Name::Data(map) => {
                            for naming in map {
                                let naming = naming?;
                                if naming.name.starts_with(".rodata") {
                                    self.constant.insert(naming.index as usize);
                                }
                            }
                        }
                        _ => {}
                    }
                }
            }
            KnownCustom::Linking(linking) => {
                for part in linking.subsections() {
                    if let Linking::SymbolTable(symbols) = part? {
                        self.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                    }
                }
            }
            KnownCustom::Reloc(relocations) if section == "reloc.CODE" => {
                self.code_relocations = Some(relocations)
            }
            KnownCustom::Reloc(relocations) if section == "reloc.DATA" => {
                self.data_relocations = Some(relocations)
            }
            _ => {}
        }
        Ok(())
    }
}
