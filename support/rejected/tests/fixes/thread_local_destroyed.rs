use std::cell::RefCell;
use std::thread;

struct Saves;

impl Drop for Saves {
    fn drop(&mut self) {
        // `try_with` returns an error if LOG has been destroyed already.
        let _ = LOG.try_with(|log| log.borrow_mut().push("saved"));
    }
}

thread_local! {
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    static SAVES: Saves = const { Saves };
}

fn main() {
    let thread = thread::spawn(|| {
        SAVES.with(|_| ());
        LOG.with_borrow_mut(|log| log.push("started"));
    });
    thread.join().unwrap();
}
