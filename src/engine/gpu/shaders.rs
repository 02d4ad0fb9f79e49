//! The shaders as they are compiled: each file behind those it uses.

/// Invocations in a workgroup of every shader.
pub const WORKGROUP_SIZE: u32 = 64;
/// No shader uses more storage buffers, so that every adapter can run it, WebGPU's among them.
pub const STORAGE_BUFFERS_MAX: u32 = 8;

/// A composed shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shader {
    /// Its file below `shaders/`, without the ending.
    pub name: &'static str,
    /// Its entry point.
    pub entry_point: &'static str,
    /// The source texts, in the order in which they are joined.
    pub parts: &'static [&'static str],
}

impl Shader {
    /// The whole source text.
    #[must_use]
    pub fn source(&self) -> String {
        self.parts.concat()
    }
}

const FIXED: &str = include_str!("../../../shaders/fixed.wgsl");
const RANDOM: &str = include_str!("../../../shaders/random.wgsl");
const NETWORK: &str = include_str!("../../../shaders/bindings/spiking/network.wgsl");
const TABLES_UNIFORM: &str = include_str!("../../../shaders/bindings/spiking/tables_uniform.wgsl");
const TABLES_STORAGE: &str = include_str!("../../../shaders/bindings/spiking/tables_storage.wgsl");
const WINDOW_UNIFORM: &str = include_str!("../../../shaders/bindings/spiking/window_uniform.wgsl");
const WINDOW_STORAGE: &str = include_str!("../../../shaders/bindings/spiking/window_storage.wgsl");
const ARRIVALS_BODY: &str = include_str!("../../../shaders/spiking/arrivals.wgsl");
const TILE: &str = include_str!("../../../shaders/spiking/tile.wgsl");
const INTEGRATE_BODY: &str = include_str!("../../../shaders/spiking/integrate.wgsl");
const PROBE_BODY: &str = include_str!("../../../shaders/spiking/probe.wgsl");

/// Gathers the counts that arrive in a block; with tables in a uniform buffer or in storage.
pub const ARRIVALS: [Shader; 2] = [
    Shader { name: "spiking/arrivals", entry_point: "arrivals", parts: &[NETWORK, TABLES_UNIFORM, ARRIVALS_BODY] },
    Shader { name: "spiking/arrivals", entry_point: "arrivals", parts: &[NETWORK, TABLES_STORAGE, ARRIVALS_BODY] },
];

/// Carries spiking neurons through a block; `[tables in a uniform buffer or in storage][the window so]`.
pub const INTEGRATE: [[Shader; 2]; 2] = [
    [
        integrate(&[FIXED, RANDOM, NETWORK, TABLES_UNIFORM, WINDOW_UNIFORM, TILE, INTEGRATE_BODY]),
        integrate(&[FIXED, RANDOM, NETWORK, TABLES_UNIFORM, WINDOW_STORAGE, TILE, INTEGRATE_BODY]),
    ],
    [
        integrate(&[FIXED, RANDOM, NETWORK, TABLES_STORAGE, WINDOW_UNIFORM, TILE, INTEGRATE_BODY]),
        integrate(&[FIXED, RANDOM, NETWORK, TABLES_STORAGE, WINDOW_STORAGE, TILE, INTEGRATE_BODY]),
    ],
];

const fn integrate(parts: &'static [&'static str]) -> Shader {
    Shader { name: "spiking/integrate", entry_point: "integrate", parts }
}

/// Gathers the probed variables.
pub const PROBE: Shader = Shader { name: "spiking/probe", entry_point: "probe", parts: &[NETWORK, PROBE_BODY] };

/// All of them.
pub const ALL: [Shader; 7] =
    [ARRIVALS[0], ARRIVALS[1], INTEGRATE[0][0], INTEGRATE[0][1], INTEGRATE[1][0], INTEGRATE[1][1], PROBE];
