//! The shaders of spiking networks as pipelines: what each is bound to and what of it a network needs.

use super::buffers::Buffers;
use super::layout::{self, Layout};
use super::parameters::{self, HELD_INPUTS, NONE};
use super::tables::Starts;
use crate::engine::gpu::Gpu;
use crate::engine::gpu::pipelines::{Kernel, Settings};
use crate::engine::gpu::shaders::{self, Place, Shader, WORKGROUP_SIZE, Window};
use crate::network::spiking::{Count, Projection, Source, Spiking, Synapse};

/// The dispatches of a block.
#[derive(Debug)]
pub(super) struct Kernels {
    /// Only where some projection counts a field.
    pub(super) fields: Option<Kernel>,
    /// Only where the window of counts is not in the workgroups.
    pub(super) arrivals: Option<Kernel>,
    /// Only where a projection is wired.
    pub(super) deliver: Option<Kernel>,
    pub(super) integrate: Kernel,
    /// Only where something is probed.
    pub(super) probe: Option<Kernel>,
}

impl Kernels {
    pub(super) fn new(gpu: &Gpu, network: &Spiking, layout: &Layout, buffers: &Buffers) -> Self {
        let tables = uniform_if(layout.has_small_tables());
        let sizes = sizes(layout);
        let of_window = [&sizes[..], &of_window(network)].concat();
        let known = if layout.window == Window::Workgroup { &of_window } else { &sizes };
        let of_deliver = [&sizes[..], &for_deliver(network, layout)].concat();
        let sizes_and_traits = [&known[..], &traits(network, layout)].concat();
        let make = |shader: &Shader, constants: &[(&str, f64)]| {
            // What workgroups read of their memory they have written.
            let settings = Settings { record_bytes: size_of::<parameters::Block>(), constants, zeroed: false };
            Kernel::new(gpu, shader, settings, |name| buffers.of_variable(name))
        };
        let sums = [("sums_start", layout.read_only.sums), ("sum_count", layout.read_only.sum_count)];
        let of_fields = [&sizes[..], &sums.map(|(name, size)| (name, size as f64))].concat();
        Self {
            fields: (layout.read_only.sum_count > 0)
                .then(|| make(&shaders::spiking_fields(gpu.integers()), &of_fields)),
            arrivals: (layout.window != Window::Workgroup)
                .then(|| make(&shaders::arrivals(tables), &for_arrivals(&of_window, gpu.workgroups_gather()))),
            deliver: (!network.wirings.is_empty()).then(|| make(&shaders::deliver(gpu.integers()), &of_deliver)),
            integrate: make(&shaders::integrate(gpu.integers(), tables, layout.window), &sizes_and_traits),
            probe: (!network.probes.is_empty()).then(|| make(&shaders::probe(), &sizes)),
        }
    }
}

/// All constants that depend on the network: networks that have the same, and the same layout, have the same pipelines.
pub(super) fn constants(network: &Spiking, layout: &Layout) -> Vec<(&'static str, f64)> {
    [&sizes(layout)[..], &of_window(network), &for_deliver(network, layout), &traits(network, layout)].concat()
}

