//! scratch
#[path = "../tests/support/mod.rs"]
mod support;
use attractor::engine::{Engine as _, cpu::spiking::Engine};
use attractor::schedule::Schedule;
use std::sync::Arc;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let (threads, which, n, p): (usize, usize, u32, u32) =
        (a[1].parse().unwrap(), a[2].parse().unwrap(), a[3].parse().unwrap(), a[4].parse().unwrap());
    let network = Arc::new(support::compile(&support::bench(n, 1000.0)));
    let ins = Engine::instructions()[which];
    let mut engine = Engine::with_instructions(network.clone(), threads, ins).unwrap();
    let longest = if p > 0 { p } else { network.block_steps() };
    let t = std::time::Instant::now();
    let mut spikes = 0u64;
    for block in Schedule::new(&network, 0, longest) {
        engine.submit(block).unwrap();
        let r = engine.collect().unwrap();
        spikes += r.spikes.iter().map(|w| w.count_ones() as u64).sum::<u64>();
        engine.recycle(r);
    }
    println!("{} spikes, {:.3} s", spikes, t.elapsed().as_secs_f64());
}
