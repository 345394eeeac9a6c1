//! A `nats-server` with JetStream for demonstrations and tests.

use std::env;
use std::fs;
use std::io;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take to start, on a machine that has much else to do.
const START: Duration = Duration::from_secs(60);

/// A server that is killed, and whose folder is removed, when this is dropped.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    host: String,
    port: u16,
    process: Option<Child>,
}

impl Server {
    /// Starts the program in `NATS_SERVER`, or `nats-server` from `PATH`, on a free port.
    ///
    /// # Errors
    /// `NotFound` if there is no such program, with a line that says how to get it. Others if it
    /// does not start.
    pub fn start() -> io::Result<Server> {
        Server::start_on("127.0.0.1")
    }

    /// Like [`Server::start`], on this address of the machine.
    ///
    /// # Errors
    /// Like [`Server::start`].
    pub fn start_on(host: &str) -> io::Result<Server> {
        let mut server = Server {
            folder: tempfile::tempdir()?,
            host: host.to_owned(),
            port: 0,
            process: None,
        };
        server.start_again()?;
        Ok(server)
    }

    /// Where clients connect to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{}:{}", self.host, self.port)
    }

    /// Starts it on the same port and with the same data, after [`Server::stop`] or [`Server::kill`].
    ///
    /// # Errors
    /// Like [`Server::start`].
    pub fn start_again(&mut self) -> io::Result<()> {
        let program = env::var_os("NATS_SERVER").unwrap_or_else(|| "nats-server".into());
        // -1 asks for a free port, which the server writes into a file.
        let port = match self.port {
            0 => "-1".to_owned(),
            port => port.to_string(),
        };
        let ports = tempfile::tempdir_in(self.folder.path())?;
        let mut command = Command::new(&program);
        command.args(["-js", "-a", &self.host, "-p", &port, "-sd"]);
        command.arg(self.folder.path().join("data"));
        command.arg("--ports_file_dir").arg(ports.path());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let process = command.stderr(Stdio::null()).spawn().map_err(|error| {
            let program = program.display();
            let how = "on Debian: apt install nats-server; others: https://nats.io/download";
            io::Error::new(
                error.kind(),
                format!("cannot start {program} ({how}): {error}"),
            )
        })?;
        let process = self.process.insert(process);
        let deadline = Instant::now() + START;
        loop {
            // Written when it is ready: {"nats":["nats://127.0.0.1:41234"]}
            for file in fs::read_dir(ports.path())? {
                let text = fs::read_to_string(file?.path())?;
                let port = text.rsplit(':').next().unwrap_or_default();
                if let Ok(port) = port.trim_end_matches(['"', ']', '}', '\n']).parse() {
                    self.port = port;
                    return Ok(());
                }
            }
            if let Some(status) = process.try_wait()? {
                return Err(io::Error::other(format!("nats-server ended: {status}")));
            }
            if Instant::now() > deadline {
                return Err(io::Error::from(io::ErrorKind::TimedOut));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// If the system does not let us.
    #[cfg(unix)]
    pub fn stop(&mut self) -> io::Result<()> {
        if let Some(mut process) = self.process.take() {
            let pid = rustix::process::Pid::from_child(&process);
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
            process.wait()?;
        }
        Ok(())
    }

    /// Ends it without a warning, and waits until it has.
    ///
    /// # Errors
    /// If the system does not let us.
    pub fn kill(&mut self) -> io::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill()?;
            process.wait()?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
