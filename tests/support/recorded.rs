//! A recorded run of one of the configurations, for what is made of results files.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use attractor::compile::compile;
use attractor::config::Override;
use attractor::engine::{Engine as _, conducted, cpu};
use attractor::model::{Draft, Model};
use attractor::network::Network;
use attractor::record::spiking::{Recorder, Run};
use attractor::record::{Existing, hopfield, rate};
use attractor::results::Results;
use attractor::schedule::Timeline as _;
use attractor::simulate;
use tempfile::TempDir;

/// Runs configs/small.toml with changes into a results file.
pub(crate) fn recorded(changes: &[&str]) -> (TempDir, Results) {
    recorded_of("small", changes)
}

/// Runs one of the configurations with changes into a results file of its name.
pub(crate) fn recorded_of(name: &str, changes: &[&str]) -> (TempDir, Results) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(format!("{name}.h5"));
    let overrides: Vec<Override> = changes.iter().map(|change| change.parse().unwrap()).collect();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("configs/{name}.toml"));
    let (config, model, network) = Draft::load(&config, &overrides).finish(compile).unwrap();
    let config_toml = config.to_toml();
    match (model, network) {
        (Model::Spiking(model), Network::Spiking(network)) => {
            let network = Arc::new(network);
            let mut engine = conducted(cpu::spiking::Engine::new(network.clone(), 0).unwrap(), &network);
            let info = engine.info().clone();
            let run = Run { model: &model, network: &network, config_toml: &config_toml, engine: &info };
            let mut recorder = Recorder::create(&path, Existing::Refuse, &run).unwrap();
            let stop = AtomicBool::new(false);
            let ended = simulate::run_trials(&*network, &mut *engine, &mut recorder, &stop).unwrap();
            recorder.finish(ended).unwrap();
        }
        (Model::Hopfield(model), Network::Hopfield(network)) => {
            let network = Arc::new(network);
            let mut engine = cpu::hopfield::Engine::new(network.clone(), 0).unwrap();
            let info = engine.info().clone();
            let run = hopfield::Run { model: &model, network: &network, config_toml: &config_toml, engine: &info };
            let mut recorder = hopfield::Recorder::create(&path, Existing::Refuse, &run).unwrap();
            let stop = AtomicBool::new(false);
            let ended = simulate::run(network.blocks(), &mut engine, &mut recorder, &stop).unwrap();
            recorder.finish(ended).unwrap();
        }
        (Model::Rate(model), Network::Rate(network)) => {
            let network = Arc::new(network);
            let mut engine = cpu::rate::Engine::new(network.clone(), 0).unwrap();
            let info = engine.info().clone();
            let run = rate::Run { model: &model, network: &network, config_toml: &config_toml, engine: &info };
            let mut recorder = rate::Recorder::create(&path, Existing::Refuse, &run).unwrap();
            let stop = AtomicBool::new(false);
            let ended = simulate::run(network.blocks(), &mut engine, &mut recorder, &stop).unwrap();
            recorder.finish(ended).unwrap();
        }
        _ => unreachable!("a model compiles to its own network"),
    }
    let results = Results::open(&path).unwrap();
    (folder, results)
}
