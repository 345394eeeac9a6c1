use std::thread;

fn main() {
    let names = vec!["one", "two"];
    thread::scope(|scope| {
        let all = &names;
        scope.spawn(move || println!("{}", all.len()));
    });
}
