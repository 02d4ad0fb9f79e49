// One neuron of a binary network: its field and what becomes of it. The integers of src/network/hopfield.
//
// Whoever uses it has `state_bit(at, neuron)`, the state of a neuron in the state that starts at the word `at`.

@group(0) @binding(1) var<storage, read> rows: array<u32>;
// Base (or threshold) in two words, and the number of patterns.
@group(0) @binding(5) var<storage, read> neurons: array<vec4<u32>>;
// A matrix; or where the sources of each target start, then the sources.
@group(0) @binding(6) var<storage, read> weights: array<u32>;
@group(0) @binding(7) var<storage, read> gain: array<u32>;

fn row_word(neuron: u32, word: u32) -> u32 {
    return rows[neuron * neuron_stride + word * row_stride];
}

// S of a neuron that is on or off.
fn value(is_on: bool) -> Long {
    return select(long_of(-i32(signed_states)), Long(1u, 0u), is_on);
}

// What is the same for all neurons of a trial.
fn shared_field(on: u32, total: Long) -> Long {
    return long_sum(long_product(sweep.on, Long(on, 0u)), long_product(sweep.total, total));
}

// The field from the counts of the patterns: their sum over the neuron's own patterns is `sum`.
fn low_rank_field(neuron: u32, shared_part: Long, on: u32, sum: Long, is_on: bool) -> Long {
    let constants = neurons[neuron];
    let memberships = Long(constants.z, 0u);
    let of_on = long_product(long_product(sweep.membership, Long(on, 0u)), memberships);
    let own = long_sum(sweep.own, long_product(sweep.own_membership, memberships));
    let field = long_sum(long_sum(long_product(sweep.dot, sum), of_on), long_sum(shared_part, constants.xy));
    return long_sum(field, long_negative(long_product(own, value(is_on))));
}

// The field from the sum over stored weights.
fn stored_field(neuron: u32, sum: Long) -> Long {
    return long_sum(long_product(sweep.factor, sum), long_negative(neurons[neuron].xy));
}

// Every `step`th term of the sum over stored weights, from the one numbered `first` on.
fn stored_sum(neuron: u32, first: u32, step: u32, state: u32) -> Long {
    var sum = Long(0u, 0u);
    if coupling == SPARSE {
        let end = weights[neuron + 1u];
        for (var at = weights[neuron] + first; at < end; at += step) {
            let source = weights[neuron_count + 1u + at];
            sum = long_sum(sum, long_product(pair_weight(neuron, source), value(state_bit(state, source))));
        }
        return sum;
    }
    for (var source = first; source < neuron_count; source += step) {
        let weight = long_of(bitcast<i32>(weights[neuron * target_stride + source * source_stride]));
        sum = long_sum(sum, long_product(weight, value(state_bit(state, source))));
    }
    return sum;
}

fn pair_weight(neuron: u32, source: u32) -> Long {
    var shared_patterns = 0u;
    for (var word = 0u; word < row_words; word++) {
        shared_patterns += countOneBits(row_word(neuron, word) & row_word(source, word));
    }
    let of_shared = long_product(sweep.of_shared, Long(shared_patterns, 0u));
    let of_target = long_product(sweep.of_target, Long(neurons[neuron].z, 0u));
    let of_source = long_product(sweep.of_source, Long(neurons[source].z, 0u));
    return long_sum(long_sum(of_shared, of_target), long_sum(of_source, sweep.constant));
}

// Whether the neuron is on after it was visited.
fn decide(field: Long, is_on: bool, trial: u32, neuron: u32) -> bool {
    if with_gain == 1u {
        return draw(trial, neuron) < gain[gain_entry(field)];
    }
    if field.x == 0u && field.y == 0u {
        return is_on || tie_on == 1u;
    }
    return (field.y >> 31u) == 0u;
}

fn draw(trial: u32, neuron: u32) -> u32 {
    let counter = vec4<u32>(neuron >> 2u, sweep.number_low, sweep.number_high, sweep.stream | trial);
    let words = philox(counter, sweep.key);
    return words[neuron & 3u];
}

fn gain_entry(field: Long) -> u32 {
    let shifted = long_shift(field, gain_shift);
    let half = i32(gain_half);
    let sign = bitcast<i32>(shifted.y) >> 31u;
    // What does not fit a word lies beyond the table, on the side of its sign.
    let fits = shifted.y == bitcast<u32>(bitcast<i32>(shifted.x) >> 31u);
    let entry = select(sign ^ 0x7fffffff, bitcast<i32>(shifted.x), fits);
    return u32(clamp(entry, -half, half - 1) + half);
}
