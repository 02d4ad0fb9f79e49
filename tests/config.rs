//! Configurations that are right: defaults, overrides, patterns given, and the echo that repeats a run.

use std::fs;
use std::path::Path;

use attractor::config::{Config, Override};
use attractor::model::Model;
use attractor::model::spiking::{Change, ChangeAction, Guard, PatternSource, ProjectionKind, Spiking, StimulusTarget};

const SMALL: &str = include_str!("../configs/small.toml");

/// The least there can be.
const LEAST: &str = r#"
model = "spiking"
duration = "10 ms"
[populations.one]
size = 1
tau_m = "20 ms"
threshold = "20 mV"
reset = "10 mV"
refractory = "0 ms"
"#;

#[track_caller]
fn build(text: &str, overrides: &[&str]) -> (Config, Spiking) {
    let overrides: Vec<Override> = overrides.iter().map(|argument| argument.parse().unwrap()).collect();
    match Model::parse(text, "test.toml", Path::new("/"), &overrides) {
        Ok((config, Model::Spiking(model))) => (config, model),
        Ok((_, other)) => panic!("{other:?}"),
        Err(problems) => panic!("{problems}"),
    }
}

/// The echo, fed back from elsewhere, gives the same model and the same echo.
#[track_caller]
fn check_echo(config: &Config, model: &Spiking) {
    let echo = config.to_toml();
    let (again, same) = build(&echo, &[]);
    assert_eq!(&same, model, "the model of the echo:\n{echo}");
    assert_eq!(again.to_toml(), echo);
    assert_eq!(again.to_json(), config.to_json());
}

