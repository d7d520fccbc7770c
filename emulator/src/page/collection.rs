//! The documents of a collection, as a table.

use std::fmt::Write as _;

use super::{
    columns,
    form::Form,
    html::{address, encode, escape},
    layout::Layout,
    read,
    value::inline,
};
use crate::{
    error::{Error, Result},
    path::{CollectionName, ParentName},
    proto::Document,
    rpc::Service,
};

/// Up to how many documents are counted.
const COUNTED: i64 = 1_000;

/// Shows the documents that the form asks for.
pub(super) async fn show(
    service: &Service,
    parent: &ParentName,
    id: &str,
    form: &Form,
    layout: Layout,
) -> Result<String> {
    let collection = CollectionName::new(parent, id)?;
    let count = read::count(service, parent, id, COUNTED).await?;
    let count = match count {
        COUNTED => format!("{COUNTED} or more documents"),
        1 => "1 document".to_owned(),
        count => format!("{count} documents"),
    };
    let mut main = format!(
        "<div class=\"head\"><h1>{}</h1><span class=\"soft\">{count}</span><div class=\"acts\">\
         <button type=\"button\" class=\"primary\" data-act=\"add\" data-parent=\"{}\" data-collection=\"{}\">Add document</button>\
         <button type=\"button\" class=\"danger\" data-act=\"empty\" data-parent=\"{}\" data-collection=\"{}\">Delete all</button></div></div>{}",
        escape(id),
        escape(&parent.to_string()),
        escape(id),
        escape(&parent.to_string()),
        escape(id),
        form.html()
    );
    let found = match form.query(id, &parent.to_string()) {
        Ok(query) => read::query(service, parent, query).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => main.push_str(&table(&collection, &found, form)),
        // What a person asked can be wrong: the form stays, to be mended.
        Err(error @ Error::InvalidArgument(_)) => {
            let _ = write!(
                main,
                "<p class=\"alert\" role=\"alert\">{}</p>",
                escape(&error.to_string())
            );
        }
        Err(error) => return Err(error),
    }
    Ok(layout.page(id, &main))
}

fn table(collection: &CollectionName, found: &[Document], form: &Form) -> String {
    if found.is_empty() {
        return if form.is_query() {
            "<div class=\"empty\"><p class=\"large\">Nothing matches.</p></div>".to_owned()
        } else {
            "<div class=\"empty\"><p class=\"large\">There are no documents here.</p></div>".to_owned()
        };
    }
    let (page, rest) = found.split_at(found.len().min(form.page()));
    let columns = columns::choose(page, &form.fields());
    let mut out = String::from(
        "<div class=\"scroll panel\" tabindex=\"0\" role=\"region\" aria-label=\"Documents\"><table><thead><tr><th scope=\"col\">Document</th>",
    );
    for column in &columns {
        // Writing to a string cannot fail.
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(column));
    }
    out.push_str("<th scope=\"col\"><span class=\"unseen\">Actions</span></th></tr></thead><tbody>");
    let root = [
        collection.database.project.as_str(),
        collection.database.database.as_str(),
    ];
    let way = |id: Option<&str>| {
        let segments = collection.segments.iter().map(String::as_str);
        address(root.into_iter().chain(segments).chain(id))
    };
    let mut last = "";
    for document in page {
        last = document.name.rsplit('/').next().unwrap_or_default();
        let version = document
            .update_time
            .map(|time| time.to_string())
            .unwrap_or_default();
        let _ = write!(
            out,
            "<tr data-key=\"{id}\" data-version=\"{version}\"><th scope=\"row\"><a href=\"{}\">{id}</a></th>",
            way(Some(last)),
            id = escape(last),
        );
        for column in &columns {
            let shown = document.fields.get(column).map(inline).unwrap_or_default();
            let empty = if shown.is_empty() { " class=\"none\"" } else { "" };
            let _ = write!(out, "<td data-label=\"{}\"{empty}>{shown}</td>", escape(column));
        }
        let _ = write!(
            out,
            "<td class=\"acts\"><button type=\"button\" class=\"quiet round\" data-act=\"delete\" data-name=\"{}\" aria-label=\"Delete {}\">×</button></td></tr>",
            escape(&document.name),
            escape(last)
        );
    }
    out.push_str("</tbody></table></div>");
    if !rest.is_empty() && form.is_query() {
        out.push_str("<p class=\"soft\">There are more; raise the limit to see them.</p>");
    } else if !rest.is_empty() {
        let _ = write!(
            out,
            "<p><a class=\"button\" href=\"{}?after={}\">Next page</a></p>",
            way(None),
            encode(last)
        );
    }
    out
}
