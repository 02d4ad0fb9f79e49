//! Functions of the shaders, run on the device, against those of the host.

use attractor::fixed::{round_shift, saturate};
use attractor::random::{coin_sums, philox};

use attractor::engine::gpu::shaders::Integers;

use crate::{adapter_name, gpu};

const WORDS: &str = concat!(include_str!("../../shaders/fixed.wgsl"), include_str!("../../shaders/random.wgsl"));
const NATIVE: &str = concat!(include_str!("../../shaders/fixed_int64.wgsl"), include_str!("../../shaders/random.wgsl"));
/// Between 64-bit integers and pairs of words, which are what goes in and out.
const WORDS_PAIRS: &str = "
fn wide(pair: vec2<u32>) -> Wide { return pair; }
fn pair(value: Wide) -> vec2<u32> { return value; }
";
const NATIVE_PAIRS: &str = "
fn wide(pair: vec2<u32>) -> Wide { return bitcast<i64>(u64(pair.x) | (u64(pair.y) << 32u)); }
fn pair(value: Wide) -> vec2<u32> { return vec2<u32>(u32(value), u32(value >> 32u)); }
";

/// Runs `body`, which makes `result` from `given`, for each of `inputs` on the device: out of words and, where the
/// device can, with its own 64-bit integers. Both must give the same.
fn run(body: &str, inputs: &[[u32; 8]]) -> Vec<[u32; 4]> {
    let words = run_with(&[WORDS, WORDS_PAIRS].concat(), body, inputs);
    if gpu().integers() == Integers::Native {
        assert_eq!(run_with(&[NATIVE, NATIVE_PAIRS].concat(), body, inputs), words, "{body}");
    }
    words
}

fn run_with(helpers: &str, body: &str, inputs: &[[u32; 8]]) -> Vec<[u32; 4]> {
    let source = format!(
        "{helpers}
        @group(0) @binding(0) var<storage, read> inputs: array<array<u32, 8>>;
        @group(0) @binding(1) var<storage, read_write> outputs: array<vec4<u32>>;
        @compute @workgroup_size(64)
        fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
            if id.x >= arrayLength(&inputs) {{ return; }}
            let given = inputs[id.x];
            var result = vec4<u32>(0u);
            {body}
            outputs[id.x] = result;
        }}"
    );
    pollster::block_on(run_shader(&source, inputs))
}

async fn run_shader(source: &str, inputs: &[[u32; 8]]) -> Vec<[u32; 4]> {
    use wgpu::util::DeviceExt;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let adapters = instance.enumerate_adapters(wgpu::Backends::PRIMARY).await;
    let name = adapter_name();
    let adapter = adapters.into_iter().find(|adapter| adapter.get_info().name.contains(&name)).expect("the adapter");
    let request = adapter.request_device(&wgpu::DeviceDescriptor {
        required_features: adapter.features() & wgpu::Features::SHADER_INT64,
        ..wgpu::DeviceDescriptor::default()
    });
    let (device, queue) = request.await.expect("the device");
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Wgsl(source.into()),
    });
    let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module: &module,
        entry_point: None,
        compilation_options: wgpu::PipelineCompilationOptions::default(),
        cache: None,
    });
    let input = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: None,
        contents: bytemuck::cast_slice(inputs),
        usage: wgpu::BufferUsages::STORAGE,
    });
    let size = 16 * inputs.len() as u64;
    let buffer = |usage| wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false };
    let output = device.create_buffer(&buffer(wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC));
    let staging = device.create_buffer(&buffer(wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST));
    let bindings = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[
            wgpu::BindGroupEntry { binding: 0, resource: input.as_entire_binding() },
            wgpu::BindGroupEntry { binding: 1, resource: output.as_entire_binding() },
        ],
    });
    let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bindings, &[]);
        pass.dispatch_workgroups(inputs.len().div_ceil(64) as u32, 1, 1);
    }
    encoder.copy_buffer_to_buffer(&output, 0, &staging, 0, size);
    queue.submit([encoder.finish()]);
    staging.map_async(wgpu::MapMode::Read, .., |result| result.expect("the results can be read"));
    device.poll(wgpu::PollType::wait_indefinitely()).expect("the device finishes");
    let view = staging.get_mapped_range(..).expect("the results are there");
    bytemuck::cast_slice(&view).to_vec()
}

const EDGES: [i32; 19] = [
    i32::MIN,
    i32::MIN + 1,
    -0x0001_0001,
    -0x0001_0000,
    -0xffff,
    -0x8000,
    -3,
    -2,
    -1,
    0,
    1,
    2,
    0x7fff,
    0x8000,
    0xffff,
    0x0001_0000,
    0x0001_0001,
    i32::MAX - 1,
    i32::MAX,
];

/// The edges, and numbers that have nothing special.
fn numbers() -> Vec<i32> {
    let words = (0..40).flat_map(|index| philox([index, 0, 0, 0], [7, 7]));
    EDGES.into_iter().chain(words.map(|word| word as i32)).collect()
}

