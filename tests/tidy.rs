//! The tidy test: rules of the repository that no compiler checks.

use std::fs;
use std::path::{Path, PathBuf};

/// Which modules of the library each may import: what stands to its left on the way of the data, and no more.
const IMPORTS: [(&str, &[&str]); 20] = [
    ("fixed", &[]),
    ("memory", &[]),
    ("random", &[]),
    ("units", &[]),
    ("config", &["memory", "units"]),
    ("model", &["config", "units"]),
    ("network", &["fixed", "random"]),
    ("compile", &["config", "model", "network", "fixed", "random", "units"]),
    ("engine", &["network", "fixed", "random"]),
    ("schedule", &["engine", "network"]),
    ("simulate", &["engine", "network", "schedule"]),
    ("record", &["model", "network", "engine", "simulate", "fixed"]),
    ("results", &["record"]),
    ("plan", &["model", "network", "engine", "schedule", "random"]),
    ("verify", &["network", "engine", "schedule", "simulate"]),
    ("analysis", &[]),
    ("findings", &["config", "units", "results", "analysis"]),
    ("plot", &["results", "analysis", "findings"]),
    ("report", &["results", "analysis", "findings", "plot"]),
    ("export", &["record", "results", "findings"]),
];

/// Crates that only some folders may use.
const USERS: [(&str, &[&str]); 9] = [
    ("wgpu", &["src/engine/gpu"]),
    ("hdf5", &["src/record", "src/results", "src/export/nwb"]),
    ("parquet", &["src/export"]),
    ("zip", &["src/export/npz"]),
    ("ratatui", &["src/commands/watch"]),
    ("tiny_skia", &["src/plot/bitmap.rs"]),
    ("rustfft", &["src/analysis/spectrum.rs"]),
    ("toml", &["src/config"]),
    ("rayon", &["src/engine/cpu", "src/compile", "src/network/hopfield"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder with one of these endings, as paths relative to the repository, with their text.
fn files(folder: &str, extensions: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    let wanted = |path: &PathBuf| path.extension().is_some_and(|own| extensions.iter().any(|&one| own == one));
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        (name, fs::read_to_string(&path).unwrap())
    };
    found.into_iter().filter(wanted).map(read).collect()
}

/// The code of a file without its comments and its tests, which may import what they like.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap();
    code.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The modules named after `crate::`, also in braces.
fn imported(code: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect::<String>();
    let mut modules = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(braced) = rest.strip_prefix('{') else {
            modules.push(name(rest));
            continue;
        };
        let (mut depth, mut starts) = (0, true);
        for (at, c) in braced.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => starts = true,
                _ if starts && c.is_alphanumeric() => {
                    modules.push(name(&braced[at..]));
                    starts = false;
                }
                _ => {}
            }
        }
    }
    modules
}

fn is_tests(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

#[test]
fn every_file_says_in_its_first_line_what_it_is_for() {
    for (folder, start) in [("src", "//! "), ("tests", "//! "), ("benches", "//! "), ("shaders", "// ")] {
        if !root().join(folder).exists() {
            continue;
        }
        for (path, text) in files(folder, &["rs", "wgsl"]) {
            let first = text.lines().next().unwrap_or_default();
            assert!(first.starts_with(start), "{path} starts with `{first}`");
        }
    }
}

#[test]
fn modules_import_only_what_stands_to_their_left() {
    let listed: Vec<&str> = IMPORTS.iter().map(|(module, _)| *module).collect();
    let library = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: Vec<&str> =
        library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, listed, "lib.rs and the table here list the modules in the order of the data");
    for (path, text) in files("src", &["rs"]).iter().filter(|(path, _)| !is_tests(path)) {
        let module = path.trim_start_matches("src/").split(['/', '.']).next().unwrap();
        let Some((_, allowed)) = IMPORTS.iter().find(|(name, _)| *name == module) else { continue };
        for import in imported(&code(text)) {
            let fine = import == module || allowed.contains(&import.as_str());
            assert!(fine, "{path} imports `{import}`; `{module}` may import {allowed:?}");
        }
    }
}

#[test]
fn the_two_engines_do_not_know_each_other() {
    for (path, text) in files("src/engine", &["rs"]).iter().filter(|(path, _)| !is_tests(path)) {
        let other = if path.contains("/gpu/") { "cpu" } else { "gpu" };
        if path.contains("/cpu/") || path.contains("/gpu/") {
            assert!(!code(text).contains(&format!("engine::{other}")), "{path} knows engine::{other}");
        }
    }
}

#[test]
fn crates_are_used_only_where_they_belong() {
    for (path, text) in files("src", &["rs"]).iter().filter(|(path, _)| !is_tests(path)) {
        let code = code(text);
        for (name, users) in USERS {
            let at = code.find(&format!("{name}::"));
            let uses = at.is_some_and(|at| !code[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c)));
            assert!(!uses || users.iter().any(|user| path.starts_with(user)), "{path} uses `{name}`");
        }
    }
}

#[test]
fn every_shader_has_a_twin_on_the_cpu() {
    for model in ["spiking", "hopfield", "rate"] {
        let shaders = files(&format!("shaders/{model}"), &["wgsl"]);
        // The others are parts of them: declarations.
        let entry_points: Vec<_> = shaders.iter().filter(|(_, text)| text.contains("@compute")).collect();
        assert!(!entry_points.is_empty());
        for (path, _) in entry_points {
            let name = Path::new(path).file_stem().unwrap().to_str().unwrap();
            let twin = format!("src/engine/cpu/{model}/{name}.rs");
            assert!(root().join(&twin).exists(), "{path} has no {twin}");
        }
    }
}

#[test]
fn files_named_in_the_architecture_page_exist() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let named: Vec<&str> = page.split('`').skip(1).step_by(2).filter(|name| is_path(name)).collect();
    assert!(named.len() > 20, "the page names only {} files", named.len());
    for name in named {
        assert!(root().join(name).exists(), "ARCHITECTURE.md names `{name}`, which does not exist");
    }
}

fn is_path(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
    plain && (name.contains('/') || name.ends_with(".rs") || name.ends_with(".toml"))
}

#[test]
fn the_rules_see_what_breaks_them() {
    assert_eq!(
        imported("use crate::{config::{a, b}, model, network::c};\ncrate::fixed::x"),
        ["config", "model", "network", "fixed"]
    );
    assert_eq!(code("a // crate::b\n#[cfg(test)]\nuse crate::c;"), "a ");
    assert!(is_path("src/lib.rs") && is_path("shaders/") && !is_path("Engine") && !is_path("a b/c"));
}
