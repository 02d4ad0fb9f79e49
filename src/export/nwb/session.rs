//! The session: what the root of an NWB file says, its subject, and recorded potentials.

use hdf5::types::{H5Type, VarLenUnicode};
use hdf5::{Extent, File, Group, Location};
use xxhash_rust::xxh3::xxh3_128;

use crate::export::ExportError;
use crate::findings::spiking::Spiking;
use crate::results::{Results, State};

/// The version of the schema.
const NWB_VERSION: &str = "2.8.0";
/// Volts in a millivolt.
const VOLTS: f64 = 1e-3;

/// A run on its way into an NWB file.
pub(super) struct Session<'a> {
    pub(super) file: &'a File,
    pub(super) results: &'a Results,
    pub(super) run: &'a Spiking,
}

impl Session<'_> {
    /// All that is not data.
    pub(super) fn lay_out(&self) -> hdf5::Result<()> {
        self.typed(self.file, ["core", "NWBFile"], "/")?;
        text(self.file, "nwb_version", NWB_VERSION)?;
        let attributes = self.results.attributes();
        self.string("identifier", &self.identity("identifier"))?;
        self.string("session_description", &self.description())?;
        self.string("session_start_time", &attributes.started)?;
        self.string("timestamps_reference_time", &attributes.started)?;
        // Strings of variable length: those of fixed length do not validate.
        let created = self.file.new_dataset::<VarLenUnicode>().shape([Extent::resizable(1)]).chunk([1]);
        let finished = attributes.finished.as_ref().unwrap_or(&attributes.started);
        created.create("file_create_date")?.write_raw(&[unicode(finished)?])?;
        for group in ["acquisition", "analysis", "processing", "stimulus/presentation", "stimulus/templates", "general"]
        {
            self.file.create_group(group)?;
        }
        self.string("general/experiment_description", "simulation of attractor memories")?;
        self.string("general/source_script", &attributes.config)?;
        let script = self.file.dataset("general/source_script")?;
        text(&script, "file_name", "configuration of attractor run, TOML")?;
        self.subject()
    }

    fn subject(&self) -> hdf5::Result<()> {
        let subject = self.file.create_group("general/subject")?;
        self.typed(&subject, ["core", "Subject"], "/general/subject")?;
        self.string("general/subject/subject_id", "simulation")?;
        self.string("general/subject/description", "a simulated network: no animal took part")?;
        self.string("general/subject/species", "http://purl.obolibrary.org/obo/NCBITaxon_1")?;
        self.string("general/subject/sex", "U")?;
        self.string("general/subject/age", "P0D")
    }

    fn description(&self) -> String {
        let attributes = self.results.attributes();
        let state = match self.results.state() {
            State::Complete => String::new(),
            _ => format!(" Incomplete: it reached {} of {} ms.", self.run.recorded_ms, self.run.facts.duration_ms),
        };
        let hash = attributes.run_hash.as_ref().map_or(String::new(), |hash| format!(", run_hash {hash}"));
        format!(
            "A spiking attractor network simulated by attractor {} on {} ({}), seed {}{hash}.{state}",
            attributes.attractor_version, attributes.engine, attributes.adapter, self.run.facts.seed
        )
    }

    /// A time series a population whose potentials are recorded.
    pub(super) fn potentials(&self) -> Result<(), ExportError> {
        for name in self.results.voltage_populations()? {
            let voltages = self.results.voltages(&name)?;
            let path = format!("acquisition/{name}_potential");
            let series = self.file.create_group(&path)?;
            self.typed(&series, ["core", "TimeSeries"], &path)?;
            text(
                &series,
                "description",
                &format!("membrane potentials of {name}, one column a neuron: {}", listed(&voltages.node_ids)),
            )?;
            text(&series, "comments", "relative to rest")?;
            let data = series.new_dataset_builder().with_data(&voltages.values_mv).create("data")?;
            // Stored in mV.
            scalar(&data, "conversion", &(VOLTS as f32))?;
            scalar(&data, "offset", &0.0f32)?;
            scalar(&data, "resolution", &-1.0f32)?;
            text(&data, "unit", "volts")?;
            let start = series.new_dataset::<f64>().create("starting_time")?;
            start.write_scalar(&0.0)?;
            scalar(&start, "rate", &((1000.0 / voltages.every_ms) as f32))?;
            text(&start, "unit", "seconds")?;
        }
        Ok(())
    }

    /// Marks an object as one of a type: `[namespace, type]`.
    pub(super) fn typed(&self, object: &Location, [namespace, kind]: [&str; 2], path: &str) -> hdf5::Result<()> {
        text(object, "namespace", namespace)?;
        text(object, "neurodata_type", kind)?;
        text(object, "object_id", &self.identity(path))
    }

    /// A name that no other object has: the same of the same run, in the form of a UUID (version 8, one's own).
    fn identity(&self, path: &str) -> String {
        let attributes = self.results.attributes();
        let hash = attributes.run_hash.as_deref().unwrap_or_default();
        let bits = xxh3_128(format!("{}\n{hash}\n{}\n{path}", attributes.config, attributes.started).as_bytes());
        let bits = bits & !(0xF << 76) & !(0b11 << 62) | (8 << 76) | (0b10 << 62);
        let digits = format!("{bits:032x}");
        format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
    }

    /// A string as a dataset.
    fn string(&self, path: &str, value: &str) -> hdf5::Result<()> {
        self.file.new_dataset::<VarLenUnicode>().create(path)?.write_scalar(&unicode(value)?)
    }
}

fn listed(node_ids: &[u64]) -> String {
    node_ids.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

pub(super) fn scalar<T: H5Type>(location: &Location, name: &str, value: &T) -> hdf5::Result<()> {
    location.new_attr::<T>().create(name)?.write_scalar(value)
}

pub(super) fn text(location: &Location, name: &str, value: &str) -> hdf5::Result<()> {
    scalar(location, name, &unicode(value)?)
}

/// Strings as an attribute.
pub(super) fn texts(group: &Group, name: &str, values: &[&str]) -> hdf5::Result<()> {
    let values = values.iter().map(|value| unicode(value)).collect::<hdf5::Result<Vec<_>>>()?;
    group.new_attr::<VarLenUnicode>().shape(values.len()).create(name)?.write_raw(&values)
}

/// A string as HDF5 has it: it ends at a zero byte, so there is none in it.
pub(super) fn unicode(text: &str) -> hdf5::Result<VarLenUnicode> {
    text.replace('\0', "").parse().map_err(|_| hdf5::Error::from("a string has a zero byte"))
}
