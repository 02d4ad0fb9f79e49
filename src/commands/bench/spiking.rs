//! A spiking network, measured: seconds a second of biological time, and what goes with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::bail;
use attractor::compile::compile_spiking;
use attractor::config::Override;
use attractor::engine::gpu::spiking::step_bytes_a_neuron;
use attractor::engine::{Engine, EngineInfo, Profile};
use attractor::memory::available_bytes;
use attractor::model::Model;
use attractor::network::spiking::Spiking;
use attractor::plan::host_bytes;
use attractor::plan::spiking::Plan;
use attractor::schedule::Schedule;
use serde_json::{Value, json};

use super::engine_document;
use super::measured::{Measured, Repeats, resident_bytes};
use crate::cli::BenchArgs;
use crate::commands::failure::Usage;
use crate::commands::{engines, words};

/// Biological time before anything is measured: activity settles, memory is touched.
const WARM_UP_STEPS: u64 = 1000;
/// A repeat takes at least so long, s, but no more than a second of biological time.
const REPEAT_S: f64 = 0.5;
const REPEAT_STEPS_MAX: u64 = 10_000;
/// Bandwidths of cards that times are predicted for, bytes a second.
pub(super) const BANDWIDTHS: [f64; 3] = [0.5e12, 1e12, 3e12];

/// A spiking workload that was measured.
#[derive(Debug)]
pub(super) struct Run {
    name: String,
    neurons: usize,
    /// Bytes of device memory that a step moves for a neuron.
    step_bytes_a_neuron: f64,
    /// The connections are those of a dense network, which counts stand for.
    is_dense: bool,
    info: EngineInfo,
    dt_s: f64,
    /// Reading, compiling, starting the engine, s.
    build_s: f64,
    /// Wall-clock seconds a second of biological time.
    seconds: Repeats,
    /// A second of biological time.
    spikes: f64,
    synaptic_events: f64,
    resident_bytes: Option<u64>,
    profile: Profile,
    /// Wall-clock seconds that the profile is of.
    profiled_s: f64,
}

/// Measures the network of a configuration with changes.
pub(super) fn measure(
    args: &BenchArgs,
    name: &str,
    text: &str,
    changes: &[Override],
    stop: &AtomicBool,
) -> anyhow::Result<Run> {
    let started = Instant::now();
    let change = |key: &str, value: &str| Override { key: key.into(), value: value.into() };
    let mut overrides = vec![change("duration", "\"1000000 s\""), change("stimuli", "[]")];
    overrides.extend_from_slice(changes);
    let (_, model) = Model::parse(text, name, ".".as_ref(), &overrides)?;
    if let Some(available) = available_bytes().filter(|&available| available < host_bytes(&model)) {
        let [needed, free] = [host_bytes(&model), available].map(words::bytes);
        return Err(
            Usage(format!("{name} takes about {needed} of memory, and {free} are free; name smaller --sizes")).into()
        );
    }
    let Model::Spiking(model) = model else { bail!("`{name}` is not a spiking network") };
    let network = compile_spiking(&model)
        .map_err(|_| Usage(format!("{name} does not fit its integers; name smaller --sizes")))?;
    let network = Arc::new(network);
    let mut engine = engines::open(&args.engine, &network)?;
    let build_s = started.elapsed().as_secs_f64();
    let mut clock = Clock { blocks: Schedule::new(&network, 0, network.block_steps()), spikes: Vec::new(), stop };
    let warm_up = clock.advance(&network, &mut *engine, WARM_UP_STEPS)?;
    let steps = (WARM_UP_STEPS as f64 * REPEAT_S / warm_up) as u64;
    let steps = steps.clamp(WARM_UP_STEPS.min(200), REPEAT_STEPS_MAX);
    let (before, since) = (engine.profile(), Instant::now());
    clock.spikes = vec![0; network.populations.len()];
    let dt_s = model.dt_ms / 1000.0;
    let mut seconds = Vec::new();
    for _ in 0..args.repeats {
        seconds.push(clock.advance(&network, &mut *engine, steps)? / (steps as f64 * dt_s));
    }
    let profiled_s = since.elapsed().as_secs_f64();
    let simulated_s = steps as f64 * dt_s * f64::from(args.repeats);
    let plan = Plan::new(&network);
    let events = network.projections.iter().zip(&plan.projections).map(|(projection, planned)| {
        let a_spike = planned.synapses.count as f64 / f64::from(network.populations[projection.source].size);
        clock.spikes[projection.source] as f64 * a_spike
    });
    Ok(Run {
        name: name.to_owned(),
        info: engine.info().clone(),
        dt_s,
        build_s,
        seconds: Repeats::new(seconds),
        spikes: clock.spikes.iter().sum::<u64>() as f64 / simulated_s,
        synaptic_events: events.sum::<f64>() / simulated_s,
        resident_bytes: resident_bytes(),
        profile: difference(&before, engine.profile()),
        profiled_s,
        neurons: network.neurons(),
        step_bytes_a_neuron: step_bytes_a_neuron(&network),
        is_dense: network.wirings.is_empty(),
    })
}

/// Advances an engine and counts spikes.
struct Clock<'a> {
    blocks: Schedule,
    spikes: Vec<u64>,
    stop: &'a AtomicBool,
}

