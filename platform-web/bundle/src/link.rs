//! Links the small JavaScript modules of our dependencies into the one that wasm-bindgen generates.
//!
//! Dioxus ships half a dozen of them; left apart, each is a request of its own that starts only once the first is
//! parsed. A module becomes a function that is called once and returns what it exports.

use anyhow::{Context, Result, bail};

/// One module that the generated code imports from.
#[derive(Debug)]
pub struct Module {
    path: String,
    text: String,
}

impl Module {
    /// Names the module as the generated code's `import` does.
    pub fn new(path: String, text: String) -> Self {
        Self { path, text }
    }
}

/// Returns `main` with every import of `modules` replaced by the module itself.
///
/// # Errors
/// When an import names no known module, or a module exports in a way this linker does not know. Nothing is guessed:
/// a page that starts wrongly is worse than a build that stops.
pub fn link(main: &str, modules: &[Module]) -> Result<String> {
    let mut linked = String::with_capacity(main.len());
    let mut used: Vec<&str> = Vec::new();
    for line in main.lines() {
        let Some(import) = Import::parse(line) else {
            linked.push_str(line);
            linked.push('\n');
            continue;
        };
        let Some(index) = modules.iter().position(|module| module.path == import.from) else {
            bail!("nothing provides `{}`", import.from);
        };
        let module = &modules[index];
        if !used.contains(&module.path.as_str()) {
            used.push(&module.path);
            let wrapped = wrap(&module.text).with_context(|| format!("linking {}", module.path))?;
            linked.push_str(&format!("const __module{index} = {wrapped};\n"));
        }
        linked.push_str(&format!("const {} = __module{index};\n", import.binding));
    }
    Ok(linked)
}

/// `import { a as b } from './x.js';` or `import * as b from "./x.js"`, as wasm-bindgen writes them, one a line.
struct Import<'a> {
    /// What stands between `const` and `=`.
    binding: String,
    from: &'a str,
}

impl<'a> Import<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let rest = line.strip_prefix("import ")?;
        let (names, from) = rest.split_once(" from ")?;
        let from = from.trim_end_matches(';').trim_matches(['\'', '"']);
        let binding = match names.strip_prefix("* as ") {
            Some(namespace) => namespace.to_owned(),
            None => names.replace(" as ", ": "),
        };
        Some(Self { binding, from })
    }
}

/// Turns a module into an expression whose value holds its exports.
fn wrap(module: &str) -> Result<String> {
    let (body, list) = split_export_list(module)?;
    let mut names = list;
    let mut text = String::with_capacity(body.len());
    let mut rest = body.as_str();
    while let Some(at) = find_export(rest) {
        let declaration = &rest[at + "export ".len()..];
        names.push(declared_name(declaration)?);
        text.push_str(&rest[..at]);
        rest = declaration;
    }
    text.push_str(rest);
    Ok(format!(
        "(() => {{\n{text}\nreturn {{ {} }};\n}})()",
        names.join(", ")
    ))
}

/// Cuts `export{A,B as C};` off and returns it as the members of an object literal.
fn split_export_list(module: &str) -> Result<(String, Vec<String>)> {
    let Some(start) = module.find("export{").or_else(|| module.find("export {")) else {
        return Ok((module.to_owned(), Vec::new()));
    };
    let Some(length) = module[start..].find('}') else {
        bail!("an export list without an end");
    };
    let open = start + module[start..].find('{').unwrap_or_default() + 1;
    let end = start + length;
    let names = module[open..end]
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| match name.split_once(" as ") {
            Some((local, public)) => format!("{public}: {local}"),
            None => name.to_owned(),
        })
        .collect();
    let body = format!(
        "{}{}",
        &module[..start],
        module[end + 1..].trim_start_matches(';')
    );
    Ok((body, names))
}

/// Finds the next `export ` that begins a statement.
fn find_export(text: &str) -> Option<usize> {
    text.match_indices("export ").map(|(at, _)| at).find(|&at| {
        matches!(
            text[..at].trim_end_matches([' ', '\t']).chars().last(),
            None | Some('\n' | ';' | '}')
        )
    })
}

/// Reads the name out of `function name(…`, `async function name(…`, `class Name …`, `const name = …`.
fn declared_name(declaration: &str) -> Result<String> {
    const KEYWORDS: [&str; 5] = ["async function ", "function ", "class ", "const ", "let "];
    let Some(rest) = KEYWORDS
        .iter()
        .find_map(|keyword| declaration.strip_prefix(keyword))
    else {
        bail!(
            "an export this linker does not know: `{}`",
            declaration.lines().next().unwrap_or_default()
        );
    };
    let name: String = rest
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
        .collect();
    if name.is_empty() {
        bail!(
            "an export without a name: `{}`",
            declaration.lines().next().unwrap_or_default()
        );
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(text: &str) -> [Module; 1] {
        [Module::new("./snippets/a.js".into(), text.into())]
    }

    #[test]
    fn a_declaration_is_returned_under_its_name() {
        let js = link(
            "import { f as g, K } from './snippets/a.js';\ng(K);",
            &module("export function f(x) { return x }\nexport class K {}"),
        )
        .unwrap();
        assert_eq!(
            js,
            "const __module0 = (() => {\nfunction f(x) { return x }\nclass K {}\nreturn { f, K };\n})();\n\
             const { f: g, K } = __module0;\ng(K);\n"
        );
    }

    #[test]
    fn an_export_list_may_rename() {
        let js = link(
            "import * as m from \"./snippets/a.js\"",
            &module("function f(){}class K{}export{f,K as L};"),
        )
        .unwrap();
        assert_eq!(
            js,
            "const __module0 = (() => {\nfunction f(){}class K{}\nreturn { f, L: K };\n})();\nconst m = __module0;\n"
        );
    }

    #[test]
    fn a_module_that_is_imported_twice_runs_once() {
        let main = "import { a } from './snippets/a.js';\nimport { b } from './snippets/a.js';";
        let js = link(main, &module("export const a = 1;export let b = 2;")).unwrap();
        assert_eq!(js.matches("const __module0").count(), 1);
        assert!(js.contains("const { b } = __module0;"));
    }

    #[test]
    fn the_word_in_a_string_is_left_alone() {
        let js = link(
            "import { a } from './snippets/a.js';",
            &module("export const a = \"we export tea\";"),
        )
        .unwrap();
        assert!(js.contains("we export tea"));
    }

    #[test]
    fn an_unknown_form_stops_the_build() {
        assert!(
            link(
                "import { a } from './snippets/a.js';",
                &module("export default 1;")
            )
            .is_err()
        );
        assert!(
            link(
                "import { a } from './snippets/b.js';",
                &module("export const a = 1;")
            )
            .is_err()
        );
    }
}