fn wide(low: u32, high: u32) -> i64 {
    (u64::from(high) << 32 | u64::from(low)) as i64
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn multiply() {
    let numbers = numbers();
    let pairs: Vec<(i32, i32)> = numbers.iter().flat_map(|&a| numbers.iter().map(move |&b| (a, b))).collect();
    let inputs: Vec<[u32; 8]> = pairs.iter().map(|&(a, b)| [a as u32, b as u32, 0, 0, 0, 0, 0, 0]).collect();
    let body = "let signed = multiply(bitcast<i32>(given[0]), bitcast<i32>(given[1]));
                let unsigned = multiply_words(given[0], given[1]);
                result = vec4<u32>(pair(signed), unsigned);";
    let outputs = run(body, &inputs);
    for (&(a, b), [s0, s1, u0, u1]) in pairs.iter().zip(outputs) {
        assert_eq!(wide(s0, s1), i64::from(a) * i64::from(b), "{a} * {b}");
        assert_eq!(wide(u0, u1) as u64, u64::from(a as u32) * u64::from(b as u32), "{} * {}", a as u32, b as u32);
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn rounding_and_saturation() {
    let numbers = numbers();
    let mut cases: Vec<(i64, u32)> = Vec::new();
    for bits in 0..=31u32 {
        for (&a, &b) in numbers.iter().zip(numbers.iter().rev()) {
            // The top two bits are left alone, as in every sum of the engines.
            cases.push(((i64::from(a) << 32 | i64::from(b as u32)) >> 2, bits));
            cases.push((i64::from(a), bits));
            cases.push(((i64::from(a) << bits) + (i64::from(b) & ((1 << bits) - 1)), bits));
        }
    }
    let inputs: Vec<[u32; 8]> =
        cases.iter().map(|&(value, bits)| [value as u32, (value >> 32) as u32, bits, 0, 0, 0, 0, 0]).collect();
    let body = "let value = wide(vec2<u32>(given[0], given[1]));
                result = vec4<u32>(pair(round_shift(value, given[2])), bitcast<u32>(saturate(value)), u32(fits(value)));";
    for (&(value, bits), [low, high, limited, fitted]) in cases.iter().zip(run(body, &inputs)) {
        assert_eq!(wide(low, high), round_shift(value, bits), "round_shift({value}, {bits})");
        assert_eq!(limited as i32, saturate(value), "saturate({value})");
        assert_eq!(fitted == 1, i32::try_from(value).is_ok(), "fits({value})");
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn addition_carries() {
    let numbers = numbers();
    let wides: Vec<i64> =
        numbers.iter().zip(numbers.iter().rev()).map(|(&a, &b)| i64::from(a) << 32 | i64::from(b as u32)).collect();
    let pairs: Vec<(i64, i64)> = wides.iter().flat_map(|&a| wides.iter().map(move |&b| (a, b))).collect();
    let words = |value: i64| [value as u32, (value >> 32) as u32];
    let inputs: Vec<[u32; 8]> = pairs
        .iter()
        .map(|&(a, b)| {
            let ([a0, a1], [b0, b1]) = (words(a), words(b));
            [a0, a1, b0, b1, 0, 0, 0, 0]
        })
        .collect();
    let body = "let sum = add(wide(vec2<u32>(given[0], given[1])), wide(vec2<u32>(given[2], given[3])));
                result = vec4<u32>(pair(sum), pair(widen(bitcast<i32>(given[0]))));";
    for (&(a, b), [low, high, w0, w1]) in pairs.iter().zip(run(body, &inputs)) {
        assert_eq!(wide(low, high), a.wrapping_add(b), "{a} + {b}");
        assert_eq!(wide(w0, w1), i64::from(a as i32), "widen({})", a as i32);
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn philox_and_coin_sums() {
    let mut inputs: Vec<[u32; 8]> = vec![
        [0; 8],
        [u32::MAX; 8],
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344, 0xa409_3822, 0x299f_31d0, 0, 0],
    ];
    inputs.extend((0..1000).map(|index| [index, 7, index * 3, 1 << 28, 5, index, 0, 0]));
    let body = "let counter = vec4<u32>(given[0], given[1], given[2], given[3]);
                result = philox(counter, vec2<u32>(given[4], given[5]));";
    let outputs = run(body, &inputs);
    // The vectors of Random123's kat_vectors, in words: the host's philox is not asked.
    assert_eq!(outputs[0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    assert_eq!(outputs[1], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    assert_eq!(outputs[2], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    for (given, output) in inputs.iter().zip(outputs) {
        assert_eq!(output, philox([given[0], given[1], given[2], given[3]], [given[4], given[5]]));
    }

    let inputs: Vec<[u32; 8]> =
        (0..=0xffff).map(|bits| [bits, bits << 16, bits * 0x1_0001, !bits, 0, 0, 0, 0]).collect();
    let outputs = run("result = coin_sums(vec4<u32>(given[0], given[1], given[2], given[3]));", &inputs);
    for (given, output) in inputs.iter().zip(&outputs) {
        assert_eq!(output[..], given[..4].iter().map(|&bits| coin_sums(bits)).collect::<Vec<_>>(), "{given:?}");
    }
}

/// The comparisons above can fail: a product that forgets the sign does.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn a_wrong_product_is_noticed() {
    let inputs = [[-3i32 as u32, 5, 0, 0, 0, 0, 0, 0]];
    let outputs = run("result = vec4<u32>(multiply_words(given[0], given[1]), 0u, 0u);", &inputs);
    assert_ne!(wide(outputs[0][0], outputs[0][1]), -15);
}
