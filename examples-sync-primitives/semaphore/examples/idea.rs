// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up the queue, time-outs and several permits at a time: a new thread can overtake.
use std::sync::{Condvar, Mutex};
use std::thread;
struct Semaphore(Mutex<usize>, Condvar); // how many permits are free; notified at a release
#[must_use = "a permit that is not kept is released immediately"]
struct Permit<'a>(&'a Semaphore);
impl Semaphore {
    fn acquire(&self) -> Permit<'_> {
        let free = self.0.lock().expect("nothing panics under this lock");
        let free = self.1.wait_while(free, |free| *free == 0);
        *free.expect("nothing panics under this lock") -= 1;
        Permit(self)
    }
}
impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.0.lock().expect("nothing panics under this lock") += 1;
        self.0.1.notify_one();
    }
}
pub(crate) fn main() {
    let downloads = Semaphore(Mutex::new(4), Condvar::new());
    thread::scope(|scope| {
        for page in 0..20 {
            let permit = downloads.acquire(); // waits here while 4 threads have permits
            scope.spawn(move || (println!("downloaded page {page}"), drop(permit)));
        }
    });
}
