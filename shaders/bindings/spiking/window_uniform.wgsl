// The window of counts as constant memory, where it fits: a software rasteriser reads that ten times faster.

@group(0) @binding(8) var<uniform> window: array<vec4<u32>, 4096>;
