//! What a run of compare is: rows of figures, and the tables, charts and advice that are made from them.
//!
//! `compare` measures and hands its rows over to a [`Document`]; the book reads such documents and
//! draws its charts from them. Nothing in here measures.

pub mod advice;
pub mod agreement;
pub mod chart;
pub mod document;
pub mod names;
mod question;
pub mod report;
pub mod rows;
pub mod stats;
pub mod table;

pub use document::{Document, printable};
pub use names::Name;
pub use question::Question;
pub use rows::{Round, Row, SiteCounts};
pub use stats::Spread;
