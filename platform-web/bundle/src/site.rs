//! The files of the site and their names.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::compress::Compressed;

/// Everything under this path carries a hash in its name and never changes.
const HASHED: &str = "assets";

/// Files by path, and the address of each hashed one by its plain name.
#[derive(Debug, Default)]
pub struct Site {
    files: BTreeMap<String, Vec<u8>>,
    urls: BTreeMap<String, String>,
}

impl Site {
    /// Adds a file under its own name, which the server must not let anybody cache.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.insert(path.to_owned(), bytes);
    }

    /// Adds a file under a name made of its content and returns its address.
    pub fn add_hashed(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let path = format!("{HASHED}/{stem}-{}.{extension}", content_hash(&bytes));
        let url = format!("/{path}");
        self.files.insert(path, bytes);
        self.urls.insert(name.to_owned(), url.clone());
        url
    }

    /// Replaces each `{{name}}` in `template` by the address of the hashed file `name`.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn fill(&self, template: &str) -> Result<String> {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, tail)) = after.split_once("}}") else {
                bail!("`{{{{` without `}}}}`");
            };
            let Some(url) = self.urls.get(name.trim()) else {
                bail!(
                    "no file is called `{}`; there are: {:?}",
                    name.trim(),
                    self.urls.keys()
                );
            };
            filled.push_str(before);
            filled.push_str(url);
            rest = tail;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Gives the files up, by path relative to the site.
    pub fn into_files(self) -> BTreeMap<String, Vec<u8>> {
        self.files
    }
}

/// Opens the comment `<!-- bundle … -->`, which holds the tags that this tool fills in.
///
/// They stand in a comment because `dx serve` reads the same page and brings tags of its own.
pub fn uncomment(html: &str) -> String {
    let Some((before, rest)) = html.split_once("<!-- bundle") else {
        return html.to_owned();
    };
    let (tags, after) = rest.split_once("-->").unwrap_or((rest, ""));
    format!("{before}{}{}", tags.trim(), after)
}

/// One file out of an asset folder.
#[derive(Debug)]
pub struct Asset {
    /// Its file name.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Asset {
    /// Says whether the file points at other files and is filled in like the page.
    pub fn is_template(&self) -> bool {
        self.name.ends_with(".webmanifest")
    }

    /// Reads the file as text.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub fn text(&self) -> Result<String> {
        String::from_utf8(self.bytes.clone()).with_context(|| format!("{} is not text", self.name))
    }
}

/// Reads the files of the asset folders.
///
/// # Errors
/// When a folder or a file cannot be read.
pub fn read_assets(folders: &[PathBuf]) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for path in files_in(folders)? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            bail!("{} has a name that is not text", path.display());
        };
        let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        assets.push(Asset {
            name: name.to_owned(),
            bytes,
        });
    }
    Ok(assets)
}

/// Joins the style sheets of the folders into one, in the order of their names.
///
/// # Errors
/// When a folder or a sheet cannot be read.
pub fn concatenate_styles(folders: &[PathBuf]) -> Result<String> {
    let mut styles = String::new();
    for path in files_in(folders)? {
        if path.extension().is_none_or(|extension| extension != "css") {
            continue;
        }
        let sheet = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        styles.push_str(&sheet);
        styles.push('\n');
    }
    Ok(styles)
}

/// Lists the plain files of the folders, each folder's sorted by name. A folder that is not there is empty.
pub fn files_in(folders: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in folders {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("reading {}", folder.display())),
        };
        let mut inside = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?;
        inside.retain(|path| path.is_file());
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

/// Writes the site beside its place and then puts it there, so that a server never sees half of one.
///
/// # Errors
/// When the disk refuses.
pub fn write(out: &Path, files: &[Compressed]) -> io::Result<()> {
    let staging = out.with_extension("new");
    remove_if_there(&staging)?;
    for file in files {
        let path = staging.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, &file.plain)?;
        for (encoding, bytes) in file.encodings() {
            fs::write(format!("{}.{encoding}", path.display()), bytes)?;
        }
    }
    remove_if_there(out)?;
    fs::rename(&staging, out)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Names a content: 64 bits of SHA-256 in hexadecimal.
fn content_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_the_content_and_nothing_else() {
        let url = |bytes: &[u8]| Site::default().add_hashed("style.css", bytes.to_vec());
        assert_eq!(url(b"a{}"), url(b"a{}"));
        assert_ne!(url(b"a{}"), url(b"b{}"));
        assert!(url(b"a{}").starts_with("/assets/style-"), "{}", url(b"a{}"));
        assert!(url(b"a{}").ends_with(".css"));
    }

    #[test]
    fn fill_puts_addresses_in() {
        let mut site = Site::default();
        let url = site.add_hashed("app.js", b"1".to_vec());
        assert_eq!(
            site.fill("<a {{app.js}} {{ app.js }}>").unwrap(),
            format!("<a {url} {url}>")
        );
    }

    #[test]
    fn fill_refuses_what_it_does_not_know() {
        let error = Site::default().fill("{{missing.js}}").unwrap_err().to_string();
        assert!(error.contains("missing.js"), "{error}");
        assert!(Site::default().fill("{{open").is_err());
    }

    #[test]
    fn the_tags_come_out_of_their_comment() {
        let html = "<head>\n<!-- bundle\n<link>\n-->\n</head><!-- stays -->";
        assert_eq!(uncomment(html), "<head>\n<link>\n</head><!-- stays -->");
        assert_eq!(uncomment("<head></head>"), "<head></head>");
    }

    #[test]
    fn styles_join_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("20-room.css"), "b{}").unwrap();
        fs::write(folder.path().join("10-base.css"), "a{}").unwrap();
        fs::write(folder.path().join("notes.txt"), "no").unwrap();
        assert_eq!(
            concatenate_styles(&[folder.path().to_owned()]).unwrap(),
            "a{}\nb{}\n"
        );
    }

    #[test]
    fn writing_replaces_the_site_that_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("site");
        fs::create_dir_all(out.join("assets")).unwrap();
        fs::write(out.join("assets/old.js"), "old").unwrap();
        let file = Compressed {
            path: "assets/new.js".into(),
            plain: b"new".to_vec(),
            brotli: Some(b"br".to_vec()),
            gzip: None,
        };
        write(&out, &[file]).unwrap();
        assert!(!out.join("assets/old.js").exists());
        assert_eq!(fs::read(out.join("assets/new.js")).unwrap(), b"new");
        assert_eq!(fs::read(out.join("assets/new.js.br")).unwrap(), b"br");
    }
}
