//! The system's own dialogs. On Linux they are GTK's, whose main loop the session runs on.

use std::path::PathBuf;

/// What the dialog is called.
#[cfg(target_os = "linux")]
fn title() -> &'static str {
    if crate::host::language().starts_with("ja") {
        "ファイルを選ぶ"
    } else {
        "Choose files"
    }
}

/// Lets the person pick a file, or several; none if the person thinks better of it. `patterns` say what there is to pick.
#[cfg(target_os = "linux")]
pub async fn pick(multiple: bool, patterns: &[&str]) -> Vec<PathBuf> {
    use gtk::prelude::*;
    let (tell, told) = futures::channel::oneshot::channel();
    let tell = std::cell::Cell::new(Some(tell));
    let action = gtk::FileChooserAction::Open;
    let dialog = gtk::FileChooserNative::new(Some(title()), None::<&gtk::Window>, action, None, None);
    dialog.set_select_multiple(multiple);
    if !patterns.is_empty() {
        let filter = gtk::FileFilter::new();
        filter.set_name(Some(&patterns.join(", ")));
        patterns.iter().for_each(|pattern| filter.add_pattern(pattern));
        dialog.add_filter(filter);
    }
    dialog.connect_response(move |dialog, response| {
        let accepted = response == gtk::ResponseType::Accept;
        let picked = if accepted { dialog.filenames() } else { Vec::new() };
        if let Some(tell) = tell.take() {
            // The room may have been left meanwhile.
            let _ = tell.send(picked);
        }
    });
    dialog.show();
    // The dialog lives until then.
    told.await.unwrap_or_default()
}

/// There is none here yet.
#[cfg(not(target_os = "linux"))]
pub async fn pick(_: bool, _: &[&str]) -> Vec<PathBuf> {
    Vec::new()
}
