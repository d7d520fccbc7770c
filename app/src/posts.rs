//! The posts: a list, a page for each, and a form to write and change them.

mod api;
mod confirm;
mod draft;
mod edit;
mod form;
mod list;
mod photo;
mod problem;
mod read;

use crate::i18n::POSTS;
use dioxus::prelude::*;

pub use edit::{EditPost, NewPost};
pub use list::PostList;
pub use read::ReadPost;

/// Adds the words of this chunk. Every component with which it begins calls it first.
fn use_posts_words() {
    use_hook(|| {
        POSTS.add([
            include_str!("../locales/posts/en.ftl"),
            include_str!("../locales/posts/ja.ftl"),
        ]);
    });
}
