//! The choice of an engine, and `attractor verify`. What needs a GPU is ignored by default and fails without one.

use serde_json::Value;

use crate::{Place, config, quick, quickly};

/// The first usable GPU, software or not, by name.
pub(crate) fn adapter(place: &Place) -> String {
    let document = place.document(&["devices"]);
    let gpus = document["gpus"].as_array().unwrap();
    let usable = gpus.iter().find(|gpu| gpu["usable"] == true).expect("no usable GPU: install a Vulkan driver");
    usable["name"].as_str().unwrap().to_owned()
}

#[test]
fn an_adapter_that_is_not_there_is_refused_by_name() {
    let (place, quick) = (Place::new(), quick());
    let mut arguments = quickly("run", &quick, &["--adapter", "no such adapter"]);
    arguments.retain(|argument| !["--backend", "cpu"].contains(argument));
    assert!(place.failure(1, &arguments).contains("`no such adapter`"));
    assert!(!place.path("small.h5").exists());
    let mut verify = vec!["verify"];
    verify.extend(quick.iter().map(String::as_str).chain(["--adapter", "no such adapter"]));
    assert!(place.failure(1, &verify).contains("`no such adapter`"));
}

#[cfg(target_os = "linux")]
#[test]
fn without_any_gpu_auto_takes_the_cpu_without_a_word_and_gpu_fails() {
    let (place, quick) = (Place::new(), quick());
    let call = |backend: &str| {
        let mut arguments = quickly("run", &quick, &["--json", "-o", backend, "--backend", backend]);
        let first = arguments.iter().position(|argument| *argument == "--backend").unwrap();
        arguments.drain(first..first + 2);
        let mut command = place.command(&arguments);
        crate::called(command.env("VK_ICD_FILENAMES", "/none.json").env("VK_DRIVER_FILES", "/none.json"))
    };
    let auto = call("auto");
    assert_eq!((auto.code, auto.stderr.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&auto.stdout).unwrap();
    assert_eq!(document["engine"]["engine"], "cpu");
    let gpu = call("gpu");
    assert_eq!(gpu.code, 1);
    assert!(gpu.stderr.contains("no GPU"), "{}", gpu.stderr);
    let document: Value = serde_json::from_str(&gpu.stdout).unwrap();
    assert!(document["error"].as_str().unwrap().contains("no GPU"));
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn software_is_used_only_when_named() {
    let (place, quick) = (Place::new(), quick());
    let document = place.document(&["devices"]);
    let mut verify = vec!["verify"];
    verify.extend(quick.iter().map(String::as_str));
    if document["auto"]["backend"] == "gpu" {
        assert!(place.answer(&verify).contains("equal"));
    } else {
        assert!(!document["gpus"].as_array().unwrap().is_empty(), "no GPU: install a Vulkan driver");
        assert!(place.failure(1, &verify).contains("--adapter"));
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn verify_finds_the_engines_equal() {
    let (place, quick) = (Place::new(), quick());
    let adapter = adapter(&place);
    let mut verify = vec!["verify"];
    verify.extend(quick.iter().map(String::as_str).chain(["--adapter", &adapter, "--threads", "1"]));
    let document = place.document(&verify);
    assert_eq!((&document["equal"], &document["complete"]), (&true.into(), &true.into()));
    assert_eq!((&document["steps_equal"], &document["difference"]), (&1000.into(), &Value::Null));
    assert_eq!((&document["engines"][0]["engine"], &document["engines"][1]["engine"]), (&"cpu".into(), &"gpu".into()));
    let run = place.document(&quickly("run", &quick, &[]));
    assert_eq!(document["run_hash"], run["run_hash"]);
    let told = place.answer(&verify);
    assert!(told.contains("equal") && told.contains(document["run_hash"].as_str().unwrap()), "{told}");
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn verify_finds_the_engines_of_a_binary_network_equal() {
    let place = Place::new();
    let (adapter, network) = (adapter(&place), config("images.toml"));
    let verify = ["verify", &network, "--adapter", &adapter];
    let document = place.document(&verify);
    assert_eq!((&document["equal"], &document["complete"]), (&true.into(), &true.into()));
    let run = place.document(&["run", &network, "--backend", "cpu"]);
    assert_eq!(document["run_hash"], run["run_hash"]);
    assert_eq!(document["sweeps_equal"], run["sweeps"]);
    assert!(place.answer(&verify).contains("equal: every state and count in"));
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn both_engines_write_the_same_hash() {
    let (place, quick) = (Place::new(), quick());
    let adapter = adapter(&place);
    let cpu = place.document(&quickly("run", &quick, &["-o", "cpu.h5"]));
    let mut arguments = quickly("run", &quick, &["-o", "gpu.h5", "--adapter", &adapter]);
    let first = arguments.iter().position(|argument| *argument == "--backend").unwrap();
    arguments[first + 1] = "gpu";
    let gpu = place.document(&arguments);
    assert_eq!(gpu["engine"]["engine"], "gpu");
    assert_eq!(gpu["run_hash"], cpu["run_hash"]);
}
