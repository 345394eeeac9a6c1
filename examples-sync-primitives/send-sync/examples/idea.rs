// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up replies: the thread that owns the `Rc` receives jobs, and nobody waits for a result.

use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

type Job = Box<dyn FnOnce(&mut Rc<u32>) + Send>; // Send, although Rc is not

pub(crate) fn main() {
    let (sender, jobs) = mpsc::channel::<Job>();
    let owner = thread::spawn(move || {
        let mut value = Rc::new(0); // made here, so it never crosses threads
        for job in jobs {
            job(&mut value);
        }
        println!("{value}");
    });
    thread::scope(|scope| {
        for number in 1..=4 {
            let sender = sender.clone();
            scope.spawn(move || {
                let add = move |value: &mut Rc<u32>| *Rc::make_mut(value) += number;
                sender.send(Box::new(add)).expect("the owner is running");
            });
        }
    });
    drop(sender); // the last one: the owner's loop ends
    owner.join().expect("no job panics");
}
