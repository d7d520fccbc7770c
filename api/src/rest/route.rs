//! Paths of the API and the methods that each answers.

use super::error::ApiError;
use crate::store::PostId;
use percent_encoding::percent_decode_str;
use std::{borrow::Cow, str::FromStr};
use wire::RoomId;

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    HelloWorld,
    OpenApi,
    Posts,
    Post(PostId),
    Room(RoomId),
    Messages(RoomId),
}

impl Route {
    /// Reads the path below the mount. A slash at the end makes no difference.
    pub(super) fn parse(path: &str) -> Result<Self, ApiError> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut segments = path.split('/');
        let route = match (segments.next(), segments.next(), segments.next(), segments.next()) {
            (Some("helloWorld"), None, None, None) => Self::HelloWorld,
            (Some("openapi.json"), None, None, None) => Self::OpenApi,
            (Some("posts"), None, None, None) => Self::Posts,
            (Some("posts"), Some(id), None, None) => Self::Post(parameter(id)?),
            (Some("rooms"), Some(id), None, None) => Self::Room(parameter(id)?),
            (Some("rooms"), Some(id), Some("messages"), None) => Self::Messages(parameter(id)?),
            _ => return Err(ApiError::NoSuchPath),
        };
        Ok(route)
    }

    /// Returns the path with the names of its parameters, of which there is a bounded number.
    pub(super) fn template(&self) -> &'static str {
        match self {
            Self::HelloWorld => "/helloWorld",
            Self::OpenApi => "/openapi.json",
            Self::Posts => "/posts",
            Self::Post(_) => "/posts/{id}",
            Self::Room(_) => "/rooms/{id}",
            Self::Messages(_) => "/rooms/{id}/messages",
        }
    }

    /// Returns the methods that it answers, as `Allow` lists them.
    pub(super) fn allow(&self) -> &'static str {
        match self {
            Self::HelloWorld | Self::OpenApi | Self::Room(_) | Self::Messages(_) => "GET, HEAD, OPTIONS",
            Self::Posts => "GET, HEAD, POST, OPTIONS",
            Self::Post(_) => "GET, HEAD, PUT, DELETE, OPTIONS",
        }
    }
}

fn parameter<T: FromStr>(segment: &str) -> Result<T, ApiError>
where
    ApiError: From<T::Err>,
{
    let text: Cow<'_, str> = percent_decode_str(segment)
        .decode_utf8()
        .map_err(|_| ApiError::PathEncoding)?;
    Ok(text.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_decoded_before_they_are_checked() {
        assert_eq!(
            Route::parse("posts/a%20b/").unwrap(),
            Route::Post("a b".parse().unwrap())
        );
        assert_eq!(
            Route::parse("rooms/%E6%9C%88%E8%A6%8B/messages").unwrap(),
            Route::Messages("月見".parse().unwrap())
        );
        for path in [
            "posts/..",
            "posts/%2e%2e",
            "posts/a%2Fb",
            "posts/__x__",
            "rooms/a%20b",
            "rooms/..",
        ] {
            let error = Route::parse(path).unwrap_err();
            assert!(
                matches!(error, ApiError::PostId(_) | ApiError::RoomId(_)),
                "{path}: {error}"
            );
        }
        assert!(matches!(Route::parse("posts/%ff"), Err(ApiError::PathEncoding)));
    }

    #[test]
    fn whatever_else_is_not_there() {
        for path in [
            "",
            "/",
            "post",
            "posts/a/b",
            "Posts",
            "rooms",
            "rooms/a/b",
            "rooms/a/messages/b",
            "posts//",
        ] {
            let unknown = matches!(
                Route::parse(path),
                Err(ApiError::NoSuchPath | ApiError::PostId(_))
            );
            assert!(unknown, "{path:?}");
        }
    }
}
