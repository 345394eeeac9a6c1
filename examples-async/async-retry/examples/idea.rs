// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up the budget, the deadline and `Retry-After`. Use it only for what may be repeated.

use std::time::Duration;
use tokio::time::sleep;

const ATTEMPTS: u32 = 5;

async fn load(attempt: u32) -> Result<&'static str, &'static str> {
    if attempt < 3 {
        Err("busy")
    } else {
        Ok("a page")
    } // the request
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    let mut longest = Duration::from_millis(10);
    for attempt in 1..=ATTEMPTS {
        let result = load(attempt).await;
        println!("attempt {attempt}: {result:?}");
        if result.is_ok() || attempt == ATTEMPTS {
            break;
        }
        sleep(longest.mul_f64(fastrand::f64())).await; // random, from zero to the longest
        longest = (longest * 2).min(Duration::from_secs(10));
    }
}
