//! Puts a file into a folder of the person's, as browsers do: under its name, or the next that is free.

use call::files::clean;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Names are tried up to this number. Whoever has that many has a problem that another would not solve.
const MOST: u32 = 999;

/// Copies a file into a folder, which is made where it is not there. Nothing that is there is written over.
///
/// # Errors
/// It cannot be read, or cannot be written there.
pub fn save(from: &Path, folder: &Path, name: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let name = clean(name);
    for number in 0..=MOST {
        let path = folder.join(numbered(&name, number));
        match fs::File::create_new(&path) {
            Ok(mut to) => {
                let copied = fs::File::open(from).and_then(|mut from| io::copy(&mut from, &mut to));
                if copied.is_err() {
                    // Half a file is worse than none.
                    let _ = fs::remove_file(&path);
                }
                return copied.map(|_| path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// `a.txt`, `a (1).txt`, `a (2).txt`
fn numbered(name: &str, number: u32) -> String {
    if number == 0 {
        return name.to_owned();
    }
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem} ({number}).{ending}"),
        _ => format!("{name} ({number})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_over_and_nothing_outside_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        fs::write(&from, "moon").unwrap();
        let to = folder.path().join("new/er");
        let saved = ["x.txt", "x.txt", "../../x.txt", "月", "月"].map(|name| save(&from, &to, name).unwrap());
        let names = saved
            .each_ref()
            .map(|path| path.file_name().unwrap().to_str().unwrap());
        assert_eq!(names, ["x.txt", "x (1).txt", "x (2).txt", "月", "月 (1)"]);
        assert!(
            saved
                .iter()
                .all(|path| path.parent() == Some(&to) && fs::read(path).unwrap() == b"moon")
        );
        assert!(save(&folder.path().join("none"), &to, "y").is_err());
        assert!(!to.join("y").exists());
    }
}
