//! The posts: a list, a page for each, and a form to write and change them.

mod api;
mod confirm;
mod edit;
mod form;
mod list;
mod photo;
mod problem;
mod read;

pub use edit::{EditPost, NewPost};
pub use list::PostList;
pub use read::ReadPost;

use crate::{context::use_app, i18n::Words};

/// The words of this part, and of all of it.
fn use_words() -> Words {
    Words::of_posts(use_app().language())
}
