//! wasm-bindgen as a library: its version is in the lock file, so nobody installs a matching command by hand.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    link::{self, Module},
    shorten::shorten,
    trim,
};

/// What wasm-bindgen makes of the compiled app.
#[derive(Debug)]
pub struct App {
    /// The module as the linker made it.
    pub linked: Vec<u8>,
    /// The module as wasm-bindgen made it.
    pub wasm: Vec<u8>,
    /// Its JavaScript side, the snippets of every crate linked in.
    pub js: Script,
}

/// The JavaScript side, not yet told to start.
#[derive(Debug)]
pub struct Script(String);

impl Script {
    /// Appends the call that fetches the module from `wasm_url` and runs `main`, and before it the function by which the
    /// app loads chunks.
    ///
    /// The page's policy forbids inline scripts, and a file of its own would be one more request.
    pub fn starting(self, wasm_url: &str, chunks: &[Chunk]) -> String {
        let urls: String = chunks
            .iter()
            .map(|chunk| {
                let files = [&chunk.after, &chunk.module, &chunk.sheet, &chunk.script]
                    .into_iter()
                    .flatten();
                let files: String = files.map(|file| format!("\"{file}\", ")).collect();
                format!("\"{}\": [{files}], ", chunk.name)
            })
            .collect();
        format!(
            "{}\nconst __chunks = {{ {urls}}};\n{LOAD_CHUNK}__wbg_init({{ module_or_path: \"{wasm_url}\" }});\n",
            self.0
        )
    }
}

/// A chunk that can be loaded.
#[derive(Debug)]
pub struct Chunk {
    /// The name by which the app asks for it.
    pub name: String,
    /// The chunk that is loaded with it.
    pub after: Option<String>,
    /// The address of its module. A program that was not cut has it already.
    pub module: Option<String>,
    /// The address of its style sheet, if it has one.
    pub sheet: Option<String>,
    /// The address of its script, if it has one.
    pub script: Option<String>,
}

/// A chunk that is here needs nothing; one that is on its way is asked for once; one that failed may be asked for again.
const LOAD_CHUNK: &str = r#"const __loading = {};
const __sheet = (href) => new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: reject }));
});
const __load = (files) => Promise.all(files.map((file) =>
    __chunks[file] ? tsukiyoChunk(file) :
    !file.startsWith("/") ? 0 :
    file.endsWith("m") ? WebAssembly.instantiateStreaming(fetch(file), { ...__wbg_get_imports(), $: wasm }) :
    file.endsWith("css") ? __sheet(file) :
    import(file)));
globalThis.tsukiyoChunk = (name) => __chunks[name] &&
    (__loading[name] ??= __load(__chunks[name])
        .then(() => { delete __chunks[name]; })
        .finally(() => { delete __loading[name]; }));
"#;

/// Runs wasm-bindgen over the module at `wasm`. With `names`, functions keep theirs, so that a stack trace can be read.
///
/// # Errors
/// When the file is missing, when it was built against another wasm-bindgen than this tool (both speak one private
/// format, so the lock file must hold them at one version), or when a snippet cannot be linked.
pub fn run(wasm: &Path, names: bool) -> Result<App> {
    let linked = std::fs::read(wasm).with_context(|| format!("reading {}", wasm.display()))?;
    let mut output = Bindgen::new()
        .input_bytes("app", linked.clone())
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        // The splitter finds a function of the one module in the other by its name.
        .demangle(false)
        .remove_name_section(!names)
        .remove_producers_section(true)
        .out_name("app")
        .generate_output()
        .with_context(|| {
            format!(
                "wasm-bindgen could not read {}: does `Cargo.lock` hold wasm-bindgen and wasm-bindgen-cli-support \
                 at one version?",
                wasm.display()
            )
        })?;

    let mut modules: Vec<Module> = output
        .local_modules()
        .iter()
        .map(|(path, text)| Module::new(format!("./snippets/{path}"), text.clone()))
        .collect();
    for (krate, snippets) in output.snippets() {
        for (i, text) in snippets.iter().enumerate() {
            modules.push(Module::new(
                format!("./snippets/{krate}/inline{i}.js"),
                text.clone(),
            ));
        }
    }
    let js = link::link(output.js(), &modules)?;
    let js = Script(trim::script(&shorten(output.wasm_mut(), &js)));
    Ok(App {
        linked,
        wasm: output.wasm_mut().emit_wasm(),
        js,
    })
}

#[cfg(test)]
mod tests {
    /// Two versions would fail at the first build of the web app, with a message that names neither.
    #[test]
    fn the_lock_file_holds_one_version_of_wasm_bindgen() {
        let lock = include_str!("../../../Cargo.lock");
        let version = |name: &str| {
            let (_, rest) = lock
                .split_once(&format!("name = \"{name}\"\nversion = \""))
                .unwrap();
            rest.split_once('"').unwrap().0.to_owned()
        };
        assert_eq!(version("wasm-bindgen"), version("wasm-bindgen-cli-support"));
    }

    #[test]
    fn starting_names_the_module() {
        let js = super::Script("export default __wbg_init;".into()).starting("/assets/app-1.wasm", &[]);
        assert!(js.ends_with("__wbg_init({ module_or_path: \"/assets/app-1.wasm\" });\n"));
    }
}
