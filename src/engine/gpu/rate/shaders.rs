//! The shaders of rate networks: each file behind those it uses, and what each is bound to.

use crate::engine::gpu::shaders::{Access, Binding, Integers, Shader};

const NETWORK: &str = include_str!("../../../../shaders/bindings/rate/network.wgsl");
const INPUT: &str = include_str!("../../../../shaders/bindings/rate/input.wgsl");
const HALVE: &str = include_str!("../../../../shaders/rate/halve.wgsl");
const GAIN: &str = include_str!("../../../../shaders/rate/gain.wgsl");
const SUMS: &str = include_str!("../../../../shaders/rate/sums.wgsl");
const TOTALS: &str = include_str!("../../../../shaders/rate/totals.wgsl");
const FIELDS: &str = include_str!("../../../../shaders/rate/fields.wgsl");
const INTEGRATE: &str = include_str!("../../../../shaders/rate/integrate.wgsl");
const OBSERVE: &str = include_str!("../../../../shaders/rate/observe.wgsl");

const TURN: Binding = (0, "turn", Access::DynamicUniform);

fn shader(name: &'static str, entry_point: &'static str, parts: Vec<&'static str>, bindings: &[Binding]) -> Shader {
    Shader { name, entry_point, integers: Integers::Words, parts, bindings: [&[TURN], bindings].concat() }
}

/// Sums over chunks of neurons.
#[must_use]
pub fn sums() -> Shader {
    let bindings = [(1, "state", Access::Read), (2, "bits", Access::Read), (3, "partials", Access::ReadWrite)];
    shader("rate/sums", "sums", vec![NETWORK, HALVE, SUMS], &bindings)
}

/// Sums over all neurons.
#[must_use]
pub fn totals() -> Shader {
    let bindings = [(3, "partials", Access::Read), (4, "totals", Access::ReadWrite)];
    shader("rate/totals", "total", vec![NETWORK, HALVE, TOTALS], &bindings)
}

/// The fields of a stored matrix.
#[must_use]
pub fn fields() -> Shader {
    let bindings = [(1, "state", Access::Read), (5, "stored", Access::ReadWrite), (6, "weights", Access::Read)];
    // It needs nothing of its turn.
    Shader { bindings: bindings.to_vec(), ..shader("rate/fields", "fields", vec![NETWORK, HALVE, FIELDS], &[]) }
}

/// A stage of a step.
#[must_use]
pub fn integrate() -> Shader {
    shader("rate/integrate", "integrate", vec![NETWORK, GAIN, INPUT, INTEGRATE], &input(Access::ReadWrite))
}

/// How far neurons are from rest.
#[must_use]
pub fn observe() -> Shader {
    shader("rate/observe", "observe", vec![NETWORK, GAIN, INPUT, OBSERVE], &input(Access::Read))
}

const fn input(state: Access) -> [Binding; 6] {
    [
        (1, "state", state),
        (2, "bits", Access::Read),
        (4, "totals", Access::Read),
        (5, "stored", Access::Read),
        (7, "external_input", Access::Read),
        (8, "largest_bits", Access::ReadWrite),
    ]
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Shader> {
    vec![sums(), totals(), fields(), integrate(), observe()]
}
