//! `take` as a reader uses it: into real projects, which cargo builds before and after.

mod diff;
mod interrupted;
mod project;
mod refused;
mod taken;
