//! The tasks that the tests run, and functions that look at processes.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use process_pool::{Options, Pool, Task, serve};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getpgid, getpid, getsid, kill_process, setpgid, setrlimit,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Everything a test asks of a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Work {
    Echo(u64),
    /// Gives the bytes back, and so many zeros more.
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>, usize),
    Panic(String),
    Die(Death),
    /// Dies if this file does not exist yet, and makes it.
    DieOnce(PathBuf),
    Nap(Duration),
    Spin,
    /// Adds a byte to this file, then naps.
    Mark(PathBuf, Duration),
    /// Waits until this file exists.
    WaitFor(PathBuf),
    /// Waits until so many processes have come to this folder.
    Meet(PathBuf, usize),
    Print(String),
    ReadInput,
    Pid,
    /// Whether the worker leads a session, and so has no terminal.
    LeadsSession,
    /// Forks, and ends in both processes.
    Fork,
    /// Forks a child that never ends, and kills the worker.
    ForkAndDie,
    /// Stops the worker, as a debugger does.
    Stop,
    /// Tries to leave the worker's process group, then never ends.
    LeaveGroup,
    /// Starts a program in a session of its own, and gives its process number.
    StartSession,
    /// Sends a frame of this kind for the task with this number on the worker's own socket.
    Forge(u8, u32),
    /// Adds a line with this number to the file.
    Note(PathBuf, u64),
    /// Lists the descriptors of a program that the task starts.
    Descriptors,
    /// Makes this file with the ending `begun`, waits for the file itself, then gives so many
    /// zeros.
    BytesAfter(PathBuf, usize),
    /// Starts a process, writes its number into the file, and never ends.
    StartAndSpin(PathBuf),
    Nest,
}

/// Ways to take a worker down.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Death {
    Abort,
    Segfault,
    Kill,
    Exit(i32),
    OutOfMemory,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Done {
    Number(u64),
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>),
    Text(String),
    Nothing,
}

impl Task for Work {
    type Output = Done;

    fn run(self) -> Done {
        match self {
            Work::Echo(number) => return Done::Number(number),
            Work::Bytes(mut bytes, more) => {
                bytes.resize(bytes.len() + more, 0);
                return Done::Bytes(bytes);
            }
            Work::Panic(message) => match message.as_str() {
                "a literal" => panic!("a literal"),
                "a number" => std::panic::panic_any(7),
                _ => panic!("{message}"),
            },
            Work::Die(death) => death.die(),
            Work::DieOnce(mark) => {
                if fs::File::create_new(mark).is_ok() {
                    Death::Kill.die();
                }
            }
            Work::Nap(time) => thread::sleep(time),
            Work::Spin => loop {
                std::hint::spin_loop();
            },
            Work::Mark(file, time) => {
                mark(&file);
                thread::sleep(time);
            }
            Work::WaitFor(file) => wait_until(|| file.exists()),
            Work::Meet(folder, others) => {
                fs::write(folder.join(process::id().to_string()), "").expect("a new file");
                wait_until(|| fs::read_dir(&folder).is_ok_and(|files| files.count() >= others));
            }
            Work::Print(text) => {
                print!("{text}");
                println!("{text}");
                eprintln!("{text}");
                fs::File::options()
                    .append(true)
                    .open("/dev/stdout")
                    .and_then(|mut raw| raw.write_all(text.as_bytes()))
                    .unwrap_or_default(); // Not every standard output can be opened.
                print!("{text}"); // Without the end of a line, so it waits in the buffer.
            }
            Work::ReadInput => {
                let mut input = String::new();
                io::stdin().read_to_string(&mut input).expect("an input");
                return Done::Text(input);
            }
            Work::Pid => return Done::Number(process::id().into()),
            Work::LeadsSession => {
                let leads = getsid(None) == Ok(getpid());
                return Done::Number(leads.into());
            }
            Work::Fork => {
                fork();
            }
            Work::ForkAndDie => {
                if fork() == 0 {
                    thread::sleep(Duration::from_secs(1000));
                }
                Death::Kill.die();
            }
            Work::Stop => kill(process::id(), Signal::STOP),
            Work::LeaveGroup => {
                let parents =
                    rustix::process::getppid().and_then(|parent| getpgid(Some(parent)).ok());
                setpgid(None, parents).unwrap_or_default(); // The leader of a session may not.
                Work::Spin.run();
            }
            Work::StartSession => {
                let child = Command::new("setsid").args(["sleep", "1000"]).spawn();
                let pid = child.expect("setsid, which Linux has").id();
                let leads =
                    |pid| getsid(Pid::from_raw(pid)) == Ok(Pid::from_raw(pid).expect("not zero"));
                wait_until(|| leads(pid as i32));
                return Done::Number(pid.into());
            }
            Work::Note(file, number) => {
                let file = fs::File::options().create(true).append(true).open(file);
                writeln!(file.expect("a file"), "{number}").expect("a file that can be written");
            }
            Work::Descriptors => return Done::Text(descriptors()),
            Work::Forge(kind, number) => {
                forge(kind, number);
                Work::Spin.run();
            }
            Work::BytesAfter(file, length) => {
                mark(&file.with_extension("begun"));
                wait_until(|| file.exists());
                return Done::Bytes(vec![0; length]);
            }
            Work::StartAndSpin(file) => {
                let mut child = Command::new("sleep").arg("1000").spawn().expect("sleep");
                fs::write(file.with_extension("new"), child.id().to_string()).expect("a file");
                fs::rename(file.with_extension("new"), file).expect("a file");
                Work::Spin.run();
                child.wait().expect("never reached");
            }
            Work::Nest => {
                let nested = Pool::<Work>::new(1).err().map(|error| error.to_string());
                return Done::Text(nested.unwrap_or_default());
            }
        }
        Done::Nothing
    }
}

