//! A buffer goes to a worker and back without a copy; order, state, and a panic.

use std::io::{self, Write};
use thread_worker::{QUEUE, Worker};

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    let worker = Worker::spawn(|mut pixels: Vec<u8>, outbox| {
        let seen = pixels.as_ptr().addr();
        pixels.iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
        outbox.post((seen, pixels)); // moves it back
    });
    let pixels = vec![55; 64 << 20];
    let sent = pixels.as_ptr().addr();
    worker.post(pixels).expect("the worker runs"); // `pixels` cannot be used after this line
    let (seen, pixels) = worker.messages().recv().expect("one answer");
    let (there, back) = (seen == sent, pixels.as_ptr().addr() == sent);
    writeln!(out, "A buffer of 64 MiB goes to a worker and back:")?;
    writeln!(out, "  the worker saw it at the same address: {there}")?;
    writeln!(out, "  it came back at the same address: {back}")?;
    writeln!(out, "  the worker changed 55 to {}", pixels[0])?;

    let mut total = 0;
    let mut worker = Worker::spawn(move |number: u64, outbox| {
        total += number;
        outbox.post((number, total));
    });
    let posted = (1..=1_000).all(|number| worker.post(number).is_ok());
    let closed = worker.close().is_ok();
    let answers: Vec<_> = worker.messages().iter().collect();
    let in_order = answers.iter().map(|(number, _)| *number).eq(1..=1_000);
    let (_, total) = answers[answers.len() - 1];
    writeln!(out, "1,000 numbers, at most {QUEUE} of them queued:")?;
    writeln!(out, "  all were posted: {posted}, then closed: {closed}")?;
    writeln!(out, "  the answers are in the same order: {in_order}")?;
    writeln!(out, "  the last total of the worker: {total}")?;

    let mut worker = Worker::spawn(|number: u64, outbox| outbox.post(100 / number));
    for number in [5, 4, 0] {
        worker.post(number).expect("it has not panicked yet");
    }
    writeln!(out, "The third message makes the worker panic:")?;
    for message in worker.messages() {
        writeln!(out, "  message: {message}")?;
    }
    writeln!(out, "  the messages have ended")?;
    let late = worker.post(2);
    writeln!(out, "  a late post returns the message: {late:?}")?;
    let panic = worker.close().expect_err("it panicked");
    let said = panic.downcast_ref::<&str>().unwrap_or(&"something else");
    writeln!(out, "  close returns the panic: \"{said}\"")
}
