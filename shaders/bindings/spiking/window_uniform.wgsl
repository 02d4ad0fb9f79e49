// The window of counts as constant memory, where it fits, on a software rasteriser: that reads constants ten times
// faster than storage, and pays dearly for barriers. Another dispatch has filled it.

@group(0) @binding(8) var<uniform> window: array<vec4<u32>, 4096>;

fn gather(population: Population, lane: u32) {}
