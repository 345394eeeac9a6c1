//! Backpressure, counted; many producers and consumers; and what each side sees of a close.

use channel::channel;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::{self, Write};
use std::sync::Barrier;
use std::sync::mpsc::{self, RecvError, SendError, TrySendError};
use std::thread;

const VALUES: u32 = 12;
const CAPACITY: usize = 4;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "A producer sends {VALUES} values, and one is received each time it has to wait."
    )?;
    let (sender, receiver) = channel(CAPACITY);
    let (try_send, send) = (|v| sender.try_send(v), |v| sender.send(v));
    let ours = pressure(try_send, send, || receiver.recv());
    row(&mut out, "channel(4)", ours)?;
    let (sender, receiver) = mpsc::sync_channel(CAPACITY);
    let (try_send, send) = (|v| sender.try_send(v), |v| sender.send(v));
    let std = pressure(try_send, send, move || receiver.recv());
    row(&mut out, "mpsc::sync_channel(4)", std)?;
    let (sender, _receiver) = mpsc::channel();
    let ahead = (0..VALUES).filter(|v| sender.send(*v).is_ok()).count();
    row(
        &mut out,
        "mpsc::channel()",
        format!("{ahead} values ahead, it never waits"),
    )?;

    writeln!(out, "\n3 producers send 100 values each to 2 consumers.")?;
    let (received, different, in_order) = share_out();
    row(&mut out, "received", received)?;
    row(&mut out, "all different", different == received)?;
    row(&mut out, "each producer's in order", in_order)?;

    writeln!(
        out,
        "\n2 values are queued, and the last sender is dropped."
    )?;
    let (sender, receiver) = channel(CAPACITY);
    for value in 1..=2 {
        sender.send(value).expect("there is a receiver");
    }
    drop(sender);
    for _ in 0..3 {
        row(&mut out, "recv()", format!("{:?}", receiver.recv()))?;
    }

    writeln!(
        out,
        "\nThe queue is full, a producer waits, and the last receiver is dropped."
    )?;
    let (sender, receiver) = channel(1);
    sender.send("first").expect("there is a receiver");
    let answer = thread::scope(|scope| {
        let producer = scope.spawn(|| sender.send("second"));
        drop(receiver);
        producer.join().expect("it does not panic")
    });
    let error = answer.expect_err("the queue was full until there was no receiver");
    row(
        &mut out,
        "send(\"second\")",
        format!("an error that gives {:?} back", error.0),
    )
}

/// How far the producer gets before the queue is full, and how often it waits. It reports before
/// each wait, and then one value is received. So both numbers are the same on every run.
fn pressure(
    try_send: impl Fn(u32) -> Result<(), TrySendError<u32>>,
    send: impl Fn(u32) -> Result<(), SendError<u32>>,
    recv: impl Fn() -> Result<u32, RecvError> + Send,
) -> String {
    let (full, calls) = mpsc::channel();
    let (mut ahead, mut times) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(move || calls.iter().for_each(|()| _ = recv()));
        for value in 0..VALUES {
            if let Err(TrySendError::Full(value)) = try_send(value) {
                times += 1;
                full.send(())
                    .expect("it is received until this function ends");
                send(value).expect("one value is received");
            } else if times == 0 {
                ahead += 1;
            }
        }
        drop(full);
    });
    format!("{ahead} values ahead, then it waits {times} times")
}

/// How many values arrived, how many different ones, and whether each consumer saw those of one
/// producer in the order in which they were sent.
fn share_out() -> (usize, usize, bool) {
    let (sender, receiver) = channel(CAPACITY);
    let both_have_one = Barrier::new(2);
    let lists = thread::scope(|scope| {
        for producer in 0..3 {
            let sender = sender.clone();
            let send = move |value| sender.send((producer, value)).expect("consumers stay");
            scope.spawn(move || (0..100).for_each(send));
        }
        drop(sender);
        let consumers = [(); 2].map(|()| {
            scope.spawn(|| {
                let first = receiver.recv();
                both_have_one.wait(); // so that both consumers take part
                first.into_iter().chain(receiver.iter()).collect::<Vec<_>>()
            })
        });
        consumers.map(|consumer| consumer.join().expect("it does not panic"))
    });
    let in_order = lists.iter().all(|list| {
        let of = |producer| list.iter().filter(move |(from, _)| *from == producer);
        (0..3).all(|producer| of(producer).is_sorted())
    });
    let received = lists.concat();
    let different: BTreeSet<_> = received.iter().collect();
    (received.len(), different.len(), in_order)
}

fn row(out: &mut impl Write, what: &str, value: impl Display) -> io::Result<()> {
    writeln!(out, "  {what:<26} {value}")
}