impl Clock<'_> {
    /// Takes at least so many steps; seconds, for exactly so many.
    fn advance(&mut self, network: &Spiking, engine: &mut dyn Engine, steps: u64) -> anyhow::Result<f64> {
        let layout = network.counts_layout();
        let started = Instant::now();
        let (mut submitted, mut collected, mut in_flight) = (0, 0, 0);
        while collected < steps {
            if self.stop.load(Ordering::Relaxed) {
                bail!("interrupted");
            }
            while in_flight < engine.queue_blocks() && submitted < steps {
                let Some(block) = self.blocks.next() else { bail!("the workload came to its end") };
                engine.submit(block)?;
                submitted += u64::from(block.steps);
                in_flight += 1;
            }
            let result = engine.collect()?;
            in_flight -= 1;
            collected += u64::from(result.block.steps);
            for row in result.counts.chunks_exact(layout.len()) {
                for (population, spikes) in self.spikes.iter_mut().enumerate() {
                    *spikes += u64::from(row[layout.spikes(population)]);
                }
            }
            engine.recycle(result);
        }
        Ok(started.elapsed().as_secs_f64() * steps as f64 / collected as f64)
    }
}

fn difference(before: &Profile, mut after: Profile) -> Profile {
    after.blocks -= before.blocks;
    after.dispatches -= before.dispatches;
    after.submissions -= before.submissions;
    after.device_s = after.device_s.map(|seconds| seconds - before.device_s.unwrap_or(0.0));
    for (phase, (_, seconds)) in after.host.iter_mut().zip(&before.host) {
        phase.1 -= seconds;
    }
    after
}

impl Run {
    fn steps_a_second(&self) -> f64 {
        self.neurons as f64 / self.dt_s / self.seconds.median()
    }

    /// Seconds a second of biological time that the memory of a card with so many bytes a second allows.
    fn predicted_s(&self, bandwidth: f64) -> f64 {
        self.neurons as f64 / self.dt_s * self.step_bytes_a_neuron / bandwidth
    }

    fn on_gpu(&self) -> bool {
        self.info.engine == "gpu"
    }

    /// Where the time went, as parts of it.
    fn phases(&self) -> Vec<(&'static str, f64)> {
        let mut phases = self.profile.host.clone();
        phases.extend(self.profile.device_s.map(|seconds| ("device", seconds)));
        phases.iter().map(|&(phase, seconds)| (phase, seconds / self.profiled_s)).collect()
    }
}

impl Measured for Run {
    fn name(&self) -> &str {
        &self.name
    }

    fn engine(&self) -> &EngineInfo {
        &self.info
    }

    fn line(&self) -> String {
        format!("{} a second of biological time", words::seconds(self.seconds.median()))
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let per_second = |value: f64| format!("{value:.2e} /s");
        let mut rows = vec![
            ("time a second", {
                let spread = [self.seconds.least(), self.seconds.greatest()].map(words::seconds);
                format!("{} ({} to {})", words::seconds(self.seconds.median()), spread[0], spread[1])
            }),
            ("build", words::seconds(self.build_s)),
            ("neuron steps", per_second(self.steps_a_second())),
            ("synaptic events", {
                let events = self.synaptic_events / self.seconds.median();
                let which = if self.is_dense { " (those a dense network would deliver)" } else { "" };
                format!("{}{which}", per_second(events))
            }),
            ("spikes", format!("{:.0} a second of biological time", self.spikes)),
        ];
        if let Some(bytes) = self.resident_bytes {
            rows.push(("memory", format!("{} of the process", words::bytes(bytes))));
        }
        if self.profile.dispatches > 0 {
            let a_block = self.profile.dispatches as f64 / self.profile.blocks as f64;
            let blocks = self.profile.blocks as f64 / self.profile.submissions as f64;
            rows.push(("dispatches", format!("{a_block:.1} a block, {blocks:.1} blocks a submission")));
        }
        let phases = self.phases();
        let phases = phases.iter().map(|(phase, part)| format!("{phase} {:.0} %", 100.0 * part));
        rows.push(("phases", phases.collect::<Vec<_>>().join(", ")));
        if self.on_gpu() {
            let predicted = BANDWIDTHS.map(|bandwidth| words::seconds(self.predicted_s(bandwidth)));
            let [half, one, three] = &predicted;
            rows.push(("predicted", format!("{half}, {one}, {three} at 0.5, 1, 3 TB/s, by memory alone")));
        }
        rows
    }

    fn document(&self) -> Value {
        let phases: Vec<Value> =
            self.phases().iter().map(|(phase, part)| json!({ "phase": phase, "part": part })).collect();
        let predicted = BANDWIDTHS
            .map(|bandwidth| json!({ "bytes_a_second": bandwidth, "seconds_a_second": self.predicted_s(bandwidth) }));
        json!({
            "name": self.name,
            "neurons": self.neurons,
            "engine": engine_document(&self.info),
            "build_s": self.build_s,
            "seconds_a_second": self.seconds.document(),
            "neuron_steps_a_second": self.steps_a_second(),
            "synaptic_events_a_second": self.synaptic_events / self.seconds.median(),
            "spikes_a_second": self.spikes,
            "resident_bytes": self.resident_bytes,
            "blocks": self.profile.blocks,
            "dispatches": self.profile.dispatches,
            "submissions": self.profile.submissions,
            "phases": phases,
            "step_bytes_a_neuron": self.step_bytes_a_neuron,
            "predicted": predicted,
        })
    }
}
