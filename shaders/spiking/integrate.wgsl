// Carries every neuron through a block of steps: the twin of src/engine/cpu/spiking/integrate.rs.
//
// Nothing that a neuron does in a block reaches another before it ends, so its state stays in registers. It reads
// the counts that arrive in the block from `window` and adds its spikes to the counts of the block's steps.

// So many inputs of a neuron are held in registers; further ones stay in memory.
const HELD_INPUTS: u32 = 4u;
// Fraction bits of the decay of an input.
const DECAY_BITS: u32 = 31u;
// The largest number of inputs of a population: with fewer than HELD_INPUTS the code of the rest falls away.
override inputs_max: u32;
// Bit k: at place k some population has an input that counts patterns; bit HELD_INPUTS: at a further place.
override pattern_inputs: u32;
// The same for wired inputs, for inputs that leave own spikes out, and for inputs that memberships scale.
override wired_inputs: u32;
override own_inputs: u32;
override scaled_inputs: u32;
// Whether any population has noise, any projection jumps, any count times its weight needs more than 32 bits.
override with_noise: bool;
override with_jumps: bool;
override with_long_products: bool;
// The longest block.
override block_steps: u32;
// Counts, [slot][entry], then the sums of fields.
@group(0) @binding(6) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> output: array<u32>;

fn population_of(group: u32) -> u32 {
    var low = 0u;
    var high = population_count - 1u;
    while low < high {
        let middle = (low + high + 1u) / 2u;
        if populations[middle].first_group <= group { low = middle; } else { high = middle - 1u; }
    }
    return low;
}

// Steps in an entry of the window, as a power of two: where lanes divide one by one, shifts are much faster.
fn packing(population: Population) -> u32 {
    return window[population.window + 1u].x;
}

// Whether some population has an input of a kind at a place.
fn is_any(inputs: u32, place: u32) -> bool {
    return ((inputs >> min(place, HELD_INPUTS)) & 1u) != 0u;
}

// Whether a projection counts a field.
fn counts_field(projection: Projection) -> bool {
    return with_fields && (projection.flags & COUNTS_FIELD) != 0u;
}

// What arrives in a group of steps through the input at `place` of its population: Σ M^μ over the neuron's patterns,
// or the spikes of the source; of a field Σ F^μ + U.
fn count_arrivals(projection: Projection, population: Population, neuron: Neuron, group: u32, place: u32) -> vec4<u32> {
    if is_any(wired_inputs, place) && (projection.flags & WIRED) != 0u { return vec4<u32>(0u); }
    let start = window_start(population, projection, group);
    let any_patterns = is_any(pattern_inputs, place);
    if !any_patterns { return window[start]; }
    let is_patterns = (projection.flags & COUNTS_PATTERNS) != 0u;
    // The spikes of a source are the only entry of their row.
    let row = select(vec4<u32>(1u, 0u, 0u, 0u), neuron.row, is_patterns);
    var sum = vec4<u32>(0u);
    // What all neurons get is behind what each pattern brings.
    if counts_field(projection) { sum = window[start + projection.entries - 1u]; }
    if with_held_rows { return sum + sum_held_row(row, start, population.window); }
    let words = select(1u, population.pattern_words, is_patterns);
    for (var word = 0u; word < words; word++) {
        var members = 1u;
        if is_patterns { members = row_word(population, neuron, word); }
        while members != 0u {
            sum += window[start + word * 32u + firstTrailingBit(members)];
            members &= members - 1u;
        }
    }
    return sum;
}

// The sum over a row of four words, in one loop, so that neighbours wait for each other only at its end.
fn sum_held_row(row: vec4<u32>, start: u32, zero: u32) -> vec4<u32> {
    var sum = vec4<u32>(0u);
    var rest = row;
    var entry = start;
    while any(rest != vec4<u32>(0u)) {
        // Words move forward as they are used up; the window starts with a zero.
        let used_up = rest.x == 0u;
        rest = select(rest, vec4<u32>(rest.yzw, 0u), used_up);
        entry = select(entry, entry + 32u, used_up);
        sum += window[select(entry + firstTrailingBit(rest.x), zero, rest.x == 0u)];
        rest.x &= rest.x - 1u;
    }
    return sum;
}

