//! Tests whose parent process is killed, starved, or wrongly written: it is this program again.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use libtest_mimic::Failed;
use process_pool::{Pool, Task, TaskError};
use rustix::process::{
    Pid, Resource, Signal, WaitOptions, getrlimit, kill_process_group, setrlimit, wait,
};

use crate::work::*;
use crate::{Test, behaviour, deaths, traps};

#[rustfmt::skip] // a line for each test
pub(crate) const TESTS: &[Test] = &[
    ("no_worker_survives_kill_9_of_the_parent", no_worker_survives_kill_9_of_the_parent),
    ("no_worker_survives_ctrl_c", no_worker_survives_ctrl_c),
    ("printing_and_reading_do_not_disturb", printing_and_reading_do_not_disturb),
    ("every_way_to_die_is_named", || passes("dies in every way")),
    ("a_panic_is_its_tasks_error", || passes("panics")),
    ("values_that_do_not_encode_or_decode", || passes("does not decode")),
    ("a_dropped_pool_leaves_no_zombie", || passes("leaves no zombie")),
    ("no_descriptors_left", || passes("no descriptors left")),
    ("a_drop_that_panics_ends_no_supervisor", || passes("drops 1")),
    ("a_drop_that_panics_in_what_is_abandoned", || passes("drops 2")),
    ("a_drop_that_panics_while_the_pool_is_dropped", || passes("drops 3")),
    ("no_task_fails_while_a_worker_runs", || passes("cannot start one of two")),
    ("a_task_type_that_is_not_served", || passes("does not serve all")),
    ("a_program_that_forgets_to_serve", || passes("forgets to serve")),
    ("a_program_that_serves_first", || passes("serves")),
    ("a_program_that_hangs_instead_of_serving", || passes("hangs instead of serving")),
    ("workers_that_die_before_they_serve", || passes("dies before it serves")),
    ("a_worker_that_dies_once_before_it_serves", || passes("dies once before it serves")),
    ("signals_interrupt_no_supervisor", || passes("is interrupted")),
    ("a_death_is_noticed_although_sigchld_is_ignored", || passes("ignores SIGCHLD")),
    ("a_result_that_arrives_while_the_program_is_stopped", a_result_that_arrives_while_the_program_is_stopped),
    ("the_program_file_deleted", the_program_file_deleted),
    ("started_by_hand_as_a_worker", started_by_hand_as_a_worker),
];

const SUBJECT: &str = "PROCESS_POOL_SUBJECT";
const FLAG: &str = "PROCESS_POOL_FLAG";

/// Runs as the subject that the environment names; its workers inherit the name.
pub(crate) fn run() -> Option<ExitCode> {
    // No core files from all these deaths.
    let mut core = getrlimit(Resource::Core);
    core.current = Some(0);
    setrlimit(Resource::Core, core).expect("a lower limit is always allowed");

    let subject = env::var(SUBJECT).ok()?;
    let is_worker = is_worker();
    match subject.as_str() {
        "forgets to serve" => forgets_to_serve(is_worker),
        "hangs instead of serving" => hangs_instead_of_serving(is_worker),
        "serves" if is_worker => traps::right().expect("it never returns"),
        "dies before it serves" | "cannot start one of two" if flag().exists() => {
            return Some(ExitCode::from(7));
        }
        "dies once before it serves" if fs::remove_file(flag()).is_ok() => {
            return Some(ExitCode::from(7));
        }
        _ => {}
    }
    if is_worker {
        return None;
    }
    match subject.as_str() {
        "computes" => computes(),
        "leaves no zombie" => leaves_no_zombie(),
        "no descriptors left" => no_descriptors_left(),
        "dies before it serves" => dies_before_it_serves(),
        "dies once before it serves" => dies_once_before_it_serves(),
        "is interrupted" => is_interrupted(),
        "deleted" => deleted(),
        "dies in every way" => checked(deaths::every_way_to_die_is_named),
        "panics" => checked(behaviour::a_panic_is_its_tasks_error),
        "does not decode" => checked(behaviour::values_that_do_not_encode_or_decode),
        "drops 1" => checked(behaviour::a_drop_that_panics_ends_no_supervisor),
        "drops 2" => checked(behaviour::a_drop_that_panics_in_what_is_abandoned),
        "drops 3" => checked(behaviour::a_drop_that_panics_while_the_pool_is_dropped),
        "cannot start one of two" => cannot_start_one_of_two(),
        "does not serve all" => checked(behaviour::a_task_type_that_is_not_served),
        "serves" => traps::right().expect("it serves"),
        "ignores SIGCHLD" => ignores_sigchld(),
        "is stopped" => is_stopped(),
        "prints" => checked(behaviour::printing_and_reading_do_not_disturb),
        _ => {}
    }
    Some(ExitCode::SUCCESS)
}

