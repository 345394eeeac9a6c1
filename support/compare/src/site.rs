//! The demo site in a process of its own, so that its time and memory are not the fetchers'.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use measured::SiteCounts;

/// The site's process, as seen from the one that measures.
#[derive(Debug)]
pub(crate) struct Site {
    child: Child,
    ask: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    origin: String,
}

impl Site {
    /// Starts the site and waits until it listens.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--child", "site"])
            .process_group(0) // A terminal's Ctrl-C must not end it before the last row is read.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ask = child.stdin.take();
        let answers = child.stdout.take().context("the site has no output")?;
        let mut site = Self {
            child,
            ask,
            answers: BufReader::new(answers),
            origin: String::new(),
        };
        site.origin = site.line().context("the site did not start")?;
        Ok(site)
    }

    /// Scheme, host and port, without a final slash.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// What it has counted since it was asked last. Then it is done with all who have ended: what a
    /// client left behind, wrk for one, would else be served and counted in the next row.
    pub(crate) fn seen(&mut self) -> anyhow::Result<SiteCounts> {
        let ask = self.ask.as_mut().context("the site has no input")?;
        writeln!(ask).context("the site has ended")?;
        Ok(serde_json::from_str(&self.line()?)?)
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        let length = self.answers.read_line(&mut line)?;
        anyhow::ensure!(length > 0, "the site has ended");
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.ask.take()); // The end of its input is the sign to stop.
        let _ = self.child.wait();
    }
}

/// The child: serves until its input ends, which is also when the parent dies, however it dies.
pub(crate) fn serve() -> anyhow::Result<()> {
    let site = demo_site::Site::start()?;
    let mut out = io::stdout();
    writeln!(out, "{}", site.url(""))?;
    for line in io::stdin().lines() {
        line?;
        let counts = site.counts();
        wait_until_done(&site);
        site.reset();
        let seen = SiteCounts {
            requests: counts.requests,
            connections: counts.connections,
            most_in_flight: counts.most_in_flight as u64,
        };
        writeln!(out, "{}", serde_json::to_string(&seen)?)?;
    }
    Ok(())
}

/// Waits until the site has closed all connections, but not forever for one that somebody else
/// keeps open: if that matters, the next row's count tells.
fn wait_until_done(site: &demo_site::Site) {
    let start = Instant::now();
    while site.open_connections() > 0 && start.elapsed() < Duration::from_secs(5) {
        thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn what_a_client_left_behind_is_not_counted_later() {
        let site = demo_site::Site::start().unwrap();
        let mut client = TcpStream::connect(site.address()).unwrap();
        let head = "GET /page/a?size=0 HTTP/1.1\r\nhost: a\r\n\r\n";
        client.write_all(head.repeat(1_000).as_bytes()).unwrap();
        while site.counts().requests == 0 {
            thread::yield_now();
        }
        drop(client);
        wait_until_done(&site);
        site.reset();
        assert_eq!(site.open_connections(), 0);
        thread::sleep(Duration::from_millis(50));
        assert_eq!(site.counts(), demo_site::Counts::default());
    }
}
