//! A promise can be awaited in any runtime, because it only needs a waker.

use promise::{Error, Promise};
use std::thread;

fn length(word: &'static str) -> Promise<usize> {
    Promise::new(|resolver| {
        thread::spawn(move || resolver.settle(Ok(word.len())));
    })
}

async fn of_two_words() -> Result<usize, Error> {
    let one = length("one").await?;
    Ok(one + length("three").await?)
}

#[test]
fn in_our_own_block_on() {
    let _limit = testing::watchdog::limit();
    assert_eq!(promise::block_on(of_two_words()).unwrap(), 8);
}

#[test]
fn in_the_event_loop() {
    let _limit = testing::watchdog::limit();
    let sum = event_loop::block_on(async |event_loop| {
        let tasks = [(); 100].map(|()| event_loop.spawn(of_two_words()));
        let sums = event_loop::join_all(tasks).await;
        sums.into_iter().map(Result::unwrap).sum::<usize>()
    });
    assert_eq!(sum, 800);
}

#[test]
fn in_tokio() {
    let _limit = testing::watchdog::limit();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sum = runtime.block_on(async {
        let tasks = [(); 100].map(|()| tokio::spawn(of_two_words()));
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap().unwrap();
        }
        sum
    });
    assert_eq!(sum, 800);
}
