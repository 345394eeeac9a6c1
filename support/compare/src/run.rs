//! Runs one child to its end and says what it used.

use std::fs;
use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use measured::Round;
use rustix::process::{self, Pid, Signal, WaitId, WaitIdOptions};
use rustix::time::{ClockId, clock_gettime};

use crate::accounting;

/// How long its pipes are read after a child has ended. A process that left its group may hold them
/// open.
const READ_AFTER: Duration = Duration::from_secs(1);

/// How a child went.
#[derive(Debug)]
pub(crate) struct Run {
    /// When it was started: nanoseconds of the monotonic clock.
    pub(crate) started: u64,
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// What it used, as the system and this program saw it.
    pub(crate) round: Round,
    /// The time that it had, if it was killed because that was up.
    pub(crate) timed_out: Option<Duration>,
    /// What it printed.
    pub(crate) stdout: String,
    /// The beginning of what it complained about.
    pub(crate) stderr: String,
}

/// Starts children, one at a time, and ends the one that runs at Ctrl-C.
#[derive(Clone, Debug, Default)]
pub(crate) struct Children(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    interrupted: bool,
    running: Option<Pid>,
}

/// Nanoseconds of the system's monotonic clock, which all processes share.
pub(crate) fn now() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// The most memory that this process ever had resident, in bytes; only Linux shows it so. The
/// accounting of [`reap`](accounting::reap) is less exact, and yet all that there is for peers: there
/// the child begins with what its parent had when it started it.
pub(crate) fn peak_memory() -> Option<u64> {
    accounting::proc_bytes("/proc/self/status", "VmHWM")
}

impl Children {
    /// Ends the child that runs, and lets no other begin.
    pub(crate) fn interrupt(&self) {
        let mut state = self.lock();
        state.interrupted = true;
        if let Some(child) = state.running {
            kill(child);
        }
    }

    /// Whether [`interrupt`](Self::interrupt) was called.
    pub(crate) fn interrupted(&self) -> bool {
        self.lock().interrupted
    }

    /// Runs the command to its end, or until its time is up, on all cores or on this number. `None`
    /// after an interrupt.
    pub(crate) fn run(
        &self,
        command: &mut Command,
        cores: Option<usize>,
        limit: Duration,
    ) -> io::Result<Option<Run>> {
        // A process group of its own: a terminal's Ctrl-C then reaches this program alone, which
        // ends the child itself and keeps what was measured; and what the child started can be
        // ended with it.
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut state = self.lock();
        if state.interrupted {
            return Ok(None);
        }
        let (started, start) = (now(), Instant::now());
        let mut child = spawn(command, cores)?;
        let pid = Pid::from_child(&child);
        state.running = Some(pid);
        drop(state);

        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stop, stopped) = mpsc::channel::<()>();
        let readers = Reader::start(stdout, 1 << 20)
            .and_then(|stdout| Ok((stdout, Reader::start(stderr, 4096)?)));
        let (stdout, stderr) = match readers {
            Ok(readers) => readers,
            Err(error) => {
                kill(pid);
                self.lock().running = None;
                let _ = accounting::reap(pid);
                return Err(error);
            }
        };
        thread::scope(|scope| {
            let watch = scope.spawn(move || watch(pid, start, limit, &stopped));
            // NOWAIT: it stays a zombie and keeps its number, so that `kill` cannot hit another process.
            let ended = loop {
                let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
                match process::waitid(WaitId::Pid(pid), options) {
                    Err(rustix::io::Errno::INTR) => {}
                    other => break other,
                }
            };
            let wall = start.elapsed();
            drop(stop);
            let watched = watch.join();
            // What it left behind may hold its pipes open.
            kill(pid);
            self.lock().running = None;
            ended?;
            let (status, used) = accounting::reap(pid)?;
            let (most_threads, timed_out) = watched.unwrap_or((None, None));
            let until = Instant::now() + READ_AFTER;
            let run = Run {
                started,
                status,
                round: Round {
                    wall: wall.as_secs_f64(),
                    most_threads,
                    ..used
                },
                timed_out,
                stdout: stdout.text(until),
                stderr: stderr.text(until),
            };
            Ok((!self.interrupted()).then_some(run))
        })
    }

    /// A panic while it was locked cannot leave it worse than it was.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    /// In one line, why it did not end well; `None` if it did.
    pub(crate) fn trouble(&self) -> Option<String> {
        if let Some(limit) = self.timed_out {
            let limit = humantime::format_duration(limit);
            return Some(format!("not done within {limit}"));
        }
        if self.status.success() {
            return None;
        }
        let status = self.status.to_string().replace("exit status: ", "status ");
        Some(format!("it ended with {status}: {}", reason(&self.stderr)))
    }
}

/// The line of its complaints that says most. A panic's first line names only a place in a file, and
/// `Error:` may be alone on its line where several threads write at the same time.
fn reason(stderr: &str) -> String {
    let mut lines = stderr
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let first = lines.clone().next().unwrap_or("it said nothing");
    let line = if first.starts_with("Traceback") {
        lines.next_back()
    } else {
        lines.find(|line| *line != "Error:" && !line.contains("panicked at"))
    };
    let line = line.unwrap_or(first);
    let line = line.strip_prefix("Error: ").unwrap_or(line);
    line.chars().take(200).collect()
}

