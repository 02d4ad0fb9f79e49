//! Pictures of results files against golden ones, and what a picture of anything has to say.

#[path = "support/recorded.rs"]
mod recorded;
#[expect(dead_code, reason = "pictures use some of it")]
#[path = "record/synthetic.rs"]
mod synthetic;

use std::path::PathBuf;

use attractor::plot::figure::{Content, Figure, RasterSpikes};
use attractor::plot::scene::Shape;
use attractor::plot::{self, Options, PanelKind, PlotError, Theme};
use attractor::record::Existing;
use attractor::record::spiking::Recorder;
use attractor::results::Results;
use attractor::simulate::Ended;
use tempfile::TempDir;

use recorded::{recorded, recorded_of};
use synthetic::{DT_MS, Spec, Synthetic, spikes};

/// A made-up run of one population with patterns and one without, with so many spikes.
fn made_up(steps: u64, rarity: u64, ended: Ended) -> (TempDir, Results) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("made-up.h5");
    let members: Vec<Vec<u32>> = (0..3).map(|pattern| (0..100).map(|at| at * 10 + pattern).collect()).collect();
    let mut synthetic = Synthetic::new(&Spec { sizes: &[1000, 60], patterns: Some(&members), steps });
    synthetic.config_toml = format!(
        "model = \"spiking\"\nseed = 7\ndt = \"{DT_MS} ms\"\nduration = \"{} ms\"\npatterns = {{ count = 3, activity = 0.1 }}\n{}{}",
        steps as f64 * DT_MS,
        population("a", 1000),
        population("b", 60),
    );
    let mut recorder = Recorder::create(&path, Existing::Refuse, &synthetic.run()).unwrap();
    synthetic.play(&mut recorder, &spikes(1060, steps, rarity), 10, steps).unwrap();
    recorder.finish(ended).unwrap();
    let results = Results::open(&path).unwrap();
    (folder, results)
}

fn population(name: &str, size: u32) -> String {
    format!(
        "[populations.{name}]\nsize = {size}\ntau_m = \"20 ms\"\nthreshold = \"20 mV\"\nreset = \"10 mV\"\n\
         refractory = \"5 ms\"\ndrive = \"13 mV\"\nnoise = \"0 mV\"\n"
    )
}

/// Small pictures are quick to compare and short to keep.
fn small() -> Options {
    Options { dpi: 72.0, width_mm: 150.0, ..Options::default() }
}

/// Width, height and dots of a PNG.
fn dots(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut dots).unwrap();
    (frame.width, frame.height, dots)
}

/// How far two pictures are apart: the mean difference of a dot's colours, and the share of those that differ much.
fn apart(ours: &[u8], golden: &[u8]) -> Option<(f64, f64)> {
    let (ours, golden) = (dots(ours), dots(golden));
    ((ours.0, ours.1) == (golden.0, golden.1)).then(|| {
        let differences: Vec<f64> = ours.2.iter().zip(&golden.2).map(|(a, b)| f64::from(a.abs_diff(*b))).collect();
        let count = differences.len() as f64;
        (differences.iter().sum::<f64>() / count, differences.iter().filter(|&&one| one > 48.0).count() as f64 / count)
    })
}

fn alike(ours: &[u8], golden: &[u8]) -> bool {
    apart(ours, golden).is_some_and(|(mean, much)| mean < 0.5 && much < 0.002)
}

/// Compares with tests/golden; `ATTRACTOR_GOLDEN=write` writes it instead, to be looked at.
fn golden(name: &str, ours: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("ATTRACTOR_GOLDEN").is_some_and(|value| value == "write") {
        std::fs::write(&path, ours).unwrap();
    }
    let kept = std::fs::read(&path).unwrap();
    if !alike(ours, &kept) {
        let shown = std::env::temp_dir().join(name);
        std::fs::write(&shown, ours).unwrap();
        panic!("{} is not {}: {:?}", shown.display(), path.display(), apart(ours, &kept));
    }
}

fn drawn(results: &Results, options: &Options) -> (Figure, Vec<u8>) {
    let figure = plot::figure(results, options).unwrap();
    let png = plot::png(&figure, options).unwrap();
    (figure, png)
}

fn marks(figure: &Figure) -> usize {
    let Content::Raster(sections) = &figure.panels[0].content else { panic!("no raster") };
    let of = |spikes: &RasterSpikes| if let RasterSpikes::Marks(marks) = spikes { marks.len() } else { 0 };
    sections.iter().map(|section| of(&section.spikes)).sum()
}

