// Carries every neuron through a block of steps: the twin of src/engine/cpu/spiking/integrate.rs.
//
// Nothing that a neuron does in a block reaches another before it ends, so its state stays in registers. It reads
// the counts that arrive in the block (see arrivals.wgsl) and adds its spikes to the counts of the block's steps.

const WORKGROUP_SIZE: u32 = 64u;
// So many inputs of a neuron are held in registers; further ones stay in memory.
const HELD_INPUTS: u32 = 4u;
// Fraction bits of the decay of an input.
const DECAY_BITS: u32 = 31u;
// The largest number of inputs of a population: with fewer than HELD_INPUTS the code of the rest falls away.
override inputs_max: u32 = HELD_INPUTS;
// Whether any population has noise, any projection jumps.
override with_noise: bool = true;
override with_jumps: bool = true;
// No bit row is longer than four words, so they are held in registers.
override with_held_rows: bool = false;

// Potentials [neuron], refractory counters [neuron], inputs [projection][target], own spikes [word][neuron].
@group(0) @binding(3) var<storage, read_write> state: array<i32>;
@group(0) @binding(4) var<storage, read> external_input: array<i32>;
// Bit rows, [word][neuron within the pattern population].
@group(0) @binding(5) var<storage, read> patterns: array<u32>;
// Counts, [slot][entry].
@group(0) @binding(6) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> output: array<u32>;

struct Neuron {
    number: u32,            // across populations
    member: u32,            // within its population
    row: vec4<u32>,         // the first words of its bit row
    memberships: i32,       // number of its patterns
    potential: i32,
    refractory: u32,
    spikes: u32,            // bit s: a spike in step s of the block
    saturated: u32,         // bit s: its potential saturated in step s
    held: bool,             // refractory in this step
}

// One synaptic input of one neuron.
struct Input {
    value: i32,
    own: u32,               // bit s: its own spike that would arrive in step s of the block
    counts: vec4<i32>,      // of four consecutive steps
    saturated: u32,         // bit s: it saturated in step s; for a jump, the potential did
}

fn population_of(group: u32) -> u32 {
    var low = 0u;
    var high = block.populations - 1u;
    while low < high {
        let middle = (low + high + 1u) / 2u;
        if populations[middle].first_group <= group { low = middle; } else { high = middle - 1u; }
    }
    return low;
}

// A word of the neuron's bit row.
fn row_word(neuron: Neuron, word: u32) -> u32 {
    if with_held_rows { return neuron.row[word]; }
    return patterns[word * block.members + neuron.member];
}

// n_i: to how many patterns the neuron belongs.
fn memberships(population: Population, neuron: Neuron) -> i32 {
    var sum = 0u;
    for (var word = 0u; word < population.pattern_words; word++) {
        sum += countOneBits(row_word(neuron, word));
    }
    return i32(sum);
}

// 32 steps of the neuron's own spikes: bit s is step s of the block less the delay.
fn own_spikes(projection: Projection, neuron: Neuron) -> u32 {
    let bits = block.history_words * 32u;
    let bit = (block.history_bit + bits - projection.delay_steps % bits) % bits;
    let word = bit / 32u;
    let next = select(word + 1u, 0u, word + 1u == block.history_words);
    let first = bitcast<u32>(state[block.history + word * block.neurons + neuron.number]);
    let second = bitcast<u32>(state[block.history + next * block.neurons + neuron.number]);
    let offset = bit % 32u;
    return (first >> offset) | ((second << 1u) << (31u - offset));
}

// The number within the block of the quad that holds `time`.
fn quad_of(time: u32) -> u32 {
    return time / 4u - start_time() / 4u;
}

