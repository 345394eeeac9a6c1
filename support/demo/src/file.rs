//! Files that are written completely or not at all, and never through a link.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes the file aside and renames it, so that it appears complete or not at all.
///
/// # Errors
/// If it cannot be written; or if something else than a file has this name, such as a symbolic link
/// that another user made, or a FIFO on which a write would wait for a reader.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (aside, mut file) = create_aside(path)?;
    let written = file.write_all(bytes).and_then(|()| {
        drop(file);
        fs::rename(&aside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&aside);
    }
    written
}

/// Finds out whether [`write`] would fail, and leaves nothing behind.
///
/// # Errors
/// As those of [`write`].
pub(crate) fn check(path: &Path) -> io::Result<()> {
    let (aside, _) = create_aside(path)?;
    fs::remove_file(aside)
}

/// A new file in the same folder, because only within a file system can it be renamed.
fn create_aside(path: &Path) -> io::Result<(PathBuf, File)> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => Some(found),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        // The name is too long, or in something that is no folder. The one aside might be right.
        Err(error) => return Err(error),
    };
    if found.as_ref().is_some_and(|found| !found.is_file()) {
        let message = "it exists and is not a regular file; choose another name";
        return Err(io::Error::new(ErrorKind::AlreadyExists, message));
    }
    let last = path.as_os_str().as_encoded_bytes().last();
    if last.is_none_or(|last| std::path::is_separator(char::from(*last))) {
        let message = "a file needs a name";
        return Err(io::Error::new(ErrorKind::InvalidInput, message));
    }
    static NEXT: AtomicU64 = AtomicU64::new(0);
    // Relaxed: each value is used once, and nothing else depends on it.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let aside = path.with_file_name(format!(".{}-{number}.part", process::id()));
    // `create_new` follows no link and opens nothing that exists.
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&aside)?;
    // What its owner has made private stays private.
    if let Some(found) = found {
        let _ = file.set_permissions(found.permissions());
    }
    Ok((aside, file))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_name_that_cannot_be_is_found_immediately() {
        for name in ["", "/tmp/", "/tmp/no-such-file.svg/", "/dev/null/x"] {
            assert!(check(Path::new(name)).is_err(), "{name}");
        }
        assert!(check(&std::env::temp_dir().join("a".repeat(300))).is_err());
    }

    #[test]
    fn a_private_file_stays_private() {
        let path = std::env::temp_dir().join(format!("many-things-private-{}", process::id()));
        write(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::remove_file(&path).unwrap();
    }

    /// Another user may guess the name of the file aside, and put a link there.
    #[test]
    fn the_file_aside_follows_no_link() {
        let folder = std::env::temp_dir().join(format!("many-things-aside-{}", process::id()));
        fs::create_dir(&folder).unwrap();
        let victim = folder.join("victim");
        fs::write(&victim, "precious").unwrap();
        for number in 0..20 {
            let link = folder.join(format!(".{}-{number}.part", process::id()));
            std::os::unix::fs::symlink(&victim, link).unwrap();
        }
        let error = write(&folder.join("page"), b"one").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&victim).unwrap(), b"precious");
        fs::remove_dir_all(&folder).unwrap();
    }
}
