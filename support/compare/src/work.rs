//! What a model of `compare sync` is asked to do.

/// How much is done.
pub(crate) struct Work {
    /// Threads that contend.
    pub(crate) threads: u64,
    /// Operations of all of them together, or units that idle.
    pub(crate) operations: u64,
}
