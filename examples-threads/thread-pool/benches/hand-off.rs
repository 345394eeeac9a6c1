//! What it costs to hand a job to a thread, beside rayon and `threadpool`: `cargo bench -p thread-pool`.
//!
//! All are timed in turns within one run, and the median of the turns counts. Compare the ratios
//! between machines, not the nanoseconds.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Instant;
use thread_pool::Pool;

const THREADS: usize = 2;
const JOBS: u32 = 20_000;
const TURNS: usize = 11;

type Start<'a> = &'a dyn Fn(Box<dyn FnOnce() + Send>);
type Measure = fn(Start) -> f64;

fn main() -> io::Result<()> {
    let roomy = Pool::new(THREADS, JOBS as usize); // never full, like the queues of the others
    let bounded = Pool::new(THREADS, 64);
    let rayon = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build();
    let rayon = rayon.expect("the system starts two threads");
    let threadpool = threadpool::ThreadPool::new(THREADS);
    let pools: [(&str, Start); 4] = [
        ("this one, never full", &|job| drop(roomy.submit(job))),
        ("this one, a queue of 64", &|job| drop(bounded.submit(job))),
        ("rayon::ThreadPool::spawn", &|job| rayon.spawn(job)),
        ("threadpool::execute", &|job| threadpool.execute(job)),
    ];
    let measures: [(&str, Measure); 2] = [
        ("One job after another, each waited for:", round_trip),
        ("20,000 jobs submitted, then waited for:", all_then_wait),
    ];
    let mut out = io::stdout().lock();
    for (title, measure) in measures {
        let mut nanoseconds = [(); 4].map(|()| Vec::new());
        for _ in 0..TURNS {
            for (times, (_, start)) in nanoseconds.iter_mut().zip(pools) {
                times.push(measure(start));
            }
        }
        writeln!(out, "{title}")?;
        let medians = nanoseconds.map(median);
        for ((name, _), time) in pools.iter().zip(medians) {
            let ratio = time / medians[0];
            writeln!(out, "  {name:<26} {time:6.0} ns a job   {ratio:.2} ×")?;
        }
    }
    Ok(())
}

fn round_trip(start: Start) -> f64 {
    timed(|| {
        for _ in 0..JOBS {
            let (reply, result) = mpsc::channel();
            start(Box::new(move || reply.send(()).expect("it is waited for")));
            result.recv().expect("the job replies");
        }
    })
}

fn all_then_wait(start: Start) -> f64 {
    timed(|| {
        let (reply, all) = mpsc::channel();
        let left = Arc::new(AtomicU32::new(JOBS));
        for _ in 0..JOBS {
            let (left, reply) = (Arc::clone(&left), reply.clone());
            start(Box::new(move || {
                if left.fetch_sub(1, Ordering::AcqRel) == 1 {
                    reply.send(()).expect("it is waited for");
                }
            }));
        }
        all.recv().expect("the last job replies");
    })
}

fn timed(f: impl FnOnce()) -> f64 {
    let start = Instant::now();
    f();
    start.elapsed().as_nanos() as f64 / f64::from(JOBS)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
