// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up errors, `then` and `await`: if nobody calls `settle`, the callback never runs.
use std::{sync::Mutex, thread};
type Callback<T> = Box<dyn FnOnce(T) + Send>;
struct Promise<T>(Mutex<(Option<T>, Option<Callback<T>>)>);
impl<T> Promise<T> {
    fn settle(&self, value: T) {
        let mut state = self.0.lock().expect("nothing panics under this lock");
        let Some(callback) = state.1.take() else {
            return state.0 = Some(value);
        };
        drop(state); // the callback may use this promise
        callback(value);
    }
    fn when_settled(&self, callback: impl FnOnce(T) + Send + 'static) {
        let mut state = self.0.lock().expect("nothing panics under this lock");
        let Some(value) = state.0.take() else {
            return state.1 = Some(Box::new(callback));
        };
        drop(state);
        callback(value);
    }
}
pub(crate) fn main() {
    let promise = Promise(Mutex::new((None, None)));
    thread::scope(|scope| {
        scope.spawn(|| promise.settle(6 * 7));
        promise.when_settled(|answer| println!("answer: {answer}"));
    });
}
