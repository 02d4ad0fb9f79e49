//! The shaders of rate networks without a device: they are valid with no more than what is asked of a device, and agree
//! with the host on every binding, offset and constant.

use std::collections::BTreeMap;
use std::mem::offset_of;

use attractor::engine::gpu::rate::{parameters, shaders};
use attractor::engine::gpu::shaders::{Access, STORAGE_BUFFERS_MAX, Shader, WORKGROUP_SIZE};
use attractor::network::rate::{CHUNK, GROUP, LANES};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, Expression, Literal, Module, StorageAccess, TypeInner};

fn compiled(shader: &Shader) -> (Module, ModuleInfo) {
    let source = shader.source();
    let module = naga::front::wgsl::parse_str(&source).map_err(|error| error.emit_to_string(&source));
    let module = module.unwrap_or_else(|error| panic!("{}: {error}", shader.name));
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
    let info = validator.validate(&module).map_err(|error| error.emit_to_string(&source));
    (module, info.unwrap_or_else(|error| panic!("{}: {error}", shader.name)))
}

#[test]
fn shaders_are_valid_and_bound_as_the_host_says() {
    for shader in shaders::all() {
        let (module, info) = compiled(&shader);
        let entry_points: Vec<_> = module.entry_points.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(entry_points, [shader.entry_point], "{}", shader.name);
        assert_eq!(module.entry_points[0].workgroup_size, [WORKGROUP_SIZE, 1, 1], "{}", shader.name);
        let used = info.get_entry_point(0);
        let mut bindings: Vec<_> = module
            .global_variables
            .iter()
            .filter(|(handle, _)| !used[*handle].is_empty())
            .filter_map(|(_, variable)| {
                let access = match variable.space {
                    AddressSpace::Uniform => Access::DynamicUniform,
                    AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => Access::ReadWrite,
                    _ => Access::Read,
                };
                Some((variable.binding?.binding, variable.name.clone().unwrap_or_default(), access))
            })
            .collect();
        bindings.sort_by_key(|binding| binding.0);
        let of_host: Vec<_> = shader.bindings.iter().map(|&(at, name, access)| (at, name.to_owned(), access)).collect();
        assert_eq!(bindings, of_host, "{}", shader.name);
        let storage = bindings.iter().filter(|binding| binding.2 != Access::DynamicUniform).count() as u32;
        assert!(storage <= STORAGE_BUFFERS_MAX, "{} has {storage} storage buffers", shader.name);
    }
}

#[test]
fn records_and_constants_are_those_of_the_host() {
    let (module, _) = compiled(&shaders::integrate());
    let found = module.types.iter().find(|(_, kind)| kind.name.as_deref() == Some("Turn")).expect("a struct");
    let TypeInner::Struct { members, span } = &found.1.inner else { panic!("no struct") };
    let members: Vec<_> =
        members.iter().map(|own| (own.name.clone().unwrap_or_default(), own.offset as usize)).collect();
    macro_rules! offsets {
        ($($member:ident)*) => { vec![$((stringify!($member).to_owned(), offset_of!(parameters::Turn, $member))),*] };
    }
    assert_eq!(members, offsets!(weight advance is_first is_last slot first_vector vector_count zero));
    assert_ne!(members, offsets!(advance weight is_first is_last slot first_vector vector_count zero));
    assert_eq!(*span as usize, size_of::<parameters::Turn>());

    let expected = BTreeMap::from([
        ("WORKGROUP_SIZE", WORKGROUP_SIZE),
        ("LANES", LANES as u32),
        ("CHUNK_ROWS", (CHUNK / LANES) as u32),
        ("GROUP", GROUP as u32),
        ("PATTERNS", parameters::PATTERNS),
        ("SAME", parameters::SAME),
        ("STORED", parameters::STORED),
        ("RELU", parameters::RELU),
        ("SATURATING", parameters::SATURATING),
        ("TANH", parameters::TANH),
        ("SIGMOID", parameters::SIGMOID),
    ]);
    let mut seen = 0;
    for shader in shaders::all() {
        let (module, _) = compiled(&shader);
        for (_, constant) in module.constants.iter() {
            let Some(name) = &constant.name else { continue };
            if let Expression::Literal(Literal::U32(value)) = module.global_expressions[constant.init] {
                assert_eq!(expected.get(name.as_str()), Some(&value), "{name} of {}", shader.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen} constants");
}

/// The numbers of exp and tanh are written in both languages.
#[test]
fn gain_functions_have_the_same_numbers() {
    let number = |text: &str| -> Vec<f32> {
        let mut found = Vec::new();
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))) {
            let is_number = word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
            if let (true, Ok(value)) = (is_number, word.replace('_', "").trim_end_matches(';').parse::<f32>()) {
                found.push(value.abs());
            }
        }
        found.sort_by(f32::total_cmp);
        found.dedup();
        found
    };
    let root = env!("CARGO_MANIFEST_DIR");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).expect("the file is there");
    let rust = read("src/engine/cpu/rate/gain.rs");
    let rust = rust.split("#[cfg(test)]").next().expect("code");
    let mut theirs = number(&read("shaders/rate/gain.wgsl"));
    // The host has log2 e from its library, and rounds by adding a number.
    theirs.retain(|&value| value != std::f32::consts::LOG2_E);
    let mut ours = number(rust);
    ours.retain(|&value| value != 12_582_912.0);
    assert_eq!(ours, theirs);
    assert!(theirs.len() > 15);
}
