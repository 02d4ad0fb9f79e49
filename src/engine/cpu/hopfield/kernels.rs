//! Kernels compiled for the instructions that a processor has, chosen at run time. All give the same bits.

use crate::engine::cpu::host::Instructions;

/// The instructions of the kernels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kernels {
    pub(super) instructions: Instructions,
    /// AVX-512 counts bits by itself.
    pub(super) vector_popcount: bool,
}

/// Calls a kernel compiled for the instructions that were found.
macro_rules! with_instructions {
    ($kernels:expr, $kernel:ident($($name:ident: $type:ty),*)) => {{
        #[cfg(target_arch = "x86_64")]
        {
            use crate::engine::cpu::host::Instructions;
            #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
            fn avx2($($name: $type),*) {
                $kernel($($name),*);
            }
            #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
            fn avx512($($name: $type),*) {
                $kernel($($name),*);
            }
            #[target_feature(
                enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq"
            )]
            fn avx512_popcount($($name: $type),*) {
                $kernel($($name),*);
            }
            match ($kernels.instructions, $kernels.vector_popcount) {
                (Instructions::Baseline, _) => {}
                // SAFETY: instructions other than the baseline come from run-time detection on this processor.
                (Instructions::Avx2, _) => return unsafe { avx2($($name),*) },
                // SAFETY: as above.
                (Instructions::Avx512, false) => return unsafe { avx512($($name),*) },
                // SAFETY: as above.
                (Instructions::Avx512, true) => return unsafe { avx512_popcount($($name),*) },
            }
        }
        $kernel($($name),*);
    }};
}
pub(super) use with_instructions;
