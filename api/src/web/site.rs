//! The web app's files, in memory.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};
use warp::reply::Response;

const PAGE: &str = "index.html";

/// All files of the web app by their path, each read once.
#[derive(Debug, Default)]
pub struct Site {
    files: BTreeMap<String, File>,
}

/// One file in all its forms.
#[derive(Debug, Clone)]
pub struct File {
    pub plain: Bytes,
    pub brotli: Option<Bytes>,
    pub gzip: Option<Bytes>,
    pub mime: &'static str,
    /// 64 bits of the content's SHA-256 in hexadecimal.
    pub hash: String,
    /// The name changes with the content.
    pub is_hashed: bool,
}

/// A site that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}")]
pub struct SiteError {
    path: PathBuf,
    source: io::Error,
}

impl Site {
    /// Reads a directory as the bundle tool writes it: files, and beside them their `.br` and `.gz` forms.
    ///
    /// Without a directory the site is empty, and its page says how to build it.
    ///
    /// # Errors
    /// [`SiteError`] if the directory is there and cannot be read.
    pub fn load(directory: &Path) -> Result<Self, SiteError> {
        let mut found = BTreeMap::new();
        if directory.is_dir() {
            read_into(&mut found, directory, "")?;
        }
        let mut files = BTreeMap::new();
        for (path, content) in &found {
            let is_form = [".br", ".gz"]
                .iter()
                .filter_map(|form| path.strip_suffix(form))
                .any(|plain| found.contains_key(plain));
            if is_form {
                continue;
            }
            let form = |suffix| {
                found
                    .get(&format!("{path}{suffix}"))
                    .map(|form| Bytes::from(form.clone()))
            };
            let file = File {
                brotli: form(".br"),
                gzip: form(".gz"),
                ..File::new(path, content.clone())
            };
            files.insert(path.clone(), file);
        }
        Ok(Self { files })
    }

    /// Says whether there is a page to show.
    pub fn is_built(&self) -> bool {
        self.files.contains_key(PAGE)
    }

    /// Returns the file at the path of a request, percent-encoded as it is.
    pub(super) fn file(&self, path: &str) -> Option<&File> {
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let path = path.strip_prefix('/')?;
        self.files.get(path)
    }

    /// Returns the page of all the app's own paths.
    pub(super) fn page(&self) -> Option<&File> {
        self.files.get(PAGE)
    }
}

impl File {
    pub(super) fn new(path: &str, content: Vec<u8>) -> Self {
        Self {
            mime: mime(path),
            hash: crate::random::hex(&Sha256::digest(&content)[..8]),
            is_hashed: is_hashed(path),
            plain: content.into(),
            brotli: None,
            gzip: None,
        }
    }
}

/// Answers with a page for whoever has started the server before building the web app.
pub fn how_to_build() -> Response {
    let page = "<!doctype html><meta charset=utf-8><title>Tsukiyo</title>\
        <style>body{font:1.1rem/1.6 system-ui;max-width:40rem;margin:20vh auto;padding:0 1rem}</style>\
        <h1>The web app is not built yet</h1>\
        <p>The server runs, and so do its API and its sockets. Build the web app with</p>\
        <pre>./dc.sh app install</pre>\
        <p>or name the directory that holds it with <code>--web-dir</code>, and start the server again.</p>";
    let mut response = Response::new(page.into());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

fn read_into(found: &mut BTreeMap<String, Vec<u8>>, directory: &Path, prefix: &str) -> Result<(), SiteError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| SiteError { path, source }
    };
    for entry in fs::read_dir(directory).map_err(failed(directory))? {
        let path = entry.map_err(failed(directory))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        // The tool's own notes.
        if name.starts_with('.') {
            continue;
        }
        let key = format!("{prefix}{name}");
        if path.is_dir() {
            read_into(found, &path, &format!("{key}/"))?;
        } else {
            found.insert(key, fs::read(&path).map_err(failed(&path))?);
        }
    }
    Ok(())
}

/// Recognises `name-0123456789abcdef.ext`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let hash = stem.rsplit_once(['-', '_']).map(|(_, hash)| hash);
    hash.is_some_and(|hash| hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn mime(path: &str) -> &'static str {
    let extension = path.rsplit('.').next().unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "webm" => "video/webm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_hash_are_told_from_others() {
        for name in ["app-0123abcd.js", "assets/app-0123456789abcdef.wasm"] {
            assert!(is_hashed(name), "{name}");
        }
        for name in [
            "index.html",
            "app.js",
            "apple-touch-icon.png",
            "app-1.js",
            "0123abcd.js",
            "a-0123abcg.js",
        ] {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn a_directory_is_read_with_its_compressed_forms_and_without_notes() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("assets")).unwrap();
        for (name, content) in [
            ("index.html", "page"),
            ("assets/app-0123abcd.js", "plain"),
            ("assets/app-0123abcd.js.br", "brotli"),
            ("lonely.gz", "a file in its own right"),
            (".stamp", "a note"),
        ] {
            fs::write(directory.path().join(name), content).unwrap();
        }
        let site = Site::load(directory.path()).unwrap();
        assert!(site.is_built());
        let script = site.file("/assets/app-0123abcd.js").unwrap();
        assert_eq!(
            (&script.plain[..], script.brotli.as_deref()),
            (&b"plain"[..], Some(&b"brotli"[..]))
        );
        assert_eq!(script.gzip, None);
        assert!(site.file("/lonely.gz").is_some());
        for path in ["/assets/app-0123abcd.js.br", "/.stamp", "/../index.html", "//"] {
            assert!(site.file(path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_directory_that_is_not_there_is_an_empty_site() {
        let site = Site::load(Path::new("/nowhere/at/all")).unwrap();
        assert!(!site.is_built());
    }
}
