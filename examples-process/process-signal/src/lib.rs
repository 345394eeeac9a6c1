// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Receives SIGINT, SIGTERM and SIGHUP as values of an iterator, and ends as the signal would have.
//!
//! From the project "Many Things at Once", where `cargo run -p process-signal` demonstrates it and
//! `docs/src/processes/process-signal.md` explains it.
//!
//! *Notice:* the handler itself only writes a byte into a pipe. All else happens in the thread that
//! reads this iterator, where locks, memory and output may be used.
//!
//! *Use instead:* `tokio::signal` in async code, and the crate `ctrlc` for Ctrl-C on Windows.
//!
//! # Use it
//! ```ignore
//! use process_signal::{Signal, Signals};
//! use std::process::{self, Command};
//!
//! fn main() -> std::io::Result<()> {
//!     let signals = Signals::new(&[Signal::Terminate, Signal::HangUp])?;
//!     let closer = signals.closer();
//!     let pid = process::id().to_string();
//!     Command::new("kill").args(["-HUP", &pid]).status()?; // as an administrator would
//!     for signal in signals {
//!         println!("received {signal:?}");
//!         closer.close(); // a service would go on after HangUp
//!     }
//!     Ok(())
//! }
//! ```

/// The signals that ask a program for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: somebody pressed Ctrl-C.
    Interrupt,
    /// SIGTERM: `kill`, `docker stop` or the system's service manager asks the program to end.
    Terminate,
    /// SIGHUP: the terminal was closed; for a service, "read your configuration again".
    HangUp,
}

/// Signals as they arrive, in an iterator that waits. Signals of one kind that arrive before they
/// are read may become one. A kind that arrived is never lost.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    inner: signal_hook::iterator::Signals,
}

/// Ends a [`Signals`], from any thread.
#[derive(Clone, Debug)]
pub struct Closer {
    #[cfg(unix)]
    handle: signal_hook::iterator::Handle,
}

impl Closer {
    /// Makes the iterator return `None`, also if it is waiting. What has arrived comes first.
    pub fn close(&self) {
        #[cfg(unix)]
        self.handle.close();
    }
}

#[cfg(unix)]
mod unix {
    use super::{Closer, Signal, Signals};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::low_level::emulate_default_handler;
    use std::{io, process};

    impl Signal {
        const ALL: [Signal; 3] = [Signal::Interrupt, Signal::Terminate, Signal::HangUp];

        fn number(self) -> i32 {
            match self {
                Signal::Interrupt => SIGINT,
                Signal::Terminate => SIGTERM,
                Signal::HangUp => SIGHUP,
            }
        }

        /// Ends the process as the signal would have, so that the parent sees which it was. A shell
        /// reports it as exit code 128 + its number, and process 1 of a container returns that code
        /// itself. No destructor runs.
        pub fn end_process(self) -> ! {
            // The system protects process 1 from its own signals.
            if process::id() != 1 {
                let _ = emulate_default_handler(self.number());
            }
            process::exit(128 + self.number())
        }
    }

    impl Signals {
        /// From now on these signals no longer end the process, not even when this is dropped. A
        /// signal that the parent had set to be ignored, as `nohup` does with SIGHUP, is received
        /// as well. So leave out [`Signal::HangUp`] if `nohup` should protect your program.
        ///
        /// # Errors
        /// If the system refuses a pipe. Always on systems other than Unix.
        pub fn new(signals: &[Signal]) -> io::Result<Signals> {
            let numbers = signals.iter().map(|signal| signal.number());
            let inner = signal_hook::iterator::Signals::new(numbers)?;
            Ok(Signals { inner })
        }

        /// Something to end this with.
        #[must_use]
        pub fn closer(&self) -> Closer {
            let handle = self.inner.handle();
            Closer { handle }
        }
    }

    impl Iterator for Signals {
        type Item = Signal;

        fn next(&mut self) -> Option<Signal> {
            let next = self.inner.forever().next();
            // `forever` ends with the close, also if signals have arrived that nobody has seen yet.
            let number = next.or_else(|| self.inner.pending().next())?;
            let mut all = Signal::ALL.into_iter();
            all.find(|signal| signal.number() == number)
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use super::{Closer, Signal, Signals};
    use std::{io, process};

    impl Signal {
        /// Ends the process with exit code 1, because there are no signals here.
        pub fn end_process(self) -> ! {
            process::exit(1)
        }
    }

    impl Signals {
        /// There are no signals here.
        ///
        /// # Errors
        /// Always: `Unsupported`.
        pub fn new(_signals: &[Signal]) -> io::Result<Signals> {
            Err(io::Error::from(io::ErrorKind::Unsupported))
        }

        /// Something to end this with.
        #[must_use]
        pub fn closer(&self) -> Closer {
            Closer {}
        }
    }

    impl Iterator for Signals {
        type Item = Signal;

        fn next(&mut self) -> Option<Signal> {
            None
        }
    }
}