#[test]
fn a_recalled_memory_looks_as_it_did() {
    let (_folder, results) =
        recorded(&["record.voltages=[{ population = \"excitatory\", neurons = 3, every = \"1 ms\" }]"]);
    let (figure, light) = drawn(&results, &small());
    golden("memory-light.png", &light);
    assert_eq!(
        figure.panels.iter().map(|panel| panel.name).collect::<Vec<_>>(),
        ["raster", "overlaps", "rates", "voltages"]
    );
    let options = Options {
        theme: Theme::Dark,
        from_ms: Some(450.0),
        to_ms: Some(750.0),
        patterns: Some(vec![3, 17]),
        panels: Some(vec![PanelKind::Overlaps, PanelKind::Raster]),
        height_mm: Some(110.0),
        ..small()
    };
    let (figure, dark) = drawn(&results, &options);
    golden("memory-dark.png", &dark);
    assert_eq!(figure.panels.iter().map(|panel| panel.name).collect::<Vec<_>>(), ["overlaps", "raster"]);
    // The comparison is one that can fail: one pattern in another colour.
    let other = Options { patterns: Some(vec![17, 3]), ..options };
    assert!(!alike(&drawn(&results, &other).1, &dark));
}

#[test]
fn spikes_that_cannot_be_told_apart_are_shown_by_density() {
    let (_folder, results) = made_up(20_000, 20, Ended::Interrupted);
    let (figure, png) = drawn(&results, &small());
    assert_eq!(marks(&figure), 0);
    assert!(figure.notes.iter().any(|note| note.contains("density")), "{:?}", figure.notes);
    assert!(figure.notes.iter().any(|note| note.contains("interrupted at 2000 of 2000 ms")), "{:?}", figure.notes);
    golden("density.png", &png);
    // A shorter window has few enough.
    let short = Options { to_ms: Some(100.0), ..small() };
    assert!(marks(&drawn(&results, &short).0) > 1000);
}

#[test]
fn every_spike_of_a_small_network_is_in_the_raster() {
    let (_folder, results) =
        recorded(&["populations.excitatory.size=100", "populations.linear.size=30", "duration=300 ms", "stimuli=[]"]);
    let (figure, _) = drawn(&results, &small());
    let spikes: u64 = ["excitatory", "linear"].iter().map(|name| results.spike_count(name).unwrap()).sum();
    let Content::Raster(sections) = &figure.panels[0].content else { panic!("no raster") };
    let shown = |name: &str| sections.iter().find(|section| section.name == name).unwrap();
    assert_eq!(shown("linear").note, "all 30");
    assert_eq!(shown("ceiling").note, "60 of 125");
    let ceiling = if let RasterSpikes::Marks(marks) = &shown("ceiling").spikes { marks.len() } else { 0 };
    assert_eq!(marks(&figure) - ceiling, spikes as usize);
}

#[test]
fn anything_can_be_drawn_or_is_told_how_to_be_recorded() {
    let off = ["record.overlaps=off", "record.rates=off", "record.spikes=[]", "duration=20 ms", "stimuli=[]"];
    let (_folder, results) = recorded(&off);
    let told = |error: PlotError| error.to_string();
    assert!(told(plot::figure(&results, &small()).unwrap_err()).contains("record spikes"));
    for (kind, hint) in [
        (PanelKind::Overlaps, "record.overlaps"),
        (PanelKind::Rates, "record.rates"),
        (PanelKind::Raster, "record.spikes"),
        (PanelKind::Voltages, "record.voltages"),
    ] {
        let options = Options { panels: Some(vec![kind]), ..small() };
        let told = told(plot::figure(&results, &options).unwrap_err());
        assert!(told.contains(hint) && told.contains("small.h5"), "{told}");
    }
    let (_folder, results) = recorded(&["record.overlaps=off", "duration=20 ms", "stimuli=[]"]);
    let (figure, _) = drawn(&results, &small());
    assert!(figure.notes.iter().any(|note| note.contains("record.overlaps")), "{:?}", figure.notes);
    let outside = Options { from_ms: Some(30.0), ..small() };
    assert!(told(plot::figure(&results, &outside).unwrap_err()).contains("from 0 to 20 ms"));
    let unknown = Options { patterns: Some(vec![90]), ..small() };
    assert!(told(plot::figure(&results, &unknown).unwrap_err()).contains("from 0 to 89"));
    // Neither a stamp nor a poster breaks the layout.
    for (width_mm, height_mm) in [(20.0, 20.0), (20.0, 400.0), (600.0, 25.0)] {
        let options = Options { width_mm, height_mm: Some(height_mm), ..small() };
        drawn(&results, &options);
        assert!(plot::svg(&figure, &options).ends_with("</svg>\n"));
    }
}

#[test]
fn a_picture_knows_its_size() {
    let (_folder, results) = recorded(&["duration=50 ms", "stimuli=[]"]);
    let options = Options { width_mm: 100.0, height_mm: Some(80.0), dpi: 254.0, ..Options::default() };
    let (figure, bytes) = drawn(&results, &options);
    let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
    let info = reader.info();
    assert_eq!((info.width, info.height, info.pixel_dims.unwrap().xppu), (1000, 800, 10_000));
    let svg = plot::svg(&figure, &options);
    assert!(svg.starts_with("<svg xmlns=") && svg.contains("width=\"283.46pt\""), "{}", &svg[..200]);
}

