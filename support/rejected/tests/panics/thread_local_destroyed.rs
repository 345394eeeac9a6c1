use std::cell::RefCell;
use std::thread;

struct Saves;

impl Drop for Saves {
    fn drop(&mut self) {
        LOG.with_borrow_mut(|log| log.push("saved"));
    }
}

thread_local! {
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    static SAVES: Saves = const { Saves };
}

fn main() {
    let thread = thread::spawn(|| {
        SAVES.with(|_| ());
        LOG.with_borrow_mut(|log| log.push("started")); // destroyed before SAVES is
    });
    thread.join().unwrap();
}
