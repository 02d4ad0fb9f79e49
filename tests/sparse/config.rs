//! Configurations of connections, and their mistakes.

use std::path::Path;

use attractor::config::Config;
use attractor::model::Model;
use attractor::model::spiking::{Connections, ProjectionKind, Representation, Spiking};

const SMALL: &str = include_str!("../../configs/small.toml");

fn parse(text: &str, changes: &[&str]) -> Result<(Config, Spiking), String> {
    let overrides: Vec<_> = changes.iter().map(|change| change.parse().expect("an override")).collect();
    match Model::parse(text, "mine.toml", Path::new("."), &overrides) {
        Ok((config, Model::Spiking(model))) => Ok((config, model)),
        Ok(_) => panic!("not a spiking network"),
        Err(problems) => Err(problems.to_string()),
    }
}

fn model(changes: &[&str]) -> Spiking {
    let (config, model) = parse(SMALL, changes).unwrap_or_else(|problems| panic!("{problems}"));
    // The echo is the same run again, as often as one likes.
    let echo = config.to_toml();
    let (again, same) = parse(&echo, &[]).unwrap_or_else(|problems| panic!("{problems}\n{echo}"));
    assert_eq!(same, model, "{echo}");
    assert_eq!(again.to_toml(), echo);
    model
}

#[test]
fn a_strength_is_divided_by_what_exists_and_a_weight_is_not() {
    let plain = model(&[]);
    let halved = model(&["projections.0.connection_probability=0.5"]);
    assert_eq!(halved.projections[0].connections, Connections::Probability(0.5));
    assert_eq!(halved.projections[0].kind, ProjectionKind::Hebbian);
    assert!((halved.projections[0].jump_mv / plain.projections[0].jump_mv - 2.0).abs() < 1e-12);
    let random = ["projections.1.kind=random", "projections.1.indegree=50"];
    let indegree = model(&random);
    assert_eq!(indegree.projections[1].connections, Connections::Indegree { count: 50, multapses: false });
    assert!((indegree.projections[1].jump_mv - 1250.0 / 50.0).abs() < 1e-12);
    let probability = model(&["projections.1.kind=random", "projections.1.connection_probability=0.1"]);
    assert!((probability.projections[1].jump_mv - 1250.0 / 1000.0 / 0.1).abs() < 1e-9);
    let weight = SMALL.replacen("strength = \"100 mV\"", "weight = \"0.2 mV\"\nconnection_probability = 0.5", 1);
    assert_eq!(parse(&weight, &[]).expect("a model").1.projections[0].jump_mv, 0.2);
}

#[test]
fn all_pairs_are_connected_unless_it_is_written() {
    let plain = model(&[]);
    assert_eq!(plain.projections[0].connections, Connections::All);
    assert_eq!(model(&["projections.0.connection_probability=1.0", "projections.0.representation=auto"]), plain);
    let random = model(&["projections.1.kind=random", "projections.1.connection_probability=1"]);
    assert_eq!(random, plain, "random with a probability of one is global");
    let clipped = model(&["projections.0.clip=1", "projections.0.representation=stored"]);
    let projection = &clipped.projections[0];
    assert_eq!((projection.clip, projection.representation), (Some(1), Representation::Stored));
    let many = [
        "projections.1.kind=random",
        "projections.1.indegree=3000",
        "projections.1.multapses=true",
        "projections.1.representation=stored",
    ];
    assert_eq!(model(&many).projections[1].connections, Connections::Indegree { count: 3000, multapses: true });
}

#[track_caller]
fn wrong(changes: &[&str], message: &str, label: &str) {
    let problems = parse(SMALL, changes).expect_err("a mistake");
    assert!(problems.contains(message), "{message:?} is not in:\n{problems}");
    assert!(problems.contains(label), "{label:?} is not in:\n{problems}");
    assert_eq!(problems.matches("error: ").count(), 1, "one mistake, these problems:\n{problems}");
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let random = "projections.1.kind=random";
    wrong(
        &[random],
        "has neither `connection_probability` nor `indegree`",
        "add connection_probability = 0.1 or indegree",
    );
    wrong(
        &[random, "projections.1.indegree=5", "projections.1.connection_probability=0.5"],
        "has both `indegree` and `connection_probability`",
        "leave one of the two out",
    );
    wrong(&[random, "projections.1.indegree=0"], "must be 1 to 2147483647", "write a whole number");
    wrong(&[random, "projections.1.indegree=1001"], "has 1000 different sources to choose from", "a smaller number");
    wrong(
        &["projections.0.kind=random", "projections.0.indegree=1000"],
        "has 999 different sources to choose from",
        "multapses = true",
    );
    wrong(
        &[random, "projections.1.connection_probability=0.5", "projections.1.multapses=true"],
        "`projections.1.multapses` belongs to projections with `indegree`",
        "leave it out",
    );
    wrong(&["projections.1.multapses=true"], "belongs to projections of kind = \"random\"", "leave it out");
    wrong(&["projections.0.indegree=10"], "belongs to projections of kind = \"random\"", "leave it out");
    wrong(&["projections.1.clip=2"], "belongs to projections of kind = \"hebbian\"", "leave it out");
    wrong(&["projections.0.clip=0"], "must be 1 to", "write a whole number");
    wrong(&["projections.0.connection_probability=0"], "must be above zero: nothing would be", "such as 0.1");
    wrong(&["projections.0.connection_probability=1e-12"], "too small to be drawn", "such as 0.1");
    wrong(&["projections.0.connection_probability=1.5"], "must be a number from 0 to 1", "such as 0.1");
    wrong(&["projections.0.representation=dense"], "\"auto\", \"procedural\" or \"stored\", not `dense`", "write");
    wrong(&["projections.0.representation=stored"], "nothing is drawn or stored", "leave it out");
    wrong(
        &[random, "projections.1.indegree=5", "projections.1.representation=procedural"],
        "drawn target by target",
        "write \"stored\"",
    );
    wrong(&["projections.0.clip=1", "projections.0.rule={a=0.1}"], "`clip` limits the number of shared", "leave one");
    wrong(
        &[
            "projections.0.connection_probability=0.5",
            "projections.0.representation=procedural",
            "projections.0.coupling=sequence",
        ],
        "`coupling` makes weights of its own, which only stored connections can have",
        "or leave `coupling` out",
    );
}
