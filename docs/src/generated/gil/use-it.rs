use gil::{Gil, Instruction::*, run};
use std::{sync::atomic::AtomicI64, thread};

fn main() {
    let (gil, variables) = (Gil::default(), [AtomicI64::new(0)]);
    let add_one = [Load(0), Const(1), Add, Store(0)];
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| run(&gil, &variables, 4, &add_one)); // gives way after 4 steps
        }
    });
    assert_eq!(variables.map(AtomicI64::into_inner), [2]); // after 1, 2 or 3 it may be 1
}
