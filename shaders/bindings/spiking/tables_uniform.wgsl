// The tables of populations and projections where they are small: constant memory is read fastest.

@group(0) @binding(1) var<uniform> populations: array<Population, 256>;
@group(0) @binding(2) var<uniform> projections: array<Projection, 256>;