impl Death {
    fn die(self) -> ! {
        match self {
            Death::Abort => process::abort(),
            Death::Segfault => segfault(),
            Death::Kill => kill(process::id(), Signal::KILL),
            Death::Exit(code) => process::exit(code),
            Death::OutOfMemory => {
                let little = Some(256 << 20);
                let limit = Rlimit {
                    current: little,
                    maximum: little,
                };
                setrlimit(Resource::As, limit).expect("a lower limit is always allowed");
                std::hint::black_box(vec![1_u8; 1 << 30]);
            }
        }
        thread::sleep(Duration::from_secs(1000));
        process::exit(0);
    }
}

#[expect(unsafe_code, reason = "a real segmentation fault is what is wanted")]
fn segfault() {
    // SAFETY: none; nothing is mapped at this address, so the system ends the process.
    unsafe { std::ptr::without_provenance::<u8>(64).read_volatile() };
}

#[expect(unsafe_code, reason = "a task that forks is what is wanted")]
fn fork() -> i32 {
    // SAFETY: the copy has no other threads. What it does until it is killed takes no lock.
    unsafe { libc::fork() }
}

/// The descriptors of a program that this process starts.
pub(crate) fn descriptors() -> String {
    let list = Command::new("ls").arg("/proc/self/fd").output();
    String::from_utf8_lossy(&list.expect("ls").stdout).into_owned()
}

/// Writes a frame to every socket of this process, for the task with this number. Its body is the
/// output `7`, or nothing if the kind has none.
#[expect(unsafe_code, reason = "the socket belongs to the worker's own code")]
fn forge(kind: u8, number: u32) {
    const OUTPUT: u8 = 4;
    let mut body = postcard::to_allocvec(&Done::Number(7)).expect("it encodes");
    body.retain(|_| kind == OUTPUT);
    let mut frame = (body.len() as u32).to_le_bytes().to_vec();
    frame.push(kind);
    frame.extend(number.to_le_bytes());
    frame.extend(body);
    for fd in 3..64 {
        // SAFETY: the call only reads `frame`; on a descriptor that is not a socket it fails.
        unsafe { libc::send(fd, frame.as_ptr().cast(), frame.len(), libc::MSG_NOSIGNAL) };
    }
}

/// Two types that have the same name for `type_name`: serves both, or checks a pool of each.
pub(crate) fn types_of_one_name(in_main: bool) {
    {
        #[derive(Serialize, Deserialize)]
        struct Job(u64);
        impl Task for Job {
            type Output = u64;
            fn run(self) -> u64 {
                self.0 + 1
            }
        }
        if in_main {
            serve::<Job>();
        } else {
            let pool = Pool::new(1).expect("this program serves");
            assert_eq!(pool.submit(Job(10)).join(), Ok(11));
        }
    }
    {
        #[derive(Serialize, Deserialize)]
        struct Job(u64);
        impl Task for Job {
            type Output = u64;
            fn run(self) -> u64 {
                self.0 * 100
            }
        }
        if in_main {
            serve::<Job>();
        } else {
            let pool = Pool::new(1).expect("this program serves");
            assert_eq!(pool.submit(Job(10)).join(), Ok(1000));
        }
    }
}

/// A task that cannot be written: it says so, or panics. With `None` it can.
#[derive(Debug, Deserialize)]
pub(crate) struct Unwritable {
    pub(crate) panics: Option<bool>,
}

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.panics {
            None => serializer.serialize_none(), // a struct of one field is written as this field
            Some(true) => panic!("cannot write this"),
            Some(false) => Err(serde::ser::Error::custom("no")),
        }
    }
}

/// A value that is written and cannot be read: it says so, or panics.
#[derive(Debug, Serialize)]
pub(crate) struct Unreadable {
    pub(crate) panics: bool,
}

impl<'de> Deserialize<'de> for Unreadable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let panics = bool::deserialize(deserializer)?;
        assert!(!panics, "cannot read this");
        Err(serde::de::Error::custom("no"))
    }
}