// Where the count of a step of a group is: word of the entry, its first bit, and its bits.
struct Part {
    word: u32,
    bit: u32,
    mask: u32,
}

fn part_of(step: u32, packing: u32) -> Part {
    let bits = 7u - packing;
    let parts = packing - 2u;
    let mask = 0xffffffffu >> (32u - (1u << bits));
    return Part((step >> parts) % 4u, (step & ((1u << parts) - 1u)) << bits, mask);
}

fn part_count(counts: vec4<u32>, part: Part) -> i32 {
    return bitcast<i32>((counts[part.word] >> part.bit) & part.mask);
}

// What arrives in a step: out of the counts of a group of steps, or, if it is wired, what was delivered.
fn count_of(
    projection: Projection, population: Population, neuron: Neuron, counts: vec4<u32>, step: u32, part: Part, place: u32,
) -> i32 {
    if is_any(wired_inputs, place) && (projection.flags & WIRED) != 0u {
        return state[projection.entry + step * population.size + neuron.member];
    }
    return part_count(counts, part);
}

// Clears what was delivered to the neuron in the block, for the next one.
fn clear_delivered(population: Population, neuron: Neuron) {
    for (var at = 0u; at < population.inputs; at++) {
        let projection = projections[population.first_input + at];
        if (projection.flags & WIRED) != 0u {
            for (var step = 0u; step < block.steps; step++) {
                state[projection.entry + step * population.size + neuron.member] = 0;
            }
        }
    }
}

// A count with its own share taken away, times n_i if asked for.
fn factor(projection: Projection, neuron: Neuron, count: i32, own: u32, place: u32) -> i32 {
    var result = count;
    if is_any(own_inputs, place) {
        let patterns_counted = is_any(pattern_inputs, place) && (projection.flags & COUNTS_PATTERNS) != 0u;
        var share = select(1, neuron.memberships, patterns_counted);
        if counts_field(projection) && own != 0u {
            share = bitcast<i32>(patterns[projection.own + neuron.member]);
        }
        result -= share * i32(own);
    }
    if is_any(scaled_inputs, place) {
        result *= select(1, neuron.memberships, (projection.flags & BY_MEMBERSHIPS) != 0u);
    }
    return result;
}

// What so many spikes add.
fn arrival(projection: Projection, factor: i32) -> Wide {
    return round_shift(multiply(factor, projection.weight), projection.weight_shift);
}

// The noise of a step in units of the population's amplitude: sixteen steps share a call.
fn noise(sums: vec4<u32>, step: u32) -> i32 {
    return i32((sums[(step % NOISE_STEPS_PER_CALL) / 4u] >> (8u * (step % 4u))) & 0xffu) - NOISE_MAX;
}

// The sums of the noise of sixteen steps, the block's `call`-th such group.
fn noise_sums(neuron: Neuron, call: u32) -> vec4<u32> {
    let low = ((block.step_low >> 4u) | (block.step_high << 28u)) + call;
    let high = (block.step_high >> 4u) + u32(low < call);
    let counter = vec4<u32>(neuron.number, low, high, block.stream);
    return coin_sums(philox(counter, vec2<u32>(block.key_low, block.key_high)));
}

// Decay V, the first term of the potential's sum.
fn membrane(population: Population, neuron: Neuron) -> Wide {
    return multiply(population.decay, neuron.potential);
}

