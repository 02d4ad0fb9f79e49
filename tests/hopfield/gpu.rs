//! The GPU engine against the CPU's: every state and count after every sweep.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use attractor::engine::cpu::hopfield::Engine as Cpu;
use attractor::engine::gpu::hopfield::Engine as Gpu;
use attractor::engine::gpu::{self, devices};
use attractor::network::hopfield::Hopfield;
use attractor::record::hopfield::Hashing;
use attractor::verify::hopfield::{Difference, Variable};
use attractor::verify::{Outcome, compare};

use crate::{cases, network};

fn device() -> gpu::Gpu {
    let name = std::env::var("ATTRACTOR_TEST_ADAPTER").unwrap_or_else(|_| {
        let first = devices().into_iter().find(|device| device.usable.is_ok());
        first.expect("these tests need a Vulkan, Metal or DX12 adapter, such as llvmpipe").name
    });
    gpu::Gpu::open(Some(&name)).expect("the adapter opens")
}

/// What the engines of two networks, which should be one, differ in.
fn difference(device: &gpu::Gpu, cpu: &Arc<Hopfield>, gpu: &Arc<Hopfield>) -> Option<Difference> {
    let mut gpu = Gpu::new(device, Arc::clone(gpu)).expect("a GPU engine");
    let mut first = Cpu::new(Arc::clone(cpu), 1).expect("a CPU engine");
    let stop = AtomicBool::new(false);
    let outcome = compare(&**cpu, [&mut first, &mut gpu], &mut Hashing::new(cpu), &stop).expect("a comparison");
    match outcome {
        Outcome::Equal => None,
        Outcome::Different(found) => Some(found),
        Outcome::Interrupted { .. } => unreachable!("nobody interrupts it"),
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn every_network_has_the_same_bits() {
    let device = device();
    for (name, text) in cases::all(3) {
        let network = network(&text);
        assert_eq!(difference(&device, &network, &network), None, "{name}\n{text}");
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn every_size_has_the_same_bits() {
    let device = device();
    for size in [1, 31, 32, 33, 64, 1000, 8000] {
        for patterns in [0, 1, 400, 1120] {
            for update in ["synchronous", "asynchronous"] {
                for network_lines in ["", "temperature = 0.5\nstates = \"binary\"\nrule = \"covariance\""] {
                    let start = if patterns == 0 { "state = \"random\"" } else { "pattern = 0\nflip = 0.2" };
                    let (sweeps, trials) = if size * patterns > 1_000_000 { (1, 1) } else { (2, 2) };
                    let text = format!(
                        "model = \"hopfield\"\nsweeps = {sweeps}\n[trials]\ncount = {trials}\n\
                         [patterns]\ncount = {patterns}\n[network]\nsize = {size}\nupdate = \"{update}\"\n\
                         {network_lines}\n[start]\n{start}\n"
                    );
                    let network = network(&text);
                    let found = difference(&device, &network, &network);
                    assert_eq!(found, None, "{size} neurons, {patterns} patterns, {update}, {network_lines}");
                }
            }
        }
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn one_bit_is_seen_in_its_trial() {
    let device = device();
    let text = "model = \"hopfield\"\nsweeps = 2\n[trials]\ncount = 3\n[patterns]\ncount = 5\n[network]\nsize = 100\n\
                [start]\nstate = \"random\"\n";
    let network = network(text);
    let mut changed = (*network).clone();
    changed.starts[3] ^= 1 << 9;
    let found = difference(&device, &network, &Arc::new(changed)).expect("a difference");
    assert_eq!((found.sweeps, found.variable), (0, Variable::State { trial: 1, neuron: 73 }));
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn batches_and_stretches_of_visits_change_nothing() {
    // Many sweeps in flight, and sweeps that take several dispatches on every device.
    let device = device();
    for (size, sweeps, update) in [(50, 100, "synchronous"), (50, 100, "asynchronous"), (20_000, 2, "asynchronous")] {
        let text = format!(
            "model = \"hopfield\"\nsweeps = {sweeps}\n[trials]\ncount = 2\n[patterns]\ncount = 3\n[network]\n\
             size = {size}\ntemperature = 0.8\nupdate = \"{update}\"\n[start]\nstate = \"random\"\n"
        );
        let network = network(&text);
        let on_gpu = {
            let mut engine = Gpu::new(&device, network.clone()).expect("a GPU engine");
            let mut hashing = Hashing::new(&network);
            let blocks = attractor::schedule::Timeline::blocks(&*network);
            attractor::simulate::run(blocks, &mut engine, &mut hashing, &AtomicBool::new(false)).expect("a run");
            hashing.run_hash()
        };
        assert_eq!(on_gpu, crate::run(&network).hashing.run_hash(), "{size} neurons, {update}");
    }
}
