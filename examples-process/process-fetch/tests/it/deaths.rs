//! Workers that die, hang or never start: what each costs, and that none is left behind.
#![cfg(unix)]

use std::collections::HashSet;
use std::error::Error as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use demo_site::{Site, body};
use process_fetch::{FetchError, Limits, MOST_PROCESSES, Page, fetch_each_by};

/// Its workers crash, panic and hang on pages that begin with these words.
const PROGRAM: &str = env!("CARGO_BIN_EXE_process-fetch");

const LIMITS: Limits = Limits {
    concurrency: 1,
    timeout: Duration::from_secs(30),
    max_body: 1 << 20,
};

fn fetch_by(
    program: impl Fn() -> Command + Sync,
    urls: &[String],
    limits: Limits,
) -> Vec<Result<Page, FetchError>> {
    let mut all = Vec::new();
    fetch_each_by(program, urls, limits, |fetched| all.push(fetched));
    all.sort_by_key(|fetched| fetched.index);
    all.into_iter().map(|fetched| fetched.result).collect()
}

fn pages(site: &Site, names: &[&str]) -> Vec<String> {
    let url = |name: &&str| site.url(&format!("/page/{name}?size=500"));
    names.iter().map(url).collect()
}

fn is_page(result: &Result<Page, FetchError>, name: &str) -> bool {
    matches!(result, Ok(page) if page.body == body(name, 500))
}

#[test]
fn each_death_costs_its_own_row_and_is_named() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let names = ["one", "crash", "two", "panic", "three", "hang", "four"];
    let limits = Limits {
        concurrency: 2,
        timeout: Duration::from_secs(4),
        ..LIMITS
    };
    let program = || {
        let mut command = Command::new(PROGRAM);
        command.stderr(Stdio::null()); // where the panic is told, which is meant here
        command
    };
    let found = fetch_by(program, &pages(&site, &names), limits);
    for index in [0, 2, 4, 6] {
        assert!(is_page(&found[index], names[index]), "{:?}", found[index]);
    }
    let died = |index: usize| match &found[index] {
        Err(FetchError::Died(status)) => *status,
        other => panic!("{other:?}"),
    };
    assert_eq!(died(1).signal(), Some(6), "it aborted");
    assert_eq!(died(3).code(), Some(101), "it panicked");
    assert!(matches!(found[5], Err(FetchError::TimedOut)));
    // Each page was asked for once: a death is not tried again.
    assert_eq!(site.counts().requests, 7);
}

#[test]
fn each_lost_worker_is_replaced_once() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let names: Vec<_> = ["one", "crash", "two"].repeat(20);
    for concurrency in [1, 4] {
        let starts = AtomicUsize::new(0);
        let program = || {
            starts.fetch_add(1, Relaxed);
            Command::new(PROGRAM)
        };
        let limits = Limits {
            concurrency,
            ..LIMITS
        };
        let found = fetch_by(program, &pages(&site, &names), limits);
        for (result, name) in found.iter().zip(&names) {
            let died = matches!(result, Err(FetchError::Died(_)));
            assert!(if *name == "crash" {
                died
            } else {
                is_page(result, name)
            });
        }
        assert_eq!(starts.into_inner(), concurrency + 20);
    }
}

/// Other systems do not hold a process to this limit.
#[cfg(target_os = "linux")]
#[test]
fn a_command_may_give_the_workers_less_memory() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let small = site.url("/page/small?size=500");
    let urls = [small.clone(), site.url("/page/large?size=256MiB"), small];
    let with_little_memory = || {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -v 250000; exec \"$0\" \"$@\"", PROGRAM]);
        shell
    };
    let limits = Limits {
        max_body: 1 << 30,
        ..LIMITS
    };
    let found = fetch_by(with_little_memory, &urls, limits);
    assert!(is_page(&found[0], "small") && is_page(&found[2], "small"));
    let error = found[1].as_ref().map(|page| page.body.len()).unwrap_err();
    assert!(error.to_string().contains("out of memory"), "{error}");
}

#[test]
fn a_program_that_cannot_serve_is_named_in_every_row() {
    let _limit = testing::watchdog::limit();
    let urls = vec!["http://127.0.0.1:9/".to_owned(); 3];
    // No such program; one that ends; one that says something else.
    for (program, words) in [
        ("/no/such/program", "No such file"),
        ("true", "call process_fetch::serve first in main"),
        ("echo", "call process_fetch::serve first in main"),
    ] {
        let found = fetch_by(|| Command::new(program), &urls, LIMITS);
        assert_eq!(found.len(), 3);
        for result in found {
            let error = result.unwrap_err();
            assert!(matches!(error, FetchError::Worker(_)), "{error:?}");
            assert!(error.to_string().contains(words), "{error}");
            let cause = error.source().unwrap().to_string();
            assert!(cause.contains(words), "{cause}");
        }
    }
}

#[test]
fn a_worker_that_answers_nonsense_is_replaced() {
    let _limit = testing::watchdog::limit();
    let urls = vec!["http://127.0.0.1:9/".to_owned(); 3];
    // Three letters, or a length of 1 TiB, as the answer to anything.
    for (answer, words) in [
        (r"\003\0\0\0\0\0\0\0abc", "a frame without an end"),
        (r"\0\0\0\0\0\001\0\0", "a frame of 1099511627776 bytes"),
    ] {
        let nonsense = || {
            let mut shell = Command::new("sh");
            // As a worker says that it is ready.
            let script = format!(r"printf '\0process-fetch: ready\n{answer}'; cat >&2");
            shell.args(["-c", &script]).stderr(Stdio::null());
            shell
        };
        for result in fetch_by(nonsense, &urls, LIMITS) {
            let Err(FetchError::Worker(error)) = result else {
                panic!("{result:?}");
            };
            let words = format!("the worker's answer is invalid: {words}");
            assert_eq!(error.to_string(), words);
        }
    }
}

