//! The loop under loom: the file that you copy, byte for byte, in every order of its steps; and
//! that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the loop's own `use` lines as well.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod event_loop;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn no_wake_up_from_another_thread_is_lost() {
    properties::no_wake_up_from_another_thread_is_lost();
}

#[test]
fn a_wake_up_during_a_poll_leads_to_another() {
    properties::a_wake_up_during_a_poll_leads_to_another();
}

#[test]
fn wake_ups_before_a_poll_lead_to_one() {
    properties::wake_ups_before_a_poll_lead_to_one();
}

#[test]
fn two_threads_wake_two_tasks() {
    properties::two_threads_wake_two_tasks();
}

#[test]
fn a_wake_up_beside_a_timer_is_not_lost() {
    properties::a_wake_up_beside_a_timer_is_not_lost();
}

#[test]
fn a_sleep_ends_at_its_time_and_not_before() {
    properties::a_sleep_ends_at_its_time_and_not_before();
}

#[test]
fn a_waker_outlives_the_loop() {
    properties::a_waker_outlives_the_loop();
}

#[test]
fn the_work_of_a_thread_arrives() {
    properties::the_work_of_a_thread_arrives();
}

#[test]
fn the_latest_waker_is_woken() {
    properties::the_latest_waker_is_woken();
}

mutants::mutants! {
    "src/lib.rs" as event_loop, "tests/model/properties.rs";

    /// Nobody tells the loop that a task was woken.
    no_notify: { self.inbox.arrived.notify_one(); } => {},
        no_wake_up_from_another_thread_is_lost, "deadlock; threads =";

    /// The inbox is looked at under one lock, and waited for under the next.
    looks_then_waits: { self.arrived.wait(woken) } => { self.arrived.wait({ drop(woken); lock(&self.woken) }) },
        no_wake_up_from_another_thread_is_lost, "deadlock; threads =";

    /// The same before a wait that a timer ends: the wake-up is seen when the timer is due, not before.
    looks_then_waits_for_the_timer: { self.arrived.wait_timeout(woken, left) } =>
        { self.arrived.wait_timeout({ drop(woken); lock(&self.woken) }, left) },
        a_wake_up_beside_a_timer_is_not_lost, "deadlock; threads =";

    /// That a task is queued is forgotten after its poll, when the loop looks for the next one.
    forgets_after_the_poll: { let task = self.order.pop_front()?; self.tasks.remove(&task); Some(task) } => {
            let order = &self.order;
            self.tasks.retain(|task| order.contains(task));
            self.order.pop_front()
        },
        a_wake_up_during_a_poll_leads_to_another, "deadlock; threads =";

    /// A task is queued once for each wake-up.
    queues_each_wake_up: { if woken.tasks.insert(self.task) } => { woken.tasks.insert(self.task); },
        wake_ups_before_a_poll_lead_to_one, "polled too often";

    /// One task is remembered, and the next one takes its place.
    keeps_the_last: { woken.order.push_back(self.task); } => { woken.order = [self.task].into(); },
        two_threads_wake_two_tasks, "deadlock; threads =";

    /// The wait does not end when a timer is due.
    waits_past_the_timer: { self.arrived.wait_timeout(woken, left) } =>
        { self.arrived.wait(woken).map(|woken| (woken, ())).map_err(|_| PoisonError::new((lock(&self.woken), ()))) },
        a_sleep_ends_at_its_time_and_not_before, "deadlock; threads =";

    /// A wake-up without a reason counts as the timer.
    fires_early: { if Instant::now() < deadline } => { if Instant::now() + Duration::from_secs(1) < deadline },
        a_sleep_ends_at_its_time_and_not_before, "woke too early";

    /// The result of a thread is looked for under one lock, and the waker left under the next.
    looks_then_leaves_the_waker: {
            let (result, waiting) = &mut *lock(&ours);
            *waiting = Some(context.waker().clone());
            result.take().map_or(Poll::Pending, Poll::Ready)
        } => {
            let result = lock(&ours).0.take();
            lock(&ours).1 = Some(context.waker().clone());
            result.map_or(Poll::Pending, Poll::Ready)
        },
        the_work_of_a_thread_arrives, "deadlock; threads =";

    /// The first waker stays with the timer.
    a_sleep_keeps_the_first_waker: { let _old = timers.borrow_mut().insert(self.timer, context.waker().clone()); } =>
        { timers.borrow_mut().entry(self.timer).or_insert_with(|| context.waker().clone()); },
        the_latest_waker_is_woken, "deadlock; threads =";

    /// The first waker stays with the task.
    a_handle_keeps_the_first_waker: { self.0.waiting.set(Some(context.waker().clone())); } =>
        { self.0.waiting.set(self.0.waiting.take().or_else(|| Some(context.waker().clone()))); },
        the_latest_waker_is_woken, "deadlock; threads =";

    /// The first waker stays with the thread.
    a_thread_keeps_the_first_waker: { *waiting = Some(context.waker().clone()); } =>
        { waiting.get_or_insert_with(|| context.waker().clone()); },
        the_latest_waker_is_woken, "deadlock; threads =";
}
