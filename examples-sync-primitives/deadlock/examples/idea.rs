// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Lock in one order: account 0 before account 1. Gives up finding the order by itself: whoever
//! forgets the rule once brings the deadlock back.

use std::sync::Mutex;
use std::thread;

pub(crate) struct Bank {
    pub(crate) accounts: [Mutex<i64>; 2],
}

impl Bank {
    /// Every function locks in the order of the index, whatever the direction of the transfer.
    pub(crate) fn transfer(&self, from_first: bool, amount: i64) {
        let mut first = self.accounts[0].lock().expect("no overflow here");
        let mut second = self.accounts[1].lock().expect("no overflow here");
        let amount = if from_first { amount } else { -amount };
        (*first, *second) = (*first - amount, *second + amount);
    }
}

pub(crate) fn main() {
    let bank = Bank {
        accounts: [Mutex::new(100), Mutex::new(100)],
    };
    thread::scope(|scope| {
        for from_first in [true, false] {
            let bank = &bank;
            scope.spawn(move || (0..1_000).for_each(|_| bank.transfer(from_first, 10)));
        }
    });
    println!(
        "after 2,000 transfers in both directions: {:?}",
        bank.accounts
    );
}
