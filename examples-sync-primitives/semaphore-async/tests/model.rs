//! The semaphore built by hand under loom: the file that readers copy, byte for byte, in every order
//! of its steps; and copies of that file with a planted bug, which the same properties must find.

// From here on `std` means loom in the shape of std, also in the `use` lines of the semaphore.
extern crate model as std;

#[path = "../src/by_hand.rs"]
pub mod by_hand;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/by_hand.rs" as by_hand, "tests/model/properties.rs";

    /// A future whose permits are granted is not woken.
    no_wake: { granted.extend(self.queue.pop_front().map(|first| first.waker)); } =>
        { self.queue.pop_front(); },
        never_more_than_n_inside_and_nobody_waits_forever, "deadlock; threads =";

    /// Released permits are granted to one future only, although they are enough for two.
    grants_to_one_only: { granted.extend(self.queue.pop_front().map(|first| first.waker)); } =>
        { granted.extend(self.queue.pop_front().map(|first| first.waker)); break; },
        permits_released_together_wake_two_threads, "deadlock; threads =";

    /// A granted request for several permits takes one.
    grants_many_for_one: { self.free -= first.wanted; } => { self.free -= 1; },
        two_requests_for_all_permits_are_both_granted, "the permits do not add up";

    /// A released permit for several counts as one.
    releases_one_for_many: { self.semaphore.release(self.permits); } => { self.semaphore.release(1); },
        two_requests_for_all_permits_are_both_granted, "deadlock; threads =";

    /// The free permits are checked under one lock and taken under another.
    checks_then_takes: { !state.take(this.wanted) } => {
            !{
                let free = state.queue.is_empty() && this.wanted <= state.free;
                drop(state);
                state = this.semaphore.lock();
                if free {
                    state.free = state.free.saturating_sub(this.wanted);
                }
                free
            }
        },
        never_more_than_n_inside_and_nobody_waits_forever, "deadlock; threads =";

    /// The free permits are checked under one lock, and the queue is joined under another.
    checks_then_joins: { state.queue.push_back(Waiter { ticket, wanted, waker, }); } => {
            drop(state);
            this.semaphore.lock().queue.push_back(Waiter { ticket, wanted, waker });
        },
        never_more_than_n_inside_and_nobody_waits_forever, "deadlock; threads =";

    /// Permits that were granted to a future that is then dropped are lost.
    loses_granted_permits: { state.free += self.wanted; } => {},
        a_dropped_future_loses_no_permit, "the permits do not add up";

    /// Permits of a future that is dropped are free again, but not granted to the next in the queue.
    frees_without_granting: { if left.is_none() { state.free += self.wanted; } let granted = state.grant(); } => {
            if left.is_none() {
                state.free += self.wanted;
            }
            let granted = if left.is_some() { state.grant() } else { Vec::new() };
        },
        a_dropped_future_loses_no_permit, "deadlock; threads =";

    /// A request that leaves the queue does not let those behind it in.
    leaves_without_granting: { if left.is_none() { state.free += self.wanted; } let granted = state.grant(); } => {
            let granted = if left.is_none() {
                state.free += self.wanted;
                state.grant()
            } else {
                Vec::new()
            };
        },
        a_large_request_that_leaves_lets_the_next_one_in, "deadlock; threads =";

    /// A future that is dropped stays in the queue, and is granted permits later.
    stays_in_the_queue: { state.queue.remove(place) } => { state.queue.get(place).map(|_| ()) },
        a_dropped_future_loses_no_permit, "the permits do not add up";

    /// Only the waker of the first poll is kept.
    keeps_the_first_waker: { mem::swap(&mut waiter.waker, &mut waker); } => {},
        the_latest_waker_is_called, "deadlock; threads =";

    /// A future that is polled again takes this for a granted permit.
    takes_a_poll_for_a_permit: { mem::swap(&mut waiter.waker, &mut waker); return Poll::Pending; } =>
        { mem::swap(&mut waiter.waker, &mut waker); },
        nobody_overtakes, "two are inside";

    /// A free permit is taken although others wait.
    ignores_the_queue: { (self.queue.is_empty() && wanted <= self.free) } => { wanted <= self.free },
        nobody_overtakes_a_large_request, "overtaken";

    /// A request for no permit waits in the queue.
    waits_for_nothing: { wanted == 0 || (self.queue.is_empty() && wanted <= self.free) } =>
        { self.queue.is_empty() && wanted <= self.free },
        nobody_overtakes_a_large_request, "it wants nothing";

    /// Two futures get the same ticket, so one that is cancelled removes another.
    gives_a_ticket_twice: { state.next_ticket += 1; } => {},
        a_cancelled_future_removes_only_itself, "deadlock; threads =";

    /// A waker is called under the lock.
    wakes_under_the_lock: { state.free += permits; let granted = state.grant(); drop(state); } =>
        { state.free += permits; let granted = state.grant(); let _held = state; },
        wakers_may_use_the_semaphore, "deadlock; threads =";

    /// A waker is cloned under the lock.
    clones_a_waker_under_the_lock: { let mut waker = context.waker().clone(); let mut state = this.semaphore.lock(); } =>
        { let mut state = this.semaphore.lock(); let mut waker = context.waker().clone(); },
        wakers_may_use_the_semaphore, "deadlock; threads =";

    /// A waker is dropped under the lock when another one replaces it.
    drops_a_replaced_waker_under_the_lock: { mem::swap(&mut waiter.waker, &mut waker); } => { waiter.waker = waker; },
        wakers_may_use_the_semaphore, "deadlock; threads =";

    /// The waker of a cancelled future is dropped under the lock.
    drops_a_cancelled_waker_under_the_lock: { state.queue.remove(place) } => { state.queue.remove(place).map(drop) },
        wakers_may_use_the_semaphore, "deadlock; threads =";

    /// A released permit is not handed on to the only one that waits.
    forgets_the_last_who_waits: { state.free += permits; let granted = state.grant(); } =>
        { state.free += permits; let granted = if state.queue.len() > 1 { state.grant() } else { Vec::new() }; },
        permits_reach_all_who_wait, "deadlock; threads =";
}
