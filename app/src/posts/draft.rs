//! What is written and not saved, while its author is away to sign in.

use crate::door::{Host, Keep};
use serde::{Deserialize, Serialize};
use wire::posts::PostData;

const KEY: &str = "tsukiyo.draft";

#[derive(Serialize, Deserialize)]
struct Draft {
    /// Of which post; of none that is there yet.
    id: Option<String>,
    data: PostData,
}

/// Keeps it until the author is back.
pub fn keep(host: &dyn Host, id: Option<&str>, data: &PostData) {
    let draft = Draft {
        id: id.map(str::to_owned),
        data: data.clone(),
    };
    if let Ok(text) = serde_json::to_string(&draft) {
        host.remember(Keep::Tab, KEY, Some(&text));
    }
}

/// Returns what was kept of this post, once.
pub fn take(host: &dyn Host, id: Option<&str>) -> Option<PostData> {
    let text = host.remembered(Keep::Tab, KEY)?;
    let draft: Draft = serde_json::from_str(&text).ok()?;
    if draft.id.as_deref() != id {
        return None;
    }
    host.remember(Keep::Tab, KEY, None);
    Some(draft.data)
}
