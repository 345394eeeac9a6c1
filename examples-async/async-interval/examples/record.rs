// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Records when each job begins and ends, in virtual time. `src/main.rs`, the picture of the page
//! and the tests use it.

use async_interval::every;
use std::cell::RefCell;
use std::io;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use virtual_time::{run, sleep};

/// The period of the jobs, in milliseconds.
pub(crate) const PERIOD: u64 = 100;
/// How long the third job takes. The others take no time.
pub(crate) const LONG: u64 = 550;
/// When the token is cancelled.
pub(crate) const END: u64 = 1_150;

/// When each job has begun and ended, in milliseconds since the start.
pub(crate) fn record(missed: MissedTickBehavior) -> io::Result<Vec<(u64, u64)>> {
    let jobs = RefCell::new(Vec::new());
    run(async {
        let (start, token) = (Instant::now(), CancellationToken::new());
        let now = || u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let job = async |_due| {
            let (number, begin) = (jobs.borrow().len(), now());
            if number == 2 {
                sleep(Duration::from_millis(LONG)).await;
            }
            jobs.borrow_mut().push((begin, now()));
        };
        let stop = async {
            sleep(Duration::from_millis(END)).await;
            token.cancel();
        };
        let period = Duration::from_millis(PERIOD);
        tokio::join!(every(period, missed, token.clone(), job), stop);
    })?;
    Ok(jobs.into_inner())
}
