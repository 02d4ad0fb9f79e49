//! The GPU engine against the CPU's, within the stated bound. These tests need an adapter, a software rasteriser at
//! least, and fail without one: `cargo test -- --include-ignored`.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use attractor::engine::gpu::{Gpu, devices};
use attractor::engine::rate::{Block, BlockResult};
use attractor::engine::{Engine, EngineError, EngineInfo, cpu, gpu};
use attractor::network::rate::{ENGINE_TOLERANCE, Rate, Snapshot};
use attractor::record::rate::Hashing;
use attractor::verify::rate::Variable;
use attractor::verify::{Outcome, compare};

use crate::reference::networks;
use crate::{Frames, load, read, run, run_on};

/// The adapter to test on: `ATTRACTOR_TEST_ADAPTER` names another than the first.
fn open() -> Gpu {
    let name = std::env::var("ATTRACTOR_TEST_ADAPTER").unwrap_or_else(|_| {
        let first = devices().into_iter().find(|device| device.usable.is_ok());
        first.expect("these tests need a Vulkan, Metal or DX12 adapter, such as llvmpipe").name
    });
    Gpu::open(Some(&name)).expect("the adapter opens")
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn engines_agree_within_the_bound_after_every_block() {
    let device = open();
    for (name, text) in networks() {
        let (_, network) = read(&text);
        let mut ours = cpu::rate::Engine::new(Arc::clone(&network), 1).expect("the engine starts");
        let mut theirs = gpu::rate::Engine::new(&device, Arc::clone(&network)).expect("the engine starts");
        let stop = AtomicBool::new(false);
        let outcome = compare(&*network, [&mut ours, &mut theirs], &mut Frames::default(), &stop).expect("they run");
        assert_eq!(outcome, Outcome::Equal, "{name}");
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn a_gpu_repeats_itself_bit_for_bit_and_stays_near_the_cpu() {
    let device = open();
    let network = load("rate-memory.toml", &["network.size=1100"]);
    let hash = || {
        let mut hashing = Hashing::new(&network);
        let mut engine = gpu::rate::Engine::new(&device, Arc::clone(&network)).expect("the engine starts");
        let stop = AtomicBool::new(false);
        let blocks = attractor::schedule::Timeline::blocks(&*network);
        attractor::simulate::run(blocks, &mut engine, &mut hashing, &stop).expect("it runs");
        hashing.run_hash()
    };
    assert_eq!(hash(), hash());
    // Without starting alike: memories draw states together.
    let theirs = run_on(&network, &mut gpu::rate::Engine::new(&device, Arc::clone(&network)).unwrap());
    for ((step, our), (_, their)) in run(&network).iter().zip(&theirs) {
        let largest = our.rates.iter().zip(&their.rates).map(|(our, their)| (our - their).abs()).fold(0.0, f32::max);
        assert!(largest < 1e-4, "{largest} apart after step {step}");
    }
    let (our, their) = (run(&network).pop().unwrap().1, &theirs.last().unwrap().1);
    assert!(our.rates.iter().zip(&their.rates).all(|(our, their)| (our - their).abs() < 1e-6));
    assert!(their.overlaps[17] > 0.98 && their.residual < 1e-5, "{}, {}", their.overlaps[17], their.residual);
}

/// Growth without end is seen on a GPU too, in the same step.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn divergence_is_seen_in_the_same_step() {
    let device = open();
    let text = crate::uniform("{ kind = \"relu\" }", 3.0, "").replace("size", "input = 1.0\nsize");
    let (_, network) = read(&text);
    let mut engine = gpu::rate::Engine::new(&device, Arc::clone(&network)).unwrap();
    let first = |engine: &mut dyn Engine<Rate>| {
        attractor::schedule::Timeline::blocks(&*network).find_map(|block| {
            engine.submit(block).unwrap();
            attractor::record::rate::Divergence::find(&network, &engine.collect().unwrap())
        })
    };
    let theirs = first(&mut engine).expect("it diverges");
    let ours = first(&mut cpu::rate::Engine::new(Arc::clone(&network), 1).unwrap()).expect("it diverges");
    assert_eq!(ours.step, theirs.step);
    assert!((ours.largest / theirs.largest - 1.0).abs() < 1e-4);
}

/// An engine that is wrong in one rate, by a little more or less than may be.
struct Wrong<E> {
    inner: E,
    at_step: u64,
    by: f32,
    /// The result of the block that it spoilt.
    kept: Option<BlockResult>,
}

impl<E: Engine<Rate>> Engine<Rate> for Wrong<E> {
    fn info(&self) -> &EngineInfo {
        self.inner.info()
    }

    fn queue_blocks(&self) -> usize {
        1
    }

    fn submit(&mut self, block: Block) -> Result<(), EngineError> {
        let is_here = (block.start_step..block.end_step()).contains(&self.at_step);
        self.inner.submit(block)?;
        if is_here {
            let result = self.inner.collect()?;
            let mut state = self.inner.snapshot()?;
            state.rates[5] += self.by;
            self.inner.restore(&state)?;
            // An empty block, so that there is something to collect.
            self.inner.submit(Block { start_step: state.step, steps: 0, frame: true })?;
            let frame = self.inner.collect()?.frame;
            self.kept = Some(BlockResult { frame: result.frame.and(frame), ..result });
        }
        Ok(())
    }

    fn collect(&mut self) -> Result<BlockResult, EngineError> {
        self.kept.take().map_or_else(|| self.inner.collect(), Ok)
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        self.inner.snapshot()
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        self.inner.restore(snapshot)
    }
}

/// The comparison finds an error just beyond the bound, with its step, and lets one within it pass.
#[test]
fn a_comparison_finds_what_is_wrong_and_when() {
    let network = load("rate-memory.toml", &["duration=20 ms", "network.size=300", "stimuli=[]"]);
    let outcome = |by: f32| {
        let engine = || cpu::rate::Engine::new(Arc::clone(&network), 1).expect("the engine starts");
        let mut wrong = Wrong { inner: engine(), at_step: 73, by, kept: None };
        compare(&*network, [&mut engine(), &mut wrong], &mut Frames::default(), &AtomicBool::new(false))
            .expect("they run")
    };
    assert_eq!(outcome(0.5 * ENGINE_TOLERANCE), Outcome::Equal);
    let Outcome::Different(found) = outcome(2.0 * ENGINE_TOLERANCE) else { panic!("nothing found") };
    assert_eq!((found.step, found.variable, found.neuron), (73, Variable::Rate, Some(5)));
    assert!(!found.single_steps_agree);
}
