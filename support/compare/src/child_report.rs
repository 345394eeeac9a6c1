//! What a child reports about its work.

use serde::{Deserialize, Serialize};

/// What a child reports about its work, in one line of JSON on its standard output. The times are
/// nanoseconds of the system's monotonic clock, which is one for all processes.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct ChildReport {
    /// When the work began.
    pub(crate) began: u64,
    /// When it ended.
    pub(crate) ended: u64,
    /// Units done.
    pub(crate) done: u64,
    /// Why some were not done: the first reason.
    #[serde(default)]
    pub(crate) why: Option<String>,
    /// What came out. All models of a group must agree on it.
    #[serde(default)]
    pub(crate) answer: Option<u64>,
    /// See [`measured::Round::peak_memory`]: the child's own word, where the system keeps it.
    #[serde(default)]
    pub(crate) peak_memory: Option<u64>,
    /// See [`measured::Round::ns_each`].
    #[serde(default)]
    pub(crate) ns_each: Option<f64>,
    /// See [`measured::Round::bytes_each`].
    #[serde(default)]
    pub(crate) bytes_each: Option<f64>,
}