impl Task for Unwritable {
    type Output = ();
    fn run(self) {}
}

impl Task for Unreadable {
    type Output = ();
    fn run(self) {}
}

/// Tasks that are fine and whose output is not.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GivesUnwritable(pub(crate) Option<bool>);

impl Task for GivesUnwritable {
    type Output = Result<u8, Unwritable>;
    fn run(self) -> Self::Output {
        match self.0 {
            None => Ok(7),
            panics => Err(Unwritable { panics }),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GivesUnreadable(pub(crate) Option<bool>);

impl Task for GivesUnreadable {
    type Output = Result<u8, Unreadable>;
    fn run(self) -> Self::Output {
        self.0.map_or(Ok(7), |panics| Err(Unreadable { panics }))
    }
}

/// A value whose `Drop` panics wherever it runs, but in a worker: there it would be the task's own.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        if !is_worker() {
            std::panic::resume_unwind(Box::new("a panic, without a line about it"));
        }
    }
}

/// A task of which nothing can be dropped, neither itself nor its output.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum FragileTask {
    Echo(Fragile),
    /// Makes this file with the ending `begun`, then waits until the file itself exists.
    WaitFor(Fragile, PathBuf),
    Die(Fragile),
}

impl Task for FragileTask {
    type Output = Fragile;

    fn run(self) -> Fragile {
        match &self {
            FragileTask::Echo(_) => {}
            FragileTask::WaitFor(_, file) => {
                mark(&file.with_extension("begun"));
                wait_until(|| file.exists());
            }
            FragileTask::Die(_) => Death::Kill.die(),
        }
        Fragile
    }
}

/// A task that counts how often it is sent.
#[derive(Debug, Deserialize)]
pub(crate) struct Counted(pub(crate) Work);

pub(crate) static SENT: AtomicU64 = AtomicU64::new(0);

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SENT.fetch_add(1, Relaxed);
        self.0.serialize(serializer)
    }
}

impl Task for Counted {
    type Output = Done;
    fn run(self) -> Done {
        self.0.run()
    }
}

/// A task that `serve_all` forgets.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Forgotten;

impl Task for Forgotten {
    type Output = ();
    fn run(self) {}
}

pub(crate) fn is_worker() -> bool {
    std::env::args().any(|argument| argument.starts_with("process-pool-worker="))
}

pub(crate) fn serve_all() {
    types_of_one_name(true);
    serve::<Work>();
    serve::<Unwritable>();
    serve::<Unreadable>();
    serve::<GivesUnwritable>();
    serve::<GivesUnreadable>();
    serve::<FragileTask>();
    serve::<Counted>();
}

pub(crate) fn pool(workers: usize) -> Pool<Work> {
    pool_with(Options {
        workers,
        ..Options::default()
    })
}

pub(crate) fn pool_with(options: Options) -> Pool<Work> {
    Pool::with(options).expect("this program serves")
}

/// The process of a worker, whichever comes first.
pub(crate) fn a_worker(pool: &Pool<Work>) -> u32 {
    match pool.submit(Work::Pid).join() {
        Ok(Done::Number(pid)) => pid as u32,
        other => panic_with(&other),
    }
}

/// The processes of all the workers, each once.
pub(crate) fn all_workers(pool: &Pool<Work>, count: usize) -> Vec<u32> {
    let folder = Folder::new();
    let meet = std::iter::repeat_n(Work::Meet(folder.0.clone(), count), count);
    assert!(pool.map(meet).all(|done| done == Ok(Done::Nothing)));
    let files = fs::read_dir(&folder.0).expect("the folder");
    files
        .map(|file| file.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().parse().expect("a process number"))
        .collect()
}

pub(crate) fn kill(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid as i32).expect("not zero");
    kill_process(pid, signal).unwrap_or_default(); // It may be gone already.
}

/// Whether no such process runs. One that is dead and not reaped does not run.
pub(crate) fn gone(pid: u32) -> bool {
    let pid = Pid::from_raw(pid as i32).expect("not zero");
    rustix::process::test_kill_process(pid).is_err()
        || fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()))
            .is_ok_and(|stat| stat.contains(") Z "))
}

/// Waits as long as it takes, within reason.
pub(crate) fn wait_until(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !condition() {
        assert!(Instant::now() < deadline, "it does not happen");
        thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn mark(file: &Path) {
    fs::File::options()
        .create(true)
        .append(true)
        .open(file)
        .and_then(|mut file| file.write_all(b"."))
        .expect("a file that can be written");
}

pub(crate) fn panic_with(what: &dyn std::fmt::Debug) -> ! {
    panic!("unexpected: {what:?}")
}

/// A folder of this test's own, removed at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "process-pool-{}-{}",
            process::id(),
            NEXT.fetch_add(1, Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder for temporary files");
        Folder(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
