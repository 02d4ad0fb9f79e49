//! An opened device: its queue, and what goes wrong on it as errors instead of panics.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, Once, PoisonError};

use super::adapters::{self, Device};
use super::shaders::Integers;
use crate::engine::EngineError;

/// An opened device. Clones share it.
#[derive(Clone, Debug)]
pub struct Gpu {
    description: Device,
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    integers: Integers,
    workgroups_gather: bool,
    fault: Arc<Mutex<Option<String>>>,
}

impl Gpu {
    /// Opens the device that has `name` in its name, in any case; without a name a discrete GPU, then an integrated
    /// one, then other hardware. A software rasteriser is taken only by name.
    ///
    /// # Errors
    /// If there is no such device, with those there are; or if it cannot be opened.
    pub fn open(name: Option<&str>) -> Result<Self, EngineError> {
        let adapter = adapters::choose(name)?;
        let description = adapters::describe(&adapter);
        let available = adapter.limits();
        let limits = wgpu::Limits {
            max_buffer_size: available.max_buffer_size,
            max_storage_buffer_binding_size: available.max_storage_buffer_binding_size,
            ..wgpu::Limits::default().or_worse_values_from(&available)
        };
        let features = adapter.features() & (wgpu::Features::SHADER_INT64 | wgpu::Features::TIMESTAMP_QUERY);
        let request = adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("attractor"),
            required_features: features,
            required_limits: limits,
            ..wgpu::DeviceDescriptor::default()
        });
        let (device, queue) = pollster::block_on(request).map_err(|error| EngineError::Device {
            adapter: description.name.clone(),
            message: format!("it cannot be opened: {error}"),
        })?;
        let fault = Arc::new(Mutex::new(None));
        report_to(&device, &fault);
        let has_int64 = features.contains(wgpu::Features::SHADER_INT64);
        let integers = if has_int64 { Integers::Native } else { Integers::Words };
        let workgroups_gather = !description.software;
        Ok(Self { description, device, queue, integers, workgroups_gather, fault })
    }

    /// The same device, used as one without 64-bit integers: slower, and the same bits.
    #[must_use]
    pub fn without_int64(mut self) -> Self {
        self.integers = Integers::Words;
        self
    }

    /// The same device, used as one that takes so many workgroups across, at least 1: of large networks they fill rows.
    #[must_use]
    pub fn with_workgroups_across(mut self, limit: u32) -> Self {
        self.description.limits.workgroups = limit.max(1);
        self
    }

    /// The same device, used as hardware is: a block is one dispatch, whose workgroups gather what arrives themselves. On a
    /// software rasteriser, which pays dearly for barriers, it is slower, and the same bits.
    #[must_use]
    pub fn with_gathering_workgroups(mut self) -> Self {
        self.workgroups_gather = true;
        self
    }

    /// Whether workgroups gather what arrives in a block themselves.
    #[must_use]
    pub fn workgroups_gather(&self) -> bool {
        self.workgroups_gather
    }

    /// How shaders make 64-bit integers on it.
    #[must_use]
    pub fn integers(&self) -> Integers {
        self.integers
    }

    /// What the device is.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.description
    }

    /// An error if anything went wrong on the device since it was opened.
    pub(super) fn check(&self) -> Result<(), EngineError> {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.as_ref().map_or(Ok(()), |message| Err(self.failed(message)))
    }

    pub(super) fn failed(&self, message: &str) -> EngineError {
        EngineError::Device { adapter: self.description.name.clone(), message: message.to_owned() }
    }

    /// Waits until a submission is done and its callbacks were called.
    pub(super) fn wait(&self, submission: Option<wgpu::SubmissionIndex>) -> Result<(), EngineError> {
        self.check()?;
        let poll = || self.device.poll(wgpu::PollType::Wait { submission_index: submission, timeout: None });
        let result = without_panic(poll).ok_or_else(|| {
            // What the device reported is better than that it is gone.
            self.check().err().unwrap_or_else(|| self.failed("it was lost while it ran"))
        })?;
        result.map_err(|error| self.failed(&error.to_string()))?;
        self.check()
    }
}

/// Keeps the first thing that goes wrong; later ones follow from it.
fn report_to(device: &wgpu::Device, fault: &Arc<Mutex<Option<String>>>) {
    let record = |fault: &Mutex<Option<String>>, message: String| {
        fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(message);
    };
    let slot = Arc::clone(fault);
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        let message = match error {
            wgpu::Error::OutOfMemory { .. } => "it is out of memory".to_owned(),
            wgpu::Error::Validation { description, .. } | wgpu::Error::Internal { description, .. } => description,
        };
        record(&slot, message);
    }));
    let slot = Arc::clone(fault);
    device.set_device_lost_callback(move |reason, message| {
        if reason != wgpu::DeviceLostReason::Destroyed {
            record(&slot, format!("it was lost: {message}"));
        }
    });
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Calls `wait`, which panics where a device is lost (wgpu has no other way to say so): `None`, and nothing printed.
fn without_panic<T>(wait: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let outer = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                outer(info);
            }
        }));
    });
    QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(wait));
    QUIET.set(false);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::without_panic;

    #[test]
    fn a_panic_in_a_wait_is_an_answer() {
        assert_eq!(without_panic(|| 3), Some(3));
        assert_eq!(without_panic(|| -> u32 { panic!("lost") }), None);
    }
}
