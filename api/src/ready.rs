//! The ready file: where the server listens, for a program that waits for it.

use api::{config::Serve, server};
use serde_json::json;
use std::{fs, io, path::Path};

/// Writes the file. It is there only when it is whole.
///
/// # Errors
/// If the file cannot be written.
pub fn write(path: &Path, addresses: server::Addresses, settings: &Serve) -> io::Result<()> {
    let url = |address| format!("http://{}", server::reachable(address));
    let scheme = if addresses.is_secure { "https" } else { "http" };
    let ours = |address| format!("{scheme}://{}", server::reachable(address));
    let text = json!({
        "app": ours(addresses.app),
        "functions": format!("{}{}", ours(addresses.functions), settings.functions_path),
        "firestore": addresses.firestore.map(|address| server::reachable(address).to_string()),
        "page": addresses.page.map(url),
        "metrics": addresses.metrics.map(url),
        "turn": addresses.turn.map(|address| address.to_string()),
        "pid": std::process::id(),
    });
    let unfinished = path.with_extension("unfinished");
    fs::write(&unfinished, text.to_string())?;
    fs::rename(unfinished, path)
}
