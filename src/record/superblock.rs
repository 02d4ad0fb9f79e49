//! The superblock of an HDF5 file: whether its writer closed it, and how to mark it closed.
//!
//! HDF5 sets a flag while a file is open for writing and refuses a plain open as long as it is set. A killed run leaves
//! it set; clearing it is what HDF5's own `h5clear` does. Layout: HDF5 File Format Specification 3.0, II.A.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";
/// Bytes of a superblock of version 3 with 8-byte addresses, its checksum included.
const SIZE: usize = 48;
const VERSION_AT: usize = 8;
const ADDRESS_SIZE_AT: usize = 9;
const FLAGS_AT: usize = 11;
const END_AT: usize = 28;
const CHECKSUM_AT: usize = 44;
/// Open for writing, and for writing while others read.
const OPEN_FLAGS: u8 = 0b101;

/// What the beginning of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Not HDF5, or too short.
    Foreign,
    /// HDF5, but of a version that results files do not have.
    OtherVersion,
    /// A results file may look so.
    Hdf5 {
        /// Its writer has not closed it (yet).
        open: bool,
        /// Where the file ends, as it says itself.
        end: u64,
    },
}

/// Reads the beginning of a file.
pub(crate) fn kind(file: &mut File) -> io::Result<Kind> {
    Ok(match read(file)? {
        Err(kind) => kind,
        Ok(bytes) => Kind::Hdf5 { open: bytes[FLAGS_AT] & OPEN_FLAGS != 0, end: end(&bytes) },
    })
}

/// Whether a run is writing this file now: it is flagged open, and its writer's lock is held.
pub(crate) fn is_being_written(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let open = matches!(kind(&mut file)?, Kind::Hdf5 { open: true, .. });
    // A killed writer leaves the flag, but its lock ends with it. Where the file system knows no locks nobody can tell.
    Ok(open && matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Marks a file closed whose writer died. Returns whether there was anything to do.
pub(crate) fn mark_closed(path: &Path) -> io::Result<bool> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let Ok(mut bytes) = read(&mut file)? else { return Ok(false) };
    let length = file.metadata()?.len();
    if bytes[FLAGS_AT] & OPEN_FLAGS == 0 && end(&bytes) <= length {
        return Ok(false);
    }
    // What was written last may lie beyond the end that the superblock knows, or that end beyond what was written.
    let end = end(&bytes).max(length);
    file.set_len(end)?;
    bytes[FLAGS_AT] &= !OPEN_FLAGS;
    bytes[END_AT..END_AT + 8].copy_from_slice(&end.to_le_bytes());
    let checksum = lookup3(&bytes[..CHECKSUM_AT]);
    bytes[CHECKSUM_AT..].copy_from_slice(&checksum.to_le_bytes());
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    Ok(true)
}

/// The superblock, or why it is none that a results file has.
fn read(file: &mut File) -> io::Result<Result<[u8; SIZE], Kind>> {
    let mut bytes = Vec::with_capacity(SIZE);
    file.seek(SeekFrom::Start(0))?;
    file.take(SIZE as u64).read_to_end(&mut bytes)?;
    if !bytes.starts_with(&SIGNATURE) {
        return Ok(Err(Kind::Foreign));
    }
    let Ok(bytes) = <[u8; SIZE]>::try_from(bytes) else { return Ok(Err(Kind::Foreign)) };
    let ours = bytes[VERSION_AT] == 3 && bytes[ADDRESS_SIZE_AT] == 8 && bytes[ADDRESS_SIZE_AT + 1] == 8;
    Ok(if ours { Ok(bytes) } else { Err(Kind::OtherVersion) })
}

fn end(bytes: &[u8; SIZE]) -> u64 {
    bytes[END_AT..END_AT + 8].iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// Bob Jenkins' lookup3 (`hashlittle`, 2006, public domain) with an initial value of 0: the checksum of HDF5's metadata.
fn lookup3(bytes: &[u8]) -> u32 {
    let [mut a, mut b, mut c] = [0xdead_beef_u32.wrapping_add(bytes.len() as u32); 3];
    let mut rest = bytes;
    while rest.len() > 12 {
        (a, b, c) = (a.wrapping_add(word(rest, 0)), b.wrapping_add(word(rest, 4)), c.wrapping_add(word(rest, 8)));
        for (turn, [x, y, z]) in
            [(4, [0, 2, 1]), (6, [1, 0, 2]), (8, [2, 1, 0]), (16, [0, 2, 1]), (19, [1, 0, 2]), (4, [2, 1, 0])]
        {
            let mut abc = [a, b, c];
            abc[x] = abc[x].wrapping_sub(abc[y]) ^ abc[y].rotate_left(turn);
            abc[y] = abc[y].wrapping_add(abc[z]);
            [a, b, c] = abc;
        }
        rest = &rest[12..];
    }
    if rest.is_empty() {
        return c;
    }
    (a, b, c) = (a.wrapping_add(word(rest, 0)), b.wrapping_add(word(rest, 4)), c.wrapping_add(word(rest, 8)));
    for (turn, [x, y]) in
        [(14, [2, 1]), (11, [0, 2]), (25, [1, 0]), (16, [2, 1]), (4, [0, 2]), (14, [1, 0]), (24, [2, 1])]
    {
        let mut abc = [a, b, c];
        abc[x] = (abc[x] ^ abc[y]).wrapping_sub(abc[y].rotate_left(turn));
        [a, b, c] = abc;
    }
    c
}

/// The little-endian word at `at`, as if zeros followed the bytes.
fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.iter().skip(at).take(4).rev().fold(0, |value, &byte| value << 8 | u32::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup3_gives_the_values_of_its_author() {
        // From the self-test of lookup3.c.
        assert_eq!(lookup3(b""), 0xdead_beef);
        assert_eq!(lookup3(b"Four score and seven years ago"), 0x1777_0551);
        assert_ne!(lookup3(b"Four score and seven years agp"), 0x1777_0551);
    }
}
