//! What every results file has: the attributes of its root; and how groups and attributes are made.

use hdf5::file::LinkCreationOrder;
use hdf5::types::{FixedAscii, H5Type, VarLenUnicode};
use hdf5::{File, Group, Location};

use super::Head;

/// SONATA's number for its files.
pub(crate) const MAGIC: u32 = 0x0A7A;
/// Bytes reserved for the run hash, which is known at the end.
pub(crate) const RUN_HASH_BYTES: usize = 32;
/// Bytes reserved for the time at the end.
pub(crate) const TIME_BYTES: usize = 32;

/// The attributes of the root; those that the end of the run fills have their final length.
pub(crate) fn attributes(file: &File, head: &Head<'_>) -> hdf5::Result<()> {
    file.new_attr::<u32>().create("magic")?.write_scalar(&MAGIC)?;
    file.new_attr::<u32>().shape(2).create("version")?.write_raw(&[0u32, 1])?;
    text(file, "attractor_version", env!("CARGO_PKG_VERSION"))?;
    text(file, "config", head.config_toml)?;
    text(file, "engine", &head.engine.engine)?;
    text(file, "adapter", &head.engine.adapter)?;
    text(file, "driver", &head.engine.driver)?;
    file.new_attr::<FixedAscii<RUN_HASH_BYTES>>()
        .create("run_hash")?
        .write_scalar(&FixedAscii::<RUN_HASH_BYTES>::new())?;
    scalar(file, "complete", &0u8)?;
    text(file, "started", &now())?;
    file.new_attr::<FixedAscii<TIME_BYTES>>().create("finished")?.write_scalar(&FixedAscii::<TIME_BYTES>::new())
}

/// A group that remembers the order of its members: that of the configuration.
pub(crate) fn ordered_group(place: &Group, name: &str) -> hdf5::Result<Group> {
    let order = LinkCreationOrder::Indexed;
    place.create_group_builder().with_gcpl(|create| create.link_creation_order(order)).create(name)
}

pub(crate) fn scalar<T: H5Type>(location: &Location, name: &str, value: &T) -> hdf5::Result<()> {
    location.new_attr::<T>().create(name)?.write_scalar(value)
}

pub(crate) fn text(location: &Location, name: &str, value: &str) -> hdf5::Result<()> {
    scalar(location, name, &unicode(value)?)
}

/// A string as HDF5 has it: it ends at a zero byte, so there is none in it.
pub(crate) fn unicode(text: &str) -> hdf5::Result<VarLenUnicode> {
    text.replace('\0', "").parse().map_err(|_| hdf5::Error::from("a string has a zero byte"))
}

/// The time, ISO 8601 with its offset from UTC; in UTC where the zone is not known.
pub(crate) fn now() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}
