use event_loop::{block_on, join_all};
use std::time::Duration;

fn main() {
    block_on(async |event_loop| {
        let tasks = ["one", "two", "three"].map(|name| {
            let timer = event_loop.sleep(Duration::from_millis(20));
            event_loop.spawn(async move { // it may do without `Send`
                timer.await; // all three wait at the same time
                name.len()
            })
        });
        assert_eq!(join_all(tasks).await, [3, 3, 5]);
    });
}
