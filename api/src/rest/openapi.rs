//! The description of the API, served as it is written.

use super::reply;
use warp::reply::Response;

const DOCUMENT: &str = include_str!("../../openapi.json");

pub(super) fn document() -> Response {
    reply::json_text(DOCUMENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::route::Route;
    use serde_json::Value;
    use std::collections::BTreeSet;
    use wire::limits::{MESSAGES_PAGE, PHOTO_BYTES, POSTS_PAGE};

    fn template(route: &Route) -> &'static str {
        match route {
            Route::HelloWorld => "/helloWorld",
            Route::OpenApi => "/openapi.json",
            Route::Posts => "/posts",
            Route::Post(_) => "/posts/{id}",
            Route::Room(_) => "/rooms/{id}",
            Route::Messages(_) => "/rooms/{id}/messages",
        }
    }

    #[test]
    fn every_route_is_described_with_its_methods_and_nothing_else_is() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        let paths = document["paths"].as_object().unwrap();
        for (path, description) in paths {
            let route = Route::parse(&path.replace("{id}", "a")).unwrap();
            assert_eq!(template(&route), path);
            let described: BTreeSet<String> = description
                .as_object()
                .unwrap()
                .keys()
                .filter(|key| *key != "parameters")
                .map(|method| method.to_uppercase())
                .collect();
            // That HEAD and OPTIONS are everywhere is said once, at the top.
            let answered = route
                .allow()
                .split(", ")
                .filter(|method| !["HEAD", "OPTIONS"].contains(method));
            assert_eq!(described, answered.map(str::to_owned).collect(), "{path}");
        }
        assert_eq!(paths.len(), 6, "as many as there are in `template`");
    }

    #[test]
    fn the_limits_are_those_of_the_code() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        for (path, page) in [("/posts", POSTS_PAGE), ("/rooms/{id}/messages", MESSAGES_PAGE)] {
            let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
            let limit = parameters
                .iter()
                .find(|parameter| parameter["name"] == "limit")
                .unwrap();
            assert_eq!(limit["schema"]["default"], page.0);
            assert_eq!(limit["schema"]["maximum"], page.1);
        }
        let photo = &document["components"]["schemas"]["PostFields"]["properties"]["photo"];
        assert_eq!(photo["maxLength"], PHOTO_BYTES);
    }
}