/// What those need that fill the window of counts.
fn of_window(network: &Spiking) -> [(&'static str, f64); 1] {
    let memberships_max = network.pattern_sets().map(|(_, patterns)| patterns.memberships_max()).max();
    [("memberships_max", f64::from(memberships_max.unwrap_or(0).clamp(1, 1 << 16)))]
}

/// The constants of `arrivals`: on a software rasteriser, where barriers are dear, as few lanes as there can be.
fn for_arrivals(constants: &[(&'static str, f64)], workgroups_gather: bool) -> Vec<(&'static str, f64)> {
    let fewest = |(name, value)| match name {
        "workgroup_size" if !workgroups_gather => (name, f64::from(WORKGROUP_SIZE)),
        _ => (name, value),
    };
    constants.iter().copied().map(fewest).collect()
}

/// What of the layout only `deliver` knows.
fn for_deliver(network: &Spiking, layout: &Layout) -> [(&'static str, f64); 3] {
    [
        ("wiring_count", network.wirings.len() as f64),
        ("deliver_groups", layout.deliver_groups() as f64),
        ("row_words", network.patterns.words_per_neuron() as f64),
    ]
}

fn uniform_if(small: bool) -> Place {
    if small { Place::Uniform } else { Place::Storage }
}

/// What all shaders know of the layout.
fn sizes(layout: &Layout) -> Vec<(&'static str, f64)> {
    let sizes = [
        ("neuron_count", layout.neurons),
        ("population_count", layout.populations),
        ("projection_count", layout.projections),
        ("group_count", layout.groups),
        ("probe_count", layout.probes),
        ("slot_count", layout.slots),
        ("row_entries", layout.row),
        ("workgroup_size", layout.group_size.into()),
        ("refractory_start", layout.refractory),
        ("history_start", layout.history),
        ("history_words", layout.history_words),
        ("with_fields", u64::from(layout.read_only.sum_count > 0)),
    ];
    sizes.into_iter().map(|(name, size)| (name, size as f64)).collect()
}

/// What of `integrate` falls away for this network.
fn traits(network: &Spiking, layout: &Layout) -> [(&'static str, f64); 15] {
    let inputs_max = network.populations.iter().map(|population| population.inputs.len()).max().unwrap_or(0);
    let with_noise = network.populations.iter().any(|population| population.noise != 0);
    let with_jumps = network.projections.iter().any(|projection| projection.synapse == Synapse::Jump);
    let words = network.patterns.words_per_neuron();
    let flag = |holds: bool| f64::from(u8::from(holds));
    let any = |is_so: fn(&Starts) -> bool| flag(layout.tables.starts.iter().any(is_so));
    let adapts = network.privates.iter().any(|private| private.source == Source::OwnSpikes);
    let has_poisson = network.privates.iter().any(|private| private.source != Source::OwnSpikes);
    [
        ("inputs_max", inputs_max as f64),
        ("pattern_inputs", places(network, |projection| matches!(projection.count, Count::Patterns | Count::Field(_)))),
        ("wired_inputs", places(network, |projection| matches!(projection.count, Count::Wired(_)))),
        ("own_inputs", places(network, |projection| projection.subtract_own)),
        ("scaled_inputs", places(network, |projection| projection.by_memberships)),
        ("with_noise", flag(with_noise)),
        ("with_jumps", flag(with_jumps)),
        ("with_long_products", flag(with_long_products(network))),
        ("block_steps", layout.block_steps as f64),
        ("with_held_rows", flag(words <= 4)),
        ("held_words", words as f64),
        ("with_poisson", flag(has_poisson)),
        ("with_adaptation", flag(adapts)),
        ("with_escape", any(|starts| starts.escape != NONE)),
        ("with_own", any(|starts| [starts.decays, starts.noises, starts.thresholds] != [NONE; 3])),
    ]
}

/// At which places among its inputs some population has one of a kind: bit k, and bit HELD_INPUTS for all further ones.
fn places(network: &Spiking, is_of_kind: impl Fn(&Projection) -> bool) -> f64 {
    let places = network.populations.iter().flat_map(|population| population.inputs.iter().enumerate());
    let of_kind = places.filter(|&(_, &input)| is_of_kind(&network.projections[input]));
    f64::from(of_kind.fold(0u32, |bits, (place, _)| bits | 1 << place.min(HELD_INPUTS as usize)))
}

/// Whether the product of some count and its weight, and the half that rounds it, needs more than 32 bits.
fn with_long_products(network: &Spiking) -> bool {
    network.projections.iter().any(|projection| {
        let weight = u64::from(projection.weight.unsigned_abs());
        layout::count_max(network, projection) * weight + (1 << projection.weight_shift) > i32::MAX as u64
    })
}
