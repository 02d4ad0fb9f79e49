//! Exports: what is in a results file is in them, as the readers people use find it.

#[path = "support/recorded.rs"]
mod recorded;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use attractor::export::{Format, TableKind, export};
use attractor::results::Results;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use tempfile::TempDir;

use recorded::{recorded, recorded_of};

/// A run that has something in every table.
fn full() -> (TempDir, Results) {
    recorded(&[
        "duration=800 ms",
        "populations.ceiling.size=3",
        "record.voltages=[{ population = \"excitatory\", neurons = [1, 5], every = \"0.5 ms\" }]",
    ])
}

const TABLES: [TableKind; 6] = [
    TableKind::Spikes,
    TableKind::Overlaps,
    TableKind::Rates,
    TableKind::Patterns,
    TableKind::Stimuli,
    TableKind::Voltages,
];

/// Exports into a file of the folder.
fn exported(results: &Results, folder: &Path, format: Format, table: TableKind) -> PathBuf {
    let path = folder.join(format!("{}.{}", table.name(), format.ending()));
    File::create(&path).unwrap();
    let (mut done, mut all) = (0, 0);
    export(results, format, table, &path, &mut |now, of| {
        assert!(done <= now && now <= of, "{done} then {now} of {of}");
        (done, all) = (now, of);
    })
    .unwrap();
    assert_eq!(done, all, "{format:?} {table:?}");
    path
}

#[test]
fn csv_and_parquet_hold_every_spike_bit_for_bit() {
    let (folder, results) = full();
    let csv = std::fs::read_to_string(exported(&results, folder.path(), Format::Csv, TableKind::Spikes)).unwrap();
    let parquet = File::open(exported(&results, folder.path(), Format::Parquet, TableKind::Spikes)).unwrap();
    let reader = SerializedFileReader::new(parquet).unwrap();
    let mut lines = csv.split("\r\n");
    assert_eq!(lines.next(), Some("time_ms,population,neuron"));
    let mut rows = reader.get_row_iter(None).unwrap();
    let mut count = 0;
    for name in results.populations().unwrap() {
        let spikes = results.spikes(&name).unwrap();
        for (time, id) in spikes.timestamps_ms.iter().zip(&spikes.node_ids) {
            let row = rows.next().unwrap().unwrap();
            assert_eq!(
                (row.get_double(0).unwrap(), row.get_string(1).unwrap(), row.get_ulong(2).unwrap()),
                (*time, &name, *id)
            );
            let line: Vec<&str> = lines.next().unwrap().split(',').collect();
            assert_eq!(
                (line[0].parse::<f64>().unwrap(), line[1], line[2].parse::<u64>().unwrap()),
                (*time, &name[..], *id)
            );
            count += 1;
        }
    }
    assert!(count > 1000 && rows.next().is_none());
    assert_eq!(lines.collect::<Vec<_>>(), [""]);
}

#[test]
fn every_table_has_a_row_an_observation() {
    let (folder, results) = full();
    let overlaps = results.overlaps().unwrap().unwrap();
    let patterns = results.patterns().unwrap().unwrap();
    for (table, expected) in [
        (TableKind::Overlaps, overlaps.values.len()),
        (TableKind::Rates, 3 * 160),
        (TableKind::Patterns, (0..patterns.count()).map(|pattern| patterns.members(pattern).len()).sum()),
        (TableKind::Stimuli, 1),
        (TableKind::Voltages, 2 * 1600),
    ] {
        let csv = std::fs::read_to_string(exported(&results, folder.path(), Format::Csv, table)).unwrap();
        assert_eq!(csv.lines().count(), expected + 1, "{table:?}");
        let parquet = File::open(exported(&results, folder.path(), Format::Parquet, table)).unwrap();
        let rows = SerializedFileReader::new(parquet).unwrap().metadata().file_metadata().num_rows();
        assert_eq!(rows as usize, expected, "{table:?}");
    }
}

#[test]
fn what_was_not_recorded_is_told_with_how_to_record_it() {
    let off = ["record.overlaps=off", "record.rates=off", "record.spikes=[]", "duration=20 ms", "stimuli=[]"];
    let (folder, results) = recorded(&off);
    let path = folder.path().join("nothing");
    File::create(&path).unwrap();
    let told = |format, table| export(&results, format, table, &path, &mut |_, _| ()).unwrap_err().to_string();
    for (table, hint) in [
        (TableKind::Spikes, "record.spikes"),
        (TableKind::Overlaps, "record.overlaps"),
        (TableKind::Rates, "record.rates"),
        (TableKind::Voltages, "record.voltages"),
    ] {
        assert!(told(Format::Csv, table).contains(hint));
        assert!(told(Format::Parquet, table).contains(hint));
    }
    assert!(told(Format::Nwb, TableKind::Spikes).contains("record.spikes"));
    // Everything there is may be little.
    export(&results, Format::Npz, TableKind::Spikes, &path, &mut |_, _| ()).unwrap();
    // A silent population has its columns all the same.
    let (folder, results) = recorded(&["duration=5 ms", "stimuli=[]", "record.spikes=[\"ceiling\"]"]);
    let csv = std::fs::read_to_string(exported(&results, folder.path(), Format::Csv, TableKind::Spikes)).unwrap();
    assert_eq!(csv, "time_ms,population,neuron\r\n");
    exported(&results, folder.path(), Format::Parquet, TableKind::Spikes);
    exported(&results, folder.path(), Format::Nwb, TableKind::Spikes);
}

