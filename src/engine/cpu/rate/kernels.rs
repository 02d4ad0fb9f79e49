//! The kernels, compiled for each kind of vector instructions. No instruction adds and multiplies at once, so all give
//! the same bits.

use super::fields::fields;
use super::integrate::{Chunk, Context, integrate};
use super::observe::observe;
use super::sums::{Sums, sums};
use crate::engine::cpu::host::Instructions;

/// A function that calls a kernel compiled for the instructions asked for, which this processor must have.
macro_rules! compiled {
    ($(#[$doc:meta])* $name:ident, $kernel:ident($($argument:ident: $type:ty),*) -> $result:ty) => {
        $(#[$doc])*
        pub(super) fn $name(instructions: Instructions, $($argument: $type),*) -> $result {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2($($argument: $type),*) -> $result {
                    $kernel($($argument),*)
                }
                #[target_feature(enable = "avx2,avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512($($argument: $type),*) -> $result {
                    $kernel($($argument),*)
                }
                match instructions {
                    Instructions::Baseline => {}
                    // SAFETY: instructions other than the baseline come from run-time detection on this processor.
                    Instructions::Avx2 => return unsafe { avx2($($argument),*) },
                    // SAFETY: as above.
                    Instructions::Avx512 => return unsafe { avx512($($argument),*) },
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            let Instructions::Baseline = instructions;
            $kernel($($argument),*)
        }
    };
}

compiled!(
    /// [`sums`]
    sums_with, sums(context: Sums<'_>, chunk: usize, partials: &mut [f32]) -> ()
);
compiled!(
    /// [`fields`]
    fields_with, fields(weights: &[f32], trial: &[f32], into: &mut [f32]) -> ()
);
compiled!(
    /// [`integrate`]
    integrate_with, integrate(context: Context<'_>, chunk: &mut Chunk<'_>) -> ()
);
compiled!(
    /// [`observe`]
    observe_with, observe(context: Context<'_>, chunk: usize, trial: &[f32]) -> u32
);
