// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A lock that is kept across an await, beside the same in Python.
use tokio::sync::Mutex;
use tokio::task::yield_now;

// ANCHOR: construct
async fn add(account: &Mutex<u32>, amount: u32) {
    let mut balance = account.lock().await;
    let before = *balance;
    yield_now().await; // asks the bank
    *balance = before + amount;
} // the end of the function unlocks

async fn add_twice() -> u32 {
    let account = Mutex::new(100);
    tokio::join!(add(&account, 20), add(&account, 30));
    account.into_inner()
}
// ANCHOR_END: construct

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    println!("balance: {}", add_twice().await); // 150
}
