// The window of counts as storage: every neuron reads other entries, which suits the caches of a GPU.

@group(0) @binding(8) var<storage, read> window: array<vec4<u32>>;
