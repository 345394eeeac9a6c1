//! The three questions that compare answers.

use serde::{Deserialize, Serialize};

/// Which of the three questions a row answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// The same pages through every fetcher.
    Io,
    /// The same computation by every means.
    Cpu,
    /// What a lock, a message, a task, a thread, a process costs.
    Sync,
}

impl Question {
    /// All three, in the order in which they are asked.
    pub const ALL: [Self; 3] = [Self::Io, Self::Cpu, Self::Sync];

    /// The name on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Io => "io",
            Self::Cpu => "cpu",
            Self::Sync => "sync",
        }
    }
}
