//! `compare cpu`: the same computation by every means that there is to share it out.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use gil::{Gil, Instruction};
use measured::names::{cpu as names, groups};
use measured::{Question, Row};
use process_pool::{Pool, Task};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::child_report::ChildReport;
use crate::job::{Job, Selection};
use crate::model::{self, Model};
use crate::options::cores;
use crate::peers::Peers;
use crate::run::{now, peak_memory};

type Run = fn(&Work) -> anyhow::Result<u64>;

/// All ways to compute, the simplest first.
pub(crate) const MODELS: &[Model<Run>] = &[
    Model::new(names::SEQUENTIAL, sequential),
    Model::new(names::SCOPE, scope),
    Model::new(names::RAYON, rayon),
    Model::new(names::TOKIO_TASKS, tokio_tasks),
    Model::new(names::GIL, under_gil),
    Model::new(names::PROCESS_POOL, process_pool),
];

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kernel {
    /// Counts primes by trial division: no allocation, no waiting, nothing shared.
    Primes,
    /// Counts hashes in one table that all share: hardly any work but the sharing.
    Table,
}

/// The kernels, with what the group of their rows is called.
const KERNELS: [(Kernel, &str, &str); 2] = [
    (Kernel::Primes, "primes", groups::PRIMES),
    (Kernel::Table, "table", groups::TABLE),
];

/// A kernel over some numbers, cut into tasks.
#[derive(Clone, Copy)]
pub(crate) struct Work {
    kernel: Kernel,
    numbers: u64,
    tasks: u64,
}

/// What the tasks of [`Kernel::Table`] share. Processes cannot: each task has a table of its own
/// there, and hands it back.
type Table = [AtomicU64; 64];

fn table() -> Table {
    [const { AtomicU64::new(0) }; 64]
}

impl Work {
    /// The numbers of one task.
    fn range(self, task: u64) -> Range<u64> {
        task * self.numbers / self.tasks..(task + 1) * self.numbers / self.tasks
    }

    fn run(self, task: u64, table: &Table) -> u64 {
        self.kernel.run(self.range(task), table)
    }

    fn task_numbers(self) -> Vec<u64> {
        (0..self.tasks).collect()
    }
}

impl Kernel {
    /// One task: counts what the first kernel counts, or counts into the table.
    fn run(self, range: Range<u64>, table: &Table) -> u64 {
        match self {
            Kernel::Primes => range.filter(|&number| is_prime(number)).count() as u64,
            Kernel::Table => {
                for number in range {
                    // Relaxed: they are only counted, and read when all tasks are done.
                    table[place(number)].fetch_add(1, Ordering::Relaxed);
                }
                0
            }
        }
    }
}

fn is_prime(number: u64) -> bool {
    number == 2
        || number > 2
            && number % 2 == 1
            && (3..)
                .step_by(2)
                .take_while(|divisor| divisor * divisor <= number)
                .all(|divisor: u64| !number.is_multiple_of(divisor))
}

/// Neighbours go to distant places: Knuth's multiplicative hash, of which the high bits count.
fn place(number: u64) -> usize {
    (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58) as usize
}

/// The sum of what the tasks gave, and of the table, each place weighed by its number.
fn answer(counted: u64, table: &Table) -> u64 {
    let places = (1..).zip(table);
    let weighed = places.map(|(place, count)| place * count.load(Ordering::Relaxed));
    counted + weighed.sum::<u64>()
}

fn sequential(work: &Work) -> anyhow::Result<u64> {
    let table = table();
    let counts = (0..work.tasks).map(|task| work.run(task, &table));
    Ok(answer(counts.sum(), &table))
}

fn scope(work: &Work) -> anyhow::Result<u64> {
    let (table, tasks) = (table(), work.task_numbers());
    let counts = thread_parallel_map::parallel_map(&tasks, |&task| work.run(task, &table));
    Ok(answer(counts.into_iter().sum(), &table))
}

fn rayon(work: &Work) -> anyhow::Result<u64> {
    let (table, tasks) = (table(), work.task_numbers());
    let counts =
        thread_parallel_map::with_rayon::parallel_map(&tasks, |&task| work.run(task, &table));
    Ok(answer(counts.into_iter().sum(), &table))
}

