//! What all pages have around them.

use axum::http::{HeaderMap, header};

use super::html::{address, escape};
use crate::path::DatabaseName;

/// How a person wants the page to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Theme {
    /// As the system does.
    #[default]
    System,
    Dark,
    Light,
}

impl Theme {
    /// Reads the cookie in which the page keeps it, so that the first paint is right.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok());
        for cookie in cookies.flat_map(|cookies| cookies.split("; ")) {
            match cookie {
                "theme=dark" => return Self::Dark,
                "theme=light" => return Self::Light,
                _ => {}
            }
        }
        Self::System
    }

    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// The frame of a page.
#[derive(Debug)]
pub(super) struct Layout {
    theme: Theme,
    crumbs: String,
    tree: String,
    /// What the page must hear of: changes of the data, or requests.
    live: &'static str,
}

impl Layout {
    pub(super) fn new(theme: Theme) -> Self {
        Self {
            theme,
            crumbs: String::new(),
            tree: String::new(),
            live: "data",
        }
    }

    /// Shows where one is, and the way back.
    pub(super) fn at(mut self, database: &DatabaseName, segments: &[String]) -> Self {
        let mut way = vec![database.project.as_str(), database.database.as_str()];
        let link = |way: &[&str], label: &str, is_last: bool| {
            let current = if is_last { " aria-current=\"page\"" } else { "" };
            format!(
                "<li><a href=\"{}\"{current}>{label}</a></li>",
                address(way.iter().copied())
            )
        };
        let root = format!(
            "{} <small>{}</small>",
            escape(&database.project),
            escape(&database.database)
        );
        let mut crumbs = link(&way, &root, segments.is_empty());
        for (index, segment) in segments.iter().enumerate() {
            way.push(segment);
            crumbs.push_str(&link(&way, &escape(segment), index + 1 == segments.len()));
        }
        self.crumbs = format!("<nav class=\"crumbs\" aria-label=\"Path\"><ol>{crumbs}</ol></nav>");
        self
    }

    /// Shows the tree beside the page.
    pub(super) fn with_tree(mut self, tree: String) -> Self {
        self.tree = tree;
        self
    }

    /// Keeps the page up to date with the requests.
    pub(super) fn hearing_requests(mut self) -> Self {
        self.live = "requests";
        self
    }

    /// Makes the whole page. The title is text, the main part HTML.
    pub(super) fn page(&self, title: &str, main: &str) -> String {
        let theme = self.theme.name();
        let requests = self.live == "requests";
        let current = |is: bool| if is { " aria-current=\"page\"" } else { "" };
        let aside = if self.tree.is_empty() {
            String::new()
        } else {
            format!("<aside id=\"tree\">{}</aside>", self.tree)
        };
        let browse = if self.tree.is_empty() {
            ""
        } else {
            "<button type=\"button\" class=\"quiet browse\" data-act=\"browse\" aria-expanded=\"false\" \
             aria-controls=\"tree\">Browse</button>"
        };
        format!(
            "<!doctype html><html lang=\"en\" data-theme=\"{theme}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Firestore</title>\
             <link rel=\"icon\" href=\"/icon.svg\"><link rel=\"stylesheet\" href=\"/style.css\">\
             <script type=\"module\" src=\"/page.js\"></script></head>\
             <body data-live=\"{live}\"><a class=\"skip\" href=\"#main\">Skip to the content</a>\
             <header class=\"top{top}\"><a class=\"home\" href=\"/\"{at_home}><span class=\"moon\" aria-hidden=\"true\"></span>Firestore</a>\
             {browse}<span class=\"space\"></span>\
             <span class=\"live\" id=\"live\" role=\"status\" hidden></span>\
             <a class=\"tab\" href=\"/requests\"{at_requests}>Requests</a>\
             <button type=\"button\" class=\"quiet round\" data-act=\"keys\" aria-label=\"Keyboard shortcuts\">?</button>\
             <button type=\"button\" class=\"quiet round theme\" data-act=\"theme\" aria-label=\"Theme: {theme}\"></button></header>\
             <div class=\"body{with_tree}\">{aside}<main id=\"main\" tabindex=\"-1\">{crumbs}{main}</main></div>\
             <div id=\"toasts\" role=\"status\" aria-live=\"polite\"></div></body></html>",
            title = escape(title),
            live = self.live,
            at_home = current(!requests && self.tree.is_empty()),
            at_requests = current(requests),
            top = if self.tree.is_empty() {
                ""
            } else {
                " with-tree-top"
            },
            with_tree = if self.tree.is_empty() { "" } else { " with-tree" },
            crumbs = self.crumbs,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_path_becomes_a_tag() {
        let evil = "<script>'\"&".to_owned();
        let database = DatabaseName {
            project: evil.clone(),
            database: evil.clone(),
        };
        let page = Layout::new(Theme::System)
            .at(&database, std::slice::from_ref(&evil))
            .page(&evil, "");
        assert!(!page.contains("<script>'"), "{page}");
    }

    #[test]
    fn the_theme_is_the_cookie_s() {
        let mut headers = HeaderMap::new();
        assert_eq!(Theme::of(&headers), Theme::System);
        headers.insert(
            header::COOKIE,
            header::HeaderValue::from_static("a=b; theme=dark"),
        );
        assert_eq!(Theme::of(&headers), Theme::Dark);
    }
}