fn checked(test: fn() -> Result<(), Failed>) {
    if let Err(failed) = test() {
        panic_with(&failed.message());
    }
}

fn subject(name: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program has a file"));
    command.env(SUBJECT, name).stdin(Stdio::null());
    command
}

/// Runs a subject that checks by itself what it should.
fn passes(name: &str) -> Result<(), Failed> {
    let folder = Folder::new();
    let output = subject(name).env(FLAG, folder.file("flag")).output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    Ok(())
}

/// And what it prints arrives where the parent's output goes, whole.
fn printing_and_reading_do_not_disturb() -> Result<(), Failed> {
    let output = subject("prints").output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    for (printed, times) in [(&output.stdout, 400), (&output.stderr, 100)] {
        let printed = String::from_utf8_lossy(printed);
        assert_eq!(printed.matches("\0\0\0\0\u{4}").count(), times);
    }
    Ok(())
}

fn flag() -> std::path::PathBuf {
    env::var_os(FLAG).expect("set by the test").into()
}

/// Prints its workers' numbers, gives them endless work, and waits to be killed.
fn computes() {
    let pool = pool(3);
    let workers = all_workers(&pool, 3);
    let folder = Folder::new();
    let mut handles: Vec<_> = (0..2)
        .map(|n| pool.submit(Work::StartAndSpin(folder.file(&n.to_string()))))
        .collect();
    handles.push(pool.submit(Work::Mark(folder.file("2"), Duration::from_secs(1000))));
    for n in 0..3 {
        wait_until(|| folder.file(&n.to_string()).exists());
    }
    let grandchild = |n: &str| fs::read_to_string(folder.file(n)).expect("a number");
    let line = format!("{workers:?} {} {}", grandchild("0"), grandchild("1"));
    drop(folder); // Before the line: whoever reads it kills this process.
    println!("{line}");
    for handle in handles {
        let _ = handle.join();
    }
}

/// A subject that computes, with the numbers of its workers and of what these started.
fn computing() -> Result<(Child, Vec<u32>), Failed> {
    let mut child = subject("computes")
        .process_group(0)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no pipe")?).read_line(&mut line)?;
    let numbers = line
        .split(|c: char| !c.is_ascii_digit())
        .filter(|word| !word.is_empty());
    let numbers = numbers.map(str::parse).collect::<Result<Vec<u32>, _>>()?;
    assert_eq!(numbers.len(), 5, "{line}");
    assert!(!numbers.iter().any(|pid| gone(*pid)));
    Ok((child, numbers))
}

fn no_worker_survives_kill_9_of_the_parent() -> Result<(), Failed> {
    let (mut parent, children) = computing()?;
    parent.kill()?;
    parent.wait()?;
    for child in children {
        wait_until(|| gone(child));
    }
    Ok(())
}

fn no_worker_survives_ctrl_c() -> Result<(), Failed> {
    let (mut parent, children) = computing()?;
    // As a terminal does it: to the whole group, of which the workers are not.
    let group = Pid::from_raw(parent.id() as i32).ok_or("no group")?;
    // What a shell starts in the background ignores Ctrl-C, and so does all that is started from
    // it.
    let signal = if ignores(Signal::INT) {
        Signal::TERM
    } else {
        Signal::INT
    };
    kill_process_group(group, signal)?;
    assert_eq!(parent.wait()?.signal(), Some(signal.as_raw()));
    for child in children {
        wait_until(|| gone(child));
    }
    Ok(())
}

/// Whether this process ignores the signal: proc_pid_status(5). Only Linux shows it so.
fn ignores(signal: Signal) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal.as_raw() - 1) & 1 == 1)
}

fn leaves_no_zombie() {
    let pool = pool(3);
    for worker in all_workers(&pool, 3) {
        kill(worker, Signal::KILL);
    }
    let timeless: Vec<_> = (0..5).map(|_| pool.submit(Work::Spin)).collect();
    wait_until(|| pool.workers_lost() == 3);
    drop(pool);
    drop(timeless);
    let children = wait(WaitOptions::NOHANG);
    assert_eq!(
        children.err(),
        Some(rustix::io::Errno::CHILD),
        "no child at all"
    );
}

