//! Turns the compiled web app into the files a browser downloads.
//!
//! `cargo build` leaves one `.wasm`; this tool runs wasm-bindgen over it, names every file after its content (so that
//! the server may say "immutable"), fills in `index.html`, compresses everything once with brotli and gzip, and prints
//! what a first visit costs. It stands in for `dx bundle`, so that a build needs nothing but cargo.

mod bindgen;
mod compress;
mod link;
mod report;
mod scripts;
mod shorten;
mod site;
mod split;
mod stamp;
mod trim;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;

use crate::{
    compress::Quality,
    site::Site,
    split::{Pieces, Wish},
    stamp::Stamp,
};

/// Turns the compiled web app into hashed, precompressed files.
#[derive(Parser, Debug)]
struct Args {
    /// The module that cargo built for wasm32.
    #[arg(long)]
    wasm: PathBuf,
    /// The page; `{{name}}` in it becomes the address of the hashed file `name`, once `<!-- bundle … -->` is open.
    #[arg(long)]
    html: PathBuf,
    /// A folder of files to serve: icons, the manifest, scripts. May be given more than once.
    #[arg(long)]
    assets: Vec<PathBuf>,
    /// A folder whose `*.css`, in the order of their names, become `{{style.css}}`; those in a folder within it that has the
    /// name of a chunk are loaded with that chunk. May be given more than once.
    #[arg(long)]
    styles: Vec<PathBuf>,
    /// A folder of scripts: the modules of each folder `name` within it are joined and become `{{name.js}}`; one that has the
    /// name of a chunk is loaded with that chunk.
    #[arg(long)]
    scripts: Option<PathBuf>,
    /// Where the site goes. What was there before is replaced.
    #[arg(long)]
    out: PathBuf,
    /// A part of the app that is loaded when it is needed: `NAME=PATH,PATH…` with the paths of the functions by which it is entered; `NAME:AFTER=…`
    /// for one that is loaded with another and after it. May be given more than once. The module must be linked with `--emit-relocs`.
    #[arg(long)]
    chunk: Vec<Wish>,
    /// Compresses quickly instead of well and keeps the names of functions, for a build that is looked at once.
    #[arg(long)]
    fast: bool,
}

impl Args {
    /// The chunk that is loaded with this one and before it.
    fn after(&self, chunk: &str) -> Option<String> {
        self.chunk.iter().find(|wish| wish.name == chunk)?.after.clone()
    }

    /// Where the style sheets of a chunk are.
    fn styles_of(&self, chunk: &str) -> Vec<PathBuf> {
        self.styles.iter().map(|folder| folder.join(chunk)).collect()
    }
}

fn main() -> Result<()> {
    let args = Args::parse();
    let quality = if args.fast { Quality::Fast } else { Quality::Best };

    let stamp = Stamp::of(&args)?;
    if stamp.is_current(&args.out) {
        println!("{}: unchanged", args.out.display());
        return Ok(());
    }

    let site = assemble(&args)?;
    let files = compress::all(site.into_files(), quality)?;
    site::write(&args.out, &files).with_context(|| format!("writing {}", args.out.display()))?;
    stamp.store(&args.out)?;
    report::print(&args.out, &files);
    Ok(())
}

/// Collects every file of the site, those that others point at first.
fn assemble(args: &Args) -> Result<Site> {
    let mut site = Site::default();
    let app = bindgen::run(&args.wasm, args.fast || !args.chunk.is_empty())?;
    let pieces = if args.fast || args.chunk.is_empty() {
        Pieces {
            main: app.wasm,
            chunks: Vec::new(),
        }
    } else {
        split::split(&app.linked, &app.wasm, &args.chunk)?
    };

    let scripts = scripts::add(&mut site, args)?;
    let wasm_url = site.add_hashed("app.wasm", pieces.main);
    let mut styles = site::concatenate_styles(&args.styles)?;
    let mut chunks = Vec::new();
    for (name, wasm) in pieces.chunks {
        let module = site.add_hashed(&format!("{name}.wasm"), wasm);
        let sheet = trim::styles(&site::concatenate_styles(&args.styles_of(&name))?);
        let sheet = (!sheet.is_empty()).then(|| site.add_hashed(&format!("{name}.css"), sheet.into_bytes()));
        chunks.push(bindgen::Chunk {
            after: args.after(&name),
            script: scripts.get(&name).cloned(),
            name,
            module: Some(module),
            sheet,
        });
    }
    if chunks.is_empty() {
        // Everything is here at once, so that is how it has to look.
        for wish in &args.chunk {
            styles.push_str(&site::concatenate_styles(&args.styles_of(&wish.name))?);
        }
        chunks.extend(scripts.into_iter().map(|(name, script)| bindgen::Chunk {
            name,
            after: None,
            module: None,
            sheet: None,
            script: Some(script),
        }));
    }
    site.add_hashed("app.js", app.js.starting(&wasm_url, &chunks).into_bytes());
    site.add_hashed("style.css", trim::styles(&styles).into_bytes());

    let (templates, plain): (Vec<_>, Vec<_>) = site::read_assets(&args.assets)?
        .into_iter()
        .partition(|asset| asset.is_template());
    for asset in plain {
        site.add_hashed(&asset.name, asset.bytes);
    }
    for asset in templates {
        let text = site.fill(&asset.text()?).with_context(|| asset.name.clone())?;
        site.add_hashed(&asset.name, text.into_bytes());
    }

    let html =
        std::fs::read_to_string(&args.html).with_context(|| format!("reading {}", args.html.display()))?;
    let html = site
        .fill(&site::uncomment(&html))
        .with_context(|| args.html.display().to_string())?;
    site.add("index.html", html.into_bytes());
    Ok(site)
}
