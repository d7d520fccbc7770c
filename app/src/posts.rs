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
