//! What a run's program leaves in the results file: the protocol, what was learned, why a guard ended a trial.

use hdf5::types::{FixedUnicode, VarLenUnicode};
use hdf5::{File, Group, Location};

use crate::model::spiking::{ChangeAction, Spiking};
use crate::record::extend::{Extendible, Storage};
use crate::record::layout::{scalar, text, unicode};

/// The attributes that say why and when a guard ended a trial.
pub(crate) const ENDED: &str = "ended";
pub(crate) const ENDED_MS: &str = "ended_ms";
/// Bytes reserved for the reason: the name of a population has up to 400.
pub(crate) const ENDED_BYTES: usize = 512;

/// A row of the table of the protocol.
#[derive(Clone, Debug, hdf5::H5Type)]
#[repr(C)]
pub(crate) struct ChangeRow {
    pub(crate) at_ms: f64,
    /// "learn" or "forget".
    pub(crate) action: VarLenUnicode,
    pub(crate) pattern: i64,
    /// NaN where something is forgotten.
    pub(crate) window_ms: f64,
    #[hdf5(rename = "above_Hz")]
    pub(crate) above_hz: f64,
}

/// A pattern that was learned.
#[derive(Clone, Debug)]
pub(crate) struct Learned {
    /// When, ms.
    pub(crate) time_ms: f64,
    /// Its number.
    pub(crate) pattern: usize,
    /// Its members, ascending, numbered within their population.
    pub(crate) members: Vec<u32>,
}

/// The patterns that are learned: the k-th has the members from `offsets[k]` to `offsets[k + 1]`.
#[derive(Debug)]
pub(crate) struct LearnedSink {
    time: Extendible<f64>,
    pattern: Extendible<u32>,
    offsets: Extendible<u64>,
    members: Extendible<u32>,
    end: u64,
}

impl LearnedSink {
    fn create(place: &Group, count: u64) -> hdf5::Result<Self> {
        let group = place.create_group("learned")?;
        let time =
            Extendible::create(&group, "time", &[], Storage { fill: f64::NAN, deflate: false, rows_max: count })?;
        text(&*time.dataset()?, "units", "ms")?;
        let pattern = Storage { fill: u32::MAX, deflate: false, rows_max: count };
        let offsets = Storage { fill: u64::MAX, deflate: false, rows_max: count + 1 };
        let members = Storage { fill: u32::MAX, deflate: false, rows_max: u64::MAX };
        let mut sink = Self {
            time,
            pattern: Extendible::create(&group, "pattern", &[], pattern)?,
            offsets: Extendible::create(&group, "offsets", &[], offsets)?,
            members: Extendible::create(&group, "members", &[], members)?,
            end: 0,
        };
        sink.offsets.append_now(&[0])?;
        Ok(sink)
    }

    /// Closes its datasets between two writes.
    pub(crate) fn rest(&mut self, file: &File) {
        self.time.rest(file);
        self.pattern.rest(file);
        self.offsets.rest(file);
        self.members.rest(file);
    }

    /// Adds one, which waits for nothing; its time comes last, and tells that it is whole.
    pub(crate) fn append(&mut self, learned: &Learned) -> hdf5::Result<()> {
        self.members.append_now(&learned.members)?;
        self.end += learned.members.len() as u64;
        self.offsets.append_now(&[self.end])?;
        self.pattern.append_now(&[learned.pattern as u32])?;
        self.time.append_now(&[learned.time_ms])
    }

    pub(crate) fn growth_bytes(&self, learned: &[Learned]) -> u64 {
        let members = learned.iter().map(|one| one.members.len()).sum();
        let rows = learned.len();
        let of_rows = self.time.growth_bytes(rows) + self.pattern.growth_bytes(rows) + self.offsets.growth_bytes(rows);
        self.members.growth_bytes(members) + of_rows
    }
}

/// Lays out the protocol, which is known at the start; nothing where there is none.
pub(crate) fn protocol(file: &Group, model: &Spiking) -> hdf5::Result<()> {
    if model.changes.is_empty() {
        return Ok(());
    }
    let rows = model.changes.iter().map(|change| {
        let (action, window_ms, above_hz) = match change.action {
            ChangeAction::Learn { window_steps, above_hz } => ("learn", window_steps as f64 * model.dt_ms, above_hz),
            ChangeAction::Forget => ("forget", f64::NAN, f64::NAN),
        };
        let at_ms = change.step as f64 * model.dt_ms;
        Ok(ChangeRow { at_ms, action: unicode(action)?, pattern: change.pattern as i64, window_ms, above_hz })
    });
    let rows = rows.collect::<hdf5::Result<Vec<_>>>()?;
    file.new_dataset_builder().with_data(&rows).create("protocol").map(|_| ())
}

/// Lays out what a trial learns, where it learns anything, and the attributes of a guard, where there is one.
pub(crate) fn trial(place: &Group, model: &Spiking) -> hdf5::Result<Option<LearnedSink>> {
    if model.guard != crate::model::spiking::Guard::default() {
        let location: &Location = place;
        location.new_attr::<FixedUnicode<ENDED_BYTES>>().create(ENDED)?.write_scalar(&ended(""))?;
        scalar(location, ENDED_MS, &f64::NAN)?;
    }
    match model.learned_count() {
        0 => Ok(None),
        count => LearnedSink::create(place, count as u64).map(Some),
    }
}

/// A reason as it is kept.
pub(crate) fn ended(words: &str) -> FixedUnicode<ENDED_BYTES> {
    words.parse().unwrap_or_default()
}
