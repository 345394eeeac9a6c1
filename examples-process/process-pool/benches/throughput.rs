//! `cargo bench -p process-pool`: what a tiny task costs, and what CPU-bound work costs, beside
//! the alternatives. Every figure is the median of interleaved rounds, so that noise falls on all
//! alike; the start and the end of every pool are part of it.

use std::process::ExitCode;

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("the process pool needs Unix");
    ExitCode::FAILURE
}

#[cfg(unix)]
fn main() -> ExitCode {
    process_pool::serve::<bench::Echo>();
    process_pool::serve::<bench::Primes>();
    match bench::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(unix)]
mod bench {
    use std::error::Error;
    use std::hint::black_box;
    use std::ops::Range;
    use std::process::Command;
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
    use std::thread;
    use std::time::{Duration, Instant};

    use nix::sys::resource::{UsageWho, getrusage};
    use process_pool::{Pool, Task};
    use serde::{Deserialize, Serialize};

    const WORKERS: usize = 2;
    const ROUNDS: usize = 5;
    const TASKS: u64 = 100_000;
    /// Python's executor takes so long that it gets fewer rounds.
    const EXECUTOR_ROUNDS: usize = 2;

    #[derive(Serialize, Deserialize)]
    pub(crate) struct Echo(u64);

    impl Task for Echo {
        type Output = u64;
        fn run(self) -> u64 {
            self.0
        }
    }

    #[derive(Serialize, Deserialize)]
    pub(crate) struct Primes(Range<u64>);

    impl Task for Primes {
        type Output = u64;
        fn run(self) -> u64 {
            primes(self.0)
        }
    }

    /// By trial division: all that matters is that it computes.
    fn primes(range: Range<u64>) -> u64 {
        let prime = |n: &u64| {
            *n > 1
                && (2..)
                    .take_while(|d| d * d <= *n)
                    .all(|d| !n.is_multiple_of(d))
        };
        range.filter(prime).count() as u64
    }

    type Outcome<T> = Result<T, Box<dyn Error>>;

    pub(crate) fn run() -> Outcome<()> {
        tiny_tasks()?;
        cpu_bound()
    }

    fn tiny_tasks() -> Outcome<()> {
        let mut map = Vec::new();
        let mut submit = Vec::new();
        let mut pool_map = Vec::new();
        let mut executor = Vec::new();
        for round in 0..ROUNDS {
            map.push(timed(echo_by_map)?);
            submit.push(timed(echo_by_submit)?);
            pool_map.extend(python("pool")?);
            if round < EXECUTOR_ROUNDS {
                executor.extend(python("ppe")?);
            }
        }
        let map = median(map);
        println!("{TASKS} echoes of a u64, {WORKERS} workers, start-up included");
        row("process_pool, map", map, map);
        row("process_pool, submit + join", median(submit), map);
        if pool_map.is_empty() {
            println!("  python3 is not here: nothing to compare with");
        } else {
            row("Python, Pool.map in chunks of 64", median(pool_map), map);
            row("Python, Executor.submit + result", median(executor), map);
        }
        Ok(())
    }

    fn echo_by_map() -> Outcome<()> {
        let pool = Pool::new(WORKERS)?;
        let mut sum = 0;
        for result in pool.map((0..TASKS).map(Echo)) {
            sum += result?;
        }
        check(sum, TASKS * (TASKS - 1) / 2)
    }

    fn echo_by_submit() -> Outcome<()> {
        let pool = Pool::new(WORKERS)?;
        let handles: Vec<_> = (0..TASKS).map(|number| pool.submit(Echo(number))).collect();
        let mut sum = 0;
        for handle in handles {
            sum += handle.join()?;
        }
        check(sum, TASKS * (TASKS - 1) / 2)
    }

