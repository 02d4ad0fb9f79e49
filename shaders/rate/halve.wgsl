// The last part of a sum: one lane a column.

var<workgroup> columns: array<f32, LANES>;

// The sum of all lanes: the upper half is added to the lower half until one is left.
fn halve(lane: u32, value: f32) -> f32 {
    columns[lane] = value;
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if lane < half { columns[lane] += columns[lane + half]; }
    }
    workgroupBarrier();
    return columns[0];
}
