// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Three litmus tests: two threads, two atomics, and one outcome that seems impossible.
//! This file needs no other.

use std::sync::atomic::{AtomicU32, Ordering, fence};

/// The atomics of one round. Both begin at zero.
#[derive(Debug, Default)]
pub struct Cells {
    x: Cell,
    y: Cell,
}

/// An atomic in a cache line of its own. Two in one line would travel together, and show less.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Cell(AtomicU32);

impl Cells {
    /// Brings both into this core's cache. Then loads are fast and stores slow, as usual for
    /// memory that threads share.
    pub fn touch(&self) {
        self.x.0.load(Ordering::Relaxed);
        self.y.0.load(Ordering::Relaxed);
    }
}

/// How the steps are ordered, from weak to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Every access is `Relaxed`.
    Relaxed,
    /// Stores are `Release`, loads are `Acquire`.
    ReleaseAcquire,
    /// Every access is `SeqCst`.
    SeqCst,
    /// Every access is `Relaxed`, with a `fence(SeqCst)` between the two accesses of a thread.
    Fences,
}

/// What two threads do, and what they read. All values that were read are the outcome.
#[derive(Debug)]
pub struct Litmus {
    /// Its name in the literature.
    pub name: &'static str,
    /// The steps of both threads, to be printed.
    pub steps: &'static str,
    /// The first thread. Returns what it read.
    pub left: fn(&Cells, Strength) -> Vec<u32>,
    /// The second thread. Returns what it read.
    pub right: fn(&Cells, Strength) -> Vec<u32>,
    /// The outcome that no order of the steps explains.
    pub odd: [u32; 2],
    /// What the odd outcome means, to be printed.
    pub odd_means: &'static str,
    /// The weakest strength that forbids it.
    pub forbidden_from: Strength,
}

/// One thread writes data (x), then a flag (y). The other reads the flag, then the data.
pub const MESSAGE_PASSING: Litmus = Litmus {
    name: "Message passing",
    steps: "x = 1; y = 1  |  read y; read x",
    left: |cells, how| {
        cells.x.0.store(1, how.store());
        how.between();
        cells.y.0.store(1, how.store()); // Release: a thread that reads this 1 …
        vec![]
    },
    right: |cells, how| {
        let flag = cells.y.0.load(how.load()); // … with Acquire, sees all writes before it
        how.between();
        let data = cells.x.0.load(how.load());
        vec![flag, data]
    },
    odd: [1, 0],
    odd_means: "the flag was seen, and the data was not",
    forbidden_from: Strength::ReleaseAcquire,
};

/// Each thread raises its own flag, then checks the other's, as locks made of flags do.
pub const STORE_BUFFERING: Litmus = Litmus {
    name: "Store buffering",
    steps: "x = 1; read y  |  y = 1; read x",
    left: |cells, how| {
        cells.x.0.store(1, how.store());
        how.between();
        let theirs = cells.y.0.load(how.load());
        vec![theirs] // allocated here, as it would take too long between the two accesses
    },
    right: |cells, how| {
        cells.y.0.store(1, how.store());
        how.between();
        let theirs = cells.x.0.load(how.load());
        vec![theirs] // allocated here, as it would take too long between the two accesses
    },
    // Both stores may wait in their core's store buffer while both loads read memory. Release and
    // Acquire do not help: they pair a store with a load that reads it, and no load read a 1
    // here.
    odd: [0, 0],
    odd_means: "each thread missed the other's write",
    forbidden_from: Strength::SeqCst,
};

/// One atomic alone: its value never goes back, with any ordering.
pub const COHERENCE: Litmus = Litmus {
    name: "Coherence",
    steps: "x = 1  |  read x; read x",
    left: |cells, how| {
        cells.x.0.store(1, how.store());
        vec![]
    },
    right: |cells, how| {
        let first = cells.x.0.load(how.load());
        how.between();
        let second = cells.x.0.load(how.load());
        vec![first, second]
    },
    odd: [1, 0],
    odd_means: "the value went back",
    forbidden_from: Strength::Relaxed,
};

impl Litmus {
    /// Whether Rust's memory model, which is that of C++20, forbids this outcome.
    pub fn forbids(&self, outcome: &[u32], how: Strength) -> bool {
        outcome == self.odd && how >= self.forbidden_from
    }
}

impl Strength {
    /// All strengths, from weak to strong.
    pub const ALL: [Self; 4] = [
        Self::Relaxed,
        Self::ReleaseAcquire,
        Self::SeqCst,
        Self::Fences,
    ];

    fn store(self) -> Ordering {
        match self {
            Self::Relaxed | Self::Fences => Ordering::Relaxed,
            Self::ReleaseAcquire => Ordering::Release,
            Self::SeqCst => Ordering::SeqCst,
        }
    }

    fn load(self) -> Ordering {
        match self {
            Self::Relaxed | Self::Fences => Ordering::Relaxed,
            Self::ReleaseAcquire => Ordering::Acquire,
            Self::SeqCst => Ordering::SeqCst,
        }
    }

    fn between(self) {
        if self == Self::Fences {
            fence(Ordering::SeqCst);
        }
    }
}
