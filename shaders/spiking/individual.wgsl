// What neurons have for themselves: parameters, escape noise, private inputs. The twin of
// src/engine/cpu/spiking/individual.rs.

// Whether any population has such an input, escape noise, neurons that differ.
override with_poisson: bool;
override with_adaptation: bool;
override with_escape: bool;
override with_own: bool;

const WORD_STEPS_PER_CALL: u32 = 4u;
// The streams, where a counter has them.
const STREAM_BITS: u32 = 28u;
const STREAM_ESCAPE: u32 = 7u;
const STREAM_POISSON: u32 = 8u;

// The state of private inputs, and the words of the current calls.
struct Individual {
    poisson: i32,
    adaptation: i32,
    poisson_saturated: u32,     // bit s: it saturated in step s
    adaptation_saturated: u32,
    poisson_words: vec4<u32>,
    escape_words: vec4<u32>,
}

// A population with the parameters of one neuron.
fn own_population(population: Population, member: u32) -> Population {
    var own = population;
    if with_own {
        if own.decays != NONE { own.decay = bitcast<i32>(patterns[own.decays + member]); }
        if own.noises != NONE { own.noise = bitcast<i32>(patterns[own.noises + member]); }
        if own.thresholds != NONE { own.threshold = bitcast<i32>(patterns[own.thresholds + member]); }
    }
    return own;
}

// An input with the gain of one neuron.
fn own_projection(projection: Projection, member: u32) -> Projection {
    var own = projection;
    if with_own && own.gains != NONE { own.gain = bitcast<i32>(patterns[own.gains + member]); }
    return own;
}

fn load_individual(poisson: Projection, adaptation: Projection, neuron: Neuron) -> Individual {
    var own = Individual(0, 0, 0u, 0u, vec4<u32>(0u), vec4<u32>(0u));
    if with_poisson && (poisson.flags & JUMPS) == 0u { own.poisson = state[poisson.state + neuron.member]; }
    if with_adaptation { own.adaptation = state[adaptation.state + neuron.member]; }
    return own;
}

fn store_individual(population: Population, poisson: Projection, adaptation: Projection, neuron: Neuron, own: Individual) {
    if with_poisson && population.poisson != projection_count && (poisson.flags & JUMPS) == 0u {
        state[poisson.state + neuron.member] = own.poisson;
    }
    if with_adaptation && population.adaptation != projection_count {
        state[adaptation.state + neuron.member] = own.adaptation;
    }
}

// The words of the block's `call`-th group of four steps, from a stream with a word a step.
fn step_words(neuron: Neuron, stream: u32, call: u32) -> vec4<u32> {
    let low = ((block.step_low >> 2u) | (block.step_high << 30u)) + call;
    let high = (block.step_high >> 2u) + u32(low < call);
    let last = (stream << STREAM_BITS) | (block.stream & ((1u << STREAM_BITS) - 1u));
    return philox(vec4<u32>(neuron.number, low, high, last), vec2<u32>(block.key_low, block.key_high));
}

// Draws for the steps from `step` on, where a call begins.
fn draw(population: Population, neuron: Neuron, step: u32, own: ptr<function, Individual>) {
    let place = block.step_low % WORD_STEPS_PER_CALL + step;
    if step != 0u && place % WORD_STEPS_PER_CALL != 0u { return; }
    let call = place / WORD_STEPS_PER_CALL;
    if with_poisson && population.poisson != projection_count {
        (*own).poisson_words = step_words(neuron, STREAM_POISSON, call);
    }
    if with_escape && population.escape_table != NONE {
        (*own).escape_words = step_words(neuron, STREAM_ESCAPE, call);
    }
}

// The word of a step.
fn word_of(words: vec4<u32>, step: u32) -> u32 {
    return words[(block.step_low + step) % WORD_STEPS_PER_CALL];
}

// How many events a draw gives: the place that it has in the table, by halving.
fn poisson_count(population: Population, draw: u32) -> u32 {
    var found = 0u;
    for (var bits = population.poisson_bits; bits > 0u; bits--) {
        let probe = found + (1u << (bits - 1u));
        if patterns[population.poisson_table + probe - 1u] < draw { found = probe; }
    }
    return population.poisson_base + found;
}

// The probability of a spike in a step, in 2^-32.
fn escape_probability(population: Population, potential: i32) -> u32 {
    let low = population.threshold + population.escape_low;
    let high = population.threshold + population.escape_high;
    let distance = bitcast<u32>(clamp(potential, low, high) - low);
    return patterns[population.escape_table + (distance >> population.escape_shift)];
}

// Whether a free neuron would fire at this potential.
fn fires(population: Population, potential: i32, step: u32, own: Individual) -> bool {
    if with_escape && population.escape_table != NONE {
        return word_of(own.escape_words, step) < escape_probability(population, potential);
    }
    return potential >= population.threshold;
}

// The sum of two numbers, held at the ends of their range; bit `step` of `saturated` tells of it.
fn add_saturating(a: i32, b: i32, step: u32, saturated: ptr<function, u32>) -> i32 {
    let sum = a + b;
    let saturates = ((a ^ sum) & (b ^ sum)) < 0;
    *saturated |= u32(saturates) << step;
    return select(sum, (a >> 31u) ^ 0x7fffffff, saturates);
}

// What so many events add: the product fits.
fn private_arrival(input: Projection, count: u32) -> i32 {
    return (bitcast<i32>(count) * input.weight + ((1 << input.weight_shift) >> 1u)) >> input.weight_shift;
}

// An input after a step, without what arrives.
fn decayed(input: Projection, value: i32) -> i32 {
    return low_shift(add(multiply(value, input.decay), wide_of(vec2<u32>(1u << 30u, 0u))), 31u);
}

// Lets private inputs decay and adds what arrives, after the threshold; a held neuron discards jumps.
fn arrive(
    population: Population, poisson: Projection, adaptation: Projection, step: u32, neuron: ptr<function, Neuron>,
    own: ptr<function, Individual>,
) {
    if with_poisson && population.poisson != projection_count {
        let arrival = private_arrival(poisson, poisson_count(population, word_of((*own).poisson_words, step)));
        var saturated = (*own).poisson_saturated;
        if (poisson.flags & JUMPS) == 0u {
            (*own).poisson = add_saturating(decayed(poisson, (*own).poisson), arrival, step, &saturated);
        } else if !(*neuron).held {
            (*neuron).potential = add_saturating((*neuron).potential, arrival, step, &saturated);
        }
        (*own).poisson_saturated = saturated;
    }
    if with_adaptation && population.adaptation != projection_count {
        let arrival = private_arrival(adaptation, ((*neuron).spikes >> step) & 1u);
        var saturated = (*own).adaptation_saturated;
        (*own).adaptation = add_saturating(decayed(adaptation, (*own).adaptation), arrival, step, &saturated);
        (*own).adaptation_saturated = saturated;
    }
}