/// A thread for each core, but each task is one step of an interpreter, and only one thread at a
/// time may take a step.
fn under_gil(work: &Work) -> anyhow::Result<u64> {
    let (table, gil) = (table(), Gil::default());
    let (next, counted) = (AtomicU64::new(0), AtomicU64::new(0));
    // Relaxed: the lock lets only one thread run this at a time.
    let step = || {
        let task = next.fetch_add(1, Ordering::Relaxed);
        if task < work.tasks {
            let count = work.run(task, &table);
            counted.fetch_add(count, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..cores() {
            scope.spawn(|| {
                while next.load(Ordering::Relaxed) < work.tasks {
                    gil::run(&gil, &[], 0, &[Instruction::Call(&step)]);
                }
            });
        }
    });
    Ok(answer(counted.into_inner(), &table))
}

fn tokio_tasks(work: &Work) -> anyhow::Result<u64> {
    let (work, table) = (*work, Arc::new(table()));
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let counted = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for task in 0..work.tasks {
            let table = Arc::clone(&table);
            tasks.spawn(async move { work.run(task, &table) });
        }
        tasks.join_all().await.into_iter().sum()
    });
    Ok(answer(counted, &table))
}

/// A task for a worker process.
#[derive(Serialize, Deserialize)]
pub(crate) struct Remote(Kernel, Range<u64>);

impl Task for Remote {
    type Output = (u64, Vec<u64>);

    fn run(self) -> (u64, Vec<u64>) {
        let table = table();
        let counted = self.0.run(self.1, &table);
        let own = match self.0 {
            Kernel::Primes => Vec::new(),
            Kernel::Table => table.map(AtomicU64::into_inner).to_vec(),
        };
        (counted, own)
    }
}

fn process_pool(work: &Work) -> anyhow::Result<u64> {
    let (work, table) = (*work, table());
    let pool = Pool::<Remote>::new(cores())?;
    let tasks = (0..work.tasks).map(|task| Remote(work.kernel, work.range(task)));
    let mut counted = 0;
    for result in pool.map(tasks) {
        let (count, own) = result?;
        counted += count;
        for (place, count) in table.iter().zip(own) {
            place.fetch_add(count, Ordering::Relaxed);
        }
    }
    Ok(answer(counted, &table))
}

/// A job for each model, kernel and number of tasks, and for each number of cores.
pub(crate) fn jobs(selection: &mut Selection<'_>, peers: &Peers) -> anyhow::Result<Vec<Job>> {
    let options = &selection.options.cpu;
    let mut jobs = Vec::new();
    for (kernel, name, group) in KERNELS {
        let numbers = options.numbers;
        let answer = sequential(&Work {
            kernel,
            numbers,
            tasks: 1,
        })?;
        let tasks = options.tasks.iter();
        let mut cells: Vec<_> = tasks.map(|&n| (group, "tasks", n, n, None)).collect();
        if kernel == Kernel::Primes {
            let cores = options.cores.iter();
            cells.extend(cores.map(|&n| (groups::CORES, "cores", n, 64, Some(n as usize))));
        }
        for (group, swept, x, tasks, cores) in cells {
            let arguments = [name.to_owned(), numbers.to_string(), tasks.to_string()];
            let row = |name| Row::new(Question::Cpu, group, name, swept, x, tasks);
            let cell = selection.jobs(MODELS, &peers.cpu, &arguments, row);
            jobs.extend(cell.into_iter().map(|job| Job {
                answer: Some(answer),
                cores,
                ..job
            }));
        }
    }
    Ok(jobs)
}

/// The child: computes, and says what came out.
pub(crate) fn child(arguments: &[String]) -> anyhow::Result<ChildReport> {
    let [name, kernel, numbers, tasks] = arguments else {
        anyhow::bail!("MODEL KERNEL NUMBERS TASKS are meant");
    };
    let run = model::find(MODELS, name)?;
    let kernel = KERNELS.iter().find(|(_, name, _)| name == kernel);
    let work = Work {
        kernel: kernel.context("no such kernel")?.0,
        numbers: numbers.parse()?,
        tasks: tasks.parse()?,
    };
    let began = now();
    let answer = run(&work)?;
    Ok(ChildReport {
        began,
        ended: now(),
        done: work.tasks,
        answer: Some(answer),
        peak_memory: peak_memory(),
        ..ChildReport::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_primes() {
        let work = |numbers, tasks| Work {
            kernel: Kernel::Primes,
            numbers,
            tasks,
        };
        // The prime-counting function at 100 and at 10,000: OEIS A006880.
        assert_eq!(sequential(&work(100, 7)).unwrap(), 25);
        assert_eq!(sequential(&work(10_000, 3)).unwrap(), 1229);
    }

    #[test]
    fn every_way_gives_the_same_answer() {
        for kernel in [Kernel::Primes, Kernel::Table] {
            let work = Work {
                kernel,
                numbers: 5_000,
                tasks: 37,
            };
            let expected = sequential(&work).unwrap();
            for model in MODELS {
                // Its workers would be this test's program, which does not serve.
                if model.name != names::PROCESS_POOL {
                    assert_eq!((model.run)(&work).unwrap(), expected, "{}", model.name.id);
                }
            }
        }
    }
}
