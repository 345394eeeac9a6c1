// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Prints when each request of `requests.rs` ran, as the picture of the page shows it.

use std::io::{self, Write};
use virtual_time::run;

#[path = "requests.rs"]
mod requests;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let (paused, _) = run(requests::paused())?;
    let (running, _) = run(requests::running())?;
    for (name, results) in [("futures", paused), ("tasks", running)] {
        let Some(start) = results.iter().map(|(done, _)| done.started).min() else {
            continue;
        };
        for (done, body) in &results {
            let [from, to, body] =
                [done.started, done.ended, *body].map(|at| (at - start).as_millis());
            let (number, how) = (done.number, if done.ok { "succeeded" } else { "timed out" });
            writeln!(
                out,
                "{name}, request {number}: {from} to {to} ms, {how}; loop body from {body} ms"
            )?;
        }
    }
    Ok(())
}
