//! The event loop under loom: the file that readers copy, byte for byte, in every order of its steps
//! (where a property says so, within 3 preemptions); and copies of that file with a planted bug,
//! which the same properties must find.

// From here on `std` means loom in the shape of std, also in the `use` lines of the event loop.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod event_loop;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/lib.rs" as event_loop, "tests/model/properties.rs";

    /// A wake-up does not notify the thread of the event loop.
    no_notify: { self.inbox.arrived.notify_one(); } => {},
        no_wake_up_from_another_thread_is_lost, "deadlock; threads =";

    /// The inbox is checked under one lock, and the thread waits under another.
    checks_then_waits: { self.arrived.wait(woken) } => { self.arrived.wait({ drop(woken); lock(&self.woken) }) },
        no_wake_up_from_another_thread_is_lost, "deadlock; threads =";

    /// The same, while a timer is set: the wake-up is noticed only when the timer fires.
    checks_then_waits_for_the_timer: { self.arrived.wait_timeout(woken, left) } =>
        { self.arrived.wait_timeout({ drop(woken); lock(&self.woken) }, left) },
        a_wake_up_beside_a_timer_is_not_lost, "deadlock; threads =";

    /// A task leaves the set of woken tasks after its poll, not before it.
    leaves_the_set_after_the_poll: { let task = self.order.pop_front()?; self.tasks.remove(&task); Some(task) } => {
            let order = &self.order;
            self.tasks.retain(|task| order.contains(task));
            self.order.pop_front()
        },
        a_wake_up_during_a_poll_leads_to_another_poll, "deadlock; threads =";

    /// A task is queued once for each wake-up.
    queues_each_wake_up: { if woken.tasks.insert(self.task) } => { woken.tasks.insert(self.task); },
        wake_ups_before_a_poll_lead_to_one_poll, "polled too often";

    /// The queue keeps only the last task.
    keeps_the_last: { woken.order.push_back(self.task); } => { woken.order = [self.task].into(); },
        two_threads_wake_two_tasks, "deadlock; threads =";

    /// The wait does not end when a timer is due.
    waits_past_the_timer: { self.arrived.wait_timeout(woken, left) } =>
        { self.arrived.wait(woken).map(|woken| (woken, ())).map_err(|_| PoisonError::new((lock(&self.woken), ()))) },
        a_sleep_ends_at_its_time_and_not_before, "deadlock; threads =";

    /// A timer fires a second too early.
    fires_early: { if Instant::now() < deadline } => { if Instant::now() + Duration::from_secs(1) < deadline },
        a_sleep_ends_at_its_time_and_not_before, "woke too early";

    /// The result of a thread is checked under one lock, and the waker stored under another.
    checks_then_stores_the_waker: {
            let mut shared = lock(&ours);
            mem::swap(&mut shared.1, &mut waker);
            let result = shared.0.take();
            drop(shared);
        } => {
            let result = lock(&ours).0.take();
            mem::swap(&mut lock(&ours).1, &mut waker);
        },
        the_result_of_a_thread_arrives, "deadlock; threads =";

    /// A timer keeps the first waker.
    a_sleep_keeps_the_first_waker: { let _replaced = state.timers.borrow_mut().insert(self.timer, waker); } =>
        { state.timers.borrow_mut().entry(self.timer).or_insert(waker); },
        the_latest_waker_is_woken, "deadlock; threads =";

    /// A handle keeps the first waker.
    a_handle_keeps_the_first_waker: { self.0.set(Outcome::Running(Some(waker))); } => {
            let Outcome::Running(first) = outcome else { return Poll::Pending };
            self.0.set(Outcome::Running(first.or(Some(waker))));
        },
        the_latest_waker_is_woken, "deadlock; threads =";

    /// A thread keeps the first waker.
    a_thread_keeps_the_first_waker: { mem::swap(&mut shared.1, &mut waker); } =>
        { if shared.1.is_none() { mem::swap(&mut shared.1, &mut waker); } },
        the_latest_waker_is_woken, "deadlock; threads =";

    /// While a thread works, the waker is cloned under the lock.
    clones_under_the_lock: {
            let mut waker = Some(context.waker().clone());
            let mut shared = lock(&ours);
        } => {
            let mut shared = lock(&ours);
            let mut waker = Some(context.waker().clone());
        },
        a_waker_may_wait_for_the_thread_that_calls_it, "deadlock; threads =";

    /// While a thread works, the waker that is replaced is dropped under the lock.
    drops_under_the_lock: { mem::swap(&mut shared.1, &mut waker); } => { shared.1 = waker; },
        a_waker_may_wait_for_the_thread_that_calls_it, "deadlock; threads =";

    /// While a thread works, the waker is called under the lock.
    calls_under_the_lock: { if let Some(waker) = waiting } =>
        { let _held = lock(&theirs); if let Some(waker) = waiting },
        a_waker_may_wait_for_the_next_poll, "deadlock; threads =";

    /// The wake-ups during a poll are forgotten when it ends, as if they were about that poll.
    forgets_what_came_during_the_poll: { self.0.tasks.borrow_mut().insert(number, task); } => {
            let mut woken = lock(&self.0.inbox.woken);
            woken.tasks.remove(&number);
            woken.order.retain(|other| *other != number);
            drop(woken);
            self.0.tasks.borrow_mut().insert(number, task);
        },
        two_threads_wake_one_task, "deadlock; threads =";

    /// Each task gets the result of the other one.
    swaps_the_outputs: { zip(&mut outputs) } => { zip(outputs.iter_mut().rev()) },
        the_results_of_two_threads_arrive, "left: [2, 1]";

    /// A task is not queued behind another one.
    queues_no_second_task: { if woken.tasks.insert(self.task) } =>
        { if woken.order.is_empty() && woken.tasks.insert(self.task) },
        two_event_loops_wake_each_other, "deadlock; threads =";

    /// A waker expects that its event loop exists.
    expects_the_loop: { let mut woken = lock(&self.inbox.woken); } => {
            assert!(Arc::strong_count(&self.inbox) > 1, "the event loop is gone");
            let mut woken = lock(&self.inbox.woken);
        },
        a_waker_outlives_the_loop, "the event loop is gone";

    /// Of two timers with the same deadline, the younger one fires first.
    the_younger_timer_first: { timer: (deadline, self.next_number()), } =>
        { timer: (deadline, u64::MAX - self.next_number()), },
        timers_of_one_deadline_fire_in_the_order_in_which_they_were_made, "order of the timers";
}
