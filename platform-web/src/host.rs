//! The small services that components ask for.

use crate::{awake, chunk, clock, display, fetch::fetch, js::window, recorder, storage, tone};
use app::{
    Chunk, Keep,
    fetch::{Request, Response},
    recorder::Recorder,
};
use futures::future::{FutureExt, LocalBoxFuture};
use session::platform;
use std::{rc::Rc, time::Duration};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element};

/// How long a note waits after what it tells of: whoever has come is to be seen first, and to open a speaker takes time.
const AFTER: Duration = Duration::from_millis(300);

/// The page.
pub struct Host;

impl app::Host for Host {
    fn languages(&self) -> Vec<String> {
        let languages = window().navigator().languages();
        languages.iter().filter_map(|tag| tag.as_string()).collect()
    }

    fn remembered(&self, keep: Keep, key: &str) -> Option<String> {
        storage::recall(scope(keep), key)
    }

    fn remember(&self, keep: Keep, key: &str, value: Option<&str>) {
        storage::remember(scope(keep), key, value);
    }

    fn copy(&self, text: String) -> LocalBoxFuture<'static, bool> {
        let clipboard = window().navigator().clipboard();
        async move {
            // It is missing on pages that are not served securely.
            if clipboard.is_undefined() {
                return false;
            }
            JsFuture::from(clipboard.write_text(&text)).await.is_ok()
        }
        .boxed_local()
    }

    fn fetch(&self, request: Request) -> LocalBoxFuture<'static, Option<Response>> {
        fetch(request).map(Result::ok).boxed_local()
    }

    fn set_language(&self, tag: &str) {
        set_attribute("lang", Some(tag));
    }

    fn set_theme(&self, theme: Option<&str>) {
        let system = || {
            let light = window().match_media("(prefers-color-scheme: light)");
            let light = light.ok().flatten().is_some_and(|light| light.matches());
            if light { "light" } else { "dark" }
        };
        set_attribute("data-theme", Some(theme.unwrap_or_else(system)));
    }

    fn set_title(&self, title: &str) {
        if let Some(document) = document() {
            document.set_title(title);
        }
    }

    fn can_share(&self) -> bool {
        display::possible()
    }

    fn test_sound(&self, speaker: Option<&str>) {
        tone::play(tone::TEST, tone::Touch::Full, speaker);
    }

    fn play(&self, notes: &'static [(f32, f64)], speaker: Option<&str>) {
        let speaker = speaker.map(str::to_owned);
        wasm_bindgen_futures::spawn_local(async move {
            clock::sleep(AFTER).await;
            tone::play(notes, tone::Touch::Soft, speaker.as_deref());
        });
    }

    fn can_give_files(&self) -> bool {
        true
    }

    fn can_sign_in(&self) -> bool {
        true
    }

    fn toggle_full_screen(&self) {
        let Some(page) = window().document() else { return };
        if page.fullscreen_element().is_some() {
            page.exit_fullscreen();
        } else if let Some(element) = page.document_element() {
            // Where it is not allowed nothing happens, which can be seen.
            let _ = element.request_fullscreen();
        }
    }

    fn can_record(&self) -> bool {
        recorder::possible()
    }

    fn can_show_apart(&self) -> bool {
        recorder::apart_possible()
    }

    fn recorder(&self) -> Option<Rc<dyn Recorder>> {
        recorder::open()
    }

    fn keep_awake(&self, on: bool) {
        awake::keep(on);
    }

    fn random(&self) -> [u8; 16] {
        clock::random()
    }

    fn now(&self) -> u64 {
        js_sys::Date::now() as u64
    }

    fn utc_offset(&self, at: u64) -> i32 {
        let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
        -(date.get_timezone_offset() as i32)
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        clock::sleep(duration).boxed_local()
    }

    fn painted(&self) -> LocalBoxFuture<'static, ()> {
        clock::painted().boxed_local()
    }

    fn load(&self, chunk: Chunk) -> Option<LocalBoxFuture<'static, bool>> {
        let loading = JsFuture::from(chunk::load(chunk)?);
        Some(loading.map(|loaded| loaded.is_ok()).boxed_local())
    }

    fn anticipate(&self, chunk: Chunk) -> Option<LocalBoxFuture<'static, bool>> {
        Some(chunk::anticipate(chunk).boxed_local())
    }

    fn reload(&self) {
        // Nothing stands in the way of that.
        let _ = window().location().reload();
    }
}

fn scope(keep: Keep) -> platform::Keep {
    match keep {
        Keep::Always => platform::Keep::Always,
        Keep::Tab => platform::Keep::Tab,
    }
}

fn document() -> Option<Document> {
    window().document()
}

fn root() -> Option<Element> {
    document()?.document_element()
}

fn set_attribute(name: &str, value: Option<&str>) {
    let Some(root) = root() else { return };
    // Both names are valid, so neither call can fail.
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}
