//! What a Python variable is, in Rust: names, objects, owners, and a circle that is never freed.

use shared_ownership::Node;
use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Arc, Barrier, Mutex, MutexGuard, Weak};
use std::thread;

const THREADS: usize = 3;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    names_and_objects(&mut out)?;
    owners_in_threads(&mut out)?;
    owners_in_a_circle(&mut out)
}

fn names_and_objects(out: &mut impl Write) -> io::Result<()> {
    let a = Arc::new(Mutex::new(vec![1]));
    let mut b = Arc::clone(&a); // in Python: b = a
    writeln!(
        out,
        "a and b are two names for one list, as after b = a in Python."
    )?;
    row(out, "are they the same object?", yes(Arc::ptr_eq(&a, &b)))?;
    row(out, "owners of the list:", Arc::strong_count(&a))?;
    lock(&b).push(2);
    row(out, "b appends 2, then a shows:", format!("{:?}", lock(&a)))?;

    let first = Arc::downgrade(&a);
    b = Arc::new(Mutex::new(vec![1, 2]));
    writeln!(out, "b now names a new list with the same contents.")?;
    row(out, "are they equal?", yes(*lock(&a) == *lock(&b)))?;
    row(out, "are they the same object?", yes(Arc::ptr_eq(&a, &b)))?;
    row(out, "owners of the first list:", Arc::strong_count(&a))?;
    drop(a); // in Python: del a
    writeln!(out, "a, the only owner of the first list, is dropped.")?;
    row(out, "is the first list alive?", alive(&first))
}

fn owners_in_threads(out: &mut impl Write) -> io::Result<()> {
    let list = Arc::new(Mutex::new(Vec::new()));
    let met = Arc::new(Barrier::new(THREADS + 1));
    let threads = [1, 2, 3].map(|number| {
        let (list, met) = (Arc::clone(&list), Arc::clone(&met));
        thread::spawn(move || {
            lock(&list).push(number);
            met.wait(); // all have added
            met.wait(); // the owners are counted
        })
    });
    met.wait();
    writeln!(
        out,
        "{THREADS} threads and the main thread own one list. Each thread appends a number."
    )?;
    row(out, "owners while they run:", Arc::strong_count(&list))?;
    met.wait();
    for thread in threads {
        thread.join().expect("it does not panic");
    }
    row(out, "owners after they ended:", Arc::strong_count(&list))?;
    // The last owner takes the value out: no Arc and no lock from here on.
    let list = Arc::into_inner(list).expect("the threads have ended");
    let numbers = list.into_inner().expect("nobody panicked");
    row(out, "numbers in the list:", numbers.len())
}

#[derive(Default)]
struct Person {
    friend: Mutex<Option<Arc<Person>>>,
}

fn owners_in_a_circle(out: &mut impl Write) -> io::Result<()> {
    let (ann, bob) = (Arc::new(Person::default()), Arc::new(Person::default()));
    *lock(&ann.friend) = Some(Arc::clone(&bob));
    *lock(&bob.friend) = Some(Arc::clone(&ann));
    let seen = Arc::downgrade(&ann);
    writeln!(out, "Ann and Bob own each other: a reference cycle.")?;
    row(out, "owners of Ann:", Arc::strong_count(&ann))?;
    drop((ann, bob));
    row(out, "is Ann alive after the names are gone?", alive(&seen))?;
    // Nothing in Rust looks for cycles. Only code that still reaches one, as here by a Weak, can
    // cut it.
    if let Some(ann) = seen.upgrade() {
        lock(&ann.friend).take();
    }
    row(out, "is Ann alive once the cycle is cut?", alive(&seen))?;

    let parent = Node::root("parent");
    let child = parent.add("child");
    let seen = Arc::downgrade(&child);
    writeln!(
        out,
        "A parent owns its child. The child refers to the parent by a Weak: no cycle of owners."
    )?;
    row(out, "owners of the parent:", Arc::strong_count(&parent))?;
    row(out, "owners of the child:", Arc::strong_count(&child))?;
    drop((parent, child));
    row(out, "is the parent alive after that?", alive(&seen))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while holding it")
}

fn alive<T>(value: &Weak<T>) -> &'static str {
    yes(value.strong_count() > 0)
}

fn yes(fact: bool) -> &'static str {
    if fact { "yes" } else { "no" }
}

fn row(out: &mut impl Write, what: &str, value: impl Display) -> io::Result<()> {
    writeln!(out, "  {what:<40} {value}")
}
