// The tables of populations and projections where they are large.

@group(0) @binding(1) var<storage, read> populations: array<Population>;
@group(0) @binding(2) var<storage, read> projections: array<Projection>;
