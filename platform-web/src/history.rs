//! The page's address and where one has been, for the router.
//!
//! Dioxus has the same, in one piece with what builds `<head>` and runs scripts, which this page does itself or forbids.

use crate::js::{Listener, window};
use dioxus_history::History;
use js_sys::Array;
use std::{rc::Rc, sync::Arc};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::ScrollRestoration;

/// The browser's address bar and its two arrows.
pub fn history() -> Rc<dyn History> {
    if let Some(pages) = pages() {
        // The browser would scroll before the page is drawn. It refuses nothing here.
        let _ = pages.set_scroll_restoration(ScrollRestoration::Manual);
    }
    Rc::new(Pages)
}

struct Pages;

impl History for Pages {
    fn current_route(&self) -> String {
        let location = window().location();
        [location.pathname(), location.search(), location.hash()]
            .into_iter()
            .filter_map(Result::ok)
            .collect()
    }

    fn go_back(&self) {
        let _ = pages().map(|pages| pages.back());
    }

    fn go_forward(&self) {
        let _ = pages().map(|pages| pages.forward());
    }

    fn push(&self, route: String) {
        let Some(pages) = pages().filter(|_| route != self.current_route()) else {
            return;
        };
        // Where the person was on the page that is left, for the way back.
        let _ = pages.replace_state(&place(), "");
        let pushed = pages.push_state_with_url(&JsValue::NULL, "", Some(&route));
        if pushed.is_ok() {
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    fn replace(&self, route: String) {
        let replaced = pages().map(|pages| pages.replace_state_with_url(&JsValue::NULL, "", Some(&route)));
        if let Some(Ok(())) = replaced {
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    fn external(&self, url: String) -> bool {
        window().location().set_href(&url).is_ok()
    }

    fn updater(&self, moved: Arc<dyn Fn() + Send + Sync>) {
        let listener = Listener::new(window(), "popstate", move |_| {
            moved();
            scroll_to_place();
        });
        listener.keep();
    }
}

fn pages() -> Option<web_sys::History> {
    window().history().ok()
}

fn place() -> JsValue {
    let window = window();
    let [x, y] = [window.scroll_x(), window.scroll_y()].map(|at| JsValue::from_f64(at.unwrap_or_default()));
    Array::of2(&x, &y).into()
}

fn scroll_to_place() {
    let place = pages()
        .and_then(|pages| pages.state().ok())
        .and_then(|state| state.dyn_into::<Array>().ok());
    if let Some(place) = place
        && let (Some(x), Some(y)) = (place.get(0).as_f64(), place.get(1).as_f64())
    {
        window().scroll_to_with_x_and_y(x, y);
    }
}
