//! The demo site in a process of its own, so that its time and memory are not the fetchers'.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::Context as _;

use measured::Seen;

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
    ///
    /// # Errors
    /// If it does not start.
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

    /// What it has counted since it was asked last.
    ///
    /// # Errors
    /// If it has ended.
    pub(crate) fn seen(&mut self) -> anyhow::Result<Seen> {
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
///
/// # Errors
/// If the site cannot be started, or nobody reads the answers.
pub(crate) fn serve() -> anyhow::Result<()> {
    let site = demo_site::Site::start()?;
    let mut out = io::stdout();
    writeln!(out, "{}", site.url(""))?;
    for line in io::stdin().lines() {
        line?;
        let counts = site.counts();
        site.reset();
        let seen = Seen {
            requests: counts.requests,
            connections: counts.connections,
            most_in_flight: counts.most_in_flight as u64,
        };
        writeln!(out, "{}", serde_json::to_string(&seen)?)?;
    }
    Ok(())
}
