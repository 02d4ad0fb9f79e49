//! `attractor devices`: every device that can compute, and which one `auto` would take.

use std::fmt::Write;

use attractor::engine::gpu::{self, Device};
use serde_json::{Value, json};

use crate::cli::DevicesArgs;

use super::{Ended, output, words};

/// Lists them, the one that `auto` would take marked.
pub(crate) fn devices(args: &DevicesArgs) -> anyhow::Result<Ended> {
    let devices = gpu::devices();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if args.json {
        output::print_json(&document(&devices, cores))?;
    } else {
        output::print(&told(&devices, cores))?;
    }
    Ok(Ended::Done)
}

/// The device that `auto` would take: the first that is hardware and usable, as they are in order of preference.
fn chosen(devices: &[Device]) -> Option<usize> {
    devices.iter().position(|device| !device.software && device.usable.is_ok())
}

fn told(devices: &[Device], cores: usize) -> String {
    let chosen = chosen(devices);
    let mark = |is_chosen: bool| if is_chosen { "*" } else { " " };
    let mut text = format!("{} cpu  {}\n", mark(chosen.is_none()), words::counted(cores as u64, "core"));
    for (index, device) in devices.iter().enumerate() {
        let limits = &device.limits;
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{} gpu  {} ({}, {}, {})\n       buffers up to {}, bindings up to {}, {} storage buffers a stage, \
             workgroups of {}",
            mark(chosen == Some(index)),
            device.name,
            device.kind,
            device.backend,
            device.driver,
            words::bytes(limits.buffer_bytes),
            words::bytes(limits.binding_bytes),
            limits.storage_buffers,
            limits.workgroup_size,
        );
        if let Err(reason) = &device.usable {
            let _ = writeln!(text, "       cannot be used: {reason}");
        } else if device.software {
            let _ = writeln!(text, "       software: used only when named with --adapter");
        }
    }
    text + "* what --backend auto takes\n"
}

fn document(devices: &[Device], cores: usize) -> Value {
    let device = |device: &Device| {
        json!({
            "name": device.name,
            "kind": device.kind,
            "backend": device.backend,
            "driver": device.driver,
            "software": device.software,
            "usable": device.usable.is_ok(),
            "reason": device.usable.as_ref().err(),
            "limits": {
                "buffer_bytes": device.limits.buffer_bytes,
                "binding_bytes": device.limits.binding_bytes,
                "storage_buffers": device.limits.storage_buffers,
                "workgroup_size": device.limits.workgroup_size,
                "workgroups": device.limits.workgroups,
            },
        })
    };
    let chosen = chosen(devices);
    json!({
        "cpu": { "cores": cores },
        "gpus": devices.iter().map(device).collect::<Vec<_>>(),
        "auto": { "backend": if chosen.is_some() { "gpu" } else { "cpu" }, "gpu": chosen },
    })
}
