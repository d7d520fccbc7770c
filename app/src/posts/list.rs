//! All posts, newest first.

use super::{
    api::{Failure, Posts},
    problem::Problem,
};
use crate::{
    clock,
    context::{App, use_app, use_title, use_words},
    icons::{self, Icon},
    route::Route,
    ui::header::Header,
};
use dioxus::prelude::*;
use wire::posts::{Post, PostData};

/// What has come of the list so far.
#[derive(Debug, Clone, Default, PartialEq)]
struct Loaded {
    posts: Vec<Post>,
    state: State,
}

#[derive(Debug, Clone, Default, PartialEq)]
enum State {
    #[default]
    Loading,
    More,
    Complete,
    Failed(Failure),
}

/// The page of all posts.
#[component]
pub fn PostList() -> Element {
    super::use_posts_words();
    let app = use_app();
    let words = use_words();
    use_title(words.say("nav-posts"));
    let mut loaded = use_signal(Loaded::default);
    let mut load = move || {
        loaded.write().state = State::Loading;
        spawn(async move {
            let last = loaded.peek().posts.last().map(|post| post.id.clone());
            let page = Posts::behind(&app.door()).list(last.as_deref()).await;
            loaded.write().take_in(page);
        });
    };
    use_hook(load);
    let Loaded { posts, state } = loaded();

    rsx! {
        Header {}
        main { class: "page posts", "aria-busy": state == State::Loading,
            div { class: "page-head",
                h1 { {words.say("nav-posts")} }
                Link { class: "button primary", to: Route::NewPost {}, Icon { d: icons::PLUS } {words.say("posts-write")} }
            }
            if posts.is_empty() && state == State::Loading {
                Skeletons {}
            }
            if posts.is_empty() && state == State::Complete {
                div { class: "empty",
                    p { {words.say("posts-none")} }
                    p { class: "hint", {words.say("posts-none-hint")} }
                }
            }
            ul { class: "post-list",
                for post in posts {
                    Entry { key: "{post.id}", post }
                }
            }
            match state.clone() {
                State::Failed(failure) => rsx! {
                    Problem { failure, again: move |()| load() }
                },
                State::More => rsx! {
                    button { class: "quiet more", r#type: "button", onclick: move |_| load(), {words.say("posts-more")} }
                },
                State::Loading => rsx! {
                    p { class: "visually-hidden", role: "status", {words.say("posts-loading")} }
                },
                State::Complete => VNode::empty(),
            }
        }
    }
}

impl Loaded {
    fn take_in(&mut self, page: Result<(Vec<Post>, bool), Failure>) {
        match page {
            Ok((posts, more)) => {
                for post in posts {
                    if !self.posts.iter().any(|known| known.id == post.id) {
                        self.posts.push(post);
                    }
                }
                self.state = if more { State::More } else { State::Complete };
            }
            Err(failure) => self.state = State::Failed(failure),
        }
    }
}

#[component]
fn Entry(post: Post) -> Element {
    let words = use_words();
    let data = &post.data;
    let title = data
        .title
        .as_deref()
        .filter(|title| !title.trim().is_empty())
        .unwrap_or(words.say("posts-untitled"));

    rsx! {
        li { class: "post",
            if let Some(photo) = shown_photo(data) {
                img { src: "{photo}", alt: "", loading: "lazy" }
            }
            div { class: "post-body",
                h2 {
                    Link { to: Route::ReadPost { id: post.id.clone() }, "{title}" }
                }
                if let Some(text) = &data.description {
                    p { class: "post-excerpt", "{text}" }
                }
                Byline { post: post.clone() }
            }
        }
    }
}

/// The photo, if it is one that can be shown: anybody may have written anything there.
pub fn shown_photo(data: &PostData) -> Option<&str> {
    data.photo
        .as_deref()
        .filter(|photo| photo.starts_with("data:image/"))
}

/// Who wrote a post, and when.
#[component]
pub fn Byline(post: Post) -> Element {
    let app = use_app();
    let written = post.data.regist_datetime.as_deref().unwrap_or_default();
    let author = post.data.user_id.as_deref().unwrap_or_default();

    rsx! {
        p { class: "byline",
            if !author.is_empty() {
                span { class: "author", "{author}" }
            }
            time { datetime: "{written}", {when(&app, written)} }
        }
    }
}

fn when(app: &App, written: &str) -> String {
    let host = app.host();
    clock::parse(written)
        .map(|at| clock::short(at, host.now(), &|at| host.utc_offset(at)))
        .unwrap_or_default()
}

#[component]
fn Skeletons() -> Element {
    rsx! {
        ul { class: "post-list", "aria-hidden": "true",
            for place in 0..3 {
                li { key: "{place}", class: "post skeleton",
                    div { class: "post-body",
                        span {}
                        span {}
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: &str) -> Post {
        Post {
            id: id.into(),
            data: PostData::default(),
        }
    }

    #[test]
    fn pages_follow_one_another_without_showing_a_post_twice() {
        let mut loaded = Loaded::default();
        loaded.take_in(Ok((vec![post("c"), post("b")], true)));
        assert_eq!(loaded.state, State::More);
        loaded.take_in(Ok((vec![post("b"), post("a")], false)));
        let ids: Vec<_> = loaded.posts.iter().map(|post| post.id.as_str()).collect();
        assert_eq!((ids, loaded.state), (vec!["c", "b", "a"], State::Complete));
    }

    #[test]
    fn a_failure_keeps_what_is_there() {
        let mut loaded = Loaded::default();
        loaded.take_in(Ok((vec![post("a")], true)));
        loaded.take_in(Err(Failure::Away));
        assert_eq!(
            (loaded.posts.len(), loaded.state),
            (1, State::Failed(Failure::Away))
        );
    }
}