#[test]
fn a_binary_network_is_exported_as_tables_and_arrays() {
    let (folder, results) = recorded_of("images", &[]);
    let trial = results.trial(0).unwrap();
    for (table, first, rows) in [
        (TableKind::Overlaps, "trial,sweep,pattern,overlap", 5 * trial.sweeps.len()),
        (TableKind::Energy, "trial,sweep,energy,flips", trial.sweeps.len()),
    ] {
        let csv = std::fs::read_to_string(exported_quietly(&results, folder.path(), Format::Csv, table)).unwrap();
        assert_eq!((csv.lines().next(), csv.lines().count()), (Some(first), rows + 1));
        exported_quietly(&results, folder.path(), Format::Parquet, table);
    }
    let npz = exported_quietly(&results, folder.path(), Format::Npz, TableKind::Overlaps);
    let traces = ["energy", "flips", "overlaps", "distance", "states"];
    let arrays = traces.iter().flat_map(|trace| ["time", "value"].map(|part| format!("{trace}/{part}")));
    let ends = ["outcome", "rest_sweep", "cycle_length", "recalled_pattern", "recalled_overlap"].map(str::to_owned);
    hold(&npz, &arrays.chain(ends).collect::<Vec<_>>());
    let told = |format, table| {
        export(&results, format, table, &folder.path().join("energy.csv"), &mut |_, _| ()).unwrap_err().to_string()
    };
    assert!(told(Format::Csv, TableKind::Spikes).contains("`overlaps`, `energy`"));
    assert!(told(Format::Nwb, TableKind::Spikes).contains("csv, parquet or npz"));
}

#[test]
fn a_rate_network_is_exported_as_tables_and_arrays() {
    let (folder, results) = recorded_of("rate-memory", &[]);
    let overlaps = results.rate_overlaps().unwrap().unwrap();
    let times = overlaps.times_ms.len();
    for (table, first, rows) in [
        (TableKind::Overlaps, "time_ms,pattern,overlap", 20 * times),
        (TableKind::Rates, "time_ms,mean_rate,residual", times),
        (TableKind::Neurons, "time_ms,neuron,rate", 10 * times),
        (TableKind::Stimuli, "kind,pattern,start_ms,stop_ms,amplitude", 1),
    ] {
        let csv = std::fs::read_to_string(exported_quietly(&results, folder.path(), Format::Csv, table)).unwrap();
        assert_eq!((csv.lines().next(), csv.lines().count()), (Some(first), rows + 1));
        exported_quietly(&results, folder.path(), Format::Parquet, table);
    }
    let npz = exported_quietly(&results, folder.path(), Format::Npz, TableKind::Overlaps);
    let columns = ["kind", "target", "pattern", "start_ms", "stop_ms", "amplitude"];
    hold(&npz, &columns.map(|column| format!("stimuli/{column}")));
}

/// That an npz has arrays of these names.
fn hold(npz: &Path, names: &[String]) {
    let bytes = std::fs::read(npz).unwrap();
    assert!(bytes.starts_with(b"PK"));
    for name in names.iter().map(|name| format!("{name}.npy")) {
        assert!(bytes.windows(name.len()).any(|own| own == name.as_bytes()), "`{name}` is missing");
    }
}

/// The same of what is too short to tell progress of.
fn exported_quietly(results: &Results, folder: &Path, format: Format, table: TableKind) -> PathBuf {
    let path = folder.join(format!("{}.{}", table.name(), format.ending()));
    File::create(&path).unwrap();
    export(results, format, table, &path, &mut |_, _| ()).unwrap();
    path
}

#[test]
#[ignore = "needs ATTRACTOR_PYTHON with tests/python/requirements.txt"]
fn pynwb_nwbinspector_neo_elephant_pandas_polars_and_numpy_read_them() {
    let (folder, results) = full();
    exported(&results, folder.path(), Format::Nwb, TableKind::Spikes);
    exported(&results, folder.path(), Format::Npz, TableKind::Spikes);
    for table in TABLES {
        exported(&results, folder.path(), Format::Csv, table);
        exported(&results, folder.path(), Format::Parquet, table);
    }
    let python = std::env::var_os("ATTRACTOR_PYTHON");
    let python = python.expect("set ATTRACTOR_PYTHON to a Python that has tests/python/requirements.txt");
    let check = || {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/python/check_exports.py");
        let output = Command::new(&python).arg(script).arg(folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said)
    };
    let (fine, said) = check();
    assert!(fine && said.contains("all readers agree"), "{said}");
    // The check is one that can fail: a run of another seed.
    let (other, others) = recorded(&["duration=800 ms", "populations.ceiling.size=3", "seed=2"]);
    std::fs::copy(exported(&others, other.path(), Format::Nwb, TableKind::Spikes), folder.path().join("spikes.nwb"))
        .unwrap();
    let (fine, said) = check();
    assert!(!fine && said.contains("AssertionError"), "{said}");
}