/// Lets a child of another language go with this program, however this ends; our own see to it
/// themselves. What a peer has started is its own care: the workers of `peers/cpu.py` watch it.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the child itself must ask for the signal")]
pub(crate) fn end_with_us(command: &mut Command) {
    use rustix::process::set_parent_process_death_signal;

    // SAFETY: between fork and exec this makes one system call, and neither allocates nor locks.
    unsafe {
        command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?));
    }
}

/// Only Linux has such a signal.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end_with_us(_: &mut Command) {}

/// Starts it, on all cores or on so many of those that this program may use: a child inherits them
/// from the thread that starts it.
#[cfg(target_os = "linux")]
fn spawn(command: &mut Command, cores: Option<usize>) -> io::Result<Child> {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let Some(cores) = cores else {
        return command.spawn();
    };
    let all = sched_getaffinity(None)?;
    let mut some = CpuSet::new();
    let usable = (0..CpuSet::MAX_CPU).filter(|&core| all.is_set(core));
    usable.take(cores).for_each(|core| some.set(core));
    sched_setaffinity(None, &some)?;
    let child = command.spawn();
    sched_setaffinity(None, &all)?;
    child
}

#[cfg(not(target_os = "linux"))]
fn spawn(command: &mut Command, cores: Option<usize>) -> io::Result<Child> {
    match cores {
        None => command.spawn(),
        Some(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// Ends the child and all that share its group. Its number is its own as long as it is not reaped.
fn kill(child: Pid) {
    // An error means that all of them have ended.
    let _ = process::kill_process_group(child, Signal::KILL);
}

/// Reads a pipe to its end, so that the writer never waits, and keeps the first bytes.
struct Reader {
    kept: Arc<Mutex<Vec<u8>>>,
    /// Disconnected at the end of the pipe.
    end: Receiver<()>,
}

impl Reader {
    fn start(pipe: Option<impl Read + Send + 'static>, keep: usize) -> io::Result<Self> {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let (reading, end) = mpsc::channel::<()>();
        let bytes = Arc::clone(&kept);
        thread::Builder::new().spawn(move || {
            let _reading = reading;
            let (Some(mut pipe), mut buffer) = (pipe, vec![0; 64 << 10]) else {
                return;
            };
            // What cannot be read is not kept: the exit status tells of the trouble.
            loop {
                match pipe.read(&mut buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(0) | Err(_) => return,
                    Ok(count) => {
                        let mut bytes = bytes.lock().unwrap_or_else(PoisonError::into_inner);
                        let left = keep - bytes.len();
                        bytes.extend_from_slice(&buffer[..count.min(left)]);
                    }
                }
            }
        })?;
        Ok(Self { kept, end })
    }

    /// What was read. The thread is left to itself where the pipe does not end.
    fn text(&self, until: Instant) -> String {
        let left = until.saturating_duration_since(Instant::now());
        let _ = self.end.recv_timeout(left);
        let bytes = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Counts the child's threads now and then, and ends it when its time is up.
fn watch(
    child: Pid,
    start: Instant,
    limit: Duration,
    stopped: &Receiver<()>,
) -> (Option<u64>, Option<Duration>) {
    let mut most = None;
    // At first often, or a short run would end unseen; then seldom, as looking takes CPU time too.
    let mut pause = Duration::from_millis(2);
    loop {
        match stopped.recv_timeout(pause) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return (most, None),
        }
        most = most.max(threads(child));
        pause = (pause * 2).min(Duration::from_millis(20));
        if start.elapsed() > limit {
            kill(child);
            return (most, Some(limit));
        }
    }
}

/// How many threads a process has: the 20th field of its `stat`, proc(5). Only Linux shows it so.
fn threads(process: Pid) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).ok()?;
    // The second field is the program's name in parentheses, in which anything may stand.
    let (_, after) = stat.rsplit_once(')')?;
    after.split_whitespace().nth(17)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_line_that_says_most() {
        for (stderr, line) in [
            (
                "\nError: no such page\n\nCaused by:\n    gone\n",
                "no such page",
            ),
            (
                "thread 'a' panicked at b.rs:1:2:\nno memory\nnote: c\n",
                "no memory",
            ),
            (
                "Error: \nthread 'a' panicked at b.rs:1:2:\nno memory\n",
                "no memory",
            ),
            (
                "Traceback (most recent call last):\n  a\nOSError: full\n",
                "OSError: full",
            ),
            (
                "thread 'a' panicked at b.rs:1:2:\n",
                "thread 'a' panicked at b.rs:1:2:",
            ),
            ("", "it said nothing"),
        ] {
            assert_eq!(reason(stderr), line);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_child_gets_as_many_cores_as_it_is_given_and_the_next_one_all() {
        let mut nproc = Command::new("nproc");
        nproc.env_remove("OMP_NUM_THREADS"); // it would say that
        let all = nproc.output().unwrap().stdout;
        let mut cores = |cores| {
            let run = Children::default().run(&mut nproc, cores, Duration::from_secs(60));
            run.unwrap().unwrap().stdout
        };
        assert_eq!(cores(Some(1)), "1\n");
        assert_eq!(cores(None).as_bytes(), all);
    }
}
