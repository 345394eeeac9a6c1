// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up several workers in one stage, so the order is kept by itself. The queues are bounded.

use std::sync::mpsc::sync_channel;
use std::thread;

pub(crate) fn main() {
    let (lines, parser) = sync_channel(4);
    let (numbers, squarer) = sync_channel(4);
    thread::scope(|scope| {
        scope.spawn(move || {
            for line in ["3", "4", "four", "12"] {
                if lines.send(line).is_err() {
                    break; // the next stage has ended
                }
            }
        }); // drops `lines`, so the loop of the next stage ends
        scope.spawn(move || {
            for line in parser {
                if numbers.send(line.parse::<u64>()).is_err() {
                    break;
                }
            }
        });
        for number in squarer {
            println!("{:?}", number.map(|number| number * number));
        }
    });
}
