//! Programs that the compiler must refuse, each beside its words and what to write instead.
//!
//! They are in `tests`. The book's page *When it goes wrong* shows most of them; the others hold the
//! words that pages quote:
//!
//! - `tests/programs/NAME.rs` is refused, with the words in `NAME.stderr`;
//! - `tests/mended.rs` has the same programs as they compile.