#[test]
fn those_that_start_do_the_work_of_those_that_do_not() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let names = ["a", "b", "c", "d", "e", "f"];
    let starts = AtomicUsize::new(0);
    let program = || match starts.fetch_add(1, Relaxed) {
        0 => Command::new(PROGRAM),
        _ => Command::new("/no/such/program"),
    };
    let limits = Limits {
        concurrency: 3,
        ..LIMITS
    };
    let found = fetch_by(program, &pages(&site, &names), limits);
    assert!(
        found
            .iter()
            .zip(names)
            .all(|(page, name)| is_page(page, name))
    );
}

#[test]
fn there_are_never_more_than_the_most() {
    let _limit = testing::watchdog::limit();
    let urls = vec!["http://127.0.0.1:9/".to_owned(); 1000];
    let starts = AtomicUsize::new(0);
    let program = || {
        starts.fetch_add(1, Relaxed);
        Command::new("/no/such/program")
    };
    let limits = Limits {
        concurrency: usize::MAX,
        ..LIMITS
    };
    let found = fetch_by(program, &urls, limits);
    assert_eq!(found.len(), 1000);
    assert_eq!(starts.into_inner(), MOST_PROCESSES);
}

#[test]
fn a_worker_started_by_hand_says_so() {
    let _limit = testing::watchdog::limit();
    let output = Command::new(PROGRAM)
        .args(["process_fetch_worker", "--nocapture", "--test-threads=1"])
        .arg("process-fetch-worker=")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(error.lines().count(), 1, "{error}");
}

/// A running program, which ends with the test that started it.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program with three workers: one hangs on its page, one waits for the site, one is idle.
fn busy_program(site: &Site) -> Program {
    let child = Command::new(PROGRAM)
        .args(["--json", "--timeout", "1h", "--concurrency", "3"])
        .args(pages(site, &["idle", "hang"]))
        .arg(site.url("/fault/never"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // As a shell does it.
        .process_group(0)
        .spawn();
    let program = Program(child.expect("it was built beside this test"));
    let deadline = Instant::now() + Duration::from_secs(30);
    while (site.counts().requests, site.counts().in_flight) != (3, 1) {
        assert!(Instant::now() < deadline, "{:?}", site.counts());
        thread::sleep(Duration::from_millis(5));
    }
    program
}

/// Standard error is passed on to the workers, so its end comes when the last of them is gone.
fn assert_all_end(mut program: Program) {
    let errors = program.0.stderr.take();
    let (sender, end) = mpsc::channel();
    thread::spawn(move || sender.send(errors.map(|mut pipe| pipe.read_to_end(&mut Vec::new()))));
    let ended = end.recv_timeout(Duration::from_secs(30));
    assert!(
        matches!(ended, Ok(Some(Ok(_)))),
        "a worker outlives the program"
    );
}

fn signal(target: &str, signal: &str) {
    let sent = Command::new("kill").args([signal, "--", target]).status();
    assert!(sent.is_ok_and(|status| status.success()));
}

#[test]
fn none_outlives_a_program_killed() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let program = busy_program(&site);
    signal(&program.0.id().to_string(), "-KILL");
    assert_all_end(program);
}

#[test]
fn none_outlives_ctrl_c_and_the_rows_are_those_that_arrived() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let mut program = busy_program(&site);
    let group = program.0.id().to_string();
    let mut rows = BufReader::new(program.0.stdout.take().unwrap()).lines();
    let row = rows.next().unwrap().unwrap();
    assert!(row.contains("/page/idle"), "{row}");
    // The terminal sends Ctrl-C to all of the group, and that is the program alone.
    let listed = Command::new("ps").args(["-A", "-o", "pgid="]).output();
    let groups = String::from_utf8(listed.unwrap().stdout).unwrap();
    assert_eq!(
        groups.lines().filter(|line| line.trim() == group).count(),
        1
    );
    signal(&format!("-{group}"), "-INT");
    let rest: Vec<_> = rows.map(Result::unwrap).collect();
    assert!(rest.is_empty(), "{rest:?}");
    assert_all_end(program);
}

/// Only Linux shows the processes as files.
#[cfg(target_os = "linux")]
#[test]
fn none_is_left_when_the_call_returns_not_even_as_a_zombie() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    // Told from those of other tests by its timeout, which is one of its arguments.
    let limits = Limits {
        concurrency: 3,
        timeout: Duration::from_secs(4711),
        ..LIMITS
    };
    let workers = || {
        let processes = Path::new("/proc").read_dir().unwrap();
        processes
            .map(|entry| entry.unwrap().path())
            .filter(|process| {
                let command = fs::read(process.join("cmdline")).unwrap_or_default();
                let mut words = command.split(|byte| *byte == 0);
                words.any(|word| word.starts_with(b"process-fetch-worker=4711,"))
            })
    };
    let mut seen = HashSet::new();
    let urls = pages(&site, &["a", "b", "crash", "c", "d"]);
    let program = || Command::new(PROGRAM);
    fetch_each_by(program, &urls, limits, |_| seen.extend(workers()));
    assert!((1..=4).contains(&seen.len()), "{seen:?}");
    // A zombie would still be there.
    assert!(!seen.iter().any(|process| process.exists()), "{seen:?}");
}