// Adds gain I to the sum, then lets I decay and adds what arrives.
fn current(
    projection: Projection, neuron: Neuron, step: u32, count: i32, place: u32, input: ptr<function, Input>,
    sum: ptr<function, Wide>,
) {
    if with_jumps && (projection.flags & JUMPS) != 0u { return; }
    *sum = add(*sum, multiply(projection.gain, (*input).value));
    let half = vec2<u32>(1u << (DECAY_BITS - 1u), 0u);
    let decayed = low_shift(add(multiply((*input).value, projection.decay), wide_of(half)), DECAY_BITS);
    let factor = factor(projection, neuron, count, ((*input).own >> step) & 1u, place);
    if with_long_products {
        let value = add(widen(decayed), arrival(projection, factor));
        (*input).saturated |= u32(!fits(value)) << step;
        (*input).value = saturate(value);
        return;
    }
    let rounds = (1 << projection.weight_shift) >> 1u;
    let arriving = (factor * projection.weight + rounds) >> projection.weight_shift;
    let value = decayed + arriving;
    let saturates = ((decayed ^ value) & (arriving ^ value)) < 0;
    (*input).saturated |= u32(saturates) << step;
    (*input).value = select(value, (decayed >> 31u) ^ 0x7fffffff, saturates);
}

// Where a free potential goes in this step, before the threshold: `extra` is the external input and the noise, and half
// a unit that rounds is in `sum`. In words: the sum's shifted, with its sign in the high one, plus `extra`.
fn advance(population: Population, sum: Wide, extra: i32, step: u32, neuron: ptr<function, Neuron>) -> i32 {
    let moved = low_shift(sum, population.shift);
    let next = moved + extra;
    let carry = i32(bitcast<u32>(next) < bitcast<u32>(moved));
    let next_high = (high(sum) >> population.shift) + (extra >> 31u) + carry;
    let saturates = next_high != (next >> 31u);
    (*neuron).saturated |= u32((*neuron).refractory == 0u && saturates) << step;
    return select(next, (next_high >> 31u) ^ 0x7fffffff, saturates);
}

// Finds the spike and resets; counts the refractory period.
fn threshold(population: Population, next: i32, step: u32, own: Individual, neuron: ptr<function, Neuron>) {
    let free = (*neuron).refractory == 0u;
    let crosses = free && fires(population, next, step, own);
    (*neuron).spikes |= u32(crosses) << step;
    (*neuron).potential = select((*neuron).potential, select(next, population.reset, crosses), free);
    (*neuron).held = !free || (crosses && population.refractory_steps > 0u);
    // A neuron that spikes enters its refractory period; one that is held comes a step nearer to its end.
    (*neuron).refractory = select((*neuron).refractory - u32(!free), population.refractory_steps, crosses);
}

// Adds what arrives to the potential itself; a held neuron discards it.
fn jump(
    projection: Projection, step: u32, count: i32, place: u32, neuron: ptr<function, Neuron>,
    input: ptr<function, Input>,
) {
    if (projection.flags & JUMPS) == 0u || (*neuron).held { return; }
    let factor = factor(projection, *neuron, count, ((*input).own >> step) & 1u, place);
    let potential = add(widen((*neuron).potential), arrival(projection, factor));
    (*input).saturated |= u32(!fits(potential)) << step;
    (*neuron).potential = saturate(potential);
}

fn load_input(projection: Projection, neuron: Neuron) -> Input {
    var input = Input(0, 0u, vec4<u32>(0u), 0u);
    if (projection.flags & JUMPS) == 0u { input.value = state[projection.state + neuron.member]; }
    if history_words > 0u && (projection.flags & SUBTRACTS_OWN) != 0u { input.own = own_spikes(projection, neuron); }
    return input;
}

fn store_input(projection: Projection, neuron: Neuron, input: Input) {
    if (projection.flags & JUMPS) == 0u { state[projection.state + neuron.member] = input.value; }
}

// Adds one to `entry` of the row of each step whose bit is set.
fn count_steps(steps: u32, entry: u32) {
    var rest = steps;
    while rest != 0u {
        atomicAdd(&counts[row_of(firstTrailingBit(rest), 0u) + entry], 1u);
        rest &= rest - 1u;
    }
}

