//! Weights, states and patterns out of files are those that are written out, and the echo holds them to what they were.

use std::path::Path;

use attractor::model::{Model, hopfield::Hopfield};
use ndarray::{Array2, array};
use ndarray_npy::write_npy;

fn read(text: &str, folder: &Path) -> Result<(attractor::config::Config, Hopfield), String> {
    match Model::parse(text, "test.toml", folder, &[]) {
        Ok((config, Model::Hopfield(model))) => Ok((config, model)),
        Ok((_, other)) => panic!("{other:?}"),
        Err(problems) => Err(problems.to_string()),
    }
}

fn with(network: &str, start: &str) -> String {
    format!("model = \"hopfield\"\nsweeps = 2\n[network]\nsize = 3\n{network}\n[start]\n{start}\n")
}

#[test]
fn weights_in_files_are_read_to_the_last_digit() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let tenths = array![[0.0, 0.1, -0.2], [0.1, 0.0, 0.3], [-0.2, 0.3, 0.0]];
    write_npy(at("f64.npy"), &tenths).expect("it can be written");
    write_npy(at("f32.npy"), &tenths.mapv(|weight| weight as f32)).expect("it can be written");
    let whole: Array2<i8> = tenths.mapv(|weight: f64| (10.0 * weight).round() as i8);
    write_npy(at("i8.npy"), &whole).expect("it can be written");
    write_npy(at("i64.npy"), &whole.mapv(i64::from)).expect("it can be written");
    let counts: Array2<u16> = array![[0, 1, 2], [1, 0, 65_535], [2, 65_535, 0]];
    write_npy(at("u16.npy"), &counts).expect("it can be written");
    write_npy(at("u32.npy"), &counts.mapv(u32::from)).expect("it can be written");
    write_npy(at("u64.npy"), &counts.mapv(u64::from)).expect("it can be written");
    let random = "state = \"random\"";
    let model = |network: &str| read(&with(network, random), folder.path()).unwrap_or_else(|told| panic!("{told}")).1;
    let decimals = model("weights = [[0, 0.1, -0.2], [0.1, 0, 0.3], [-0.2, 0.3, 0]]");
    let integers = model("weights = [[0, 1, -2], [1, 0, 3], [-2, 3, 0]]");
    let counts = model("weights = [[0, 1, 2], [1, 0, 65535], [2, 65535, 0]]");
    assert_ne!(decimals, integers);
    let signed = [("f64", &decimals), ("f32", &decimals), ("i8", &integers), ("i64", &integers)];
    for (name, expected) in signed.into_iter().chain(["u16", "u32", "u64"].map(|name| (name, &counts))) {
        let (config, model) =
            read(&with(&format!("weights = \"{name}.npy\""), random), folder.path()).expect("it reads");
        assert_eq!(&model, expected, "{name}");
        // The echo works from anywhere, until the file is another.
        assert_eq!(read(&config.to_toml(), Path::new("/")).expect("the echo reads").1, model);
        write_npy(at(&format!("{name}.npy")), &array![[1i8]]).expect("it can be written");
        assert!(read(&config.to_toml(), Path::new("/")).expect_err("another file").contains("has changed"));
    }
    write_npy(at("wide.npy"), &array![[[1i8]]]).expect("it can be written");
    write_npy(at("text.npy"), &array![[true]]).expect("it can be written");
    for (name, message) in [
        ("wide.npy", "has 3 dimensions"),
        ("text.npy", "numbers of another type than integers of 8 to 64 bits"),
        ("x.npy", "cannot be read"),
    ] {
        let told = read(&with(&format!("weights = \"{name}\""), random), folder.path()).expect_err("no weights");
        assert!(told.contains(message), "{told}");
    }
}

#[test]
fn states_in_files_are_those_written_out() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("state.txt"), "-++\n").expect("it can be written");
    write_npy(folder.path().join("state.npy"), &array![[0u8, 1, 1]]).expect("it can be written");
    let weights = "weights = [[0, 1, 1], [1, 0, 1], [1, 1, 0]]";
    let model = |start: &str| read(&with(weights, start), folder.path()).unwrap_or_else(|told| panic!("{told}"));
    let (_, expected) = model("state = [-1, 1, 1]");
    for name in ["state.txt", "state.npy"] {
        let (config, model) = model(&format!("state = \"{name}\""));
        assert_eq!(model, expected);
        assert_eq!(read(&config.to_toml(), Path::new("/")).expect("the echo reads").1, model);
    }
}

#[test]
fn images_are_thresholded_and_keep_their_size() {
    let images = concat!(env!("CARGO_MANIFEST_DIR"), "/configs/images");
    let text = |threshold: f64| {
        format!(
            "model = \"hopfield\"\nsweeps = 1\n[patterns]\nfile = \"{images}\"\nthreshold = {threshold:?}\n\
             [network]\nsize = 256\n[start]\npattern = 0\n"
        )
    };
    let (config, model) = read(&text(0.5), Path::new("/")).unwrap_or_else(|told| panic!("{told}"));
    let patterns = model.patterns.as_ref().expect("patterns");
    assert_eq!((patterns.count, patterns.image_size), (5, Some([16, 16])));
    let attractor::model::hopfield::PatternSource::Given(members) = &patterns.source else { panic!("given patterns") };
    // The heart: its second row from the top has two bumps of four pixels.
    let row: Vec<u32> = members[2].iter().copied().filter(|pixel| pixel / 16 == 1).map(|pixel| pixel % 16).collect();
    assert_eq!(row, [2, 3, 4, 5, 10, 11, 12, 13]);
    // A .jpg among them has noise, and still its stripes.
    assert!((members[4].len() as i32 - 144).abs() < 16, "{}", members[4].len());
    assert_eq!(read(&config.to_toml(), Path::new("/")).expect("the echo reads").1, model);
    // With a threshold of 0 everything is bright.
    let (_, all) = read(&text(0.0), Path::new("/")).expect("it reads");
    assert_eq!(all.patterns.expect("patterns").activity, 1.0);
}
