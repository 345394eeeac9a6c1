//! What the compiler says about some types, and a value that stays on its thread.

use send_sync::{Owner, is_send, is_static, is_sync};
use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::thread;

// Each line is checked when this program is compiled. Add `is_send::<Rc<u32>>()` to see an error.
const _: () = {
    is_send::<Arc<Mutex<Cell<u32>>>>(); // the lock makes a Cell shareable
    is_sync::<Arc<Mutex<Cell<u32>>>>();
    is_static::<Arc<Mutex<Cell<u32>>>>();
    is_send::<Owner<Rc<u32>>>();
    is_sync::<Owner<Rc<u32>>>();
};

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    let here = thread::current().id();

    writeln!(out, "A Cell is Send, so it may move to another thread:")?;
    let cell = Cell::new(1);
    let thread = thread::spawn(move || {
        cell.set(cell.get() + 1);
        cell
    });
    let cell = thread.join().expect("it does not panic");
    writeln!(out, "  it came back with the value {}", cell.get())?;

    writeln!(
        out,
        "A Cell is not Sync. In a Mutex it is, so two threads share it:"
    )?;
    let shared = Mutex::new(cell);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let cell = shared.lock().expect("no thread panics");
                cell.set(cell.get() * 10);
            });
        }
    });
    let value = shared.into_inner().expect("no thread panicked").get();
    writeln!(out, "  both multiplied it by 10: {value}")?;

    writeln!(
        out,
        "An Rc is neither. An Owner keeps it on a thread of its own:"
    )?;
    let names = Owner::new(|| Rc::new(RefCell::new(Vec::new()))).expect("it does not panic");
    thread::scope(|scope| {
        for name in ["Ada", "Grace"] {
            let names = &names;
            scope.spawn(move || names.call(move |rc| rc.borrow_mut().push(name)));
        }
    });
    let found = names.call(move |rc| (rc.borrow().len(), thread::current().id() == here));
    let (length, is_here) = found.expect("it does not panic");
    writeln!(out, "  two threads pushed a name: {length} names")?;
    writeln!(out, "  the closures ran on the thread of main: {is_here}")?;
    let panic = names.call(|rc| rc.borrow()[7].len());
    writeln!(
        out,
        "  a call that panics returns an error: {}",
        panic.is_err()
    )?;
    let length = names
        .call(|rc| rc.borrow().len())
        .expect("it does not panic");
    writeln!(out, "  and the value is still there: {length} names")
}
