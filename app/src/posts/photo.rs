//! A photo for a post, as a data URL.

use super::problem::too_large;
use crate::{
    context::use_words,
    i18n::Words,
    icons::{self, Icon},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use dioxus::{html::FileData, prelude::*};
use wire::limits::PHOTO_BYTES;

/// Chooses, shows and takes away a photo. `photo` is empty while there is none.
#[component]
pub fn PhotoField(photo: Signal<String>) -> Element {
    let words = use_words();
    let mut photo = photo;
    let mut problem = use_signal(String::new);
    let onchange = move |event: FormEvent| async move {
        let Some(file) = event.files().into_iter().next() else {
            return;
        };
        match data_url(words, &file).await {
            Ok(url) => {
                problem.set(String::new());
                photo.set(url);
            }
            Err(why) => problem.set(why),
        }
    };

    rsx! {
        div { class: "photo",
            if !photo.read().is_empty() {
                img { src: "{photo}", alt: words.say("posts-photo") }
            }
            div { class: "actions",
                // The field itself cannot be dressed; its label can, and the field stays for the keyboard.
                label { class: "quiet file",
                    Icon { d: icons::IMAGE_PLUS }
                    {words.say("posts-photo-choose")}
                    input {
                        class: "visually-hidden",
                        r#type: "file",
                        accept: "image/*",
                        "aria-describedby": "photo-error",
                        onchange,
                    }
                }
                if !photo.read().is_empty() {
                    button { class: "quiet", r#type: "button", onclick: move |_| photo.set(String::new()),
                        Icon { d: icons::X }
                        {words.say("posts-photo-remove")}
                    }
                }
            }
            p { id: "photo-error", class: "problem", role: "alert", "{problem}" }
        }
    }
}

async fn data_url(words: Words, file: &FileData) -> Result<String, String> {
    let kind = file.content_type().filter(|kind| kind.starts_with("image/"));
    let Some(kind) = kind else {
        return Err(words.say("posts-photo-kind").to_owned());
    };
    if encoded_length(&kind, file.size()) > PHOTO_BYTES as u64 {
        return Err(too_large(words));
    }
    match file.read_bytes().await {
        Ok(bytes) => Ok(format!("data:{kind};base64,{}", STANDARD.encode(bytes))),
        Err(error) => {
            tracing::debug!(%error, "unreadable file");
            Err(words.say("posts-photo-unreadable").to_owned())
        }
    }
}

/// Length of the data URL of a file: base64 writes every three bytes as four characters.
fn encoded_length(kind: &str, size: u64) -> u64 {
    let head = "data:;base64,".len() + kind.len();
    size.div_ceil(3).saturating_mul(4).saturating_add(head as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_known_before_the_file_is_read() {
        for size in 0..10_u8 {
            let bytes = vec![0; usize::from(size)];
            let url = format!("data:image/png;base64,{}", STANDARD.encode(bytes));
            assert_eq!(encoded_length("image/png", u64::from(size)), url.len() as u64);
        }
        assert!(encoded_length("image/png", u64::MAX) > PHOTO_BYTES as u64);
    }
}
