// The window of counts in storage, where it does not fit the memory of a workgroup: another dispatch has filled it.

@group(0) @binding(8) var<storage, read> window: array<vec4<u32>>;

fn gather(population: Population, lane: u32) {}
