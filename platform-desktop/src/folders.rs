//! The person's folders (XDG Base Directory Specification, and `xdg-user-dirs` for what people call their own).

use std::{env, path::PathBuf};

/// What the program's own folders are called.
const OWN: &str = "tsukiyo";

/// What is remembered; `None` where there is no place for it.
pub fn config() -> Option<PathBuf> {
    Some(named("XDG_CONFIG_HOME", ".config")?.join(OWN))
}

/// What can be made anew, or is needed for a while only.
pub fn caches() -> PathBuf {
    named("XDG_CACHE_HOME", ".cache")
        .unwrap_or_else(env::temp_dir)
        .join(OWN)
}

/// What the person has got from elsewhere.
pub fn downloads() -> PathBuf {
    special("Downloads")
}

/// The films of this program.
pub fn recordings() -> PathBuf {
    special("Videos").join("Tsukiyo")
}

fn named(variable: &str, usual: &str) -> Option<PathBuf> {
    path(variable).or_else(|| Some(path("HOME")?.join(usual)))
}

fn path(variable: &str) -> Option<PathBuf> {
    let value = env::var_os(variable).filter(|value| !value.is_empty())?;
    Some(PathBuf::from(value))
}

/// A folder as the person's desktop calls it, or else under its English name.
fn special(usual: &str) -> PathBuf {
    let usual_place = || path("HOME").unwrap_or_else(env::temp_dir).join(usual);
    #[cfg(target_os = "linux")]
    {
        let special = match usual {
            "Downloads" => glib::UserDirectory::Downloads,
            _ => glib::UserDirectory::Videos,
        };
        glib::user_special_dir(special).unwrap_or_else(usual_place)
    }
    #[cfg(not(target_os = "linux"))]
    usual_place()
}