// Σ M^μ over the neuron's patterns, or the spikes of the source, that arrive in the four steps of a quad.
fn count_arrivals(projection: Projection, population: Population, neuron: Neuron, quad: u32) -> vec4<i32> {
    let start = projection.window + quad * projection.entries;
    if (projection.flags & COUNTS_PATTERNS) == 0u { return bitcast<vec4<i32>>(window[start]); }
    var sum = vec4<u32>(0u);
    for (var word = 0u; word < population.pattern_words; word++) {
        var members = row_word(neuron, word);
        while members != 0u {
            sum += window[start + word * 32u + firstTrailingBit(members)];
            members &= members - 1u;
        }
    }
    return bitcast<vec4<i32>>(sum);
}

// What `count` spikes add, `own` of the neuron's spikes among them.
fn arrival(projection: Projection, neuron: Neuron, count: i32, own: u32) -> vec2<u32> {
    let patterns_counted = (projection.flags & COUNTS_PATTERNS) != 0u;
    let own_count = select(1, neuron.memberships, patterns_counted) * i32(own);
    let factor = select(1, neuron.memberships, (projection.flags & BY_MEMBERSHIPS) != 0u);
    return round_shift(multiply((count - own_count) * factor, projection.weight), projection.weight_shift);
}

// The noise of a step in units of the population's amplitude: eight steps share a call.
fn noise(words: vec4<u32>, step: u32) -> i32 {
    let word = words[(step % NOISE_STEPS_PER_CALL) / 2u];
    return nibble_sum((word >> (16u * (step % 2u))) & 0xffffu);
}

// The words of the noise of eight steps, the block's `octet`-th such group.
fn noise_words(neuron: Neuron, octet: u32) -> vec4<u32> {
    let first = vec2<u32>((block.step_low >> 3u) | (block.step_high << 29u), block.step_high >> 3u);
    let group = add(first, vec2<u32>(octet, 0u));
    return philox(vec4<u32>(neuron.number, group.x, group.y, block.stream), vec2<u32>(block.key_low, block.key_high));
}

// Decay V, the first term of the potential's sum.
fn membrane(population: Population, neuron: Neuron) -> vec2<u32> {
    return multiply(population.decay, neuron.potential);
}

// Adds gain I to the sum, then lets I decay and adds what arrives.
fn current(
    projection: Projection, neuron: Neuron, step: u32, count: i32, input: ptr<function, Input>,
    sum: ptr<function, vec2<u32>>,
) {
    if with_jumps && (projection.flags & JUMPS) != 0u { return; }
    *sum = add(*sum, multiply(projection.gain, (*input).value));
    let decayed = round_shift(multiply((*input).value, projection.decay), DECAY_BITS);
    let value = add(decayed, arrival(projection, neuron, count, ((*input).own >> step) & 1u));
    (*input).saturated |= u32(!fits(value)) << step;
    (*input).value = saturate(value);
}

// Where a free potential goes in this step: `extra` is the external input and the noise.
fn advance(population: Population, sum: vec2<u32>, extra: i32, step: u32, neuron: ptr<function, Neuron>) {
    if (*neuron).refractory > 0u { return; }
    let potential = add(round_shift(sum, population.shift), widen(extra));
    (*neuron).saturated |= u32(!fits(potential)) << step;
    (*neuron).potential = saturate(potential);
}

// Finds the spike and resets; counts the refractory period.
fn threshold(population: Population, step: u32, neuron: ptr<function, Neuron>) {
    (*neuron).held = (*neuron).refractory > 0u;
    if (*neuron).held {
        (*neuron).refractory -= 1u;
    } else if (*neuron).potential >= population.threshold {
        (*neuron).spikes |= 1u << step;
        (*neuron).potential = population.reset;
        (*neuron).refractory = population.refractory_steps;
        (*neuron).held = population.refractory_steps > 0u;
    }
}

// Adds what arrives to the potential itself; a held neuron discards it.
fn jump(
    projection: Projection, step: u32, count: i32, neuron: ptr<function, Neuron>, input: ptr<function, Input>,
) {
    if (projection.flags & JUMPS) == 0u || (*neuron).held { return; }
    let arriving = arrival(projection, *neuron, count, ((*input).own >> step) & 1u);
    let potential = add(widen((*neuron).potential), arriving);
    (*input).saturated |= u32(!fits(potential)) << step;
    (*neuron).potential = saturate(potential);
}

