use std::thread;

fn main() {
    let (sender, receiver) = channel::channel(4);
    thread::scope(|scope| {
        for worker in 0..2 {
            let pages = receiver.clone();
            scope.spawn(move || pages.iter().for_each(|page| println!("{worker} has {page}")));
        }
        drop(receiver); // now the workers have the only receivers: if they die, send says so
        (0..20).for_each(|page| sender.send(page).expect("a worker lives"));
        drop(sender); // the last one: the workers end when the queue is empty
    });
}
