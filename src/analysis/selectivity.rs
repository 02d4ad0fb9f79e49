//! Selectivity of neurons: in how many memories each one takes part.
//!
//! Neurons of the human medial temporal lobe fire for few of many things, whatever the picture ("concept cells"): Quian
//! Quiroga, Nature Reviews Neuroscience 13 (2012) 587. In a network with patterns of activity a each neuron belongs to about
//! aP of P patterns, n_i = sum_mu xi_i^mu: Gerstner, Kistler, Naud & Paninski, Neuronal Dynamics (2014), section 17.2.6.

/// The number of patterns that each neuron belongs to, `[neuron]`.
///
/// # Panics
/// If a member is not a neuron of the population.
#[must_use]
pub fn memberships<'a>(patterns: impl IntoIterator<Item = &'a [u32]>, size: usize) -> Vec<u32> {
    let mut memberships = vec![0; size];
    for members in patterns {
        members.iter().for_each(|&member| memberships[member as usize] += 1);
    }
    memberships
}

/// The number of states, of those whose rates are given as `[state][neuron]`, in which each neuron fires at
/// `active_hz` or more, `[neuron]`: selectivity as an experimenter would find it, without knowing the patterns.
#[must_use]
pub fn responses(rates_hz: &[Vec<f64>], active_hz: f64) -> Vec<u32> {
    let mut responses = vec![0; rates_hz.first().map_or(0, Vec::len)];
    for state in rates_hz {
        responses.iter_mut().zip(state).for_each(|(count, &rate)| *count += u32::from(rate >= active_hz));
    }
    responses
}

/// How many neurons have each number, `[number]`, from 0 to the largest.
#[must_use]
pub fn histogram(numbers: &[u32]) -> Vec<usize> {
    let mut histogram = vec![0; numbers.iter().max().map_or(0, |&largest| largest as usize + 1)];
    numbers.iter().for_each(|&number| histogram[number as usize] += 1);
    histogram
}

/// The sparseness of one neuron's rates over states (or of many neurons' in one): (mean r)^2 / mean r^2, from 1/n for one
/// alone to 1 where all are the same; NaN of silence. Treves & Rolls, Network 2 (1991) 371.
#[must_use]
pub fn sparseness(rates_hz: &[f64]) -> f64 {
    let count = rates_hz.len() as f64;
    let (sum, squares) = rates_hz.iter().fold((0.0, 0.0), |(sum, squares), rate| (sum + rate, squares + rate * rate));
    (sum / count).powi(2) / (squares / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memberships_and_responses_are_counted_by_neuron() {
        let patterns = [vec![0, 1], vec![1, 3], vec![], vec![1]];
        let found = memberships(patterns.iter().map(Vec::as_slice), 5);
        assert_eq!(found, [1, 3, 0, 1, 0]);
        assert_eq!(histogram(&found), [2, 2, 0, 1]);
        assert_eq!(responses(&[vec![20.0, 19.9, 50.0], vec![0.0, 30.0, 60.0]], 20.0), [1, 1, 2]);
        assert!(histogram(&[]).is_empty() && responses(&[], 1.0).is_empty());
    }

    #[test]
    fn sparseness_goes_from_a_share_to_one() {
        assert_eq!(sparseness(&[0.0, 40.0, 0.0, 0.0]), 0.25);
        assert_eq!(sparseness(&[7.0, 7.0]), 1.0);
        assert!(sparseness(&[]).is_nan() && sparseness(&[0.0]).is_nan());
    }
}