// Counts the saturations of the potential and of the inputs that are held, all in one loop, which is seldom entered.
fn count_saturated(neuron: Neuron, inputs: vec4<u32>, entry: u32, entries: vec4<u32>) {
    var potential = neuron.saturated;
    var rest = inputs;
    while (potential | rest.x | rest.y | rest.z | rest.w) != 0u {
        var steps = potential;
        var at = entry;
        if steps == 0u { steps = rest.x; at = entries.x; }
        if steps == 0u { steps = rest.y; at = entries.y; }
        if steps == 0u { steps = rest.z; at = entries.z; }
        if steps == 0u { steps = rest.w; at = entries.w; }
        let step = firstTrailingBit(steps);
        atomicAdd(&counts[row_of(step, 0u) + at], 1u);
        // What was counted is taken out of the first that is not empty.
        let empty = vec4<bool>(potential == 0u, rest.x == 0u, rest.y == 0u, rest.z == 0u);
        let counted = 1u << step;
        potential &= ~counted;
        if empty.x { rest.x &= ~counted; }
        if empty.x && empty.y { rest.y &= ~counted; }
        if empty.x && empty.y && empty.z { rest.z &= ~counted; }
        if all(empty) { rest.w &= ~counted; }
    }
}

// Counts the block's spikes for the population and for the patterns.
fn emit(population: Population, neuron: Neuron) {
    if with_held_rows { count_held_row(population, neuron); } else { count_row(population, neuron); }
}

// With a row of four words all is one loop: for each step with a spike first the population's entry, then that of each
// pattern, as in `sum_held_row`.
fn count_held_row(population: Population, neuron: Neuron) {
    var spikes = neuron.spikes;
    var rest = neuron.row;
    var word = 0u;
    var own = true;
    while spikes != 0u {
        let used_up = !own && rest.x == 0u;
        rest = select(rest, vec4<u32>(rest.yzw, 0u), used_up);
        word = select(word, word + 32u, used_up);
        let entry = select(population.patterns_entry + word + firstTrailingBit(rest.x), population.spikes_entry, own);
        if own || rest.x != 0u { atomicAdd(&counts[row_of(firstTrailingBit(spikes), 0u) + entry], 1u); }
        rest.x = select(rest.x & (rest.x - 1u), rest.x, own);
        let done = all(rest == vec4<u32>(0u));
        spikes = select(spikes, spikes & (spikes - 1u), done);
        rest = select(rest, neuron.row, done);
        word = select(word, 0u, done);
        own = done;
    }
}

// The same for a row of any length.
fn count_row(population: Population, neuron: Neuron) {
    count_steps(neuron.spikes, population.spikes_entry);
    for (var word = 0u; word < population.pattern_words; word++) {
        var members = row_word(population, neuron, word);
        if neuron.spikes == 0u { members = 0u; }
        while members != 0u {
            count_steps(neuron.spikes, population.patterns_entry + word * 32u + firstTrailingBit(members));
            members &= members - 1u;
        }
    }
}