/// With no descriptor left no worker can be started: an error, and no hang. Later it can again.
fn no_descriptors_left() {
    let pool = pool(2);
    let workers = all_workers(&pool, 2);
    let plenty = getrlimit(Resource::Nofile);
    let mut none = plenty;
    none.current = Some(3);
    setrlimit(Resource::Nofile, none).expect("a lower limit is always allowed");
    workers
        .into_iter()
        .for_each(|worker| kill(worker, Signal::KILL));
    wait_until(|| pool.workers_lost() == 2);
    for _ in 0..2 {
        let result = pool.submit(Work::Echo(1)).join();
        assert!(
            matches!(&result, Err(TaskError::NoWorker(why)) if why.contains("open files")),
            "{result:?}"
        );
    }
    setrlimit(Resource::Nofile, plenty).expect("back to the limit it had");
    let result = pool.submit(Work::Echo(1)).join();
    assert_eq!(result, Ok(Done::Number(1)));
}

/// Both the parent and its worker come by here. The worker must not start workers.
fn forgets_to_serve(is_worker: bool) {
    let error = traps::wrong().err().map(|error| error.to_string());
    let error = error.unwrap_or_default();
    if is_worker {
        assert!(error.contains("may not start a pool"), "{error}");
        std::process::exit(33);
    }
    let advice = "call process_pool::serve::<pool::traps::Work>() first in main";
    assert!(
        error.contains(advice) && error.contains("exit status: 33"),
        "{error}"
    );
}

fn hangs_instead_of_serving(is_worker: bool) {
    if is_worker {
        Work::Nap(Duration::from_secs(1000)).run();
    }
    let error = Pool::<Work>::new(2).err().map(|error| error.to_string());
    let error = error.unwrap_or_default();
    assert!(
        error.contains("does not serve as worker (timed out)"),
        "{error}"
    );
    let children = wait(WaitOptions::NOHANG);
    assert_eq!(
        children.err(),
        Some(rustix::io::Errno::CHILD),
        "no child at all"
    );
}

/// Workers stop coming up half way: the tasks fail, the machine is not stormed with starts.
fn dies_before_it_serves() {
    let pool = pool(2);
    let workers = all_workers(&pool, 2);
    mark(&flag());
    workers
        .into_iter()
        .for_each(|worker| kill(worker, Signal::KILL));
    let results: Vec<_> = pool.map((0..10).map(Work::Echo)).collect();
    assert_eq!(results.len(), 10);
    for result in results {
        assert!(
            matches!(&result, Err(TaskError::NoWorker(why)) if why.contains("exit status: 7")),
            "{result:?}"
        );
    }
}

/// The task waits for the worker that runs, however long that is busy.
fn cannot_start_one_of_two() {
    let pool = pool(2);
    let workers = all_workers(&pool, 2);
    mark(&flag());
    kill(workers[0], Signal::KILL);
    wait_until(|| pool.workers_lost() == 1);
    let folder = Folder::new();
    let go = folder.file("go");
    let busy = pool.submit(Work::BytesAfter(go.clone(), 1));
    wait_until(|| go.with_extension("begun").exists());
    let waits = pool.submit(Work::Echo(1));
    std::thread::sleep(Duration::from_millis(2500)); // More than all attempts to start one.
    mark(&go);
    assert_eq!(busy.join(), Ok(Done::Bytes(vec![0])));
    assert_eq!(waits.join(), Ok(Done::Number(1)));
}

/// A start that fails is tried again: a machine may be out of processes for a moment.
fn dies_once_before_it_serves() {
    let pool = pool(1);
    let worker = a_worker(&pool);
    mark(&flag());
    kill(worker, Signal::KILL);
    let result = pool.submit(Work::Echo(1)).join();
    assert_eq!(result, Ok(Done::Number(1)));
    assert!(!flag().exists(), "no worker has died while it started");
}

