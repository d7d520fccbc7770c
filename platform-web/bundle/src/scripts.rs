//! Scripts beside the program: what runs where no WebAssembly does (workers), and what a chunk brings along.
//!
//! The modules of one folder become one file: each module's imports from its own folder, and its exports, are dropped, and
//! the rest is joined in the order of their names. So none may run anything that needs a later one, and no two may use one
//! name. That is all the linking there is.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{
    Args,
    site::{self, Site},
    trim,
};

/// Adds all scripts to the site, and returns the addresses of those that belong to a chunk, by its name.
///
/// # Errors
/// When one cannot be read or joined, or points at a file that is not there.
pub fn add(site: &mut Site, args: &Args) -> Result<BTreeMap<String, String>> {
    let is_chunk = |name: &str| args.chunk.iter().any(|wish| wish.name == name);
    let (of_chunks, others): (Vec<_>, Vec<_>) = folders(args)?
        .into_iter()
        .filter_map(|folder| Some((folder.file_name()?.to_str()?.to_owned(), folder)))
        .partition(|(name, _)| is_chunk(name));
    for (name, folder) in others {
        site.add_hashed(&format!("{name}.js"), join(&folder)?.into_bytes());
    }
    // They know where the workers are.
    let mut addresses = BTreeMap::new();
    for (name, folder) in of_chunks {
        let text = site.fill(&join(&folder)?).with_context(|| name.clone())?;
        let address = site.add_hashed(&format!("{name}.js"), text.into_bytes());
        addresses.insert(name, address);
    }
    Ok(addresses)
}

/// Lists the folders, sorted by name.
///
/// # Errors
/// When the folder of them cannot be read.
pub fn folders(args: &Args) -> Result<Vec<PathBuf>> {
    let Some(all) = &args.scripts else {
        return Ok(Vec::new());
    };
    let entries = fs::read_dir(all).with_context(|| format!("reading {}", all.display()))?;
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn join(folder: &Path) -> Result<String> {
    let mut joined = String::new();
    for path in site::files_in(&[folder.to_owned()])? {
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let bare = inside(&text, folder).with_context(|| path.display().to_string())?;
        joined.push_str(&bare);
    }
    Ok(trim::script(&joined))
}

/// A module as a part of its folder's script.
fn inside(module: &str, folder: &Path) -> Result<String> {
    let mut bare = String::with_capacity(module.len());
    for line in module.lines() {
        if line.starts_with("import ") {
            let own = line
                .split_once(" from './")
                .and_then(|(_, file)| file.split_once("';"));
            match own {
                Some((file, "")) if folder.join(file).is_file() => continue,
                _ => bail!("`{line}` is no import from the same folder"),
            }
        }
        match line.strip_prefix("export ") {
            Some(rest)
                if ["function ", "async function ", "class ", "const "]
                    .iter()
                    .any(|kind| rest.starts_with(kind)) =>
            {
                bare.push_str(rest);
            }
            Some(_) => bail!("`{line}` exports in a way that is not known here"),
            None => bare.push_str(line),
        }
        bare.push('\n');
    }
    Ok(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn the_modules_of_a_folder_become_one_script() {
        let folder = folder(&[
            (
                "a.mjs",
                "// why\nexport const one = 1;\nexport function two() {\n  return 2;\n}\n",
            ),
            (
                "b.mjs",
                "import { one, two } from './a.mjs';\n\nf(one + two());\n",
            ),
        ]);
        assert_eq!(
            join(folder.path()).unwrap(),
            "const one = 1;\nfunction two() {\nreturn 2;\n}\nf(one + two());\n"
        );
    }

    #[test]
    fn what_cannot_be_joined_is_refused() {
        for text in [
            "import { a } from './elsewhere.mjs';\n",
            "import { a } from 'package';\n",
            "export default 1;\n",
        ] {
            let folder = folder(&[("b.mjs", text)]);
            assert!(join(folder.path()).is_err(), "{text}");
        }
    }
}
