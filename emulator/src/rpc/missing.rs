//! ListDocuments with show_missing: also documents that do not exist but have documents below them.

use super::{documents::masked, lists::MAX_PAGE_BYTES, reading::Reading};
use crate::{
    error::Result,
    mask::Mask,
    path::{CollectionName, key},
    proto::{Document, ListDocumentsResponse},
    storage::State,
};

/// Lists a page of a collection by name. A page's token is the id of its last document.
pub(super) fn list_with_missing(
    reading: &Reading<'_>,
    collection: &CollectionName,
    after: &str,
    size: usize,
    mask: Option<&Mask>,
) -> Result<ListDocumentsResponse> {
    let mut response = ListDocumentsResponse::default();
    let mut last = after.to_owned();
    let mut bytes = 0;
    while let Some(id) = next_id(reading.snapshot(), collection, &last)? {
        if response.documents.len() == size || bytes > MAX_PAGE_BYTES {
            response.next_page_token = last;
            break;
        }
        let name = collection.document(&id);
        let document = match reading.document(&name)? {
            Some(row) => {
                bytes += row.body().len();
                masked(&row, mask)?
            }
            None => Document {
                name: name.to_string(),
                ..Default::default()
            },
        };
        response.documents.push(document);
        last = id;
    }
    Ok(response)
}

/// Returns the id that follows `after`, of a document that exists or of one that only has documents below it.
fn next_id(state: &impl State, collection: &CollectionName, after: &str) -> Result<Option<String>> {
    let documents = key::collection(collection);
    // What lies below a document shares the prefix of the tree, without the mark, and then has the document's id.
    let tree = key::collection_tree(collection);
    let existing = next_in(state, documents.clone(), &documents, after)?;
    let below = next_in(state, tree, &key::after(&documents), after)?;
    let key = |id: &String| key::document(&collection.document(id));
    Ok([existing, below].into_iter().flatten().min_by_key(key))
}

fn next_in(state: &impl State, prefix: Vec<u8>, first: &[u8], after: &str) -> Result<Option<String>> {
    let from = if after.is_empty() {
        first.to_vec()
    } else {
        let mut behind = prefix.clone();
        key::push_segment(&mut behind, after);
        key::after(&behind)
    };
    let Some(found) = state.first_key(&from, &key::after(&prefix))? else {
        return Ok(None);
    };
    key::take_string(&mut &found[prefix.len()..]).map(Some)
}
