//! A pool inside ordinary tests, where the program has no `main` of ours.

use process_pool::{Pool, Task, TaskError, serve};
use serde::{Deserialize, Serialize};
use testing::child::again;

// ANCHOR: yours
#[derive(Serialize, Deserialize)]
struct Square(u64);

impl Task for Square {
    type Output = u64;
    fn run(self) -> u64 {
        println!("squaring {}", self.0);
        self.0 * self.0
    }
}

#[derive(Serialize, Deserialize)]
struct Crash;

impl Task for Crash {
    type Output = ();
    fn run(self) {
        std::process::abort();
    }
}

// ANCHOR_END: yours

#[derive(Debug, Serialize, Deserialize)]
struct NotServed;

impl Task for NotServed {
    type Output = ();
    fn run(self) {}
}

// ANCHOR: test
#[test]
fn process_pool_worker() {
    serve::<Square>(); // once for each type of task
    serve::<Crash>();
}

#[test]
fn squares() {
    let pool = Pool::new(2).unwrap();
    let squares = pool.map((0..3).map(Square));
    assert!(squares.eq([Ok(0), Ok(1), Ok(4)]));
}
// ANCHOR_END: test

#[test]
fn a_crash_does_not_end_the_tests() {
    let died = Pool::new(1).unwrap().submit(Crash).join();
    assert!(matches!(died, Err(TaskError::Died { kills: 3, .. })));
}

/// A worker prints what its tasks print, and nothing of the test harness that it runs in.
#[test]
fn a_worker_prints_nothing_of_its_own() {
    let mut test = again("in_tests::squares").expect("this is the parent");
    let output = test.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}");
    assert_eq!(printed.matches("squaring").count(), 3, "{printed}");
    assert_eq!(printed.matches("running 1 test").count(), 1, "{printed}");
}

#[test]
fn a_type_that_is_not_served_is_named() {
    let error = Pool::<NotServed>::new(1).unwrap_err().to_string();
    assert!(
        error.contains("serve::<it::in_tests::NotServed>()"),
        "{error}"
    );
    assert!(
        error.contains("#[test] named process_pool_worker"),
        "{error}"
    );
}