// The steps of one population's neuron, in runs: noise comes for sixteen steps aligned in the run, counts for a group of
// steps of the block.
fn steps(population: Population, neuron: ptr<function, Neuron>) {
    // A place without an input has the empty record behind the last one, which adds nothing to anything.
    let has = vec4<bool>(vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(population.inputs));
    let first = vec4<u32>(population.first_input) + vec4<u32>(0u, 1u, 2u, 3u);
    let places = select(vec4<u32>(projection_count), first, has);
    let member = (*neuron).member;
    let p0 = own_projection(projections[places.x], member);
    let p1 = own_projection(projections[places.y], member);
    let p2 = own_projection(projections[places.z], member);
    let p3 = own_projection(projections[places.w], member);
    var i0: Input;
    var i1: Input;
    var i2: Input;
    var i3: Input;
    if inputs_max > 0u && has.x { i0 = load_input(p0, *neuron); }
    if inputs_max > 1u && has.y { i1 = load_input(p1, *neuron); }
    if inputs_max > 2u && has.z { i2 = load_input(p2, *neuron); }
    if inputs_max > 3u && has.w { i3 = load_input(p3, *neuron); }
    let poisson = own_projection(projections[population.poisson], member);
    let adaptation = own_projection(projections[population.adaptation], member);
    var own = load_individual(poisson, adaptation, *neuron);
    let base_input = external_input[(*neuron).number];

    let packing = packing(population);
    let within = (1u << packing) - 1u;
    let first_slot = block.step_low % NOISE_STEPS_PER_CALL;
    let rounds = wide_of(vec2<u32>(1u << (population.shift - 1u), 0u));
    var sums = vec4<u32>(0u);
    var step = 0u;
    while step < block.steps {
        let slot = (first_slot + step) % NOISE_STEPS_PER_CALL;
        if with_noise && population.noise != 0 && (step == 0u || slot == 0u) {
            sums = noise_sums(*neuron, (first_slot + step) / NOISE_STEPS_PER_CALL);
        }
        let group = step >> packing;
        if (step & within) == 0u {
            if inputs_max > 0u { i0.counts = count_arrivals(p0, population, *neuron, group, 0u); }
            if inputs_max > 1u { i1.counts = count_arrivals(p1, population, *neuron, group, 1u); }
            if inputs_max > 2u { i2.counts = count_arrivals(p2, population, *neuron, group, 2u); }
            if inputs_max > 3u { i3.counts = count_arrivals(p3, population, *neuron, group, 3u); }
        }
        let end = min(min(step + NOISE_STEPS_PER_CALL - slot, (group + 1u) << packing), block.steps);
        for (; step < end; step++) {
            let part = part_of(step, packing);
            if with_poisson || with_escape { draw(population, *neuron, step, &own); }
            var sum = add(membrane(population, *neuron), rounds);
            if with_poisson { sum = add(sum, multiply(poisson.gain, own.poisson)); }
            if with_adaptation { sum = add(sum, multiply(adaptation.gain, own.adaptation)); }
            if inputs_max > 0u { current(p0, *neuron, step, count_of(p0, population, *neuron, i0.counts, step, part, 0u), 0u, &i0, &sum); }
            if inputs_max > 1u { current(p1, *neuron, step, count_of(p1, population, *neuron, i1.counts, step, part, 1u), 1u, &i1, &sum); }
            if inputs_max > 2u { current(p2, *neuron, step, count_of(p2, population, *neuron, i2.counts, step, part, 2u), 2u, &i2, &sum); }
            if inputs_max > 3u { current(p3, *neuron, step, count_of(p3, population, *neuron, i3.counts, step, part, 3u), 3u, &i3, &sum); }
            if inputs_max > HELD_INPUTS { further_currents(population, *neuron, step, group, &sum); }
            let extra = base_input + population.noise * noise(sums, first_slot + step);
            threshold(population, advance(population, sum, extra, step, neuron), step, own, neuron);
            if with_jumps {
                if inputs_max > 0u { jump(p0, step, count_of(p0, population, *neuron, i0.counts, step, part, 0u), 0u, neuron, &i0); }
                if inputs_max > 1u { jump(p1, step, count_of(p1, population, *neuron, i1.counts, step, part, 1u), 1u, neuron, &i1); }
                if inputs_max > 2u { jump(p2, step, count_of(p2, population, *neuron, i2.counts, step, part, 2u), 2u, neuron, &i2); }
                if inputs_max > 3u { jump(p3, step, count_of(p3, population, *neuron, i3.counts, step, part, 3u), 3u, neuron, &i3); }
                if inputs_max > HELD_INPUTS { further_jumps(population, step, group, neuron); }
            }
            if with_poisson || with_adaptation { arrive(population, poisson, adaptation, step, neuron, &own); }
        }
    }

    if inputs_max > 0u && has.x { store_input(p0, *neuron, i0); }
    if inputs_max > 1u && has.y { store_input(p1, *neuron, i1); }
    if inputs_max > 2u && has.z { store_input(p2, *neuron, i2); }
    if inputs_max > 3u && has.w { store_input(p3, *neuron, i3); }
    if wired_inputs != 0u { clear_delivered(population, *neuron); }
    store_individual(population, poisson, adaptation, *neuron, own);
    if with_poisson { count_steps(own.poisson_saturated, poisson.saturated_entry); }
    if with_adaptation { count_steps(own.adaptation_saturated, adaptation.saturated_entry); }
    let saturated = vec4<u32>(i0.saturated, i1.saturated, i2.saturated, i3.saturated);
    let entries = vec4<u32>(p0.saturated_entry, p1.saturated_entry, p2.saturated_entry, p3.saturated_entry);
    count_saturated(*neuron, saturated, population.saturated_entry, entries);
}

