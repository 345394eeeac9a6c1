//! The interpreter, and the lock with real threads.

use gil::Instruction::{Add, Call, Const, Dup, JumpIfNotZero, Load, Store, Wait};
use gil::{Gil, Instruction, run};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

/// Threads can share a lock, which can be a static.
static GIL: Gil = Gil::new();
const _: () = {
    const fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Gil>();
};

#[test]
fn a_lock_can_be_a_static() {
    assert_eq!(run(&GIL, &[], 1, &[Const(0)]), 1);
    assert_eq!(GIL.waiting(), 0);
}

/// Adds one to variable 0 as often as this.
fn count(times: i64) -> [Instruction<'static>; 9] {
    [
        Const(times),
        Load(0),
        Const(1),
        Add,
        Store(0),
        Const(-1),
        Add,
        Dup,
        JumpIfNotZero(1),
    ]
}

#[test]
fn each_instruction_does_what_its_name_says() {
    let variables = [AtomicI64::new(40), AtomicI64::new(0)];
    let program = [Load(0), Const(2), Add, Dup, Store(1), Store(0)];
    assert_eq!(run(&Gil::new(), &variables, 1, &program), 6);
    assert_eq!(variables.map(AtomicI64::into_inner), [42, 42]);

    let variables = [AtomicI64::new(0)];
    let steps = run(&Gil::new(), &variables, 3, &count(100));
    assert_eq!((steps, variables[0].load(Ordering::Relaxed)), (801, 100));
    assert_eq!(run(&Gil::new(), &[], 0, &[]), 0);
    assert_eq!(run(&Gil::new(), &[], 0, &[Const(1), Const(2), Const(3)]), 3);

    // A sum that is too large wraps around, and a jump of zero does not jump.
    let variables = [AtomicI64::new(0)];
    let program = [
        Const(i64::MAX),
        Const(1),
        Add,
        Store(0),
        Const(0),
        JumpIfNotZero(0),
    ];
    assert_eq!(run(&Gil::new(), &variables, 1, &program), 6);
    assert_eq!(variables.map(AtomicI64::into_inner), [i64::MIN]);
}

/// The program repeats 8 steps, and switches threads after every 8, always before the jump.
#[test]
fn no_update_is_lost_without_a_switch_point_inside() {
    let _limit = testing::watchdog::limit();
    let (gil, variables) = (Gil::new(), [AtomicI64::new(0)]);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| run(&gil, &variables, 8, &count(5_000)));
        }
    });
    assert_eq!(variables.map(AtomicI64::into_inner), [4 * 5_000]);
}

#[test]
fn calls_never_overlap_and_threads_take_turns() {
    let _limit = testing::watchdog::limit();
    const THREADS: usize = 3;
    let (gil, order) = (Gil::new(), Mutex::new(Vec::new()));
    let inside = AtomicUsize::new(0);
    let held = gil.acquire();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (gil, order, inside) = (&gil, &order, &inside);
            scope.spawn(move || {
                let note = || {
                    assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0);
                    order.lock().unwrap().push(thread);
                    inside.fetch_sub(1, Ordering::Relaxed);
                };
                run(gil, &[], 1, &[Call(&note); 5]);
            });
            while gil.waiting() <= thread as u64 {
                thread::yield_now();
            }
        }
        drop(held);
    });
    let expected = (0..5).flat_map(|_| 0..THREADS);
    assert!(order.into_inner().unwrap().into_iter().eq(expected));
}

#[test]
fn other_threads_run_during_a_wait() {
    let _limit = testing::watchdog::limit();
    let gil = Gil::new();
    let (send, receive) = mpsc::channel();
    let receive = Mutex::new(receive);
    let wait = || receive.lock().unwrap().recv().unwrap();
    let answer = || send.send(()).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| run(&gil, &[], 0, &[Wait(&wait)]));
        scope.spawn(|| run(&gil, &[], 0, &[Call(&answer)]));
    });
}

#[test]
fn a_panic_releases_the_lock() {
    let _limit = testing::watchdog::limit();
    let gil = Gil::new();
    let panics = || panic!("meant");
    let pops_nothing = [Add];
    let names_no_variable = [Load(7)];
    for program in [
        &[Call(&panics)],
        &[Wait(&panics)],
        &pops_nothing,
        &names_no_variable,
    ] {
        let run = AssertUnwindSafe(|| run(&gil, &[], 1, program));
        assert!(catch_unwind(run).is_err());
        assert_eq!(run_alone(&gil), 1);
    }
}

/// Hangs if a thread holds the lock.
fn run_alone(gil: &Gil) -> usize {
    run(gil, &[], 1, &[Const(0)])
}
