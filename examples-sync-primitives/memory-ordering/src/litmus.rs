//! Three litmus tests: two threads, two cells of memory, and one outcome that seems impossible.

use std::sync::atomic::{AtomicU32, Ordering, fence};

/// The memory of one round. Both cells begin at zero.
#[derive(Debug, Default)]
pub struct Cells {
    x: Cell,
    y: Cell,
}

/// A cache line of its own: cells that share one would travel together, and show less.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Cell(AtomicU32);

impl Cells {
    /// Brings both into this core's cache. Then loads are quick and stores slow, as is usual for
    /// memory that threads share.
    pub fn touch(&self) {
        self.x.0.load(Ordering::Relaxed);
        self.y.0.load(Ordering::Relaxed);
    }
}

/// How the steps are ordered, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Every access is `Relaxed`.
    Relaxed,
    /// Stores are `Release`, loads are `Acquire`.
    ReleaseAcquire,
    /// Every access is `SeqCst`.
    SeqCst,
    /// Every access is `Relaxed`, with a `fence(SeqCst)` between the two of a thread.
    Fences,
}

/// What two threads do, and what they read. All that was read together is an outcome.
#[derive(Debug)]
pub struct Litmus {
    /// Its name in the literature.
    pub name: &'static str,
    /// The steps of both threads, for people.
    pub steps: &'static str,
    /// The first thread; returns what it read.
    pub left: fn(&Cells, Strength) -> Vec<u32>,
    /// The second thread; returns what it read.
    pub right: fn(&Cells, Strength) -> Vec<u32>,
    /// The outcome that no order of the steps explains.
    pub odd: [u32; 2],
    /// The weakest strength that forbids it.
    pub forbidden_from: Strength,
}

/// Data, then a flag that says that the data is there.
pub const MESSAGE_PASSING: Litmus = Litmus {
    name: "Message passing",
    steps: "x = 1; y = 1  |  read y; read x",
    left: |cells, how| {
        cells.x.0.store(1, how.store());
        how.between();
        cells.y.0.store(1, how.store()); // Release: whoever reads this 1 …
        vec![]
    },
    right: |cells, how| {
        let flag = cells.y.0.load(how.load()); // … with Acquire, sees all that stood before it
        how.between();
        let data = cells.x.0.load(how.load());
        vec![flag, data]
    },
    odd: [1, 0],
    forbidden_from: Strength::ReleaseAcquire,
};

/// Each raises its own flag, then looks at the other's: the heart of a lock made of flags.
pub const STORE_BUFFERING: Litmus = Litmus {
    name: "Store buffering",
    steps: "x = 1; read y  |  y = 1; read x",
    left: |cells, how| {
        cells.x.0.store(1, how.store());
        how.between();
        let theirs = cells.y.0.load(how.load());
        vec![theirs] // allocated only now: that would take too long between the two
    },
    right: |cells, how| {
        cells.y.0.store(1, how.store());
        how.between();
        let theirs = cells.x.0.load(how.load());
        vec![theirs] // allocated only now: that would take too long between the two
    },
    // Both stores may wait in their core's store buffer while both loads read memory. Release and
    // Acquire pair a store with a later load of its value; here nobody read a value.
    odd: [0, 0],
    forbidden_from: Strength::SeqCst,
};

/// One cell alone: it never goes back, whatever the ordering.
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
    forbidden_from: Strength::Relaxed,
};

impl Litmus {
    /// Whether Rust's memory model, which is that of C++20, forbids this outcome.
    pub fn forbids(&self, outcome: &[u32], how: Strength) -> bool {
        outcome == self.odd && how >= self.forbidden_from
    }
}

impl Strength {
    /// All, the weakest first.
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
