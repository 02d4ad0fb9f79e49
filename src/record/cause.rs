//! Why writing failed, in plain words, and what helps.

use std::io::{self, ErrorKind};

/// The error of the operating system behind an error of HDF5, as far as it names one.
pub(crate) fn of(error: &hdf5::Error) -> io::Error {
    let stack = error.stack();
    let frames = stack.iter().flat_map(|stack| stack.iter());
    let descriptions: Vec<&str> = frames.map(hdf5::ErrorFrame::desc).collect();
    // "file write failed: time = .., filename = .., errno = 28, error message = ..": the innermost frame says it.
    match descriptions.iter().rev().find_map(|description| errno(description)) {
        Some(errno) => io::Error::from_raw_os_error(errno),
        None => io::Error::other(format!(
            "HDF5 says `{}`",
            descriptions.last().map_or_else(|| error.to_string(), ToString::to_string)
        )),
    }
}

fn errno(description: &str) -> Option<i32> {
    let after = description.split("errno = ").nth(1)?;
    let digits = after.split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|&errno| errno != 0)
}

/// An error of HDF5 in plain words.
pub(crate) fn plain(error: &hdf5::Error) -> String {
    words(&of(error))
}

/// What happened.
pub(crate) fn words(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::StorageFull => "no space is left on the disk".to_owned(),
        ErrorKind::QuotaExceeded => "the disk quota is used up".to_owned(),
        ErrorKind::FileTooLarge => "files may not grow so large here".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        ErrorKind::InvalidFilename => "the name is too long or has characters that cannot be used".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_lowercase()
        }
    }
}

/// What to do about it.
pub(crate) fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some space, or write to another disk with `-o`",
        ErrorKind::FileTooLarge => "raise the limit (`ulimit -f`), record less, or write to another disk with `-o`",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "name a file in a folder of your own with `-o`",
        ErrorKind::InvalidFilename => "name another file with `-o`",
        _ => "check the disk, or name another file with `-o`",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_the_error_is_found_in_what_hdf5_says() {
        let said =
            "file write failed: time = Mon, filename = 'a.h5', file descriptor = 5, errno = 28, error message = 'x'";
        assert_eq!(errno(said), Some(28));
        assert_eq!(errno("unable to flush, errno = 0, nothing"), None);
        assert_eq!(errno("unable to flush"), None);
    }
}
