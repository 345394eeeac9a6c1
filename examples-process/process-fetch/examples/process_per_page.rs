// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Fetches each page in a process of its own: `cargo run -p process-fetch --example
//! process_per_page`

use demo_site::{Site, TOUR};
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;
use std::{env, io, thread};

fn main() -> io::Result<()> {
    // ANCHOR: child
    if let Some(url) = env::args().nth(1) {
        println!("{}", fetch(&url)); // this is a child process: one page, one line
        return Ok(());
    }
    // ANCHOR_END: child

    let server = Site::start()?;
    let urls = TOUR.map(|page| server.url(page));
    let start = Instant::now();

    fetch_all(&urls)?;

    let seconds = start.elapsed().as_secs_f64();
    let most = server.counts().most_in_flight;
    println!("12 pages in {seconds:.1} s, at most {most} in flight");
    Ok(())
}

// ANCHOR: changes
fn fetch_all(urls: &[String]) -> io::Result<()> {
    let this_program = env::current_exe()?;
    let queue = Mutex::new(urls.iter());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no thread panics with the lock").next();
                    let Some(url) = next else { break };
                    match Command::new(&this_program).arg(url).output() {
                        Ok(child) if child.status.success() => {
                            print!("{}", String::from_utf8_lossy(&child.stdout));
                        }
                        Ok(child) => println!(" crashed: {}  {url}", child.status),
                        Err(error) => println!(" not started: {error}  {url}"),
                    }
                }
            });
        }
    });
    Ok(())
}
// ANCHOR_END: changes

// ANCHOR: yours
/// The size of the page, or why there is none.
fn fetch(url: &str) -> String {
    let response = ureq::get(url).call();
    match response.and_then(|mut response| response.body_mut().read_to_vec()) {
        Ok(body) => format!("{:>8} bytes  {url}", body.len()),
        Err(error) => format!("  failed: {error}  {url}"),
    }
}
// ANCHOR_END: yours