#[test]
fn the_shipped_configurations_are_read_and_echoed() {
    for (name, neurons, steps) in [
        ("attractor-8k", 10_000, 45_000),
        ("bench-8k", 10_000, 10_000),
        ("small", 1250, 12_000),
        ("escape", 2000, 20_000),
        ("poisson", 1000, 20_000),
        ("heterogeneous", 2500, 12_000),
        ("wandering", 1125, 60_000),
        ("brunel", 12_500, 10_000),
    ] {
        let path = format!("{}/configs/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let (config, model) = Model::load(Path::new(&path), &[]).unwrap_or_else(|all| panic!("{all}"));
        let Model::Spiking(model) = model else { panic!("{model:?}") };
        assert_eq!(model.populations.iter().map(|population| population.size).sum::<u32>(), neurons);
        assert_eq!(model.duration_steps, steps);
        check_echo(&config, &model);
        // The negative control: another seed is another model and another echo.
        let (other, other_model) = build(&config.to_toml(), &["seed=2"]);
        assert_ne!(other_model, model);
        assert_ne!(other.to_toml(), config.to_toml());
        // Both ways to build it agree.
        let config = Config::load(Path::new(&path), &[]).unwrap();
        assert_eq!(Model::build(&config).unwrap(), Model::Spiking(model));
    }
}

#[test]
fn small_is_what_it_says() {
    let (_, model) = build(SMALL, &[]);
    let names: Vec<&str> = model.populations.iter().map(|population| population.name.as_str()).collect();
    assert_eq!(names, ["excitatory", "linear", "ceiling"]);
    let excitatory = &model.populations[0];
    assert_eq!((excitatory.refractory_steps, excitatory.initial_high_mv, excitatory.noise_mv), (50, 12.0, 4.0));
    let first = &model.projections[0];
    assert_eq!((first.kind, first.jump_mv, first.delay_steps), (ProjectionKind::Hebbian, 0.1, 10));
    // From 125 linear neurons: -18 mV / 125.
    let scaled = &model.projections[3];
    assert_eq!((scaled.from, scaled.to, scaled.jump_mv, scaled.scaled_by_memberships), (1, 0, -0.144, true));
    let cue = &model.stimuli[0];
    assert_eq!(cue.target, StimulusTarget::Cue { pattern: 3, fraction: 0.5, spill: 0.0 });
    assert_eq!((cue.population, cue.start_step, cue.stop_step), (0, 5000, 7000));
}

#[test]
fn defaults_are_filled_in_and_visible() {
    let (config, model) = build(LEAST, &[]);
    let expected = "model = \"spiking\"\nduration = \"10 ms\"\nseed = 1\ndt = \"0.1 ms\"\nprojections = []\nstimuli = []\n\
        protocol = []\n\n[populations.one]\nsize = 1\ntau_m = \"20 ms\"\nthreshold = \"20 mV\"\nreset = \"10 mV\"\nrefractory = \"0 ms\"\n\
        drive = \"0 mV\"\nnoise = \"0 mV\"\ninitial = { low = \"0 mV\", high = \"10 mV\" }\n\
        \n[record]\nspikes = [\"one\"]\noverlaps = \"1 ms\"\nrates = \"1 ms\"\nreference_rate = \"40 Hz\"\nvoltages = []\n\
        compression = \"none\"\ncheckpoint = \"off\"\n\
        \n[guard]\nsilence = \"off\"\nrate_max = \"off\"\n\n[trials]\ncount = 1\n";
    assert_eq!(config.to_toml(), expected);
    assert_eq!(config.to_json()["populations"]["one"]["initial"]["high"], "10 mV");
    assert_eq!((model.seed, model.dt_ms, model.duration_steps, model.patterns.is_none()), (1, 0.1, 100, true));
    assert_eq!((model.record.rates_bin_steps, model.record.overlaps_bin_steps), (Some(10), None));
    check_echo(&config, &model);
}

#[test]
fn overrides_change_and_add() {
    let (config, model) = build(
        SMALL,
        &[
            "seed=18446744073709551615",
            "dt=0.05ms",
            "stimuli=[]",
            "projections.0.delay=\"1.05 ms\"",
            "populations.excitatory.initial=3 mV",
            "populations.extra={size=2,tau_m='1 min',threshold='0.02 V',reset='-5000 µV',refractory='0 ms'}",
            "record.spikes=['linear','excitatory']",
            "record.voltages=[{population='linear',neurons=[9,2]},{population='extra',neurons=1,every='1 ms',inputs=true}]",
            "record.compression=deflate",
            "record.overlaps=off",
            "patterns.count=0",
            "patterns.activity=0",
            "seed=7",
        ],
    );
    assert_eq!((model.seed, model.dt_ms, model.duration_steps), (7, 0.05, 24_000));
    assert!(model.stimuli.is_empty());
    assert_eq!((model.projections[0].delay_steps, model.projections[1].delay_steps), (21, 20));
    assert_eq!((model.populations[0].initial_low_mv, model.populations[0].initial_high_mv), (3.0, 3.0));
    let extra = &model.populations[3];
    assert_eq!((extra.tau_m_ms, extra.threshold_mv, extra.reset_mv), (60_000.0, 20.0, -5.0));
    // Between 0 mV and reset, also where reset is the lower one.
    assert_eq!((extra.initial_low_mv, extra.initial_high_mv), (-5.0, 0.0));
    assert_eq!(model.record.spikes.populations, [0, 1]);
    assert_eq!((&model.record.voltages[0].neurons, &model.record.voltages[1].neurons), (&vec![2, 9], &vec![0]));
    assert_eq!((model.record.voltages[1].every_steps, model.record.voltages[1].inputs), (20, true));
    assert!(model.record.deflate && model.record.overlaps_bin_steps.is_none());
    assert_eq!(model.patterns.as_ref().map(|patterns| patterns.count), Some(0));
    check_echo(&config, &model);
    let (_, largest) = build(SMALL, &["seed=18446744073709551615"]);
    assert_eq!(largest.seed, u64::MAX);
}

#[test]
fn spikes_can_be_thinned_and_cut() {
    let (config, model) = build(SMALL, &["record.spikes={every=10,start='0.5 s'}"]);
    let spikes = &model.record.spikes;
    assert_eq!(
        (&spikes.populations, spikes.every, spikes.start_step, spikes.stop_step),
        (&vec![0, 1, 2], 10, 5000, 12_000)
    );
    check_echo(&config, &model);
    let (config, model) = build(SMALL, &["record.spikes=[]", "record.voltages=[{population='linear',count=3}]"]);
    assert!(model.record.spikes.populations.is_empty());
    assert_eq!(model.record.voltages[0].neurons, [0, 1, 2]);
    check_echo(&config, &model);
}

#[test]
fn a_protocol_numbers_patterns_in_order_of_time() {
    let (config, model) = build(
        SMALL,
        &[
            "patterns.count=4",
            "protocol=[{at='900 ms',action='learn',window='100 ms',above='20 Hz'},\
             {at='300 ms',action='learn',window='50 ms',above='15 Hz'},\
             {at='1 s',action='forget',pattern='oldest'},{at='1 s',action='forget',pattern=4},\
             {at='1.1 s',action='forget',pattern='oldest'}]",
            "guard={silence='400 ms',rate_max='150 Hz'}",
            "trials.count=7",
        ],
    );
    let learn = |window_steps, above_hz| ChangeAction::Learn { window_steps, above_hz };
    let change = |step, pattern, action| Change { step, pattern, action };
    let forget = ChangeAction::Forget;
    let expected = [
        change(3000, 4, learn(500, 15.0)),
        change(9000, 5, learn(1000, 20.0)),
        change(10_000, 0, forget),
        change(10_000, 4, forget),
        change(11_000, 1, forget),
    ];
    assert_eq!(model.changes, expected);
    assert_eq!(model.guard, Guard { silence_steps: Some(4000), rate_max_hz: Some(150.0) });
    assert_eq!(model.trials, 7);
    check_echo(&config, &model);
}

#[test]
fn later_keys_are_accepted_where_they_change_nothing() {
    let (_, plain) = build(SMALL, &[]);
    let (config, model) = build(
        SMALL,
        &[
            "trials.count=1",
            "guard={}",
            "protocol=[]",
            "patterns.balanced=false",
            "patterns.population=['excitatory']",
            "projections.0.connection_probability=1.0",
            "projections.0.coupling=auto",
            "projections.0.cycle=false",
            "projections.0.rule={a=0,b=0.0}",
            "projections.1.connection_probability=1",
            "projections.1.multapses=false",
            "record.checkpoint=off",
            "stimuli.0.population=excitatory",
        ],
    );
    assert_eq!(model, plain);
    check_echo(&config, &model);
}

fn members(model: &Spiking) -> &[Vec<u32>] {
    match &model.patterns.as_ref().unwrap().source {
        PatternSource::Given(members) => members,
        PatternSource::Drawn { .. } | PatternSource::Balanced => panic!("these patterns are given"),
    }
}

/// LEAST with four neurons and patterns.
fn four(patterns: &str) -> String {
    format!("{}[patterns]\npopulation = \"one\"\n{patterns}\n", LEAST.replace("size = 1", "size = 4"))
}

#[test]
fn patterns_written_out() {
    let (config, model) = build(&four("values = [[0, 1, 1, 0], [1, 0, 0, 0]]"), &[]);
    assert_eq!(members(&model), [vec![1, 2], vec![0]]);
    assert_eq!(model.patterns.as_ref().unwrap().activity, 3.0 / 8.0);
    check_echo(&config, &model);
    let (_, signed) = build(&four("values = [[-1, 1, 1, -1], [1, -1, -1, -1]]"), &[]);
    assert_eq!(signed, model);
    let (config, none) = build(&four("values = []"), &[]);
    assert_eq!(none.patterns.as_ref().map(|patterns| patterns.count), Some(0));
    check_echo(&config, &none);
}

/// A .npy file of version 1.
fn npy(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
    header += &" ".repeat(117 - header.len());
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(data);
    file
}

#[test]
fn patterns_in_files() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    write("u8.npy", &npy("|u1", "False", "(2, 4)", &[0, 1, 1, 0, 1, 0, 0, 0]));
    write("i8.npy", &npy("|i1", "False", "(2, 4)", &[255, 1, 1, 255, 1, 255, 255, 255]));
    write("bool.npy", &npy("|b1", "False", "(2, 4)", &[0, 1, 1, 0, 1, 0, 0, 0]));
    write("fortran.npy", &npy("|u1", "True", "(2, 4)", &[0, 1, 1, 0, 1, 0, 0, 0]));
    write("digits.txt", b"# two patterns\n0110\n\n1000\n");
    write("signs.txt", b"-++-\n+---\n");
    write("numbers.txt", b"-1 1 +1 -1\r\n1, -1, -1, -1\r\n");
    for name in ["u8.npy", "i8.npy", "bool.npy", "fortran.npy", "digits.txt", "signs.txt", "numbers.txt"] {
        let text = four(&format!("file = \"{name}\""));
        let (config, model) = match Model::parse(&text, "test.toml", folder.path(), &[]) {
            Ok((config, Model::Spiking(model))) => (config, model),
            Ok((_, other)) => panic!("{other:?}"),
            Err(problems) => panic!("{problems}"),
        };
        assert_eq!(members(&model), [vec![1, 2], vec![0]], "{name}");
        let echo = config.to_toml();
        assert!(echo.contains(&format!("file = \"{}\"\nfile_hash = \"", folder.path().join(name).display())), "{echo}");
        check_echo(&config, &model);
        // The echo does not take a file that has changed.
        write(name, &[fs::read(folder.path().join(name)).unwrap(), b"\n".to_vec()].concat());
        let changed = Model::parse(&echo, "echo.toml", Path::new("/"), &[]);
        if name.ends_with(".txt") {
            let rendered = changed.unwrap_err().to_string();
            assert!(rendered.contains("has changed: its hash was"), "{rendered}");
        } else {
            assert!(changed.unwrap_err().to_string().contains("is not a .npy file"));
        }
    }
}