#[test]
fn a_binary_network_is_drawn_with_its_pictures_energy_and_flips() {
    let (_folder, results) = recorded_of("images", &[]);
    let (figure, png) = drawn(&results, &small());
    golden("images.png", &png);
    assert_eq!(
        figure.panels.iter().map(|panel| panel.name).collect::<Vec<_>>(),
        ["pictures", "overlaps", "energy", "flips"]
    );
    let Content::Pictures(pictures) = &figure.panels[0].content else { panic!("no pictures") };
    let [.., last, memory] = &pictures[..] else { panic!("too few pictures") };
    assert_eq!((&memory.title[..], &last.shades), ("pattern 2", &memory.shades));
    let Content::Lines(energy) = &figure.panels[2].content else { panic!("no lines") };
    assert!(energy[0].values.is_sorted_by(|a, b| a >= b), "{:?}", energy[0].values);

    let several = ["trials={ count = 4 }", "patterns.count=120", "network.size=400"];
    let (_folder, results) = recorded_of("hopfield", &several);
    let (figure, _) = drawn(&results, &small());
    let Content::Lines(energy) = &figure.panels[1].content else { panic!("no lines") };
    assert_eq!((figure.panels.len(), energy.len()), (3, 4));
    for (options, hint) in [
        (Options { panels: Some(vec![PanelKind::Raster]), ..small() }, "it has `pictures`"),
        (Options { panels: Some(vec![PanelKind::Pictures]), ..small() }, "no images"),
        (Options { patterns: Some(vec![120]), ..small() }, "from 0 to 119"),
        (Options { from_ms: Some(1.0), ..small() }, "goes in sweeps"),
    ] {
        let told = plot::figure(&results, &options).unwrap_err().to_string();
        assert!(told.contains(hint), "{told}");
    }
}

#[test]
fn a_rate_network_is_drawn_with_its_overlaps_and_its_way_to_a_fixed_point() {
    let (_folder, results) = recorded_of("rate-memory", &[]);
    let (figure, png) = drawn(&results, &small());
    golden("rate-memory.png", &png);
    assert_eq!(
        figure.panels.iter().map(|panel| panel.name).collect::<Vec<_>>(),
        ["overlaps", "rates", "neurons", "residual"]
    );
    assert_eq!(figure.bands.iter().map(|band| &band.label[..]).collect::<Vec<_>>(), ["cue 17"]);
    let Content::Lines(overlaps) = &figure.panels[0].content else { panic!("no lines") };
    let of = |name: &str| overlaps.iter().find(|one| one.name.as_deref() == Some(name)).unwrap();
    assert!(of("pattern 17").values.last().unwrap() > &0.9 && of("pattern 3").values.last().unwrap() < &0.2);
    let (_folder, results) = recorded_of("rate", &["record.rates=off", "record.overlaps=off"]);
    let told = plot::figure(&results, &small()).unwrap_err().to_string();
    assert!(told.contains("record overlaps or rates"), "{told}");
}

#[test]
fn one_value_alone_is_a_mark() {
    let (_folder, results) = recorded_of("primer", &["sweeps=0"]);
    let (figure, _) = drawn(&results, &small());
    let scene = plot::scene(&figure, &small());
    let panels =
        scene.shapes.iter().filter_map(|shape| if let Shape::Panel(panel) = shape { Some(panel) } else { None });
    let marks = panels.map(|panel| panel.shapes.iter().filter(|shape| matches!(shape, Shape::Marks { .. })).count());
    assert_eq!(marks.collect::<Vec<_>>(), [1, 1, 1], "overlaps, energy, flips");
}

/// Overlaps with more columns than there are patterns, rates with fewer than neurons: told as damage, whatever the model.
#[test]
fn overlaps_of_other_patterns_than_are_stored_are_damage() {
    for (name, changes) in [("small", &["duration=20 ms", "stimuli=[]"][..]), ("images", &[]), ("rate-memory", &[])] {
        let (_folder, results) = recorded_of(name, changes);
        let (path, all) = (results.path().to_path_buf(), PanelKind::Overlaps);
        let options = Options { panels: Some(vec![all]), ..small() };
        plot::figure(&results, &options).unwrap();
        drop(results);
        let file = hdf5::File::open_rw(&path).unwrap();
        let values: ndarray::Array2<f32> = file.dataset("overlaps/value").unwrap().read().unwrap();
        let (rows, columns) = values.dim();
        let more = ndarray::Array2::from_shape_fn((rows, columns + 1), |(row, at)| values[[row, at % columns]] + 0.1);
        file.unlink("overlaps/value").unwrap();
        file.new_dataset_builder().with_data(&more).create("overlaps/value").unwrap();
        file.close().unwrap();
        let told = plot::figure(&Results::open(&path).unwrap(), &options).unwrap_err().to_string();
        assert!(told.contains("is damaged: `/overlaps/value`, which has"), "{told}");
    }
}
