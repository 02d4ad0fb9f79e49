//! The results file: what is recorded is what is read, whatever ends the run.

#[path = "record/broken.rs"]
mod broken;
#[path = "record/content.rs"]
mod content;
#[path = "record/places.rs"]
mod places;
#[path = "record/readers.rs"]
mod readers;
#[path = "record/synthetic.rs"]
mod synthetic;
