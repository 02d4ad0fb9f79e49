//! `attractor plot`, `report` and `export`: names, endings, what is never touched, and bad files.

use std::fs;

use crate::{Place, config, quick, quickly};

/// A place with a short run in it.
fn with_run() -> Place {
    let (place, quick) = (Place::new(), quick());
    place.answer(&quickly("run", &quick, &["-o", "run.h5"]));
    place
}

/// Each command, what it makes by default, and how that begins.
const MADE: [(&[&str], &str, &[u8]); 6] = [
    (&["plot", "run.h5"], "run.png", b"\x89PNG"),
    (&["report", "run.h5"], "run.html", b"<!DOCTYPE html>"),
    (&["export", "run.h5", "--format", "nwb"], "run.nwb", b"\x89HDF"),
    (&["export", "run.h5", "--format", "csv"], "run.csv", b"time_ms,population,neuron\r\n"),
    (&["export", "run.h5", "--format", "parquet"], "run.parquet", b"PAR1"),
    (&["export", "run.h5", "--format", "npz"], "run.npz", b"PK"),
];

/// Where patterns live in several populations, the memories of each are drawn and exported.
#[test]
fn memories_of_two_areas_are_both_shown() {
    let place = Place::new();
    let short = ["--set", "duration=100 ms", "--set", "stimuli=[]", "--backend", "cpu"];
    place.answer(&[&["run", &config("hetero.toml"), "-o", "two.h5"][..], &short].concat());
    place.answer(&["plot", "two.h5", "-o", "two.svg"]);
    let drawn = fs::read_to_string(place.path("two.svg")).unwrap();
    assert!(drawn.contains("overlap, left") && drawn.contains("overlap, right"), "a panel for each area");
    for (table, columns, per_area) in
        [("overlaps", "time_ms,population,pattern,overlap", 600), ("patterns", "pattern,population,neuron", 6000)]
    {
        place.answer(&["export", "two.h5", "--format", "csv", "--table", table, "-o", "two.csv", "--force"]);
        let told = fs::read_to_string(place.path("two.csv")).unwrap();
        assert_eq!(told.lines().next().unwrap(), columns);
        for area in ["left", "right"] {
            let rows = told.lines().filter(|line| line.split(',').any(|one| one == area)).count();
            assert_eq!(rows, per_area, "{table} of {area}");
        }
    }
    place.answer(&["export", "two.h5", "--format", "npz"]);
    let packed = fs::read(place.path("two.npz")).unwrap();
    assert!(packed.windows(24).any(|bytes| bytes == b"overlaps/right/value.npy"), "the arrays of the second area");
}

#[test]
fn files_are_named_after_the_run_and_never_replaced_unasked() {
    let place = with_run();
    for (arguments, name, start) in MADE {
        assert_eq!(place.answer(arguments), format!("{name}\n"));
        assert!(fs::read(place.path(name)).unwrap().starts_with(start), "{name}");
        fs::write(place.path(name), "precious").unwrap();
        let said = place.failure(1, arguments);
        assert!(said.contains(name) && said.contains("--force"), "{said}");
        assert_eq!(fs::read(place.path(name)).unwrap(), b"precious");
        place.answer(&[arguments, &["--force"]].concat());
        assert!(fs::read(place.path(name)).unwrap().starts_with(start), "{name}");
        // The results file itself is never written over, nor is anything left behind.
        let before = fs::read(place.path("run.h5")).unwrap();
        let output: &[&str] = if arguments[0] == "plot" { &["-o", "run.h5"] } else { &["--force", "-o", "run.h5"] };
        let called = place.call(&[arguments, output].concat());
        assert_ne!(called.code, 0);
        assert_eq!(fs::read(place.path("run.h5")).unwrap(), before);
        let said = place
            .failure(1, &[arguments, &["-o", if arguments[0] == "plot" { "no/such.png" } else { "no/such" }]].concat());
        assert!(said.contains("there is no folder `no`"), "{said}");
    }
    let left: Vec<_> = fs::read_dir(place.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), MADE.len() + 1, "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_link_is_kept_and_what_is_no_file_is_left_alone() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let place = with_run();
    for (arguments, name, start) in MADE {
        let ending = name.split('.').next_back().unwrap();
        let names = ["pipe", "link", "real", "dangling"].map(|name| format!("{name}.{ending}"));
        let [pipe, link, real, dangling] = &names;
        let made = std::process::Command::new("mkfifo").arg(place.path(pipe)).status().unwrap();
        assert!(made.success());
        let call = |output: &str| {
            let mut command = place.command(arguments);
            crate::called(command.args(["--force", "-o", output]))
        };
        let called = call(pipe);
        assert!(called.code == 1 && called.stderr.contains("is not an ordinary file"), "{}", called.stderr);
        assert!(fs::symlink_metadata(place.path(pipe)).unwrap().file_type().is_fifo());
        fs::write(place.path(real), "old").unwrap();
        symlink(place.path(real), place.path(link)).unwrap();
        assert_eq!(call(link).stdout, format!("{link}\n"));
        assert!(place.path(link).is_symlink() && fs::read(place.path(real)).unwrap().starts_with(start));
        symlink("nowhere", place.path(dangling)).unwrap();
        let called = call(dangling);
        assert!(called.code == 1 && called.stderr.contains("a link to a file that is not there"), "{}", called.stderr);
        assert!(place.path(dangling).is_symlink());
    }
}

