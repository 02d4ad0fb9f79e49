//! The plan of a spiking network in words and as a document.

use std::fmt::Write;

use attractor::model::spiking::{
    Connections, Population, Projection as Model, Representation as Written, Spiking as Whole, Spread,
};
use attractor::network::spiking::Spiking;
use attractor::network::spiking::rows::BYTES_MAX;
use attractor::plan::spiking::{FileSize, Plan, Projection, Representation, file_size};
use serde_json::{Value, json};

use super::{Check, Measured, Planned};
use crate::commands::source::Compiled;
use crate::commands::words;

/// Rate of every neuron that the size of the results file is estimated at, Hz.
const ASSUMED_RATE_HZ: f64 = 10.0;

impl Check for Spiking {
    fn planned(source: &Compiled<Self>, measured: Measured, engine: String) -> anyhow::Result<Planned> {
        let rates_hz = vec![ASSUMED_RATE_HZ; source.network.populations.len()];
        let file = file_size(&source.network, &source.model.record, source.model.dt_ms, &rates_hz);
        let checked = Checked { source, plan: Plan::new(&source.network), file, engine, measured };
        Ok(Planned { told: checked.told(), document: checked.document()? })
    }
}

/// A configuration that has been checked.
struct Checked<'a> {
    source: &'a Compiled<Spiking>,
    plan: Plan,
    file: FileSize,
    engine: String,
    measured: Measured,
}

impl Checked<'_> {
    fn told(&self) -> String {
        let plan = &self.plan;
        let mut text = String::new();
        let mut line = |name: &str, value: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name:<13}{value}");
        };
        let populations = plan.populations.iter().map(|own| format!("{} {}", words::count(own.size.into()), own.name));
        line(
            "neurons",
            format!("{} ({})", words::count(plan.neurons as u64), populations.collect::<Vec<_>>().join(", ")),
        );
        self.source.model.populations.iter().filter_map(told_individuality).for_each(|told| line("", told));
        line(
            "patterns",
            match plan.patterns_learned {
                0 if plan.pattern_populations > 1 => {
                    format!(
                        "{} in each of {} populations",
                        words::count(plan.patterns as u64),
                        plan.pattern_populations
                    )
                }
                0 => words::count(plan.patterns as u64),
                learned => format!(
                    "{} at the start, {} to be learned",
                    words::count((plan.patterns - learned) as u64),
                    words::count(learned as u64)
                ),
            },
        );
        line("synapses", self.told_synapses());
        for (projection, model) in plan.projections.iter().zip(&self.source.model.projections) {
            line("", told_projection(projection, model));
        }
        line(
            "steps",
            format!(
                "{} of {} in {} of up to {}",
                words::count(plan.steps),
                words::milliseconds(self.source.model.dt_ms),
                words::counted(plan.blocks, "block"),
                words::counted(plan.block_steps.into(), "step"),
            ),
        );
        if let Some(guard) = told_guard(&self.source.model) {
            line("guard", guard);
        }
        if plan.trials > 1 {
            line("trials", format!("{}, one after the other", words::count(plan.trials.into())));
        }
        line("memory", format!("about {} on the host with the CPU engine", words::bytes(plan.memory.host_bytes)));
        line("", format!("about {} on the device with a GPU", words::bytes(plan.memory.device_bytes)));
        line("results file", self.told_file());
        if self.source.model.record.deflate {
            line("", "compressed with deflate: libsonata cannot read such a file, h5py can".into());
        }
        line("engine", self.engine.clone());
        line("time", self.measured.told(self.all_steps(), self.source.model.dt_ms));
        text
    }

    /// Steps of all trials.
    fn all_steps(&self) -> u64 {
        self.plan.steps * u64::from(self.plan.trials)
    }

    fn told_synapses(&self) -> String {
        let estimated = self.plan.projections.iter().any(|projection| !projection.synapses.exact);
        let is_stored = |own: &&Projection| own.representation == Representation::Stored;
        let stored: u64 = self.plan.projections.iter().filter(is_stored).map(|own| own.synapses.count).sum();
        format!(
            "{} connections that are not zero{}; {}",
            words::count(self.plan.synapses),
            if estimated { ", in part estimated" } else { "" },
            if stored == 0 { "none is stored".to_owned() } else { format!("{} are stored", words::count(stored)) },
        )
    }

    fn told_file(&self) -> String {
        format!(
            "about {} if every neuron fires at {ASSUMED_RATE_HZ} Hz: spikes {}, overlaps and rates {}, voltages {}",
            words::bytes(self.file.total_bytes),
            words::bytes(self.file.spikes_bytes),
            words::bytes(self.file.traces_bytes),
            words::bytes(self.file.voltages_bytes),
        )
    }

    fn document(&self) -> anyhow::Result<Value> {
        let mut plan = serde_json::to_value(&self.plan)?;
        plan["results_file"] = serde_json::to_value(self.file)?;
        plan["results_file"]["assumed_rate_hz"] = ASSUMED_RATE_HZ.into();
        plan["time"] = self.measured.document(self.all_steps(), self.source.model.dt_ms, &self.engine);
        let warnings = self.source.warnings().to_json();
        Ok(json!({ "config": self.source.config.to_json(), "plan": plan, "warnings": warnings }))
    }
}

