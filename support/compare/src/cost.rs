//! What a model of `compare sync` is asked to do, and what that cost.

/// How much is done.
pub(crate) struct Work {
    /// Threads that contend.
    pub(crate) threads: u64,
    /// Operations of all of them together, or units that idle.
    pub(crate) operations: u64,
}

/// When it was done, and what the child itself found out.
pub(crate) struct Cost {
    /// When the first thread began.
    pub(crate) began: u64,
    /// When the last one ended.
    pub(crate) ended: u64,
    /// Operations that were done.
    pub(crate) done: u64,
    /// Bytes for one unit that idles.
    pub(crate) bytes_each: Option<f64>,
}
