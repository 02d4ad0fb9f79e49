//! Which devices there are, and which one a name or its absence means.

use crate::engine::EngineError;
use crate::engine::gpu::shaders::{STORAGE_BUFFERS_MAX, WORKGROUP_SIZE_MAX};

/// A device that wgpu finds, usable or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// "discrete", "integrated", "virtual", "software" or "other".
    pub kind: String,
    /// "vulkan", "metal" or "dx12".
    pub backend: String,
    /// The driver and its version.
    pub driver: String,
    /// The limits that matter here.
    pub limits: Limits,
    /// A rasteriser that runs on the processor, such as llvmpipe.
    pub software: bool,
    /// Why the engine cannot use it.
    pub usable: Result<(), String>,
}

/// The limits of a device that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest buffer, bytes.
    pub buffer_bytes: u64,
    /// The largest part of a buffer that a shader can see, bytes.
    pub binding_bytes: u64,
    /// Storage buffers in a shader stage.
    pub storage_buffers: u32,
    /// Invocations in a workgroup.
    pub workgroup_size: u32,
    /// Workgroups in one dimension of a dispatch.
    pub workgroups: u32,
}

impl Limits {
    pub(super) fn of(limits: &wgpu::Limits) -> Self {
        Self {
            buffer_bytes: limits.max_buffer_size,
            binding_bytes: limits.max_storage_buffer_binding_size,
            storage_buffers: limits.max_storage_buffers_per_shader_stage,
            workgroup_size: limits.max_compute_invocations_per_workgroup.min(limits.max_compute_workgroup_size_x),
            workgroups: limits.max_compute_workgroups_per_dimension,
        }
    }
}

/// All devices that wgpu finds, in the order in which they are preferred.
#[must_use]
pub fn devices() -> Vec<Device> {
    adapters().iter().map(describe).collect()
}

/// The adapter that `name`, a part of its name in any case, or its absence means.
pub(super) fn choose(name: Option<&str>) -> Result<wgpu::Adapter, EngineError> {
    let adapters = adapters();
    let devices: Vec<Device> = adapters.iter().map(describe).collect();
    let index = choose_device(&devices, name).map_err(|message| EngineError::NoAdapter { message })?;
    adapters.into_iter().nth(index).ok_or_else(|| EngineError::NoAdapter { message: "the adapter is gone".into() })
}

/// The place of the chosen device among `devices`, which are in order of preference; else what to do.
fn choose_device(devices: &[Device], name: Option<&str>) -> Result<usize, String> {
    let meets = |device: &Device| match name {
        Some(name) => device.name.to_lowercase().contains(&name.to_lowercase()),
        None => !device.software,
    };
    if let Some(index) = devices.iter().position(|device| meets(device) && device.usable.is_ok()) {
        return Ok(index);
    }
    let mut message = match name {
        Some(name) => format!("no usable adapter has `{name}` in its name; "),
        None => "no GPU was found; ".to_owned(),
    };
    if devices.is_empty() {
        message += "there is none at all: install a Vulkan driver (on Debian and Ubuntu `mesa-vulkan-drivers`)";
        return Err(message);
    }
    let names: Vec<String> = devices
        .iter()
        .map(|device| match &device.usable {
            Ok(()) => format!("`{}` ({}, {})", device.name, device.kind, device.backend),
            Err(reason) => format!("`{}` ({}, {}: {reason})", device.name, device.kind, device.backend),
        })
        .collect();
    message += &format!("there is {}", names.join(", "));
    if let Some(software) = devices.iter().find(|device| device.software && device.usable.is_ok()) {
        let word = software.name.split_whitespace().next().unwrap_or_default();
        message += &format!("; `--adapter {word}` would use the software one");
    }
    Err(message)
}

/// All adapters, discrete GPUs first, software last.
fn adapters() -> Vec<wgpu::Adapter> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        flags: wgpu::InstanceFlags::empty(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let mut adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    adapters.sort_by_key(|adapter| match adapter.get_info().device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    });
    adapters
}

pub(super) fn describe(adapter: &wgpu::Adapter) -> Device {
    let info = adapter.get_info();
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => "discrete",
        wgpu::DeviceType::IntegratedGpu => "integrated",
        wgpu::DeviceType::VirtualGpu => "virtual",
        wgpu::DeviceType::Cpu => "software",
        wgpu::DeviceType::Other => "other",
    };
    let limits = Limits::of(&adapter.limits());
    Device {
        name: info.name,
        kind: kind.to_owned(),
        backend: info.backend.to_str().to_owned(),
        driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
        limits,
        software: info.device_type == wgpu::DeviceType::Cpu,
        usable: usable(&limits, adapter.get_downlevel_capabilities().flags),
    }
}

fn usable(limits: &Limits, flags: wgpu::DownlevelFlags) -> Result<(), String> {
    if !flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS) {
        return Err("it has no compute shaders".into());
    }
    for (what, has, needs) in [
        ("storage buffers in a shader stage", limits.storage_buffers, STORAGE_BUFFERS_MAX),
        ("invocations in a workgroup", limits.workgroup_size, WORKGROUP_SIZE_MAX),
    ] {
        if has < needs {
            return Err(format!("it has {has} {what}, and {needs} are needed"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str, software: bool) -> Device {
        let limits =
            Limits { buffer_bytes: 1, binding_bytes: 1, storage_buffers: 8, workgroup_size: 256, workgroups: 65_535 };
        let kind = if software { "software" } else { "discrete" };
        Device {
            name: name.into(),
            kind: kind.into(),
            backend: "vulkan".into(),
            driver: "test".into(),
            limits,
            software,
            usable: Ok(()),
        }
    }

    #[test]
    fn software_is_used_only_when_named() {
        let devices = [device("Fast GPU", false), device("llvmpipe (LLVM 15)", true)];
        assert_eq!(choose_device(&devices, None), Ok(0));
        assert_eq!(choose_device(&devices, Some("LLVMPIPE")), Ok(1));
        assert_eq!(choose_device(&devices, Some("fast")), Ok(0));
        let message = choose_device(&devices[1..], None).unwrap_err();
        assert!(message.contains("`--adapter llvmpipe`"), "{message}");
        let message = choose_device(&devices, Some("radeon")).unwrap_err();
        assert!(message.contains("`radeon`") && message.contains("`Fast GPU` (discrete, vulkan)"), "{message}");
        assert!(choose_device(&[], None).unwrap_err().contains("install a Vulkan driver"));
    }

    #[test]
    fn an_unusable_device_is_passed_over_and_says_why() {
        let mut old = device("Old GPU", false);
        old.usable = usable(&Limits { storage_buffers: 4, ..old.limits }, wgpu::DownlevelFlags::COMPUTE_SHADERS);
        assert_eq!(choose_device(&[old.clone(), device("New GPU", false)], None), Ok(1));
        assert!(choose_device(&[old], Some("old")).unwrap_err().contains("4 storage buffers"));
    }
}
