//! Shaders without a device: they are valid with no more than what is asked of a device, hold integers only, and
//! agree with the host on every binding, offset and constant.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::offset_of;

use attractor::engine::gpu::hopfield::parameters as hopfield;
use attractor::engine::gpu::rate;
use attractor::engine::gpu::shaders::{
    self, Access, Integers, Place, STORAGE_BUFFERS_MAX, Shader, WORKGROUP_SIZE, Window,
};
use attractor::engine::gpu::spiking::parameters::{self, Block, Population, Projection, Wiring};
use attractor::{fixed, random};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, Expression, GlobalVariable, Literal, Module, ScalarKind, StorageAccess, TypeInner};

/// Parses and validates with these capabilities beyond the base.
fn compile_with(source: &str, capabilities: Capabilities) -> Result<(Module, ModuleInfo), String> {
    let module = naga::front::wgsl::parse_str(source).map_err(|error| error.emit_to_string(source))?;
    let mut validator = Validator::new(ValidationFlags::all(), capabilities);
    let info = validator.validate(&module).map_err(|error| error.emit_to_string(source))?;
    Ok((module, info))
}

/// With none: what is asked of every device.
fn compile(source: &str) -> Result<(Module, ModuleInfo), String> {
    compile_with(source, Capabilities::empty())
}

fn compiled(shader: &Shader) -> (Module, ModuleInfo) {
    let capabilities = match shader.integers {
        Integers::Words => Capabilities::empty(),
        Integers::Native => Capabilities::SHADER_INT64,
    };
    compile_with(&shader.source(), capabilities).unwrap_or_else(|error| panic!("{}: {error}", shader.name))
}

/// The one that stands for all variants.
fn integrate() -> Shader {
    shaders::integrate(Integers::Words, Place::Uniform, Window::Workgroup)
}

#[test]
fn shaders_are_valid_with_the_capabilities_they_ask_for() {
    for shader in shaders::all() {
        let (module, _) = compiled(&shader);
        let entry_points: Vec<_> = module.entry_points.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(entry_points, [shader.entry_point], "{}", shader.name);
        let entry_point = &module.entry_points[0];
        if entry_point.workgroup_size_overrides.is_none() {
            assert_eq!(entry_point.workgroup_size, [WORKGROUP_SIZE, 1, 1], "{}", shader.name);
        }
        let without = compile(&shader.source()).is_ok();
        assert_eq!(without, shader.integers == Integers::Words, "{} without capabilities", shader.name);
    }
}

#[test]
fn a_capability_that_is_not_asked_for_is_refused() {
    let source = "@compute @workgroup_size(1) fn main() { var wide: i64 = 3li; wide += 1li; }";
    assert!(compile(source).is_err());
    assert!(compile(&source.replace("i64", "i32").replace("li", "i")).is_ok());
}

