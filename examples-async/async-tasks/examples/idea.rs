// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up input order, and stops at the first failure without telling which task it was.

use tokio::task::{JoinSet, yield_now};

const LIMIT: usize = 4;

async fn load(page: u32) -> Result<u32, String> {
    yield_now().await; // the request
    if page == 7 {
        return Err(format!("page {page} is missing"));
    }
    Ok(page)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut tasks, mut pages) = (JoinSet::new(), 0..6);
    loop {
        while tasks.len() < LIMIT {
            let Some(page) = pages.next() else { break };
            tasks.spawn(load(page));
        }
        let Some(ended) = tasks.join_next().await else {
            break;
        };
        println!("page {}", ended??); // first a panic, then an error; both end `main`
    }
    Ok(()) // on an early return the JoinSet is dropped, which aborts its tasks
}
