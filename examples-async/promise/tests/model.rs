//! The promise under loom: the file that readers copy, byte for byte, in every order of its steps
//! (where a property says so, within 3 preemptions); and copies of that file with a planted bug,
//! which the same properties must find.

// From here on `std` means loom in the shape of std, also in the `use` lines of the promise.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod promise;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/lib.rs" as promise, "tests/model/properties.rs";

    /// `settle` does not call the callback.
    calls_nobody: { if let Some(callback) = callback { callback(); } } => {},
        a_waiting_task_is_woken, "deadlock; threads =";

    /// The state is checked under one lock, and the callback registered under another.
    checks_then_registers: {
            if let State::Pending(registered) = &mut *state {
                let replaced = registered.replace(callback);
                drop(state);
                drop(replaced);
            } else {
                drop(state);
                callback();
            }
        } => {
            let settled = matches!(*state, State::Settled(_));
            drop(state);
            if settled {
                callback();
            } else if let State::Pending(registered) = &mut *lock(&self.0) {
                *registered = Some(callback);
            }
        },
        a_waiting_task_is_woken, "deadlock; threads =";

    /// The callback is called before the outcome is stored.
    calls_too_early: {
            *state = State::Settled(Some(outcome));
            drop(state);
            if let Some(callback) = callback { callback(); }
        } => {
            drop(state);
            if let Some(callback) = callback { callback(); }
            *lock(&self.0) = State::Settled(Some(outcome));
        },
        a_waiting_task_is_woken, "deadlock; threads =";

    /// The callback is called under the lock that it needs.
    calls_under_the_lock: { *state = State::Settled(Some(outcome)); drop(state); } =>
        { *state = State::Settled(Some(outcome)); },
        the_callback_runs_once_with_the_value, "deadlock; threads =";

    /// A callback that is registered after `settle` is not called.
    ignores_late_callbacks: { drop(state); callback(); } => { drop(state); drop(callback); },
        the_callback_runs_once_with_the_value, "runs of the callback";

    /// The drop that follows `settle` replaces the value with an error.
    breaks_a_settled_promise: { else { return; } } => { else { *state = State::Settled(Some(outcome)); return; } },
        a_waiting_task_is_woken, "the value is lost";

    /// Dropping a resolver does not settle the promise.
    drops_silently: { self.store(Err(Broken.into())); } => {},
        a_dropped_resolver_wakes, "deadlock; threads =";

    /// The first callback stays registered when another is to replace it.
    keeps_the_first: { let replaced = registered.replace(callback); } =>
        { let replaced = if registered.is_some() { Some(callback) } else { registered.replace(callback) }; },
        the_latest_waker_is_woken, "deadlock; threads =";

    /// The waker that is replaced is dropped under the lock.
    drops_under_the_lock: { drop(state); drop(replaced); } => { drop(replaced); drop(state); },
        a_waker_may_own_the_resolver, "deadlock; threads =";

    /// The waker is cloned under the lock.
    clones_under_the_lock: { let waker = context.waker().clone(); } =>
        { let state = lock(&self.0); let waker = context.waker().clone(); drop(state); },
        a_waker_may_settle_the_promise, "deadlock; threads =";

    /// `block_on` uses the token of `thread::park`, which the future may consume.
    parks_with_the_token_of_the_thread: {
            let signal = Arc::new(Signal::default());
            let waker = Waker::from(Arc::clone(&signal));
            let mut future = pin!(future);
            loop {
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return output;
                }
                let mut woken = lock(&signal.woken);
                while !*woken {
                    let waited = signal.changed.wait(woken);
                    woken = waited.unwrap_or_else(PoisonError::into_inner);
                }
                *woken = false;
            }
        } => {
            struct Unpark(std::thread::Thread);
            impl Wake for Unpark {
                fn wake(self: Arc<Self>) {
                    self.0.unpark();
                }
            }
            let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
            let mut future = pin!(future);
            loop {
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return output;
                }
                std::thread::park();
            }
        },
        block_on_keeps_a_wake_up_while_the_future_blocks_the_thread, "deadlock; threads =";

    /// `block_on` forgets a wake-up that arrived during the poll.
    forgets_before_it_waits: { let mut woken = lock(&signal.woken); } => { let mut woken = lock(&signal.woken); *woken = false; },
        block_on_sees_the_wake_ups_of_two_threads, "deadlock; threads =";

    /// A wake-up sets the flag of `block_on` and does not notify its thread.
    sets_the_flag_only: { self.changed.notify_one(); } => {},
        block_on_sees_the_wake_ups_of_two_threads, "deadlock; threads =";

    /// `then` looks at the next step once, and does not wait for it.
    then_does_not_wait: { Ok(value) => next(value).when_settled(|outcome| resolver.settle(outcome)), } =>
        { Ok(value) => if let Some(outcome) = next(value).take() { resolver.settle(outcome) }, },
        each_step_of_a_chain_starts_once, "the value is lost";

    /// A value for which nobody waits yet is neither kept nor dropped.
    leaks_the_value: { let callback = callback.take(); } =>
        { let callback = callback.take(); if callback.is_none() { std::mem::forget(outcome); return; } },
        the_value_is_dropped_once, "failed: drops";

    /// The values come in the opposite order.
    all_in_the_opposite_order: { values.push(promise.await?); } => { values.insert(0, promise.await?); },
        all_returns_the_values_in_order, "right: [1, 2]";
}
