// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The short version gives up reuse and a limit: a process for each page, all at the same time.
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, io, thread};

fn start(url: &str) -> io::Result<Child> {
    let mut worker = Command::new(env::current_exe()?);
    worker.args(["--page", url]).stdin(Stdio::null()).spawn()
}
fn wait(mut worker: Child) -> io::Result<ExitStatus> {
    let deadline = Instant::now() + Duration::from_secs(10);
    while worker.try_wait()?.is_none() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    worker.kill()?; // nothing happens if it has ended
    worker.wait()
}
pub(crate) fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if let [_page, url] = &arguments[..] {
        let text = ureq::get(url)
            .call()
            .and_then(|page| page.into_body().read_to_string());
        return println!("{url}: {:?}", text.map(|text| text.len())); // parse it here
    }
    let urls = ["https://example.com/", "https://example.org/"];
    for (url, worker) in urls.map(|url| (url, start(url))) {
        println!("{url}: {:?}", worker.and_then(wait));
    }
}
