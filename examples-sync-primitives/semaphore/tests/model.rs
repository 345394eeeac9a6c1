//! The semaphore under loom: the file that you copy, byte for byte, in every order of its steps;
//! and that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the semaphore's own `use` lines as well.
extern crate model as std;

#[path = "model/properties.rs"]
mod properties;
#[path = "../src/lib.rs"]
pub mod semaphore;

mutants::mutants! {
    "src/lib.rs" as semaphore, "tests/model/properties.rs";

    /// `try_acquire` checks under one lock and takes the permit under the next.
    checks_then_takes: { let acquired = self.lock().take(count); } => {
            let acquired = self.lock().free >= count;
            if acquired { self.lock().free = 0; }
        },
        one_permit_goes_to_one_thread, "the permits do not add up";

    /// A thread that is granted its permits is not notified.
    no_notify: { first.granted.notify_one(); } => {},
        at_most_n_threads_are_inside, "deadlock; threads =";

    /// A woken thread does not check whether its permits were granted.
    no_second_check: { while state.is_queued(ticket) } => { if state.is_queued(ticket) },
        neither_a_try_nor_a_spurious_wake_up_gets_in, "two threads are inside";

    /// Two permits are released, and only the first thread in the queue is granted one.
    grants_one: { self.queue.pop_front(); } => { self.queue.pop_front(); break; },
        released_permits_reach_every_waiting_thread, "deadlock; threads =";

    /// Two permits are released together, and one is counted.
    releases_one: { state.free += self.count; } => { state.free += 1; },
        released_permits_reach_every_waiting_thread, "deadlock; threads =";

    /// An owned permit is released twice: when it is made from a borrowed one, and when it is dropped.
    releases_owned_twice: { std::mem::take(&mut borrowed.count) } => { borrowed.count },
        requests_for_several_permits_exclude_each_other, "the permits do not add up";

    /// An owned permit for several counts as one.
    owned_is_one: { Self::of(Arc::clone(semaphore), count) } => { Self::of(Arc::clone(semaphore), count.min(1)) },
        requests_for_several_permits_exclude_each_other, "deadlock; threads =";

    /// A request for several permits is granted as soon as one is free.
    grants_too_early: { first.count > self.free } => { self.free == 0 },
        nobody_overtakes, "attempt to subtract with overflow";

    /// The permits are granted but still counted as free.
    grants_without_taking: { self.free -= first.count; } => {},
        requests_for_several_permits_exclude_each_other, "the permits do not add up";

    /// A free permit is taken although other threads are waiting.
    overtakes: { self.queue.is_empty() && count <= self.free } => { count <= self.free },
        nobody_overtakes, "overtaken";

    /// A thread that times out stays in the queue, and is granted a permit that it does not keep.
    stays_in_the_queue: { state.queue.retain(|waiter| waiter.ticket != ticket); } => {},
        a_time_out_loses_no_permit, "the permits do not add up";

    /// A thread that times out removes the first thread in the queue instead of itself.
    removes_the_first: { state.queue.retain(|waiter| waiter.ticket != ticket); } => { state.queue.pop_front(); },
        a_time_out_removes_no_other_thread_from_the_queue, "deadlock; threads =";

    /// A thread that times out removes itself and all behind it.
    removes_the_rest: { waiter.ticket != ticket } => { waiter.ticket < ticket },
        a_time_out_removes_no_other_thread_from_the_queue, "deadlock; threads =";

    /// A thread gives up without granting the free permits to those behind it.
    gives_up_silently: { state.grant(); return false; } => { return false; },
        a_thread_that_gives_up_makes_way, "deadlock; threads =";

    /// The time-out starts again with each wake-up.
    restarts_the_time: { deadline.saturating_duration_since(Instant::now()) } => { Duration::from_secs(1) },
        a_time_out_is_neither_early_nor_late, "exceeded";
}
