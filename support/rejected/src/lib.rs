//! Programs that do not compile or that panic, each with its exact message and a fix.
//!
//! The page *When it goes wrong* shows them. They are in `tests`:
//!
//! - `programs/NAME.rs` does not compile; the compiler prints `NAME.stderr`;
//! - `panics/NAME.rs` compiles and fails at run time; `it/panics.rs` has the message;
//! - `fixes/NAME.rs` is the same program as it works.