    /// None without Python.
    fn python(way: &str) -> Outcome<Option<Duration>> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/throughput.py");
        let mut command = Command::new("python3");
        command.args([script, way, &TASKS.to_string(), &WORKERS.to_string()]);
        let Ok(output) = command.output() else {
            return Ok(None);
        };
        let seconds: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
        Ok(Some(Duration::from_secs_f64(seconds)))
    }

    fn cpu_bound() -> Outcome<()> {
        const CHUNKS: u64 = 400;
        const CHUNK: u64 = 10_000;
        let chunks = || (0..CHUNKS).map(|n| n * CHUNK..(n + 1) * CHUNK);
        let expected: u64 = chunks().map(primes).sum();

        let mut sequential = Vec::new();
        let mut threads = Vec::new();
        let mut processes = Vec::new();
        for _ in 0..ROUNDS {
            sequential.push(cost(|| {
                check(chunks().map(|c| primes(black_box(c))).sum(), expected)
            })?);
            threads.push(cost(|| {
                let chunks: Vec<_> = chunks().collect();
                let (next, sum) = (AtomicUsize::new(0), AtomicU64::new(0));
                thread::scope(|scope| {
                    for _ in 0..WORKERS {
                        scope.spawn(|| {
                            while let Some(chunk) = chunks.get(next.fetch_add(1, Relaxed)) {
                                sum.fetch_add(primes(chunk.clone()), Relaxed);
                            }
                        });
                    }
                });
                check(sum.into_inner(), expected)
            })?);
            processes.push(cost(|| {
                let pool = Pool::new(WORKERS)?;
                let mut sum = 0;
                for result in pool.map(chunks().map(Primes)) {
                    sum += result?;
                }
                check(sum, expected)
            })?);
        }
        let wall = |costs: &[(Duration, Duration)]| median(costs.iter().map(|c| c.0).collect());
        let cpu = |costs: &[(Duration, Duration)]| median(costs.iter().map(|c| c.1).collect());
        println!(
            "\n{expected} primes below {}, {CHUNKS} ranges",
            CHUNKS * CHUNK
        );
        println!("wall ({WORKERS} threads or workers), × scoped threads");
        row("one after the other", wall(&sequential), wall(&threads));
        row("scoped threads", wall(&threads), wall(&threads));
        row("process_pool, map", wall(&processes), wall(&threads));
        println!("CPU of the program and its workers, × sequential");
        row("one after the other", cpu(&sequential), cpu(&sequential));
        row("scoped threads", cpu(&threads), cpu(&sequential));
        row("process_pool, map", cpu(&processes), cpu(&sequential));
        Ok(())
    }

    fn timed(work: impl Fn() -> Outcome<()>) -> Outcome<Duration> {
        let start = Instant::now();
        work()?;
        Ok(start.elapsed())
    }

    /// Wall and CPU time, that of children that have ended included.
    fn cost(work: impl Fn() -> Outcome<()>) -> Outcome<(Duration, Duration)> {
        let before = cpu_time()?;
        let wall = timed(work)?;
        Ok((wall, cpu_time()? - before))
    }

    fn cpu_time() -> Outcome<Duration> {
        let mut total = Duration::ZERO;
        for who in [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN] {
            let usage = getrusage(who)?;
            for time in [usage.user_time(), usage.system_time()] {
                total += Duration::from_micros((time.tv_sec() * 1_000_000 + time.tv_usec()) as u64);
            }
        }
        Ok(total)
    }

    fn check(sum: u64, expected: u64) -> Outcome<()> {
        if sum == expected {
            return Ok(());
        }
        Err(format!("{sum} instead of {expected}").into())
    }

    fn median(mut times: Vec<Duration>) -> Duration {
        times.sort();
        times[times.len() / 2]
    }

    fn row(name: &str, time: Duration, base: Duration) {
        let ratio = time.as_secs_f64() / base.as_secs_f64();
        println!("  {name:33} {:8.4} s  {ratio:7.2} ×", time.as_secs_f64());
    }
}