#[test]
fn pattern_files_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("images.npy")).unwrap();
    let huge = "(0, 9223372036854775807, 9223372036854775807)";
    let nested = format!("({})", "(".repeat(60));
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("shape.npy", npy("|u1", "False", "(2, 3)", &[1; 6]), "pattern 0 is for 3 neurons, and `one` has 4"),
        ("flat.npy", npy("|u1", "False", "(4,)", &[1; 4]), "has the shape of 1 dimensions"),
        ("type.npy", npy("<i8", "False", "(1, 4)", &[0; 32]), "its numbers are of another type"),
        ("short.npy", npy("|u1", "False", "(9, 4)", &[1; 4]), "is not a .npy file of 8-bit numbers"),
        ("huge.npy", npy("|u1", "False", huge, &[]), "it holds no numbers"),
        ("huge2.npy", npy("|u1", "False", huge, &[1]), "is not a .npy file of 8-bit numbers"),
        ("nested.npy", npy("|u1", "False", &nested, &[1]), "is not a .npy file of 8-bit numbers"),
        ("text.npy", b"hello".to_vec(), "its header is not one"),
        ("value.npy", npy("|u1", "False", "(1, 4)", &[1, 0, 200, 0]), "for neuron 2 in row 0, where 0 and 1"),
        ("empty.txt", b"0000\n".to_vec(), "pattern 0 has no member"),
        ("words.txt", b"0110\nabcd\n".to_vec(), "something else than 0 and 1, or - and +, in line 2"),
        ("mixed.txt", b"0110\n-++-\n".to_vec(), "both 0 and - for inactive neurons, in line 2"),
    ];
    for (name, content, _) in &cases {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let more = [
        ("images.npy", "is a folder without a .png or .jpg image"),
        ("none.npy", "cannot be read"),
        ("/dev/null", "is not a file"),
        ("", "is a folder without a .png or .jpg image"),
    ];
    for (name, message) in cases.iter().map(|(name, _, message)| (*name, *message)).chain(more) {
        let text = four(&format!("file = \"{name}\""));
        let rendered = Model::parse(&text, "test.toml", folder.path(), &[]).map(|_| ()).unwrap_err().to_string();
        assert!(
            rendered.contains(message) && rendered.contains(&format!(" | file = \"{name}\"")),
            "{name}: {rendered}"
        );
        assert_eq!(rendered.matches("error: ").count(), 1, "{rendered}");
    }
}
