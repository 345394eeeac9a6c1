use semaphore::Semaphore;
use std::thread;

fn main() {
    let downloads = Semaphore::new(4);
    thread::scope(|scope| {
        for page in 0..20 {
            let permit = downloads.acquire(); // waits here while 4 are under way
            scope.spawn(move || {
                let _permit = permit; // given back when the thread ends, also by a panic
                println!("fetched page {page}");
            });
        }
    });
}
