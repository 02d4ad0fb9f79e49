//! Where a results file may be, and what is there already.

use std::fs;
use std::path::Path;
use std::sync::Barrier;

use attractor::record::spiking::Recorder;
use attractor::record::{Existing, RecordError, check};
use attractor::results::{Results, ResultsError, State};
use attractor::simulate::Ended;

use crate::content::{full, record};
use crate::synthetic::{Synthetic, spikes};

/// What is in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.collect()
}

fn create(path: &Path, existing: Existing) -> Result<Recorder, RecordError> {
    Recorder::create(path, existing, &full(20).run())
}

#[test]
fn an_existing_file_is_left_alone_unless_it_is_to_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    fs::write(&path, "mine").unwrap();
    let error = check(&path, Existing::Refuse).unwrap_err();
    assert!(error.to_string().contains("--force"), "{error}");
    assert!(matches!(create(&path, Existing::Refuse), Err(RecordError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    assert_eq!(names(folder.path()), ["run.h5"]);

    check(&path, Existing::Replace).unwrap();
    create(&path, Existing::Replace).unwrap().finish(Ended::Complete).unwrap();
    assert_eq!(Results::open(&path).unwrap().state(), State::Complete);
    assert_eq!(names(folder.path()), ["run.h5"], "no temporary file is left");
    // A finished results file can be replaced too.
    create(&path, Existing::Replace).unwrap().finish(Ended::Complete).unwrap();
}

#[test]
fn what_is_no_place_for_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("there/run.h5");
    let below = folder.path().join("file/run.h5");
    fs::write(folder.path().join("file"), "").unwrap();
    for existing in [Existing::Refuse, Existing::Replace] {
        assert!(matches!(create(folder.path(), existing), Err(RecordError::IsFolder { .. })));
        assert!(matches!(create(&folder.path().join("new/"), existing), Err(RecordError::IsFolder { .. })));
        assert!(matches!(create(Path::new(""), existing), Err(RecordError::IsFolder { .. })));
        let error = create(&missing, existing).unwrap_err();
        assert!(matches!(error, RecordError::NoFolder { .. }) && error.to_string().contains("there"), "{error}");
        assert!(matches!(create(&below, existing), Err(RecordError::NoFolder { .. })));
    }
    let long = folder.path().join("x".repeat(300));
    let error = create(&long, Existing::Refuse).unwrap_err();
    assert!(matches!(error, RecordError::Create { .. }) && error.to_string().contains("too long"), "{error}");
    assert_eq!(names(folder.path()), ["file"], "nothing is left behind");
}

#[cfg(unix)]
#[test]
fn devices_are_not_replaced_and_links_are_followed() {
    assert!(matches!(create(Path::new("/dev/null"), Existing::Replace), Err(RecordError::NotAFile { .. })));
    let folder = tempfile::tempdir().unwrap();
    let (link, path) = (folder.path().join("link.h5"), folder.path().join("run.h5"));
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(matches!(create(&link, Existing::Refuse), Err(RecordError::Dangling { .. })), "a link to nothing");
    assert!(matches!(create(&link, Existing::Replace), Err(RecordError::Dangling { .. })), "a link to nothing");
    fs::write(&path, "old").unwrap();
    create(&link, Existing::Replace).unwrap().finish(Ended::Complete).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(Results::open(&path).unwrap().state(), State::Complete);
}

#[test]
fn a_file_that_a_run_is_writing_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let synthetic = full(100);
    let spikes = spikes(14, 100, 3);
    let mut first = Recorder::create(&path, Existing::Refuse, &synthetic.run()).unwrap();
    for existing in [Existing::Refuse, Existing::Replace] {
        assert!(check(&path, existing).is_err());
        assert!(create(&path, existing).is_err());
    }
    let error = create(&path, Existing::Replace).unwrap_err();
    assert!(matches!(error, RecordError::Running { .. }), "{error}");
    synthetic.play(&mut first, &spikes, 7, 100).unwrap();
    let summary = first.finish(Ended::Complete).unwrap();
    assert_eq!(Results::open(&path).unwrap().attributes().run_hash, summary.run_hash);
    assert!(create(&path, Existing::Replace).is_ok(), "once it is closed, it can be");
}

/// Both find the place free (or the old file) and lay out a file of their own; one of them gets the name.
#[test]
fn of_two_runs_that_start_at_once_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..24 {
        let path = folder.path().join(format!("{round}.h5"));
        let existing = if round % 2 == 0 { Existing::Refuse } else { Existing::Replace };
        if round % 4 == 3 {
            fs::write(&path, "old").unwrap();
        }
        let barrier = Barrier::new(2);
        let start = || {
            barrier.wait();
            create(&path, existing)
        };
        let (one, other) = std::thread::scope(|scope| {
            let (one, other) = (scope.spawn(start), scope.spawn(start));
            (one.join().unwrap(), other.join().unwrap())
        });
        let (winner, loser) = if one.is_ok() { (one, other) } else { (other, one) };
        assert!(
            matches!(loser, Err(RecordError::Running { .. } | RecordError::Exists { .. })),
            "round {round}: {loser:?}"
        );
        winner.unwrap().finish(Ended::Complete).unwrap();
        assert_eq!(Results::open(&path).unwrap().state(), State::Complete);
    }
    assert_eq!(names(folder.path()).len(), 24, "no temporary file is left");
}

