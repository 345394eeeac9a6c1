//! The oneshot built by hand under loom: the file that readers copy, byte for byte, in every order
//! of its steps; and copies of that file with a planted bug, which the same properties must find.

// From here on `std` means loom in the shape of std, also in the `use` lines of the channel.
extern crate model as std;

#[path = "../src/by_hand.rs"]
pub mod by_hand;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/by_hand.rs" as by_hand, "tests/model/properties.rs";

    /// The value is stored, and the receiver is not woken.
    sends_and_wakes_nobody: { drop(state); if let Some(waker) = waker { waker.wake(); } Ok(()) } =>
        { drop(state); Ok(()) },
        a_value_is_delivered, "deadlock; threads =";

    /// The sender is dropped, and the receiver is not woken.
    closes_and_wakes_nobody: { *state = State::Closed; drop(state); if let Some(waker) = waker { waker.wake(); } } =>
        { *state = State::Closed; },
        a_dropped_sender_wakes_the_receiver, "deadlock; threads =";

    /// The receiver looks for the value under one lock, and stores its waker under another.
    looks_then_waits: { mem::swap(waker, &mut latest); drop(state); } => {
            let _ = waker;
            drop(state);
            let mut state = lock(&self.shared);
            if let State::Open(waker) = &mut *state {
                mem::swap(waker, &mut latest);
            }
        },
        a_value_is_delivered, "deadlock; threads =";

    /// Only the waker of the first poll is kept.
    keeps_the_first_waker: { mem::swap(waker, &mut latest); } =>
        { if waker.is_none() { mem::swap(waker, &mut latest); } },
        the_latest_waker_is_called, "deadlock; threads =";

    /// The sender, dropped at the end of `send`, closes the channel over the value.
    drops_what_was_sent: { return; } => { *state = State::Closed; return; },
        a_value_is_delivered, "the value was lost";

    /// A value is stored although the receiver has gone.
    sends_to_nobody: { return Err(value); } =>
        { *state = State::Sent(value); return Ok(()); },
        a_dropped_receiver_gives_the_value_back, "accepted without a receiver";

    /// A receiver that is dropped does not close the channel.
    leaves_it_open: { let left = mem::replace(&mut *lock(&self.shared), State::Closed); drop(left); } =>
        {},
        a_dropped_receiver_gives_the_value_back, "accepted without a receiver";

    /// A receiver that is dropped forgets the value in the channel.
    forgets_the_value: { drop(left); } => { mem::forget(left); },
        the_value_is_dropped_once, "not dropped once";

    /// The value is dropped at its arrival, and the receiver is told that there was none.
    receives_nothing: { State::Sent(value) => Ok(value), } =>
        { State::Sent(value) => { drop(value); Err(Closed) } },
        a_value_is_delivered, "the value was lost";

    /// A received value leaves the channel open, so a second poll waits forever.
    stays_open: { let state = mem::replace(&mut *state, State::Closed); } =>
        { let state = mem::replace(&mut *state, State::Open(None)); },
        a_second_poll_ends, "the second poll waits";

    /// `send` calls the waker under the lock.
    wakes_under_the_lock: { *state = State::Sent(value); drop(state); } => { *state = State::Sent(value); let _held = state; },
        the_waker_may_poll_the_receiver, "deadlock; threads =";

    /// A sender that is dropped calls the waker under the lock.
    closes_under_the_lock: { *state = State::Closed; drop(state); } => { *state = State::Closed; let _held = state; },
        the_waker_may_poll_the_receiver, "deadlock; threads =";

    /// A waker is cloned under the lock.
    clones_under_the_lock: { let mut latest = Some(context.waker().clone()); let mut state = lock(&self.shared); } =>
        { let mut state = lock(&self.shared); let mut latest = Some(context.waker().clone()); },
        wakers_may_use_the_sender, "deadlock; threads =";

    /// The waker before is dropped under the lock.
    drops_the_old_waker_under_the_lock: { mem::swap(waker, &mut latest); drop(state); } => { *waker = latest.take(); drop(state); },
        wakers_may_use_the_sender, "deadlock; threads =";

    /// A receiver that is dropped drops its waker under the lock.
    drops_its_waker_under_the_lock: { let left = mem::replace(&mut *lock(&self.shared), State::Closed); drop(left); } =>
        { *lock(&self.shared) = State::Closed; },
        wakers_may_use_the_sender, "deadlock; threads =";
}
