//! `block_on` under loom: the file that readers copy, byte for byte, in every order of its steps; and
//! copies of that file with a planted bug, which the same properties must find.

// From here on `std` means loom in the shape of std, also in the `use` lines of the file.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod async_future;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/lib.rs" as async_future, "tests/model/properties.rs";

    /// The waker sets the flag and wakes nobody.
    wakes_nobody: { self.changed.notify_one(); } => {},
        a_wake_up_ends_the_sleep, "deadlock; threads =";

    /// The waker wakes the thread and does not set the flag.
    sets_no_flag: { *self.lock() = true; } => {},
        a_wake_up_ends_the_sleep, "deadlock; threads =";

    /// The thread sleeps without checking the flag, so a wake-up that came before is lost.
    sleeps_without_checking: { while !*woken } => { loop { let waited = self.changed.wait(woken); woken = waited.unwrap_or_else(PoisonError::into_inner); if *woken { break } } while false },
        a_wake_up_ends_the_sleep, "deadlock; threads =";

    /// The flag is reset before the sleep instead of after it.
    resets_too_early: { let mut woken = self.lock(); } => { let mut woken = self.lock(); *woken = false; },
        a_wake_up_ends_the_sleep, "deadlock; threads =";

    /// The second future is not polled while the first is pending.
    one_after_the_other: { let b = self.b.poll(context); } => { let b = a && self.b.poll(context); },
        both_start_before_either_is_ready, "deadlock; threads =";

    /// The flag stays set, so the future is polled again and again without a wake-up.
    spins: { *woken = false; } => {},
        a_poll_follows_a_wake_up, "polled without a wake-up";

    /// `block_on` uses the token of `thread::park`, which the future may consume.
    parks_with_the_token_of_the_thread: {
            let sleeper = Arc::new(Sleeper::default());
            let waker = Waker::from(Arc::clone(&sleeper));
        } => {
            struct Unpark(std::thread::Thread);
            impl Wake for Unpark {
                fn wake(self: Arc<Self>) {
                    self.0.unpark();
                }
            }
            impl Unpark {
                fn sleep(&self) {
                    std::thread::park();
                }
            }
            let sleeper = Arc::new(Unpark(std::thread::current()));
            let waker = Waker::from(Arc::clone(&sleeper));
        },
        a_future_may_park_the_thread, "deadlock; threads =";
}
