//! The shaders as they are compiled: each file behind those it uses, and what each is bound to.

/// Invocations in a workgroup of every shader whose workgroups have one size, and the fewest of the others.
pub const WORKGROUP_SIZE: u32 = 64;
/// The most invocations in a workgroup.
pub const WORKGROUP_SIZE_MAX: u32 = 256;
/// No shader uses more storage buffers, so that every adapter can run it, WebGPU's among them.
pub const STORAGE_BUFFERS_MAX: u32 = 8;

/// A composed shader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shader {
    /// Its file below `shaders/`, without the ending.
    pub name: &'static str,
    /// Its entry point.
    pub entry_point: &'static str,
    /// What it needs of a device.
    pub integers: Integers,
    /// The source texts, in the order in which they are joined.
    pub parts: Vec<&'static str>,
    /// Its bindings, all in group 0, by number.
    pub bindings: Vec<Binding>,
}

impl Shader {
    /// The whole source text.
    #[must_use]
    pub fn source(&self) -> String {
        self.parts.concat()
    }
}

/// A binding: its number, the variable of the shader, how it is used.
pub type Binding = (u32, &'static str, Access);

/// How a shader uses a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A uniform at a dynamic offset.
    DynamicUniform,
    /// A uniform.
    Uniform,
    /// Storage that is only read.
    Read,
    /// Storage that is written too.
    ReadWrite,
}

/// Where something that is only read is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a uniform buffer, which is small.
    Uniform,
    /// In storage.
    Storage,
}

impl Place {
    const fn access(self) -> Access {
        match self {
            Self::Uniform => Access::Uniform,
            Self::Storage => Access::Read,
        }
    }
}

/// Where the counts that arrive in a block are kept while its neurons read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// In the memory of each workgroup, which gathers them itself.
    Workgroup,
    /// In constant memory, on a software rasteriser; `arrivals` has gathered them.
    Uniform,
    /// In storage, where they fit neither; `arrivals` has gathered them.
    Storage,
}

/// How 64-bit integers are made. The results are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integers {
    /// Out of 32-bit words: every device can.
    Words,
    /// By the device (`SHADER_INT64`).
    Native,
}

const FIXED: &str = include_str!("../../../shaders/fixed.wgsl");
const FIXED_INT64: &str = include_str!("../../../shaders/fixed_int64.wgsl");
const RANDOM: &str = include_str!("../../../shaders/random.wgsl");
const NETWORK: &str = include_str!("../../../shaders/bindings/spiking/network.wgsl");
const TABLES_UNIFORM: &str = include_str!("../../../shaders/bindings/spiking/tables_uniform.wgsl");
const TABLES_STORAGE: &str = include_str!("../../../shaders/bindings/spiking/tables_storage.wgsl");
const WINDOW_UNIFORM: &str = include_str!("../../../shaders/bindings/spiking/window_uniform.wgsl");
const WINDOW_WORKGROUP: &str = include_str!("../../../shaders/bindings/spiking/window_workgroup.wgsl");
const WINDOW_STORAGE: &str = include_str!("../../../shaders/bindings/spiking/window_storage.wgsl");
const ARRIVALS: &str = include_str!("../../../shaders/spiking/arrivals.wgsl");
const ARRIVALS_ALONE: &str = include_str!("../../../shaders/bindings/spiking/arrivals.wgsl");
const SPIKING_FIELDS: &str = include_str!("../../../shaders/spiking/fields.wgsl");
const TILE: &str = include_str!("../../../shaders/spiking/tile.wgsl");
const DELIVER: &str = include_str!("../../../shaders/spiking/deliver.wgsl");
const INDIVIDUAL: &str = include_str!("../../../shaders/spiking/individual.wgsl");
const INTEGRATE: &str = include_str!("../../../shaders/spiking/integrate.wgsl");
const PROBE: &str = include_str!("../../../shaders/spiking/probe.wgsl");

const HOPFIELD: &str = include_str!("../../../shaders/bindings/hopfield/network.wgsl");
const LONG: &str = include_str!("../../../shaders/hopfield/long.wgsl");
const NEURON: &str = include_str!("../../../shaders/hopfield/neuron.wgsl");
const FIELDS: &str = include_str!("../../../shaders/hopfield/fields.wgsl");
const OVERLAPS: &str = include_str!("../../../shaders/hopfield/overlaps.wgsl");
const VISITS: &str = include_str!("../../../shaders/hopfield/visits.wgsl");

const BLOCK: Binding = (0, "block", Access::DynamicUniform);

/// Works out the sums of fields in each step of a block.
#[must_use]
pub fn spiking_fields(integers: Integers) -> Shader {
    Shader {
        name: "spiking/fields",
        entry_point: "fields",
        integers,
        parts: vec![fixed(integers), NETWORK, SPIKING_FIELDS],
        bindings: vec![BLOCK, (5, "patterns", Access::Read), (6, "counts", Access::ReadWrite)],
    }
}

const fn fixed(integers: Integers) -> &'static str {
    match integers {
        Integers::Words => FIXED,
        Integers::Native => FIXED_INT64,
    }
}

