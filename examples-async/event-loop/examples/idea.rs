// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up timers, `spawn` and results: it runs a list of tasks on this thread until all are done.
use std::task::{Context, Poll, Wake, Waker};
use std::{future, sync::Arc, sync::mpsc};
struct TaskWaker(usize, mpsc::Sender<usize>);
impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let _ = self.1.send(self.0); // fails only after the end of `run`
    }
}
fn run<F: future::Future<Output = ()>>(futures: impl IntoIterator<Item = F>) {
    let mut tasks: Vec<_> = futures.into_iter().map(Box::pin).map(Some).collect();
    let (inbox, woken) = mpsc::channel();
    (0..tasks.len()).for_each(|task| Arc::new(TaskWaker(task, inbox.clone())).wake());
    while tasks.iter().any(Option::is_some) {
        let task = woken.recv().expect("`inbox` is a sender"); // sleeps until a task is woken
        let waker = Waker::from(Arc::new(TaskWaker(task, inbox.clone())));
        let mut context = Context::from_waker(&waker);
        tasks[task].take_if(|future| future.as_mut().poll(&mut context).is_ready());
    }
}
pub(crate) fn main() {
    run(["A", "B"].map(|name| {
        let mut steps = (1..=3).map(move |step| println!("{name}{step}"));
        future::poll_fn(move |context| {
            context.waker().wake_by_ref(); // ready for its next step
            steps.next().map_or(Poll::Ready(()), |()| Poll::Pending)
        })
    }));
}
