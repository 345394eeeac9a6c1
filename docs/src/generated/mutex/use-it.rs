use mutex::Hits;
use std::thread;

fn main() {
    let hits = Hits::default();
    thread::scope(|scope| {
        for page in ["/", "/about", "/"] {
            let hits = &hits; // no Arc: the scope ends before `hits` does
            scope.spawn(move || hits.add(page));
        }
    });
    assert_eq!(hits.get("/"), 2);
}
