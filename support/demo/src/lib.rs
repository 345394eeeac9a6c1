//! What demonstrations share, so that a concept's `main.rs` shows the concept alone.

#[cfg(feature = "fetch")]
mod file;
#[cfg(feature = "fetch")]
mod options;
#[cfg(feature = "fetch")]
pub mod report;
#[cfg(feature = "fetch")]
mod session;
#[cfg(feature = "fetch")]
pub mod timeline;
#[cfg(feature = "fetch")]
mod visible;

#[cfg(feature = "fetch")]
pub use session::Session;

use std::{env, path, process};

/// Ends the program with one line and exit code 2 if it was given arguments, because a demonstration
/// that ignored them would look as if it had understood them.
pub fn no_arguments() {
    let mut arguments = env::args_os();
    let program = arguments.next().unwrap_or_default();
    if arguments.next().is_some() {
        let name = path::Path::new(&program).file_stem().unwrap_or_default();
        let name = name.to_string_lossy();
        eprintln!("{name}: this demonstration takes no arguments");
        process::exit(2);
    }
}
