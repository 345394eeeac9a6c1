use barrier::barrier;
use std::thread;

fn main() {
    thread::scope(|scope| {
        for mut member in barrier(3) {
            scope.spawn(move || {
                for phase in 1..=2 {
                    println!("phase {phase}");
                    member.wait().expect("all stay to the end");
                }
            });
        }
    });
}