#[test]
fn options_of_a_picture_are_checked() {
    let place = with_run();
    let svg = place.answer(&[
        "plot",
        "run.h5",
        "-o",
        "x.SVG",
        "--theme",
        "dark",
        "--panels",
        "rates,raster",
        "--patterns",
        "3,5",
    ]);
    assert_eq!(svg, "x.SVG\n");
    assert!(fs::read_to_string(place.path("x.SVG")).unwrap().contains("pattern 5"));
    place.answer(&[
        "plot", "run.h5", "-o", "y.png", "--from", "20 ms", "--to", "0.05 s", "--size", "100x80", "--dpi", "72",
    ]);
    for (arguments, expected) in [
        (["-o", "x.pdf"], ".png or .svg"),
        (["--from", "5"], "no unit"),
        (["--from", "-10ms"], "times start at 0"),
        (["--patterns", ","], "such as 0,3,17"),
        (["--patterns", "0-5"], "such as 0,3,17"),
        (["--size", "5"], "180x120"),
        (["--dpi", "1"], "from 30 to 2400"),
        (["--panels", "portraits"], "possible values"),
        (["--theme", "blue"], "possible values"),
    ] {
        let said = place.failure(2, &[&["plot", "run.h5"][..], &arguments].concat());
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    for (arguments, expected) in [
        (["--from", "1 s"], "from 0 to 100 ms"),
        (["--patterns", "90"], "from 0 to 89"),
        (["--panels", "voltages"], "record.voltages"),
        (["--panels", "pictures"], "it has `raster`"),
        (["--size", "20x20"], "at least "),
        (["--from", "600 ms"], "recorded from 600 ms on"),
        (["--to", "0 ms"], "recorded up to 0 ms"),
        (["--from=80ms", "--to=10ms"], "`--to` is to be later than `--from`"),
    ] {
        let said = place.failure(1, &[&["plot", "run.h5", "-o", "z.png"][..], &arguments].concat());
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert!(!place.path("z.png").exists());
    }
}

/// The least size that is named is one that is taken.
#[test]
fn a_picture_too_small_to_be_read_is_refused_with_the_least_size() {
    let place = with_run();
    for panels in ["raster", "raster,overlaps,rates"] {
        for ending in ["png", "svg"] {
            let arguments = ["plot", "run.h5", "--panels", panels, "--force", "-o", &format!("x.{ending}"), "--size"];
            let said = place.failure(1, &[&arguments[..], &["20x20"]].concat());
            let least = said.split("at least ").nth(1).unwrap().split(" mm").next().unwrap().replace(' ', "");
            place.answer(&[&arguments[..], &[&least]].concat());
            let (width, height) = least.split_once('x').unwrap();
            let lower = format!("{width}x{}", height.parse::<u32>().unwrap() - 1);
            place.failure(1, &[&arguments[..], &[&lower]].concat());
        }
    }
}

#[test]
fn files_that_are_no_results_are_refused_and_incomplete_ones_are_told() {
    let place = with_run();
    let whole = fs::read(place.path("run.h5")).unwrap();
    fs::write(place.path("text.h5"), "not HDF5 at all").unwrap();
    fs::write(place.path("short.h5"), &whole[..whole.len() / 2]).unwrap();
    for (arguments, name, _) in MADE {
        for (file, expected) in [("text.h5", "not an HDF5 file"), ("short.h5", "cut off"), ("none.h5", "no such file")]
        {
            let mut arguments = arguments.to_vec();
            arguments[1] = file;
            let said = place.failure(1, &[&arguments[..], &["-o", name]].concat());
            assert!(said.contains(expected) && said.contains(file), "{said}");
            assert!(!place.path(name).exists(), "{name} was made of {file}");
        }
    }
    let quick = quick();
    let none = ["--set", "record.spikes=[]", "-o", "none.h5"];
    place.answer(&quickly("run", &quick, &none));
    let said = place.failure(1, &["export", "none.h5", "--format", "csv"]);
    assert!(said.contains("record.spikes"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn names_need_not_be_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let place = with_run();
    let name = std::ffi::OsStr::from_bytes(b"r\xffn.h5");
    fs::rename(place.path("run.h5"), place.folder.path().join(name)).unwrap();
    for (arguments, _, start) in MADE {
        let mut command = place.command(&[arguments[0]]);
        command.arg(name).args(&arguments[2..]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let ending = output.stdout.split(|&byte| byte == b'.').next_back().unwrap();
        let ending = std::str::from_utf8(ending).unwrap().trim().to_owned();
        let made = place.folder.path().join(std::ffi::OsStr::from_bytes(&[b"r\xffn.", ending.as_bytes()].concat()));
        assert!(fs::read(made).unwrap().starts_with(start));
    }
}

#[test]
fn a_run_that_is_short_of_its_end_is_drawn_reported_and_exported_with_a_word() {
    let place = Place::new();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_attractor"))
        .current_dir(place.folder.path())
        .args(["run", &config("small.toml"), "--set", "duration=1000 s", "-o", "run.h5", "-q", "--backend", "cpu"])
        .spawn()
        .unwrap();
    let reached = || {
        let told = place.call(&["info", "run.h5", "--json"]).stdout;
        let document: serde_json::Value = serde_json::from_str(&told).unwrap();
        document["recorded_ms"].as_f64().is_some_and(|recorded_ms| recorded_ms > 800.0)
    };
    let mut patience = 600;
    while !reached() && patience > 0 {
        std::thread::sleep(std::time::Duration::from_millis(50));
        patience -= 1;
    }
    for state in ["is still running", "was killed"] {
        for (arguments, name, start) in MADE {
            let called = place.call(&[arguments, &["--force"]].concat());
            assert_eq!(called.code, 0, "{}", called.stderr);
            assert!(called.stderr.contains(state), "{}", called.stderr);
            assert!(fs::read(place.path(name)).unwrap().starts_with(start));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
