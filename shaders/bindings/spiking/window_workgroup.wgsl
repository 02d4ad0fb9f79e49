// The window of counts in the memory of each workgroup, which gathers it before its neurons read it: no dispatch needs
// to come before.

const WINDOW_ENTRIES: u32 = 960u;

var<workgroup> window: array<vec4<u32>, WINDOW_ENTRIES>;

fn gather(population: Population, lane: u32) {
    fill_window(population, lane);
    workgroupBarrier();
}
