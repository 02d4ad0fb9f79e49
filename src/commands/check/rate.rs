//! The plan of a rate network in words and as a document.

use std::fmt::Write;

use attractor::network::rate::Rate;
use attractor::plan::rate::{FileSize, Plan, Representation, file_size};
use serde_json::{Value, json};

use super::{Check, Measured, Planned};
use crate::commands::source::Compiled;
use crate::commands::words;

impl Check for Rate {
    fn planned(source: &Compiled<Self>, measured: Measured, engine: String) -> anyhow::Result<Planned> {
        let file = file_size(&source.network, &source.model.record);
        let plan = Plan::new(&source.model, &source.network);
        let checked = Checked { source, plan, file, engine, measured };
        Ok(Planned { told: checked.told(), document: checked.document()? })
    }
}

/// A configuration that has been checked.
struct Checked<'a> {
    source: &'a Compiled<Rate>,
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
        line("neurons", words::count(plan.neurons as u64));
        line("patterns", words::count(plan.patterns as u64));
        line("synapses", self.told_synapses());
        line("", self.told_representation());
        let stages = words::counted(plan.stages as u64, "evaluation");
        let dt = words::milliseconds(self.source.model.dt_ms);
        let blocks = words::counted(plan.blocks, "block");
        line("steps", format!("{} of {dt} with {stages} of the input each, in {blocks}", words::count(plan.steps)));
        line("memory", format!("about {} on the host with the CPU engine", words::bytes(plan.memory.host_bytes)));
        line("", format!("about {} on the device with a GPU", words::bytes(plan.memory.device_bytes)));
        line(
            "results file",
            format!(
                "about {}: overlaps and mean rates {}, rates of chosen neurons {}",
                words::bytes(self.file.total_bytes),
                words::bytes(self.file.traces_bytes),
                words::bytes(self.file.neurons_bytes),
            ),
        );
        line("engine", self.engine.clone());
        line("time", self.measured.told(plan.steps, self.source.model.dt_ms));
        text
    }

    fn told_synapses(&self) -> String {
        let stored =
            if self.plan.representation == Representation::Stored { "all are stored" } else { "none is stored" };
        format!("{} connections; {stored}", words::count(self.plan.synapses))
    }

    /// How the input is computed, and why.
    fn told_representation(&self) -> String {
        let matrix = words::bytes(self.plan.matrix_bytes);
        match self.plan.representation {
            Representation::LowRank => format!(
                "low rank: the weights are a product of the patterns, so {} {} for a matrix of {matrix}",
                words::counted(self.plan.sums_per_stage as u64, "sum"),
                words::stand(self.plan.sums_per_stage as u64),
            ),
            Representation::GlobalSum => {
                format!("uniform: one weight for all, so 1 sum stands for a matrix of {matrix}")
            }
            Representation::Stored => format!("dense: the weights have no pattern, so a matrix of {matrix} is kept"),
        }
    }

    fn document(&self) -> anyhow::Result<Value> {
        let mut plan = serde_json::to_value(&self.plan)?;
        plan["results_file"] = serde_json::to_value(self.file)?;
        plan["time"] = self.measured.document(self.plan.steps, self.source.model.dt_ms, &self.engine);
        let warnings = self.source.warnings().to_json();
        Ok(json!({ "config": self.source.config.to_json(), "plan": plan, "warnings": warnings }))
    }
}
