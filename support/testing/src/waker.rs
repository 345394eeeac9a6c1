//! A waker that runs code of a test whenever it is cloned, called or dropped.
//!
//! [`std::task::Wake`] offers no way to see a clone. A primitive that clones, calls or drops a
//! waker while it holds a lock deadlocks as soon as that code uses the primitive itself.

use std::sync::Arc;
use std::task::{RawWaker, RawWakerVTable, Waker};

/// What happens to a waker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It is being cloned.
    Clone,
    /// It is being called.
    Wake,
    /// It is being dropped, also when a call by value has consumed it.
    Drop,
}

type Hook = Box<dyn Fn(Event) + Send + Sync>;

/// A waker that calls `hook` with each event, of itself and of all its clones.
pub fn waker(hook: impl Fn(Event) + Send + Sync + 'static) -> Waker {
    let hook: Arc<Hook> = Arc::new(Box::new(hook));
    #[expect(unsafe_code, reason = "only a raw waker sees that it is cloned")]
    // SAFETY: the functions of `TABLE` keep the contract of `RawWakerVTable`: the pointer is an
    // `Arc<Hook>`, which is `Send` and `Sync`, and each raw waker owns one strong count.
    unsafe {
        Waker::from_raw(raw(hook))
    }
}

fn raw(hook: Arc<Hook>) -> RawWaker {
    RawWaker::new(Arc::into_raw(hook).cast(), &TABLE)
}

static TABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_it);

fn clone(data: *const ()) -> RawWaker {
    let ours = hook(data);
    ours(Event::Clone);
    let theirs = Arc::clone(&ours);
    let _the_raw_wakers = Arc::into_raw(ours);
    raw(theirs)
}

fn wake(data: *const ()) {
    let hook = hook(data);
    hook(Event::Wake);
    hook(Event::Drop);
}

fn wake_by_ref(data: *const ()) {
    let hook = hook(data);
    hook(Event::Wake);
    let _the_raw_wakers = Arc::into_raw(hook);
}

fn drop_it(data: *const ()) {
    hook(data)(Event::Drop);
}

/// The count that the raw waker owns. Who does not consume the raw waker turns it back.
fn hook(data: *const ()) -> Arc<Hook> {
    #[expect(unsafe_code, reason = "see `waker`")]
    // SAFETY: `data` comes from `Arc::into_raw` in `raw`, and its count has not been dropped,
    // because the raw waker exists.
    unsafe {
        Arc::from_raw(data.cast::<Hook>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn each_event_is_seen_once() {
        let events = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&events);
        let waker = waker(move |event| seen.lock().unwrap().push(event));
        let take = || std::mem::take(&mut *events.lock().unwrap());

        let other = waker.clone();
        assert_eq!(take(), [Event::Clone]);
        other.wake_by_ref();
        assert_eq!(take(), [Event::Wake]);
        other.wake();
        assert_eq!(take(), [Event::Wake, Event::Drop]);
        drop(waker);
        assert_eq!(take(), [Event::Drop]);
        assert_eq!(Arc::strong_count(&events), 1, "a hook was leaked");
    }
}
