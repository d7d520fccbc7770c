//! The posts API, from the client's side.

use crate::{
    door::{Door, Host, Keep},
    fetch::{Method, Request},
    links::percent_encoded,
    prefs,
};
use serde::de::DeserializeOwned;
use std::rc::Rc;
use wire::{
    limits::POSTS_PAGE,
    posts::{ErrorBody, Post, PostData},
    routes::API,
};

/// Why the server gave no answer, or not the one that was hoped for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No answer at all.
    #[error("the server cannot be reached")]
    Away,
    /// There is no such post.
    #[error("there is no such post")]
    Missing,
    /// Not everybody may.
    #[error("who writes here shows an access token")]
    Access {
        /// A token was shown, and it is not, or no longer, a good one.
        wrong: bool,
    },
    /// More than the server takes.
    #[error("the post is too large")]
    TooLarge,
    /// Anything else, in the server's words.
    #[error("{0}")]
    Said(String),
}

/// The API of one server.
pub struct Posts {
    host: Rc<dyn Host>,
    base: String,
}

impl Posts {
    /// The API of the server behind this door.
    pub fn behind(door: &Door) -> Self {
        Self {
            host: door.host.clone(),
            base: format!("{}{API}/posts", door.origin),
        }
    }

    /// Returns a page of posts, newest first, and whether there may be more. `after` is the last post of the page before.
    pub async fn list(&self, after: Option<&str>) -> Result<(Vec<Post>, bool), Failure> {
        let limit = POSTS_PAGE.0;
        let mut url = format!("{}?limit={limit}", self.base);
        if let Some(after) = after {
            url.push_str("&last=");
            url.push_str(&percent_encoded(after));
        }
        let posts: Vec<Post> = self.answer(Request::new(Method::Get, url)).await?;
        let more = posts.len() == limit;
        Ok((posts, more))
    }

    /// Returns one post.
    pub async fn read(&self, id: &str) -> Result<Post, Failure> {
        self.answer(self.one(Method::Get, id)).await
    }

    /// Stores a new post.
    pub async fn write(&self, data: &PostData) -> Result<Post, Failure> {
        let request = Request::new(Method::Post, self.base.clone());
        self.answer(request.json(written(data)?)).await
    }

    /// Changes the fields of a post that `data` holds.
    pub async fn change(&self, id: &str, data: &PostData) -> Result<(), Failure> {
        let request = self.one(Method::Put, id).json(written(data)?);
        self.accepted(request).await.map(drop)
    }

    /// Deletes a post. One that is gone already is no failure: that is what was wanted.
    pub async fn delete(&self, id: &str) -> Result<(), Failure> {
        match self.accepted(self.one(Method::Delete, id)).await {
            Ok(_) | Err(Failure::Missing) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    fn one(&self, method: Method, id: &str) -> Request {
        Request::new(method, format!("{}/{}", self.base, percent_encoded(id)))
    }

    async fn answer<T: DeserializeOwned>(&self, request: Request) -> Result<T, Failure> {
        let body = self.accepted(request).await?;
        serde_json::from_str(&body).map_err(|error| Failure::Said(error.to_string()))
    }

    async fn accepted(&self, mut request: Request) -> Result<String, Failure> {
        let token = self.host.remembered(Keep::Tab, prefs::ACCESS);
        request.bearer = token.filter(|token| !token.is_empty() && request.method != Method::Get);
        let wrong = request.bearer.is_some();
        let response = self.host.fetch(request).await.ok_or(Failure::Away)?;
        match response.status {
            200..300 => Ok(response.body),
            401 => Err(Failure::Access { wrong }),
            status => Err(failure(status, &response.body)),
        }
    }
}

fn written(data: &PostData) -> Result<String, Failure> {
    serde_json::to_string(data).map_err(|error| Failure::Said(error.to_string()))
}

fn failure(status: u16, body: &str) -> Failure {
    match status {
        404 => Failure::Missing,
        413 => Failure::TooLarge,
        // A proxy speaks for a server that is not there.
        502..=504 => Failure::Away,
        other => Failure::Said(
            serde_json::from_str(body).map_or_else(|_| format!("HTTP {other}"), |ErrorBody { error }| error),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_keeps_the_servers_words_and_survives_a_body_that_is_none() {
        let said = failure(400, r#"{"error": "limit must be 1 to 100"}"#);
        assert_eq!(said, Failure::Said("limit must be 1 to 100".into()));
        assert_eq!(failure(400, "<html>"), Failure::Said("HTTP 400".into()));
        assert_eq!(failure(404, ""), Failure::Missing);
        assert_eq!(failure(413, "{}"), Failure::TooLarge);
        assert_eq!(failure(502, "nginx"), Failure::Away);
    }
}
