//! The key of the resume tokens.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// The least length of a key, in bytes: a shorter one could be guessed.
const LEAST: usize = 16;
const FILE: &str = "secret";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The key given is too short.
    #[error("the secret must have at least {LEAST} characters; `openssl rand -hex 32` makes one")]
    Short,
    /// The file holds no key.
    #[error("{path} holds no secret; delete it, and a new one is made (who is in a call has to join anew)")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("cannot read or write {path}")]
    Io {
        /// The file or its directory.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

/// Returns the key that is given, else the one kept in a directory, else a new one that is put there.
pub(super) fn load(given: Option<String>, directory: &Path) -> Result<Vec<u8>, SecretError> {
    if let Some(given) = given {
        return if given.len() < LEAST {
            Err(SecretError::Short)
        } else {
            Ok(given.into_bytes())
        };
    }
    let path = directory.join(FILE);
    let failed = |source| SecretError::Io {
        path: path.clone(),
        source,
    };
    match fs::read_to_string(&path) {
        Ok(text) if text.trim().len() < LEAST => Err(SecretError::Damaged { path }),
        Ok(text) => Ok(text.trim().as_bytes().to_vec()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(directory, &path).map_err(failed),
        Err(error) => Err(failed(error)),
    }
}

/// Makes a key, and puts the file in its place only when it is whole.
fn make(directory: &Path, path: &Path) -> io::Result<Vec<u8>> {
    fs::create_dir_all(directory)?;
    let secret = crate::random::hex(&crate::random::bytes::<32>());
    let unfinished = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)?;
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    tracing::info!(path = %path.display(), "made a secret");
    Ok(secret.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_made_once_and_is_nobody_elses_to_read() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("not/there/yet");
        let made = load(None, &data).unwrap();
        assert_eq!(made.len(), 64);
        assert_eq!(load(None, &data).unwrap(), made);
        let mode = fs::metadata(data.join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_ne!(load(None, directory.path()).unwrap(), made);
    }

    #[test]
    fn a_secret_that_is_given_is_taken_and_one_that_could_be_guessed_is_not() {
        let nowhere = Path::new("/nowhere");
        assert_eq!(
            load(Some("sixteen letters!".into()), nowhere).unwrap(),
            b"sixteen letters!"
        );
        assert!(matches!(
            load(Some("short".into()), nowhere),
            Err(SecretError::Short)
        ));
    }

    #[test]
    fn a_file_without_a_secret_is_not_taken_for_one() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(FILE), "\n").unwrap();
        assert!(matches!(
            load(None, directory.path()),
            Err(SecretError::Damaged { .. })
        ));
    }
}
