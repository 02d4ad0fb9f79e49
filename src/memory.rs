//! How much memory this machine has to give.

/// Memory that can be had without pushing anything out, where the system tells it (Linux): of the machine, of the
/// control group, of the process.
#[must_use]
pub fn available_bytes() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let number = |path: &str| read(path)?.trim().parse::<u64>().ok();
    let of_machine = || {
        let told = read("/proc/meminfo")?;
        let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
    };
    let of_group = || {
        let most = number("/sys/fs/cgroup/memory.max")?;
        Some(most.saturating_sub(number("/sys/fs/cgroup/memory.current").unwrap_or(0)))
    };
    let of_process = || {
        let told = read("/proc/self/limits")?;
        let line = told.lines().find_map(|line| line.strip_prefix("Max address space"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    [of_machine(), of_group(), of_process()].into_iter().flatten().min()
}