fn load_input(projection: Projection, neuron: Neuron) -> Input {
    var input = Input(0, 0u, vec4<i32>(0), 0u);
    if (projection.flags & JUMPS) == 0u { input.value = state[projection.state + neuron.member]; }
    if (projection.flags & SUBTRACTS_OWN) != 0u { input.own = own_spikes(projection, neuron); }
    return input;
}

fn store_input(projection: Projection, neuron: Neuron, input: Input) {
    if (projection.flags & JUMPS) == 0u { state[projection.state + neuron.member] = input.value; }
    count_steps(input.saturated, projection.saturated_entry);
}

// Adds one to `entry` of the row of each step whose bit is set.
fn count_steps(steps: u32, entry: u32) {
    var rest = steps;
    while rest != 0u {
        atomicAdd(&counts[row_of(i32(firstTrailingBit(rest)), 0u) + entry], 1u);
        rest &= rest - 1u;
    }
}

// Counts the block's spikes for the population and for the patterns.
fn emit(population: Population, neuron: Neuron) {
    count_steps(neuron.spikes, population.spikes_entry);
    if neuron.spikes == 0u { return; }
    for (var word = 0u; word < population.pattern_words; word++) {
        var members = row_word(neuron, word);
        while members != 0u {
            count_steps(neuron.spikes, word * 32u + firstTrailingBit(members));
            members &= members - 1u;
        }
    }
}

// Writes the block's spikes into the ring of own spikes, where they may straddle two words.
fn remember_spikes(neuron: Neuron) {
    if block.history_words == 0u { return; }
    let word = block.history_bit / 32u;
    let next = select(word + 1u, 0u, word + 1u == block.history_words);
    let offset = block.history_bit % 32u;
    let mask = 0xffffffffu >> (32u - block.steps);
    let first = block.history + word * block.neurons + neuron.number;
    let kept_first = bitcast<u32>(state[first]) & ~(mask << offset);
    state[first] = bitcast<i32>(kept_first | (neuron.spikes << offset));
    let second = block.history + next * block.neurons + neuron.number;
    let spilled = (mask >> 1u) >> (31u - offset);
    let kept_second = bitcast<u32>(state[second]) & ~spilled;
    state[second] = bitcast<i32>(kept_second | ((neuron.spikes >> 1u) >> (31u - offset)));
}

