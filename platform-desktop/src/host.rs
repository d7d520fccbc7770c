//! The small services of a desktop.

use crate::{media::speaker::Speaker, memory::Memory, native::random_bytes, window::recorder::Films};
use app::{
    Host, Keep,
    fetch::{Method, Request, Response},
    recorder::Recorder,
};
use chrono::{Local, Offset, TimeZone};
use dioxus::{desktop::window, prelude::*};
use futures::future::LocalBoxFuture;
use reqwest::{Client, header::CONTENT_TYPE};
use std::{
    env,
    rc::Rc,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

static LANGUAGE: Mutex<String> = Mutex::new(String::new());

/// The language in which the app speaks.
pub fn language() -> String {
    LANGUAGE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A desktop.
pub struct Desktop {
    memory: Rc<Memory>,
    client: Client,
    speaker: Speaker,
    films: Films,
}

impl Desktop {
    /// Makes one that remembers here.
    pub fn new(memory: Rc<Memory>, client: Client, speaker: Speaker, films: Films) -> Self {
        Self {
            memory,
            client,
            speaker,
            films,
        }
    }
}

impl Host for Desktop {
    fn languages(&self) -> Vec<String> {
        // `LANGUAGE` is a list and goes first (GNU gettext); the others name one.
        let list =
            ["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"].map(|name| env::var(name).unwrap_or_default());
        list.iter()
            .flat_map(|value| value.split(':'))
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn remembered(&self, keep: Keep, key: &str) -> Option<String> {
        self.memory.get(keep, key)
    }

    fn remember(&self, keep: Keep, key: &str, value: Option<&str>) {
        self.memory.set(keep, key, value);
    }

    fn copy(&self, text: String) -> LocalBoxFuture<'static, bool> {
        // The page has no secure origin, so the modern interface may be missing.
        let script = document::eval(&format!(
            "const text = {};
             try {{ await navigator.clipboard.writeText(text); return true }} catch {{}}
             const field = document.createElement('textarea');
             field.value = text; document.body.append(field); field.select();
             const copied = document.execCommand('copy');
             field.remove();
             return copied;",
            literal(&text)
        ));
        Box::pin(async move { script.join::<bool>().await.unwrap_or(false) })
    }

    fn fetch(&self, request: Request) -> LocalBoxFuture<'static, Option<Response>> {
        let answer = fetch(self.client.clone(), request);
        Box::pin(async move {
            answer
                .await
                .inspect_err(|error| tracing::debug!(%error, "no answer"))
                .ok()
        })
    }

    fn set_language(&self, tag: &str) {
        tag.clone_into(&mut LANGUAGE.lock().unwrap_or_else(PoisonError::into_inner));
        document::eval(&format!("document.documentElement.lang = {}", literal(tag)));
    }

    fn set_theme(&self, theme: Option<&str>) {
        document::eval(&match theme {
            Some(theme) => format!("document.documentElement.dataset.theme = {}", literal(theme)),
            None => "delete document.documentElement.dataset.theme".to_owned(),
        });
    }

    fn set_title(&self, title: &str) {
        window().set_title(title);
    }

    fn can_share(&self) -> bool {
        true
    }

    fn can_give_files(&self) -> bool {
        true
    }

    fn can_record(&self) -> bool {
        true
    }

    fn recorder(&self) -> Option<Rc<dyn Recorder>> {
        Some(Rc::new(self.films.clone()))
    }

    /// The speaker that is chosen is the one that is in use.
    fn test_sound(&self, _: Option<&str>) {
        self.speaker.test();
    }

    fn toggle_full_screen(&self) {
        let window = window();
        window.set_fullscreen(window.fullscreen().is_none());
    }

    fn random(&self) -> [u8; 16] {
        random_bytes()
    }

    fn now(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn utc_offset(&self, at: u64) -> i32 {
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        let local = Local.timestamp_millis_opt(at).single();
        local.map_or(0, |local| local.offset().fix().local_minus_utc() / 60)
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

async fn fetch(client: Client, request: Request) -> Result<Response, reqwest::Error> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    };
    let mut builder = client.request(method, request.url);
    if let Some(json) = request.json {
        builder = builder.header(CONTENT_TYPE, "application/json").body(json);
    }
    if let Some(token) = request.bearer {
        builder = builder.bearer_auth(token);
    }
    let response = builder.send().await?;
    Ok(Response {
        status: response.status().as_u16(),
        body: response.text().await?,
    })
}

/// Writes a text as a JavaScript literal, which JSON is.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