/// A handler of a signal interrupts the system calls of whichever thread it runs on.
#[expect(
    unsafe_code,
    reason = "std has no handlers and no signals to one thread"
)]
fn is_interrupted() {
    extern "C" fn nothing(_: libc::c_int) {}
    // SAFETY: zeros are a valid sigaction. Without SA_RESTART, an interrupted system call fails.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = nothing as extern "C" fn(libc::c_int) as usize;
    // SAFETY: the handler does nothing.
    let result = unsafe { libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()) };
    assert_eq!(result, 0);
    // SAFETY: it takes nothing and cannot fail.
    let this = unsafe { libc::getpid() };
    let interrupt_all = || {
        for entry in fs::read_dir("/proc/self/task").expect("Linux").flatten() {
            let thread = entry.file_name().to_string_lossy().parse::<libc::pid_t>();
            let thread = thread.expect("the number of a thread");
            // SAFETY: the call takes numbers; a thread that has ended is an error.
            unsafe { libc::syscall(libc::SYS_tgkill, this, thread, libc::SIGUSR1) };
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let pool = pool(2);
    // While the supervisors wait for tasks, for results, and for a reason to start a worker.
    for _ in 0..50 {
        interrupt_all();
        assert_eq!(pool.submit(Work::Echo(1)).join(), Ok(Done::Number(1)));
    }
    let nap = pool.submit(Work::Nap(Duration::from_millis(100)));
    (0..50).for_each(|_| interrupt_all());
    assert_eq!(nap.join(), Ok(Done::Nothing));
    assert_eq!(pool.workers_lost(), 0);
    for worker in all_workers(&pool, 2) {
        kill(worker, Signal::KILL);
    }
    wait_until(|| pool.workers_lost() == 2);
    (0..50).for_each(|_| interrupt_all());
    assert_eq!(all_workers(&pool, 2).len(), 2);
}

/// On Linux a worker is the running file even if an update has replaced it; elsewhere the tasks
/// fail. Never a hang.
fn the_program_file_deleted() -> Result<(), Failed> {
    let folder = Folder::new();
    let copy = folder.file("copy");
    fs::copy(env::current_exe()?, &copy)?;
    let mut command = Command::new(&copy);
    let output = command.env(SUBJECT, "deleted").env(FLAG, &copy).output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    Ok(())
}

fn deleted() {
    let pool = pool(1);
    fs::remove_file(flag()).expect("the copy");
    kill(a_worker(&pool), Signal::KILL);
    let result = pool.submit(Work::Echo(1)).join();
    if cfg!(target_os = "linux") {
        assert_eq!(result, Ok(Done::Number(1)));
    } else {
        assert!(matches!(result, Err(TaskError::NoWorker(_))), "{result:?}");
    }
}

/// The exit status is lost, and nothing else.
#[expect(unsafe_code, reason = "std cannot change what a signal does")]
fn ignores_sigchld() {
    // SAFETY: ignoring a signal installs no handler.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    let pool = pool(1);
    let died = pool.submit(Work::Die(Death::Kill)).join();
    assert_eq!(
        died,
        Err(TaskError::Died {
            kills: 3,
            status: None
        })
    );
    let text = died.map_err(|error| error.to_string());
    assert!(text.is_err_and(|text| text.ends_with("ended with an unknown status")));
    assert_eq!(pool.submit(Work::Echo(1)).join(), Ok(Done::Number(1)));
    let worker = a_worker(&pool);
    drop(pool);
    assert!(gone(worker));
}

/// Runs tasks with a timeout; the test stops it until the timeout has passed.
fn is_stopped() {
    let timeout = Some(Duration::from_secs(1));
    let pool = pool_with(process_pool::Options {
        workers: 1,
        timeout,
        ..Default::default()
    });
    let folder = flag();
    // A small result, and one that the socket cannot hold: the worker waits in its write.
    for (name, length) in [("small", 1), ("large", 10 << 20)] {
        let done = pool
            .submit(Work::BytesAfter(folder.join(name), length))
            .join();
        assert_eq!(done, Ok(Done::Bytes(vec![0; length])), "{name}");
    }
    assert_eq!(pool.workers_lost(), 0);
}

fn a_result_that_arrives_while_the_program_is_stopped() -> Result<(), Failed> {
    let folder = Folder::new();
    let child = subject("is stopped")
        .env(FLAG, &folder.0)
        .stderr(Stdio::piped())
        .spawn()?;
    for name in ["small", "large"] {
        let file = folder.file(name);
        wait_until(|| file.with_extension("begun").exists());
        kill(child.id(), Signal::STOP);
        mark(&file);
        std::thread::sleep(Duration::from_millis(1500)); // Longer than the timeout.
        kill(child.id(), Signal::CONT);
    }
    let output = child.wait_with_output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    Ok(())
}

/// The name under which a worker serves `Work`: a worker tells it, in its arguments.
fn work_name() -> String {
    let pool = pool(1);
    let arguments = fs::read(format!("/proc/{}/cmdline", a_worker(&pool))).expect("Linux");
    let arguments = String::from_utf8_lossy(&arguments).into_owned();
    let name = arguments
        .split_once("process-pool-worker=")
        .map(|(_, name)| name);
    name.expect("the argument of a worker")
        .trim_end_matches('\0')
        .to_owned()
}

fn started_by_hand_as_a_worker() -> Result<(), Failed> {
    let mut child = Command::new(env::current_exe()?)
        .args([
            "a",
            "b",
            "c",
            &format!("process-pool-worker={}", work_name()),
        ])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let _ = child.stdin.take().ok_or("no pipe")?.write_all(b"garbage"); // It may not even read it.
    let output = child.wait_with_output()?;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("for the pool alone"));
    Ok(())
}