/// What neurons of a population have for themselves, if anything.
fn told_individuality(population: &Population) -> Option<String> {
    let poisson = population.poisson.map(|poisson| format!("each with Poisson input of {} Hz", poisson.rate_hz));
    let escape = population.escape.map(|_| "with escape noise".to_owned());
    let adaptation = population.adaptation.map(|_| "adapting".to_owned());
    let Spread { tau_m_ms, threshold_mv, drive_mv } = population.spread;
    let spreads = [("tau_m", tau_m_ms), ("threshold", threshold_mv), ("drive", drive_mv)];
    let drawn: Vec<&str> = spreads.into_iter().filter(|&(_, sd)| sd > 0.0).map(|(name, _)| name).collect();
    let drawn = (!drawn.is_empty()).then(|| format!("with {} drawn for each neuron", drawn.join(", ")));
    let all: Vec<String> = [poisson, escape, adaptation, drawn].into_iter().flatten().collect();
    (!all.is_empty()).then(|| format!("{}: {}", population.name, all.join("; ")))
}

/// What ends the run before its time, if anything does.
fn told_guard(model: &Whole) -> Option<String> {
    let silence = model
        .guard
        .silence_steps
        .map(|steps| format!("no neuron has fired for {}", words::milliseconds(steps as f64 * model.dt_ms)));
    let rate = model
        .guard
        .rate_max_hz
        .map(|rate_hz| format!("a population fires at more than {} Hz over 50 ms", words::significant(rate_hz)));
    let all: Vec<String> = silence.into_iter().chain(rate).collect();
    (!all.is_empty()).then(|| format!("ends the run where {}", all.join(", or where ")))
}

/// A projection, how it is represented, and why.
fn told_projection(projection: &Projection, model: &Model) -> String {
    let synapses = if projection.synapses.exact {
        words::count(projection.synapses.count)
    } else {
        let error = words::count(projection.synapses.standard_error);
        let pairs = matches!(projection.representation, Representation::LowRank | Representation::GlobalCount);
        let of = if pairs { "random pairs" } else { "random sources" };
        format!("{} ± {error} (estimated from {of})", words::count(projection.synapses.count))
    };
    let why = match projection.representation {
        Representation::LowRank => format!(
            "low rank: the weights are a product of the patterns, so {} a step {} for a matrix of {}",
            words::counted(projection.counts_per_step as u64, "spike count"),
            words::stand(projection.counts_per_step as u64),
            words::bytes(projection.matrix_bytes),
        ),
        Representation::Field => format!(
            "low rank: the weights are a product of patterns and couplings, so sums of {} a step stand for a matrix of {}",
            words::counted(projection.counts_per_step as u64, "term"),
            words::bytes(projection.matrix_bytes),
        ),
        Representation::GlobalCount => format!(
            "global: {}, so 1 spike count a step stands for a matrix of {}",
            if projection.scaled_by_memberships { "one weight times memberships" } else { "one weight for all" },
            words::bytes(projection.matrix_bytes),
        ),
        Representation::Procedural => format!(
            "procedural: a spike finds its targets{} when it is delivered, {}",
            if projection.weighted { " and weights, the patterns shared," } else { "" },
            why_procedural(model, projection),
        ),
        Representation::Stored => format!(
            "stored: rows of targets{} in {}, {:.1} bytes a connection, {}",
            if projection.weighted { " and weights" } else { "" },
            words::bytes(projection.stored_bytes),
            projection.stored_bytes as f64 / projection.synapses.count.max(1) as f64,
            why_stored(model),
        ),
    };
    format!("{} -> {}  {synapses}; {why}", projection.from, projection.to)
}

/// Why connections are not stored.
fn why_procedural(model: &Model, projection: &Projection) -> String {
    let [stored, limit] = [projection.rows_bytes, Model::STORED_BYTES_MAX].map(words::bytes);
    match model.representation {
        Written::Procedural => "as asked for".to_owned(),
        _ if projection.rows_bytes > Model::STORED_BYTES_MAX => {
            format!("since rows would take about {stored}, more than {limit}")
        }
        _ if projection.rows_bytes > BYTES_MAX * projection.synapses.count => {
            format!("since rows would take more than {BYTES_MAX} bytes a connection")
        }
        _ => "since rows cannot hold its weights".to_owned(),
    }
}

/// Why they are.
fn why_stored(model: &Model) -> String {
    match model.connections {
        Connections::Indegree { .. } => "as those of an indegree are: they are drawn target by target".to_owned(),
        _ if model.must_be_stored() => "as weights of any rule or coupling are".to_owned(),
        _ if model.representation == Written::Stored => "as asked for".to_owned(),
        _ => format!("since rows take no more than {}", words::bytes(Model::STORED_BYTES_MAX)),
    }
}
