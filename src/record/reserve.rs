//! Disk space held before HDF5 needs it. A full disk is then met here, by a write that can be taken back, and never
//! inside HDF5, which would leave the file half written.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::superblock::{self, Kind};

/// Held beyond what the data need: for HDF5's own structures, and for closing the file.
const MARGIN_BYTES: u64 = 512 * 1024;
/// Space is taken in pieces of this size.
const PIECE_BYTES: u64 = 1024 * 1024;

/// The space held for a results file: it reads as zeros beyond the file's end.
#[derive(Debug)]
pub(crate) struct Reserve {
    file: File,
    end: u64,
}

impl Reserve {
    /// Opens the file a second time, beside HDF5.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(path)?;
        Ok(Self { file, end: 0 })
    }

    /// The file, for its lock and for bringing it to the disk.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Holds space for a file that will have `bytes` of data.
    ///
    /// # Errors
    /// If there is no such space: what was held before still is.
    pub(crate) fn hold(&mut self, bytes: u64) -> io::Result<()> {
        let needed = bytes + MARGIN_BYTES;
        if needed <= self.end {
            return Ok(());
        }
        // Nobody lengthens the file meanwhile: it is HDF5 on this thread that would.
        let length = self.file.metadata()?.len();
        // The last piece of a disk is smaller.
        let end = needed.next_multiple_of(PIECE_BYTES);
        self.lengthen(length, end).or_else(|_| self.lengthen(length, needed))
    }

    fn lengthen(&mut self, length: u64, end: u64) -> io::Result<()> {
        let held = match allocate(&self.file, length, end) {
            Some(allocated) => allocated,
            None => self.write_zeros(length, end),
        };
        if let Err(error) = held {
            let _ = self.file.set_len(length);
            return Err(error);
        }
        self.end = end;
        Ok(())
    }

    /// For file systems that cannot give space without being written to.
    fn write_zeros(&mut self, start: u64, end: u64) -> io::Result<()> {
        let zeros = [0; 64 * 1024];
        let mut left = end.saturating_sub(start);
        self.file.seek(SeekFrom::Start(start))?;
        while left > 0 {
            let bytes = left.min(zeros.len() as u64);
            self.file.write_all(&zeros[..bytes as usize])?;
            left -= bytes;
        }
        Ok(())
    }

    /// Gives back what a closed file did not need.
    pub(crate) fn release(mut self) {
        if let Ok(Kind::Hdf5 { open: false, end }) = superblock::kind(&mut self.file) {
            // A failure leaves zeros at the end, which no reader sees.
            let _ = self.file.set_len(end);
        }
    }
}

/// Asks the file system for space, which costs far less than writing zeros; `None`: it does not know how.
#[cfg(target_os = "linux")]
fn allocate(file: &File, start: u64, end: u64) -> Option<io::Result<()>> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;

    let bytes = end.saturating_sub(start);
    if bytes == 0 {
        return Some(Ok(()));
    }
    match fallocate(file, FallocateFlags::empty(), start, bytes) {
        // What a signal has cut short, writing does anew.
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL | Errno::PERM | Errno::INTR) => None,
        allocated => Some(allocated.map_err(io::Error::from)),
    }
}

#[cfg(not(target_os = "linux"))]
fn allocate(_: &File, _: u64, _: u64) -> Option<io::Result<()>> {
    None
}
