//! Weights: what is drawn has the moments it should, low rank is what the formula says, and what they do is known.

use std::sync::Arc;

use attractor::network::rate::Coupling;

use crate::{end_of, read, run};

fn gaussian(size: u32, g: f64, rest: &str) -> String {
    format!(
        "model = \"rate\"\nseed = 5\nduration = \"400 ms\"\n[network]\nsize = {size}\ntau = \"10 ms\"\n\
         gain = {{ kind = \"tanh\" }}\ncoupling = {{ kind = \"gaussian\" }}\nstrength = {g:?}\n{rest}\n"
    )
}

fn weights(text: &str) -> Arc<Vec<f32>> {
    let Coupling::Dense(weights) = &read(text).1.coupling else { panic!("no matrix") };
    Arc::clone(weights)
}

#[test]
fn gaussian_weights_have_the_moments_of_their_distribution() {
    for size in [1, 2, 7, 600] {
        assert_eq!(weights(&gaussian(size, 1.0, "")).len(), (size * size) as usize);
    }
    let drawn = weights(&gaussian(600, 1.5, ""));
    let n = drawn.len() as f64;
    let moment = |power: i32| drawn.iter().map(|&weight| f64::from(weight).powi(power)).sum::<f64>() / n;
    let variance = 1.5f64 * 1.5 / 600.0;
    // Five standard errors of each.
    assert!(moment(1).abs() < 5.0 * (variance / n).sqrt(), "mean {}", moment(1));
    assert!((moment(2) / variance - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "variance {}", moment(2));
    assert!(moment(3).abs() < 5.0 * (15.0 * variance.powi(3) / n).sqrt(), "third moment {}", moment(3));
    assert!((moment(4) / (3.0 * variance * variance) - 1.0).abs() < 5.0 * (96.0 / 9.0 / n).sqrt(), "kurtosis");
    // Rows and columns are independent of each other.
    let rows = |one: usize, other: usize| -> f64 {
        let product = |at: usize| f64::from(drawn[one * 600 + at]) * f64::from(drawn[other * 600 + at]);
        (0..600).map(product).sum::<f64>() / (600.0 * variance)
    };
    assert!((0..599).all(|row| rows(row, row + 1).abs() < 6.0 / 600f64.sqrt()));
    // One seed, one matrix; the strength scales it, another seed is another one.
    assert_eq!(weights(&gaussian(600, 1.5, "")), drawn);
    let twice = weights(&gaussian(600, 3.0, ""));
    assert!(drawn.iter().zip(&*twice).all(|(one, two)| (2.0 * one - two).abs() <= f32::EPSILON * two.abs()));
    assert_ne!(weights(&gaussian(600, 1.5, "").replace("seed = 5", "seed = 6")), drawn);
}

/// Sompolinsky, Crisanti & Sommers (Phys. Rev. Lett. 61, 1988): silence is stable up to g = 1, and beyond it the
/// network is active without coming to rest.
#[test]
fn random_networks_fall_silent_below_g_1_and_never_rest_above() {
    let quiet = end_of(&gaussian(700, 0.7, "[start]\nstate = \"random\""));
    assert!(quiet.rates.iter().all(|rate| rate.abs() < 1e-3), "{}", quiet.residual);
    let (_, network) = read(&gaussian(700, 2.0, "[start]\nstate = \"random\""));
    let frames = run(&network);
    for (step, frame) in &frames[200..] {
        let size = (frame.rates.iter().map(|rate| rate * rate).sum::<f32>() / 700.0).sqrt();
        assert!((0.2..0.9).contains(&size) && frame.residual > 0.1, "{size}, {} after step {step}", frame.residual);
    }
}

/// W_ij = strength/(N a (1-a)) Σ (ξ_i - b) (ξ_j - a): with b = 0 only members of a memory are excited by it.
#[test]
fn the_offset_of_the_target_is_taken_from_it() {
    let text = "model = \"rate\"\nduration = \"1 ms\"\npatterns = { values = [[1, 1, 0, 0, 0]] }\n[network]\nsize = 5\n\
                tau = \"1 ms\"\ngain = { kind = \"relu\" }\ncoupling = { kind = \"hebbian\", b = 0.0 }\nstrength = 2.0\n\
                [start]\npattern = 0\noverlap = 1.0\n[record]\nneurons = 5\n";
    // N a (1-a) = 1.2 and Σ (ξ_j - a) r_j = 1.2: the field of members is 2, that of the others 0, or -0.8 with b = a.
    for (text, others) in [(text.to_owned(), 0.0f32), (text.replace(", b = 0.0", ""), -0.8)] {
        let (_, network) = read(&text.replace("\"relu\"", "\"tanh\""));
        let first = &run(&network)[0].1;
        assert!((first.overlaps[0] - 1.0).abs() < 1e-6, "{}", first.overlaps[0]);
        let members = 2.0f32 * if others == 0.0 { 1.0 } else { 0.6 };
        let residual = (members.tanh() - 1.0).abs().max(others.tanh().abs());
        assert!((first.residual - residual).abs() < 1e-6, "{}, {residual} is due", first.residual);
    }
}
