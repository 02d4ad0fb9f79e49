// A neuron and its inputs while a block runs, and where they are kept: the twin of src/engine/cpu/spiking/tile.rs.

// No bit row is longer than four words, so they are held in registers; the words there are.
override with_held_rows: bool;
override held_words: u32;
// Potentials [neuron], refractory counters [neuron], inputs [projection][target], own spikes [word][neuron].
@group(0) @binding(3) var<storage, read_write> state: array<i32>;
@group(0) @binding(4) var<storage, read> external_input: array<i32>;
// Of each population with patterns: bit rows, [word][neuron], then an order of its neurons, within a workgroup by their
// memberships, so that neighbours add up as many patterns and do not wait for each other. Then what fields need, then what
// neurons have for themselves.
@group(0) @binding(5) var<storage, read> patterns: array<u32>;

struct Neuron {
    number: u32,            // across populations
    member: u32,            // within its population
    row: vec4<u32>,         // the first words of its bit row
    memberships: i32,       // number of its patterns
    history: u32,           // its own spikes of the last 32 steps, where one word holds them
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
    counts: vec4<u32>,      // of a group of steps, as in the window
    saturated: u32,         // bit s: it saturated in step s; for a jump, the potential did
}

fn load_neuron(population: Population, member: u32) -> Neuron {
    let number = population.first + member;
    var neuron = Neuron(number, member, vec4<u32>(0u), 0, 0u, state[number], 0u, 0u, 0u, false);
    neuron.refractory = bitcast<u32>(state[refractory_start + number]);
    if history_words == 1u { neuron.history = bitcast<u32>(state[history_start + number]); }
    if with_held_rows && population.pattern_words > 0u {
        let rows = population.rows + member;
        if held_words > 0u { neuron.row.x = patterns[rows]; }
        if held_words > 1u { neuron.row.y = patterns[rows + population.size]; }
        if held_words > 2u { neuron.row.z = patterns[rows + 2u * population.size]; }
        if held_words > 3u { neuron.row.w = patterns[rows + 3u * population.size]; }
    }
    neuron.memberships = memberships(population, neuron);
    return neuron;
}

// The neuron that takes a place of its population.
fn member_at(population: Population, place: u32) -> u32 {
    if population.pattern_words == 0u { return place; }
    return patterns[population.order + place];
}

fn store_neuron(neuron: Neuron) {
    state[neuron.number] = neuron.potential;
    state[refractory_start + neuron.number] = bitcast<i32>(neuron.refractory);
    remember_spikes(neuron);
}

// A word of the neuron's bit row.
fn row_word(population: Population, neuron: Neuron, word: u32) -> u32 {
    if with_held_rows { return neuron.row[word]; }
    return patterns[population.rows + word * population.size + neuron.member];
}

// n_i: to how many patterns the neuron belongs.
fn memberships(population: Population, neuron: Neuron) -> i32 {
    if with_held_rows {
        let ones = countOneBits(neuron.row);
        return i32(ones.x + ones.y + ones.z + ones.w);
    }
    var sum = 0u;
    for (var word = 0u; word < population.pattern_words; word++) {
        sum += countOneBits(row_word(population, neuron, word));
    }
    return i32(sum);
}

// 32 steps of the neuron's own spikes: bit s is step s of the block less the delay.
fn own_spikes(projection: Projection, neuron: Neuron) -> u32 {
    let bits = history_words * 32u;
    let sum = block.history_bit + projection.history_offset;
    let bit = min(sum, sum - bits);
    let offset = bit % 32u;
    if history_words == 1u { return (neuron.history >> offset) | ((neuron.history << 1u) << (31u - offset)); }
    let word = bit / 32u;
    let next = select(word + 1u, 0u, word + 1u == history_words);
    let first = bitcast<u32>(state[history_start + word * neuron_count + neuron.number]);
    let second = bitcast<u32>(state[history_start + next * neuron_count + neuron.number]);
    return (first >> offset) | ((second << 1u) << (31u - offset));
}

// Writes the block's spikes into the ring of own spikes, where they may straddle two words.
fn remember_spikes(neuron: Neuron) {
    if history_words == 0u { return; }
    let offset = block.history_bit % 32u;
    let mask = 0xffffffffu >> (32u - block.steps);
    // What goes to the word of the first step, and what is left for the next one.
    let mask_first = mask << offset;
    let mask_second = (mask >> 1u) >> (31u - offset);
    let spikes_first = neuron.spikes << offset;
    let spikes_second = (neuron.spikes >> 1u) >> (31u - offset);
    if history_words == 1u {
        let kept = neuron.history & ~(mask_first | mask_second);
        state[history_start + neuron.number] = bitcast<i32>(kept | spikes_first | spikes_second);
        return;
    }
    let word = block.history_bit / 32u;
    let next = select(word + 1u, 0u, word + 1u == history_words);
    let first = history_start + word * neuron_count + neuron.number;
    let second = history_start + next * neuron_count + neuron.number;
    state[first] = bitcast<i32>((bitcast<u32>(state[first]) & ~mask_first) | spikes_first);
    state[second] = bitcast<i32>((bitcast<u32>(state[second]) & ~mask_second) | spikes_second);
}
