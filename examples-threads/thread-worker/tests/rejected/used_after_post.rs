use thread_worker::Worker;

fn main() {
    let worker = Worker::spawn(|buffer: Vec<u8>, outbox| outbox.post(buffer.len()));
    let buffer = vec![0; 1024];
    worker.post(buffer).expect("the worker runs");
    println!("{}", buffer.len()); // the buffer has moved
}