/// Gathers the counts that arrive in a block, where its window is in a buffer.
#[must_use]
pub fn arrivals(tables: Place) -> Shader {
    Shader {
        name: "spiking/arrivals",
        entry_point: "arrivals",
        integers: Integers::Words,
        parts: vec![NETWORK, tables_part(tables), ARRIVALS, ARRIVALS_ALONE],
        bindings: vec![
            BLOCK,
            (1, "populations", tables.access()),
            (2, "projections", tables.access()),
            (6, "counts", Access::ReadWrite),
            (8, "window", Access::ReadWrite),
        ],
    }
}

/// Delivers the spikes that arrive in a block through wired projections.
#[must_use]
pub fn deliver(integers: Integers) -> Shader {
    let fixed = match integers {
        Integers::Words => FIXED,
        Integers::Native => FIXED_INT64,
    };
    Shader {
        name: "spiking/deliver",
        entry_point: "deliver",
        integers,
        parts: vec![fixed, RANDOM, NETWORK, DELIVER],
        bindings: vec![
            BLOCK,
            (3, "state", Access::ReadWrite),
            (5, "patterns", Access::Read),
            (10, "wirings", Access::Read),
            (11, "connections", Access::Read),
        ],
    }
}

/// Carries spiking neurons through a block.
#[must_use]
pub fn integrate(integers: Integers, tables: Place, window: Window) -> Shader {
    let mut bindings = vec![
        BLOCK,
        (1, "populations", tables.access()),
        (2, "projections", tables.access()),
        (3, "state", Access::ReadWrite),
        (4, "external_input", Access::Read),
        (5, "patterns", Access::Read),
        (6, "counts", Access::ReadWrite),
        (7, "output", Access::ReadWrite),
    ];
    let mut parts = vec![fixed(integers), RANDOM, NETWORK, tables_part(tables)];
    match window {
        Window::Workgroup => parts.extend([WINDOW_WORKGROUP, ARRIVALS]),
        Window::Uniform => {
            bindings.push((8, "window", Access::Uniform));
            parts.push(WINDOW_UNIFORM);
        }
        Window::Storage => {
            bindings.push((8, "window", Access::Read));
            parts.push(WINDOW_STORAGE);
        }
    }
    parts.extend([TILE, INDIVIDUAL, INTEGRATE]);
    Shader { name: "spiking/integrate", entry_point: "integrate", integers, parts, bindings }
}

/// Gathers the probed variables.
#[must_use]
pub fn probe() -> Shader {
    Shader {
        name: "spiking/probe",
        entry_point: "probe",
        integers: Integers::Words,
        parts: vec![NETWORK, PROBE],
        bindings: vec![
            BLOCK,
            (3, "state", Access::Read),
            (7, "output", Access::ReadWrite),
            (9, "probes", Access::Read),
        ],
    }
}

const fn tables_part(tables: Place) -> &'static str {
    match tables {
        Place::Uniform => TABLES_UNIFORM,
        Place::Storage => TABLES_STORAGE,
    }
}

const SWEEP: Binding = (0, "sweep", Access::DynamicUniform);
/// What a neuron of a binary network is made of.
const OF_NEURON: [Binding; 4] =
    [(1, "rows", Access::Read), (5, "neurons", Access::Read), (6, "weights", Access::Read), (7, "gain", Access::Read)];

/// A shader of binary networks; bindings are in the order of their numbers.
fn hopfield(name: &'static str, entry_point: &'static str, parts: &[&'static str], bindings: &[Binding]) -> Shader {
    let mut bindings = [&[SWEEP], bindings].concat();
    bindings.sort_by_key(|binding| binding.0);
    let parts = [&[HOPFIELD], parts].concat();
    Shader { name, entry_point, integers: Integers::Words, parts, bindings }
}

/// A synchronous sweep of binary neurons.
#[must_use]
pub fn fields() -> Shader {
    let own = [(3, "states", Access::ReadWrite), (4, "counts", Access::Read)];
    hopfield("hopfield/fields", "fields", &[FIXED, RANDOM, LONG, NEURON, FIELDS], &[&OF_NEURON[..], &own].concat())
}

/// Counts the neurons that are on and active in each pattern.
#[must_use]
pub fn overlaps() -> Shader {
    let own = [(2, "columns", Access::Read), (3, "states", Access::ReadWrite), (4, "counts", Access::ReadWrite)];
    hopfield("hopfield/overlaps", "overlaps", &[OVERLAPS], &own)
}

/// A stretch of an asynchronous sweep of binary neurons.
#[must_use]
pub fn visits() -> Shader {
    let own = [(3, "states", Access::ReadWrite), (4, "counts", Access::ReadWrite), (8, "order", Access::Read)];
    hopfield("hopfield/visits", "visits", &[FIXED, RANDOM, LONG, NEURON, VISITS], &[&OF_NEURON[..], &own].concat())
}

/// All shaders in all their variants.
#[must_use]
pub fn all() -> Vec<Shader> {
    let places = [Place::Uniform, Place::Storage];
    let mut shaders = vec![probe(), fields(), overlaps(), visits()];
    shaders.extend([Integers::Words, Integers::Native].map(deliver));
    shaders.extend([Integers::Words, Integers::Native].map(spiking_fields));
    for tables in places {
        shaders.push(arrivals(tables));
        for window in [Window::Workgroup, Window::Uniform, Window::Storage] {
            shaders.extend([Integers::Words, Integers::Native].map(|integers| integrate(integers, tables, window)));
        }
    }
    shaders
}
