// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Lock in one order: `ann` before `bob`. Gives up checking it: one function that forgets the
//! order brings the deadlock back.

use std::sync::Mutex;
use std::thread;

#[derive(Debug, Default)]
pub(crate) struct Bank {
    pub(crate) ann: Mutex<i64>, // always locked before `bob`
    pub(crate) bob: Mutex<i64>,
}

impl Bank {
    /// Moves money from Ann to Bob; a negative amount goes the other way.
    pub(crate) fn transfer(&self, amount: i64) {
        let mut ann = self.ann.lock().expect("no overflow here");
        let mut bob = self.bob.lock().expect("no overflow here");
        (*ann, *bob) = (*ann - amount, *bob + amount);
    }
}

pub(crate) fn main() {
    let bank = &Bank::default();
    thread::scope(|scope| {
        for amount in [10, -10] {
            scope.spawn(move || (0..1_000).for_each(|_| bank.transfer(amount)));
        }
    });
    println!("after 2,000 transfers in both directions: {bank:?}");
}
