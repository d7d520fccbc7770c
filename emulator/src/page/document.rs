//! A document, or the root of a database, with the collections below.

use std::fmt::Write as _;

use super::{
    html::{address, escape},
    layout::Layout,
    read, value,
};
use crate::{error::Result, path::ParentName, rpc::Service};

/// Collections on one page.
const COLLECTIONS: i32 = 500;

/// Shows a document with its fields and collections.
pub(super) async fn show(service: &Service, parent: &ParentName, layout: Layout) -> Result<String> {
    let name = parent.to_string();
    let mut main = String::new();
    let title = match parent.segments.last() {
        Some(id) => {
            main.push_str(&fields(service, &name, id).await?);
            id.clone()
        }
        None => {
            let _ = write!(
                main,
                "<div class=\"head\"><h1>{} <small>{}</small></h1><div class=\"acts\">{}</div></div>",
                escape(&parent.database.project),
                escape(&parent.database.database),
                add_collection(&name)
            );
            parent.database.project.clone()
        }
    };
    let (ids, more) = read::collections(service, parent, COLLECTIONS).await?;
    let way = |id: &str| {
        let root = [
            parent.database.project.as_str(),
            parent.database.database.as_str(),
        ];
        let segments = parent.segments.iter().map(String::as_str);
        address(root.into_iter().chain(segments).chain([id]))
    };
    if ids.is_empty() && parent.segments.is_empty() {
        main.push_str("<div class=\"empty\"><p class=\"large\">This database is empty.</p><p>Add the first collection, or write with a client.</p></div>");
    } else if !ids.is_empty() {
        main.push_str("<h2>Collections</h2><ul class=\"cards\">");
        for id in &ids {
            let to = way(id);
            let _ = write!(
                main,
                "<li data-key=\"{to}\"><a href=\"{to}\"><strong>{}</strong></a></li>",
                escape(id)
            );
        }
        main.push_str("</ul>");
    }
    if more {
        main.push_str("<p class=\"soft\">There are more collections than are shown.</p>");
    }
    Ok(layout.page(&title, &main))
}

async fn fields(service: &Service, name: &str, id: &str) -> Result<String> {
    let Some(document) = read::document(service, name).await? else {
        return Ok(format!(
            "<div class=\"head\"><h1>{id}</h1><div class=\"acts\">\
             <button type=\"button\" data-act=\"edit\" data-name=\"{name}\">Create it</button>{add}</div></div>\
             <div id=\"document\" data-name=\"{name}\"><div class=\"empty\"><p class=\"large\">There is no such document.</p>\
             <p>There may be collections below it.</p></div></div>",
            id = escape(id),
            name = escape(name),
            add = add_collection(name),
        ));
    };
    let mut out = format!(
        "<div class=\"head\"><h1>{id}</h1><div class=\"acts\">\
         <button type=\"button\" class=\"primary\" data-act=\"edit\" data-name=\"{name}\">Edit</button>{add}\
         <button type=\"button\" class=\"danger\" data-act=\"delete\" data-name=\"{name}\">Delete</button></div></div>",
        id = escape(id),
        name = escape(name),
        add = add_collection(name),
    );
    let shown = if document.fields.is_empty() {
        "<p class=\"soft none\">This document has no fields.</p>".to_owned()
    } else {
        value::list(&document.fields)
    };
    let version = document
        .update_time
        .map(|time| time.to_string())
        .unwrap_or_default();
    let _ = write!(
        out,
        "<div id=\"document\" class=\"panel\" data-name=\"{}\" data-version=\"{version}\">{shown}</div><p class=\"times\">",
        escape(name)
    );
    for (label, time) in [
        ("Created", document.create_time),
        ("Updated", document.update_time),
    ] {
        if let Some(time) = time {
            let _ = write!(out, "<span>{label} <time>{time}</time></span> ");
        }
    }
    out.push_str("</p>");
    Ok(out)
}

fn add_collection(parent: &str) -> String {
    format!(
        "<button type=\"button\" data-act=\"add\" data-parent=\"{}\">Add collection</button>",
        escape(parent)
    )
}
