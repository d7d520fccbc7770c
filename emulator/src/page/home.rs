//! The first page, and the one for what cannot be shown.

use std::fmt::Write as _;

use super::{
    Site,
    html::{address, escape},
    layout::Layout,
    read,
};
use crate::{
    error::{Error, Result},
    path::ParentName,
};

/// Collections that the card of a database names.
const NAMED: i32 = 8;

/// Shows the databases in which something is stored.
pub(super) async fn show(site: &Site, layout: Layout) -> Result<String> {
    let service = &site.service;
    let databases = read::databases(service)?;
    if databases.is_empty() {
        let main = "<h1>Databases</h1><div class=\"empty\"><p class=\"large\">Nothing is stored yet.</p>\
             <p>Clients of Firestore find this server by <code>FIRESTORE_EMULATOR_HOST</code>. \
             What they write appears here at once.</p>\
             <form class=\"inline\" data-act=\"open\"><label>Project <input name=\"project\" value=\"demo\" required \
             autocomplete=\"off\"></label><label>Database <input name=\"database\" value=\"(default)\" required \
             autocomplete=\"off\"></label><button class=\"primary\">Open</button></form></div>"
            .to_owned();
        return Ok(layout.page("Databases", &(main + &facts(site))));
    }
    let mut main = String::from("<h1>Databases</h1><ul class=\"cards\">");
    for database in databases {
        let to = address([database.project.as_str(), database.database.as_str()]);
        let parent = ParentName {
            database: database.clone(),
            segments: Vec::new(),
        };
        let (collections, more) = read::collections(service, &parent, NAMED).await?;
        let dots = if more { ", …" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(
            main,
            "<li data-key=\"{to}\"><a href=\"{to}\"><strong>{}</strong> <small>{}</small><span class=\"soft\">{}{dots}</span></a></li>",
            escape(&database.project),
            escape(&database.database),
            escape(&collections.join(", "))
        );
    }
    main.push_str("</ul>");
    main.push_str(&facts(site));
    Ok(layout.page("Databases", &main))
}

/// Says where clients find the server, and where the data is.
fn facts(site: &Site) -> String {
    let data = match &site.data {
        None => "in memory, until the server stops".to_owned(),
        Some(path) => {
            let size = std::fs::metadata(path).map_or(0, |file| file.len());
            format!(
                "<code>{}</code> ({})",
                escape(&path.display().to_string()),
                bytes(size)
            )
        }
    };
    format!(
        "<dl class=\"facts\"><dt>For clients</dt><dd><code>FIRESTORE_EMULATOR_HOST={}</code></dd><dt>Data</dt><dd>{data}</dd></dl>",
        site.grpc
    )
}

/// Writes a size as people read it.
fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut tenths = size * 10 / 1_024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1_024;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// Shows why something cannot be shown.
pub(super) fn failed(error: &Error, layout: Layout) -> String {
    let main = format!(
        "<h1>This cannot be shown</h1><p class=\"alert\" role=\"alert\">{}</p><p><a href=\"/\">To the databases</a></p>",
        escape(&error.to_string())
    );
    layout.page("Not found", &main)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_unit_that_fits() {
        assert_eq!(bytes(0), "0.0 KiB");
        assert_eq!(bytes(1_536), "1.5 KiB");
        assert_eq!(bytes(3 * 1_024 * 1_024), "3.0 MiB");
        assert_eq!(bytes(u64::MAX / 16), "1048575.9 TiB");
    }
}