// The steps of one population's neuron. Noise comes for eight steps at once and counts for four, both aligned to
// the steps of the run, so that neither is worked out twice and no branch within a step decides on them.
fn steps(population: Population, neuron: ptr<function, Neuron>) {
    let first = population.first_input;
    let last = max(first + population.inputs, 1u) - 1u;
    let p0 = projections[min(first, last)];
    let p1 = projections[min(first + 1u, last)];
    let p2 = projections[min(first + 2u, last)];
    let p3 = projections[min(first + 3u, last)];
    let has = vec4<bool>(
        inputs_max > 0u && population.inputs > 0u,
        inputs_max > 1u && population.inputs > 1u,
        inputs_max > 2u && population.inputs > 2u,
        inputs_max > 3u && population.inputs > 3u,
    );
    var i0: Input;
    var i1: Input;
    var i2: Input;
    var i3: Input;
    if has.x { i0 = load_input(p0, *neuron); }
    if has.y { i1 = load_input(p1, *neuron); }
    if has.z { i2 = load_input(p2, *neuron); }
    if has.w { i3 = load_input(p3, *neuron); }
    let base_input = external_input[(*neuron).number];

    let start = start_time();
    let end = start + block.steps;
    for (var octet = 0u; octet * 8u < end; octet++) {
        var words = vec4<u32>(0u);
        if with_noise && population.noise != 0 { words = noise_words(*neuron, octet); }
        for (var quad = max(octet * 8u, start & ~3u); quad < min(octet * 8u + 8u, end); quad += 4u) {
            if has.x { i0.counts = count_arrivals(p0, population, *neuron, quad_of(quad)); }
            if has.y { i1.counts = count_arrivals(p1, population, *neuron, quad_of(quad)); }
            if has.z { i2.counts = count_arrivals(p2, population, *neuron, quad_of(quad)); }
            if has.w { i3.counts = count_arrivals(p3, population, *neuron, quad_of(quad)); }
            for (var time = max(quad, start); time < min(quad + 4u, end); time++) {
                let step = time - start;
                var sum = membrane(population, *neuron);
                if has.x { current(p0, *neuron, step, i0.counts[time % 4u], &i0, &sum); }
                if has.y { current(p1, *neuron, step, i1.counts[time % 4u], &i1, &sum); }
                if has.z { current(p2, *neuron, step, i2.counts[time % 4u], &i2, &sum); }
                if has.w { current(p3, *neuron, step, i3.counts[time % 4u], &i3, &sum); }
                if inputs_max > HELD_INPUTS { further_currents(population, *neuron, time, &sum); }
                advance(population, sum, base_input + population.noise * noise(words, time), step, neuron);
                threshold(population, step, neuron);
                if with_jumps {
                    if has.x { jump(p0, step, i0.counts[time % 4u], neuron, &i0); }
                    if has.y { jump(p1, step, i1.counts[time % 4u], neuron, &i1); }
                    if has.z { jump(p2, step, i2.counts[time % 4u], neuron, &i2); }
                    if has.w { jump(p3, step, i3.counts[time % 4u], neuron, &i3); }
                    if inputs_max > HELD_INPUTS { further_jumps(population, time, neuron); }
                }
            }
        }
    }

    if has.x { store_input(p0, *neuron, i0); }
    if has.y { store_input(p1, *neuron, i1); }
    if has.z { store_input(p2, *neuron, i2); }
    if has.w { store_input(p3, *neuron, i3); }
}

// Inputs that are not held in registers: from memory and back in every step.
fn further_currents(population: Population, neuron: Neuron, time: u32, sum: ptr<function, vec2<u32>>) {
    for (var at = HELD_INPUTS; at < population.inputs; at++) {
        let projection = projections[population.first_input + at];
        var input = load_input(projection, neuron);
        let count = count_arrivals(projection, population, neuron, quad_of(time))[time % 4u];
        current(projection, neuron, time - start_time(), count, &input, sum);
        store_input(projection, neuron, input);
    }
}

fn further_jumps(population: Population, time: u32, neuron: ptr<function, Neuron>) {
    for (var at = HELD_INPUTS; at < population.inputs; at++) {
        let projection = projections[population.first_input + at];
        if (projection.flags & JUMPS) != 0u {
            var input = load_input(projection, *neuron);
            let count = count_arrivals(projection, population, *neuron, quad_of(time))[time % 4u];
            jump(projection, time - start_time(), count, neuron, &input);
            store_input(projection, *neuron, input);
        }
    }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn integrate(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let group = workgroup.y * workgroups.x + workgroup.x;
    if group >= block.groups { return; }
    let population = populations[population_of(group)];
    let member = (group - population.first_group) * WORKGROUP_SIZE + lane;
    if member >= population.size { return; }

    let number = population.first + member;
    var neuron = Neuron(number, member, vec4<u32>(0u), 0, state[number], 0u, 0u, 0u, false);
    neuron.refractory = bitcast<u32>(state[block.refractory + number]);
    if with_held_rows {
        for (var word = 0u; word < population.pattern_words; word++) {
            neuron.row[word] = patterns[word * block.members + member];
        }
    }
    neuron.memberships = memberships(population, neuron);

    steps(population, &neuron);

    state[number] = neuron.potential;
    state[block.refractory + number] = bitcast<i32>(neuron.refractory);
    output[block.output + number] = neuron.spikes;
    emit(population, neuron);
    count_steps(neuron.saturated, population.saturated_entry);
    remember_spikes(neuron);
}