// Inputs that are not held in registers: from memory and back in every step.
fn further_currents(population: Population, neuron: Neuron, step: u32, group: u32, sum: ptr<function, Wide>) {
    for (var at = HELD_INPUTS; at < population.inputs; at++) {
        let projection = own_projection(projections[population.first_input + at], neuron.member);
        var input = load_input(projection, neuron);
        let counts = count_arrivals(projection, population, neuron, group, at);
        let part = part_of(step, packing(population));
        let count = count_of(projection, population, neuron, counts, step, part, at);
        current(projection, neuron, step, count, at, &input, sum);
        store_input(projection, neuron, input);
        count_steps(input.saturated, projection.saturated_entry);
    }
}

fn further_jumps(population: Population, step: u32, group: u32, neuron: ptr<function, Neuron>) {
    for (var at = HELD_INPUTS; at < population.inputs; at++) {
        let projection = projections[population.first_input + at];
        if (projection.flags & JUMPS) != 0u {
            var input = load_input(projection, *neuron);
            let counts = count_arrivals(projection, population, *neuron, group, at);
            let part = part_of(step, packing(population));
            let count = count_of(projection, population, *neuron, counts, step, part, at);
            jump(projection, step, count, at, neuron, &input);
            store_input(projection, *neuron, input);
            count_steps(input.saturated, projection.saturated_entry);
        }
    }
}

// Clears the rows to which the next block adds, none of which this one reads.
fn clear_next(first: u32, invocations: u32) {
    for (var at = first; at < block_steps * row_entries; at += invocations) {
        atomicStore(&counts[row_of(block.steps + at / row_entries, 0u) + at % row_entries], 0u);
    }
}

@compute @workgroup_size(workgroup_size)
fn integrate(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let number = workgroup.y * workgroups.x + workgroup.x;
    clear_next(number * workgroup_size + lane, workgroups.x * workgroups.y * workgroup_size);
    // From both halves in turn: where a device gives each of its units a run of workgroups, populations that cost more
    // are shared out.
    let in_turn = number / 2u + (number % 2u) * ((group_count + 1u) / 2u);
    // Where workgroups fill rows there are more of them than groups. One behind the last group repeats it, and keeps
    // nothing: barriers want all of them.
    let group = select(in_turn, group_count, number >= group_count);
    let of_all = populations[population_of(min(group, group_count - 1u))];
    gather(of_all, lane);
    let place = (group - of_all.first_group) * workgroup_size + lane;
    if group >= group_count || place >= of_all.size { return; }

    let member = member_at(of_all, place);
    let population = own_population(of_all, member);
    var neuron = load_neuron(population, member);
    steps(population, &neuron);
    store_neuron(neuron);
    output[block.output + neuron.number] = neuron.spikes;
    emit(population, neuron);
}
