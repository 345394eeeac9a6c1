use rwlock::Cache;
use std::thread;

fn main() {
    let pages = Cache::default();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| pages.get_or_make("/", || "<h1>Hello</h1>".into()));
        }
    });
    assert_eq!(pages.get("/").as_deref(), Some("<h1>Hello</h1>"));
}
