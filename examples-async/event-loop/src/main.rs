//! Three tasks take turns on one thread. Then one of them blocks it, and then one of its own.

use event_loop::{EventLoop, block_on, in_thread, join_all};
use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, Write};
use std::pin::pin;
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// The same for all, so timers fire in the order in which they were made.
const PAUSE: Duration = Duration::from_millis(20);

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "Tasks A, B and C on one thread. Each takes three steps and waits between them."
    )?;
    let order = order_of_steps(|event_loop, steps, _| waits("B", event_loop, steps));
    writeln!(out, "  all three await:           {order}")?;
    let order = order_of_steps(|_, steps, _| blocks("B", steps));
    writeln!(out, "  B blocks the thread:       {order}")?;
    let order = order_of_steps(|_, steps, go_on| blocks_another_thread("B", steps, go_on));
    writeln!(out, "  B blocks another thread:   {order}")?;
    writeln!(out, "A task sleeps once for 20 ms.")?;
    writeln!(out, "  number of polls:           {}", polls_of_a_sleep())
}

/// Runs the tasks A, B and C. B is given; it is told when the other two are done.
fn order_of_steps<B: Future<Output = ()> + 'static>(
    b: impl FnOnce(EventLoop, Steps, Receiver<()>) -> B,
) -> String {
    block_on(async |event_loop| {
        let steps = Steps::default();
        let (others_done, go_on) = mpsc::channel();
        let a = event_loop.spawn(waits("A", event_loop.clone(), steps.clone()));
        let b = event_loop.spawn(b(event_loop.clone(), steps.clone(), go_on));
        let c = event_loop.spawn(waits("C", event_loop.clone(), steps.clone()));
        join_all([a, c]).await;
        let _ = others_done.send(()); // B may not listen
        b.await;
        steps.0.borrow().join(" ")
    })
}

async fn waits(name: &str, event_loop: EventLoop, steps: Steps) {
    steps.add(name, 1);
    event_loop.sleep(PAUSE).await;
    steps.add(name, 2);
    event_loop.sleep(PAUSE).await;
    steps.add(name, 3);
}

async fn blocks(name: &str, steps: Steps) {
    steps.add(name, 1);
    thread::sleep(PAUSE); // no await: no other task can run
    steps.add(name, 2);
    thread::sleep(PAUSE);
    steps.add(name, 3);
}

async fn blocks_another_thread(name: &str, steps: Steps, go_on: Receiver<()>) {
    steps.add(name, 1);
    in_thread(move || go_on.recv().expect("the sender is dropped after it sends")).await;
    steps.add(name, 2);
    in_thread(|| thread::sleep(PAUSE)).await;
    steps.add(name, 3);
}

/// Needs no lock, because all tasks are on one thread.
#[derive(Clone, Default)]
struct Steps(Rc<RefCell<Vec<String>>>);

impl Steps {
    fn add(&self, name: &str, number: u32) {
        self.0.borrow_mut().push(format!("{name}{number}"));
    }
}

fn polls_of_a_sleep() -> u32 {
    let mut polls = 0;
    block_on(async |event_loop| {
        let mut sleep = pin!(event_loop.sleep(PAUSE));
        poll_fn(|context| {
            polls += 1;
            sleep.as_mut().poll(context)
        })
        .await;
    });
    polls
}
