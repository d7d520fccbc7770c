//! Remembers what a site was made of, so that a build without changes costs nothing.

use std::{fs, io, path::Path};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{Args, scripts, site};

/// The file that holds the stamp, inside the site. The server serves no dot files.
const FILE: &str = ".stamp";

/// A digest of everything that goes into a site: the inputs, the options and this very tool.
#[derive(Debug, PartialEq, Eq)]
pub struct Stamp(String);

impl Stamp {
    /// Reads all inputs of a build.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn of(args: &Args) -> Result<Self> {
        let tool = std::env::current_exe().context("finding this program")?;
        let mut paths = vec![tool, args.wasm.clone(), args.html.clone()];
        paths.append(&mut site::files_in(&args.styles)?);
        for wish in &args.chunk {
            paths.append(&mut site::files_in(&args.styles_of(&wish.name))?);
        }
        paths.append(&mut site::files_in(&args.assets)?);
        paths.append(&mut site::files_in(&scripts::folders(args)?)?);

        let mut digest = Sha256::new();
        digest.update([u8::from(args.fast)]);
        for chunk in &args.chunk {
            digest.update(format!("{chunk:?}"));
        }
        for path in &paths {
            let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
            // Names and lengths go in as well, or two files could pass for one.
            digest.update(path.to_string_lossy().as_bytes());
            digest.update((bytes.len() as u64).to_be_bytes());
            digest.update(&bytes);
        }
        Ok(Self(
            digest
                .finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        ))
    }

    /// Says whether the site at `out` was made of just this.
    pub fn is_current(&self, out: &Path) -> bool {
        fs::read_to_string(out.join(FILE)).is_ok_and(|stored| stored == self.0)
    }

    /// Marks the site at `out` as made of this.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn store(&self, out: &Path) -> io::Result<()> {
        fs::write(out.join(FILE), &self.0)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn any_changed_input_makes_another_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let stamp = |extra: &[&str]| {
            let mut line = vec!["bundle".to_owned()];
            for (flag, name) in [
                ("--wasm", "a.wasm"),
                ("--html", "a.html"),
                ("--styles", "css"),
                ("--out", "site"),
            ] {
                line.extend([flag.to_owned(), at(name)]);
            }
            line.extend(extra.iter().map(|&flag| flag.to_owned()));
            Stamp::of(&Args::try_parse_from(line).unwrap()).unwrap()
        };
        fs::write(at("a.wasm"), "wasm").unwrap();
        fs::write(at("a.html"), "html").unwrap();
        fs::create_dir_all(at("css")).unwrap();

        let first = stamp(&[]);
        assert_eq!(first, stamp(&[]));
        assert_ne!(first, stamp(&["--fast"]));
        fs::write(at("css/a.css"), "a{}").unwrap();
        assert_ne!(first, stamp(&[]));
    }

    #[test]
    fn a_stamp_is_current_only_where_it_was_stored() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = Stamp("abc".into());
        assert!(!stamp.is_current(folder.path()));
        stamp.store(folder.path()).unwrap();
        assert!(stamp.is_current(folder.path()));
        assert!(!Stamp("abd".into()).is_current(folder.path()));
    }
}