#[cfg(target_os = "linux")]
#[test]
fn names_need_not_be_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join(OsStr::from_bytes(b"m\xE9moire"));
    fs::create_dir(&inner).unwrap();
    let spikes = spikes(14, 20, 3);
    for path in [
        folder.path().join(OsStr::from_bytes(b"\xFF.h5")),
        inner.join("run.h5"),
        inner.join(OsStr::from_bytes(b"\xFE")),
    ] {
        assert!(path.to_str().is_none());
        let synthetic = full(20);
        let running = Recorder::create(&path, Existing::Refuse, &synthetic.run()).unwrap();
        assert_eq!(Results::open(&path).unwrap().state(), State::Running);
        drop(running);
        fs::remove_file(&path).unwrap();
        record(&synthetic, &path, &spikes, Ended::Complete, 20);
        let results = Results::open(&path).unwrap();
        assert_eq!(results.spikes("a").unwrap().node_ids, crate::content::expected(&spikes, 0..9).1);
    }
    assert_eq!(names(&inner).len(), 2);
}

#[test]
fn a_population_that_hdf5_cannot_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    for name in ["a/b", ".", "", "a\0"] {
        let mut synthetic: Synthetic = full(20);
        synthetic.model.populations[1].name = name.to_owned();
        let error = Recorder::create(&path, Existing::Refuse, &synthetic.run()).unwrap_err();
        assert!(matches!(error, RecordError::Unfit { .. }), "{error}");
    }
    let mut synthetic = full(20);
    synthetic.network.probes.swap(1, 2);
    assert!(Recorder::create(&path, Existing::Refuse, &synthetic.run()).is_err(), "probes of another model");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn files_of_others_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    assert!(Results::open(&at("none.h5")).unwrap_err().to_string().contains("no such file"));
    assert!(Results::open(folder.path()).unwrap_err().to_string().contains("folder"));
    fs::write(at("text"), "text").unwrap();
    fs::write(at("empty"), "").unwrap();
    assert!(matches!(Results::open(&at("text")), Err(ResultsError::NotHdf5 { .. })));
    assert!(matches!(Results::open(&at("empty")), Err(ResultsError::NotHdf5 { .. })));
    hdf5::File::create(at("old")).unwrap().close().unwrap();
    hdf5::File::with_options().with_fapl(|access| access.libver_v110()).create(at("new")).unwrap().close().unwrap();
    assert!(matches!(Results::open(&at("old")), Err(ResultsError::NotOurs { .. })));
    assert!(matches!(Results::open(&at("new")), Err(ResultsError::NotOurs { .. })));

    record(&full(20), &at("run"), &[], Ended::Complete, 20);
    let bytes = fs::read(at("run")).unwrap();
    for length in [20, 47, 48, 100, bytes.len() / 2, bytes.len() - 1] {
        fs::write(at("cut"), &bytes[..length]).unwrap();
        let error = Results::open(&at("cut")).unwrap_err();
        let expected = if length < 48 { "not an HDF5 file" } else { "is cut off" };
        assert!(error.to_string().contains(expected), "{length}: {error}");
    }
}

/// Whatever a file has become, reading it ends in an error or in values, never in a panic. The heap of strings is left
/// out: it is the one structure that HDF5 neither checksums nor checks when it reads it.
#[test]
fn damage_is_an_error_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    record(&full(20), &path, &spikes(14, 20, 3), Ended::Complete, 20);
    let whole = fs::read(&path).unwrap();
    let heaps: Vec<usize> = (0..whole.len() - 4).filter(|&at| &whole[at..at + 4] == b"GCOL").collect();
    assert!(!heaps.is_empty());
    let mut refused = 0;
    // What describes the data is at the beginning; further on are mostly the data themselves.
    let places = (48..30_000).step_by(197).chain((30_000..whole.len() - 4).step_by(whole.len() / 50));
    for at in places.filter(|at| !heaps.iter().any(|heap| (*heap..heap + 4096).contains(at))) {
        let mut bytes = whole.clone();
        bytes[at..at + 4].iter_mut().for_each(|byte| *byte ^= 0x5A);
        fs::write(&path, bytes).unwrap();
        let read = Results::open(&path).and_then(|results| {
            for name in results.populations()? {
                results.spikes(&name)?;
            }
            for name in results.voltage_populations()? {
                results.voltages(&name)?;
                results.inputs(&name)?;
            }
            for name in results.rate_populations()? {
                results.rates(&name)?;
            }
            Ok((results.overlaps()?, results.patterns()?, results.stimuli()?))
        });
        refused += usize::from(read.is_err());
    }
    assert!(refused > 10, "the damage hit nothing: {refused}");
}
