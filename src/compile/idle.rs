//! Stimuli that drive nobody: likely a mistake, and none for sure.

use crate::config::Problem;
use crate::model::spiking::StimulusTarget;
use crate::model::{rate, spiking};
use crate::network::rate::Rate;
use crate::network::spiking::Spiking;

/// A warning for each stimulus of a spiking network that drives no neuron.
#[must_use]
pub fn of_spiking(model: &spiking::Spiking, network: &Spiking) -> Vec<Problem> {
    let at_start = network.patterns.count() - model.learned_count();
    // Whom a pattern that is learned has, the run will tell.
    let is_known = |target| !matches!(target, StimulusTarget::Cue { pattern, .. } if pattern >= at_start);
    let stimuli = network.stimuli.iter().zip(&model.stimuli);
    told(
        stimuli.map(|(compiled, written)| {
            (compiled.neurons.as_deref().filter(|_| is_known(written.target)), written.target)
        }),
    )
}

/// The same of a rate network.
#[must_use]
pub fn of_rate(model: &rate::Rate, network: &Rate) -> Vec<Problem> {
    let stimuli = network.stimuli.iter().zip(&model.stimuli);
    told(stimuli.map(|(compiled, written)| (compiled.neurons.as_deref(), written.target)))
}

/// Of driven neurons, `None` where they are all or not known, and of how they are chosen.
fn told<'a>(stimuli: impl Iterator<Item = (Option<&'a [u32]>, StimulusTarget)>) -> Vec<Problem> {
    let idle = stimuli.enumerate().filter(|(_, (neurons, _))| neurons.is_some_and(<[u32]>::is_empty));
    idle.map(|(number, (_, target))| {
        let label = match target {
            StimulusTarget::Cue { fraction, spill: 0.0, .. } => format!("round({fraction} x members) is 0"),
            StimulusTarget::Cue { fraction, spill, .. } => {
                format!("round({fraction} x members) and round({spill} x others) are 0")
            }
            StimulusTarget::Group { fraction, .. } => format!("round({fraction} x neurons) is 0"),
            StimulusTarget::Pulse => "there are none".to_owned(),
        };
        Problem::value(format!("stimuli.{number}.fraction"), "this stimulus drives no neuron", label)
    })
    .collect()
}