/// Every file below `shaders/` is part of a shader, so that what is checked here is all there is.
#[test]
fn every_file_is_part_of_a_shader() {
    let mut files = Vec::new();
    let mut folders = vec![std::path::PathBuf::from("shaders")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let all = shaders::all().into_iter().chain(rate::shaders::all());
    let parts: BTreeSet<&str> = all.flat_map(|shader| shader.parts).collect();
    for file in &files {
        let text = std::fs::read_to_string(file).expect("the file can be read");
        assert!(parts.contains(text.as_str()), "{} is in no shader", file.display());
    }
    assert_eq!(files.len(), parts.len());
}

/// What of a module is not an integer.
fn floats(module: &Module) -> Vec<String> {
    let mut found = Vec::new();
    for (_, kind) in module.types.iter() {
        let scalar = match kind.inner {
            TypeInner::Scalar(scalar) | TypeInner::Vector { scalar, .. } | TypeInner::Matrix { scalar, .. } => scalar,
            TypeInner::Atomic(scalar) | TypeInner::ValuePointer { scalar, .. } => scalar,
            _ => continue,
        };
        if matches!(scalar.kind, ScalarKind::Float | ScalarKind::AbstractFloat) {
            found.push(format!("{:?}", kind.inner));
        }
    }
    let functions = module.functions.iter().map(|(_, function)| function);
    for function in functions.chain(module.entry_points.iter().map(|entry| &entry.function)) {
        for (_, expression) in function.expressions.iter().chain(module.global_expressions.iter()) {
            match expression {
                Expression::Literal(
                    literal @ (Literal::F16(_) | Literal::F32(_) | Literal::F64(_) | Literal::AbstractFloat(_)),
                ) => found.push(format!("{literal:?}")),
                Expression::As { kind: ScalarKind::Float, .. } => found.push("a conversion to a float".to_owned()),
                _ => {}
            }
        }
    }
    found
}

#[test]
fn shaders_hold_no_float() {
    for shader in shaders::all() {
        assert_eq!(floats(&compiled(&shader).0), Vec::<String>::new(), "{}", shader.name);
    }
    for body in ["var x = 1.5; x += 1;", "var n = 3u; n = u32(f32(n) * 0.5);", "var v = vec2<f32>(); v.x = 1;"] {
        let (module, _) = compile(&format!("@compute @workgroup_size(1) fn main() {{ {body} }}")).expect("it is valid");
        assert_ne!(floats(&module), Vec::<String>::new(), "{body}");
    }
}

/// Which bindings the entry point uses, as the host writes them.
fn used_bindings(module: &Module, info: &ModuleInfo) -> Vec<(u32, String, Access)> {
    let entry = info.get_entry_point(0);
    let used = module.global_variables.iter().filter(|(handle, _)| !entry[*handle].is_empty());
    let mut bindings: Vec<_> = used
        .filter_map(|(_, variable)| {
            let binding = variable.binding?;
            assert_eq!(binding.group, 0);
            Some((binding.binding, variable.name.clone().unwrap_or_default(), access(variable, binding.binding)))
        })
        .collect();
    bindings.sort_by_key(|binding| binding.0);
    bindings
}

fn access(variable: &GlobalVariable, binding: u32) -> Access {
    match variable.space {
        // Only the block's record is at a dynamic offset: the shader cannot say so.
        AddressSpace::Uniform if binding == 0 => Access::DynamicUniform,
        AddressSpace::Uniform => Access::Uniform,
        AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => Access::ReadWrite,
        AddressSpace::Storage { .. } => Access::Read,
        other => panic!("a binding in {other:?}"),
    }
}

#[test]
fn bindings_are_those_of_the_host() {
    let owned = |shader: &Shader| -> Vec<_> {
        shader.bindings.iter().map(|&(binding, name, access)| (binding, name.to_owned(), access)).collect()
    };
    for shader in shaders::all() {
        let (module, info) = compiled(&shader);
        assert_eq!(used_bindings(&module, &info), owned(&shader), "{}", shader.name);
        let storage = shader.bindings.iter().filter(|binding| matches!(binding.2, Access::Read | Access::ReadWrite));
        let count = storage.count() as u32;
        assert!(count <= STORAGE_BUFFERS_MAX, "{} has {count} storage buffers", shader.name);
    }
    let (module, info) = compiled(&integrate());
    let other = shaders::integrate(Integers::Words, Place::Uniform, Window::Storage);
    assert_ne!(used_bindings(&module, &info), owned(&other), "the comparison sees a difference of access");
}

/// Offsets of the members and the size of a struct of a shader.
fn record(module: &Module, name: &str) -> (Vec<(String, usize)>, usize) {
    let found = module.types.iter().find(|(_, kind)| kind.name.as_deref() == Some(name));
    let (_, kind) = found.unwrap_or_else(|| panic!("the shader has no `{name}`"));
    let TypeInner::Struct { members, span } = &kind.inner else { panic!("`{name}` is no struct") };
    let members = members.iter().map(|member| (member.name.clone().unwrap_or_default(), member.offset as usize));
    (members.collect(), *span as usize)
}

/// The same of a struct of the host.
macro_rules! host_record {
    ($name:ident: $($member:ident)*) => {
        (vec![$((stringify!($member).to_owned(), offset_of!($name, $member))),*], size_of::<$name>())
    };
}

#[test]
fn records_are_those_of_the_host() {
    let block = host_record!(Block: step_low step_high steps slot output history_bit key_low key_high stream);
    let population = host_record!(Population: first_group first size decay shift noise threshold reset
        refractory_steps first_input inputs pattern_words spikes_entry saturated_entry entries window rows order
        patterns_entry poisson poisson_table poisson_bits poisson_base adaptation escape_table escape_low escape_high
        escape_shift decays noises thresholds unused);
    let projection = host_record!(Projection: flags entry entries window delay_steps weight weight_shift decay gain
        state saturated_entry history_offset field own gains unused);
    let (module, _) = compiled(&integrate());
    assert_eq!(record(&module, "Block"), block);
    assert_eq!(record(&module, "Population"), population);
    assert_eq!(record(&module, "Projection"), projection);
    let wiring = host_record!(Wiring: flags first_group first_source sources targets run chunk_bits arrived
        history_offset stream most table starts entries source_rows target_rows);
    let (delivering, _) = compiled(&shaders::deliver(Integers::Words));
    assert_eq!(record(&delivering, "Wiring"), wiring);
    let swapped = host_record!(Projection: entry flags entries window delay_steps weight weight_shift decay gain
        state saturated_entry history_offset field own gains unused);
    assert_ne!(record(&module, "Projection"), swapped, "the comparison sees swapped members");
}

#[test]
fn the_record_of_a_sweep_is_that_of_the_host() {
    use hopfield::Sweep;
    let sweep = host_record!(Sweep: number_low number_high from_slot to_slot order first_visit visits stream key dot on
        membership total own own_membership factor of_shared of_target of_source constant);
    for shader in [shaders::fields(), shaders::overlaps(), shaders::visits()] {
        assert_eq!(record(&compiled(&shader).0, "Sweep"), sweep, "{}", shader.name);
    }
}

/// The constants of a shader that are whole numbers.
fn constants(module: &Module) -> BTreeMap<String, u32> {
    let named = module.constants.iter().filter_map(|(_, constant)| {
        match (&constant.name, &module.global_expressions[constant.init]) {
            (Some(name), &Expression::Literal(Literal::U32(value))) => Some((name.clone(), value)),
            _ => None,
        }
    });
    named.collect()
}

#[test]
fn constants_are_those_of_the_host() {
    let shared = [
        ("PHILOX_M0", random::PHILOX_M0),
        ("PHILOX_M1", random::PHILOX_M1),
        ("PHILOX_W0", random::PHILOX_W0),
        ("PHILOX_W1", random::PHILOX_W1),
        ("PHILOX_ROUNDS", random::PHILOX_ROUNDS),
        ("NOISE_STEPS_PER_CALL", random::NOISE_STEPS_PER_CALL),
        ("WORD_STEPS_PER_CALL", random::WORD_STEPS_PER_CALL),
        ("STREAM_BITS", random::STREAM_BITS),
        ("STREAM_ESCAPE", random::Stream::Escape as u32),
        ("STREAM_POISSON", random::Stream::Poisson as u32),
        ("NONE", parameters::NONE),
        ("COUNTS_PATTERNS", parameters::COUNTS_PATTERNS),
        ("BY_MEMBERSHIPS", parameters::BY_MEMBERSHIPS),
        ("SUBTRACTS_OWN", parameters::SUBTRACTS_OWN),
        ("JUMPS", parameters::JUMPS),
        ("WIRED", parameters::WIRED),
        ("COUNTS_FIELD", parameters::COUNTS_FIELD),
        ("HELD_INPUTS", parameters::HELD_INPUTS),
        ("DECAY_BITS", fixed::DECAY_BITS),
        ("WINDOW_ENTRIES", parameters::WINDOW_ENTRIES as u32),
    ];
    let expected: BTreeMap<String, u32> = shared.iter().map(|&(name, value)| (name.to_owned(), value)).collect();
    assert_eq!(constants(&compiled(&integrate()).0), expected);
    let mut expected = expected;
    let others = [
        ("WORKGROUP_SIZE", WORKGROUP_SIZE),
        ("LOW_RANK", hopfield::LOW_RANK),
        ("SPARSE", hopfield::SPARSE),
        ("GAP_LONG", attractor::network::spiking::gaps::GAP_LONG),
        ("RUN_MAX", parameters::RUN_MAX),
        ("STORED", parameters::STORED),
        ("INDEPENDENT", parameters::INDEPENDENT),
        ("WITHOUT_OWN", parameters::WITHOUT_OWN),
        ("SHARED_PATTERNS", parameters::SHARED_PATTERNS),
        ("SUM_WORDS", parameters::SUM_WORDS),
        ("TERM_WORDS", parameters::TERM_WORDS),
    ];
    expected.extend(others.map(|(name, value)| (name.to_owned(), value)));
    for shader in shaders::all() {
        for (name, value) in constants(&compiled(&shader).0) {
            assert_eq!(expected.get(&name), Some(&value), "{name} of {}", shader.name);
        }
    }
}

/// The length of a variable that is an array of a fixed one.
fn length_in(module: &Module, name: &str) -> Option<u64> {
    let (_, variable) = module.global_variables.iter().find(|(_, variable)| variable.name.as_deref() == Some(name))?;
    match module.types[variable.ty].inner {
        TypeInner::Array { size: naga::ArraySize::Constant(length), .. } => Some(u64::from(length.get())),
        _ => None,
    }
}

#[test]
fn uniform_arrays_are_as_long_as_the_host_says() {
    let (module, _) = compiled(&integrate());
    let length = |name: &str| length_in(&module, name);
    assert_eq!(length("populations"), Some(parameters::TABLE_RECORDS));
    assert_eq!(length("projections"), Some(parameters::TABLE_RECORDS));
    assert_eq!(length("window"), Some(parameters::WINDOW_ENTRIES));
    let (in_uniform, _) = compiled(&shaders::integrate(Integers::Words, Place::Uniform, Window::Uniform));
    assert_eq!(length_in(&in_uniform, "window"), Some(parameters::UNIFORM_WINDOW_ENTRIES));
    assert_eq!(length("state"), None);
}
