//! The order, the bound, and the end of all threads, whatever ends the pipeline.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use testing::watchdog;
use thread_pipeline::{Pipeline, pipeline};

/// Items that were read from the input and not yet returned to the consumer.
#[derive(Default)]
struct Inside {
    read: AtomicUsize,
    returned: AtomicUsize,
    most: AtomicUsize,
}

impl Inside {
    /// Called by the input for each item.
    fn read(&self) {
        let read = self.read.fetch_add(1, Ordering::SeqCst) + 1;
        let inside = read - self.returned.load(Ordering::SeqCst);
        self.most.fetch_max(inside, Ordering::SeqCst);
    }

    fn returned(&self) {
        self.returned.fetch_add(1, Ordering::SeqCst);
    }
}

/// Numbers from 0, without an end. `Arc::strong_count` says whether it was dropped.
fn endless(inside: &Arc<Inside>) -> impl Iterator<Item = usize> + Send + use<> {
    let inside = Arc::clone(inside);
    (0..).inspect(move |_| inside.read())
}

#[test]
fn results_are_in_the_order_of_the_input() {
    watchdog::assert_ends(|| {
        for (workers, depth) in [(1, 1), (1, 5), (3, 1), (3, 4), (8, 3), (4, 64)] {
            let results = pipeline(0..1_000, workers, depth, |n: usize| {
                (0..n % 7).for_each(|_| thread::yield_now());
                n * 2
            });
            assert!(results.eq((0..1_000).map(|n| n * 2)), "{workers}, {depth}");
        }
    });
}

/// The first item is finished last: it waits until the others in the pipeline are done.
#[test]
fn a_slow_item_delays_the_others_and_fills_the_pipeline_only_to_its_depth() {
    const DEPTH: usize = 6;
    watchdog::assert_ends(|| {
        let inside = Arc::new(Inside::default());
        let (done, others) = mpsc::channel();
        let others = Mutex::new(others);
        let order = Arc::new(Mutex::new(Vec::new()));
        let finished = Arc::clone(&order);
        let mut results = pipeline(endless(&inside).take(20), 2, DEPTH, move |n| {
            if n == 0 {
                let others = others.lock().unwrap();
                (1..DEPTH).for_each(|_| others.recv().unwrap());
                // Time for a reader that would read too much.
                (0..1_000).for_each(|_| thread::yield_now());
            }
            finished.lock().unwrap().push(n);
            let _ = done.send(());
            n
        });
        // While this waits for the first item, its ticket is outside of the queue.
        assert_eq!(results.next(), Some(0));
        assert_eq!(order.lock().unwrap()[..DEPTH], [1, 2, 3, 4, 5, 0]);
        assert_eq!(
            inside.most.load(Ordering::SeqCst),
            DEPTH,
            "all waited behind it"
        );
        assert!(results.eq(1..20));
    });
}

/// Both stages together, with what waits for its turn.
#[test]
fn never_more_than_the_depth_of_each_stage_is_inside() {
    watchdog::assert_ends(|| {
        for depth in [1, 2, 5] {
            let inside = Arc::new(Inside::default());
            let one = pipeline(endless(&inside).take(2_000), 3, depth, |n| n);
            let both = pipeline(one, 2, depth, |n: usize| {
                (0..n % 5).for_each(|_| thread::yield_now());
                n
            });
            let in_order = both.inspect(|_| inside.returned()).eq(0..2_000);
            assert!(in_order, "{depth}");
            let most = inside.most.load(Ordering::SeqCst);
            assert!(
                most <= 2 * depth,
                "{most} inside, although the depth is {depth}"
            );
        }
    });
}

#[test]
fn one_stage_has_at_most_its_depth_inside() {
    watchdog::assert_ends(|| {
        for depth in [1, 2, 7] {
            let inside = Arc::new(Inside::default());
            for _ in pipeline(endless(&inside).take(2_000), 3, depth, |n| n) {
                inside.returned();
            }
            let most = inside.most.load(Ordering::SeqCst);
            assert!(
                most <= depth,
                "{most} inside, although the depth is {depth}"
            );
        }
    });
}

#[test]
fn all_workers_run_at_the_same_time() {
    watchdog::assert_ends(|| {
        let all_are_here = std::sync::Barrier::new(3);
        let results = pipeline(0..3, 3, 4, move |n| {
            all_are_here.wait();
            n
        });
        assert!(results.eq(0..3));
    });
}

#[test]
fn an_error_in_the_first_stage_ends_the_threads_of_both() {
    watchdog::assert_ends(|| {
        let inside = Arc::new(Inside::default());
        let one = pipeline(endless(&inside), 2, 8, |n| {
            if n == 500 { Err(n) } else { Ok(n) }
        });
        let held = Arc::clone(&inside); // by the closure of the second stage
        let two = pipeline(one, 3, 8, move |n| {
            let _held = &held;
            n
        });
        let all: Result<Vec<_>, _> = two.collect();
        assert_eq!(all, Err(500));
        assert_eq!(Arc::strong_count(&inside), 1, "threads that live own one");
        let read = inside.read.load(Ordering::SeqCst);
        assert!(read <= 501 + 16, "{read} items were read");
    });
}

#[test]
fn a_panic_in_the_first_stage_reaches_the_consumer_and_ends_the_threads_of_both() {
    watchdog::assert_ends(|| {
        let inside = Arc::new(Inside::default());
        let one = pipeline(endless(&inside), 2, 8, |n| {
            if n == 500 {
                resume_unwind(Box::new("item 500"));
            }
            n
        });
        let returned = AtomicUsize::new(0);
        let two = pipeline(one, 3, 8, |n| n);
        let panic = catch_unwind(AssertUnwindSafe(|| {
            two.for_each(|_| {
                returned.fetch_add(1, Ordering::SeqCst);
            });
        }));
        assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"item 500"));
        assert_eq!(returned.into_inner(), 500, "all before it");
        assert_eq!(Arc::strong_count(&inside), 1);
    });
}

#[test]
fn a_panic_of_the_input_reaches_the_consumer() {
    watchdog::assert_ends(|| {
        let input = (0..).inspect(|n| {
            if *n == 7 {
                resume_unwind(Box::new("the input"));
            }
        });
        let mut results = pipeline(input, 2, 4, |n: i32| n);
        assert!(results.by_ref().take(7).eq(0..7));
        let panic = catch_unwind(AssertUnwindSafe(|| results.next())).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"the input"));
        assert_eq!(results.next(), None, "after a panic it is at its end");
    });
}

#[test]
fn a_consumer_that_stops_ends_the_producers() {
    watchdog::assert_ends(|| {
        for depth in [1, 4, 100] {
            let inside = Arc::new(Inside::default());
            let one = pipeline(endless(&inside), 2, depth, |n| n);
            let two = pipeline(one, 3, depth, |n| n);
            assert!(two.take(10).eq(0..10));
            assert_eq!(Arc::strong_count(&inside), 1, "the input is dropped");
            let read = inside.read.load(Ordering::SeqCst);
            assert!(read <= 10 + 2 * depth, "{read} items were read");
        }
    });
}

/// Opens a gate when it is dropped, which shows that the drop of the pipeline has begun.
struct Opens(Option<mpsc::Sender<()>>);

impl Drop for Opens {
    fn drop(&mut self) {
        if let Some(gate) = self.0.take() {
            let _ = gate.send(());
        }
    }
}

#[test]
fn what_is_queued_when_the_consumer_stops_is_not_computed() {
    watchdog::assert_ends(|| {
        let (open, gate) = mpsc::channel();
        let shared = Mutex::new((Some(open), gate));
        let (began, calls) = mpsc::channel();
        let inside = Arc::new(Inside::default());
        let results = pipeline(endless(&inside), 1, 5, move |n| {
            began.send(n).unwrap();
            let mut shared = shared.lock().unwrap();
            if n == 0 {
                return Opens(shared.0.take()); // stays in its ticket: nobody calls `next`
            }
            let _ = shared.1.recv();
            Opens(None)
        });
        assert_eq!(calls.recv(), Ok(0));
        assert_eq!(calls.recv(), Ok(1)); // waits for the gate
        drop(results); // drops the result of item 0, which opens the gate for item 1
        assert_eq!(calls.try_iter().count(), 0, "items 2 and 3 were queued");
        assert_eq!(Arc::strong_count(&inside), 1);
    });
}

#[test]
fn nothing_in_nothing_out_and_the_end_stays_the_end() {
    watchdog::assert_ends(|| {
        let mut none = pipeline(Vec::<u8>::new(), 2, 3, |n| n);
        assert_eq!((none.next(), none.next()), (None, None));
        let mut one = pipeline([7], 2, 3, |n| n);
        assert_eq!((one.next(), one.next(), one.next()), (Some(7), None, None));
    });
}

#[test]
fn a_pipeline_may_move_to_another_thread() {
    watchdog::assert_ends(|| {
        let results = pipeline(0..10, 2, 3, |n| n);
        let thread = thread::spawn(move || results.sum::<i32>());
        assert_eq!(thread.join().unwrap(), 45);
    });
}

#[test]
fn no_workers_and_no_depth_are_refused() {
    let said = |workers, depth| {
        let made = catch_unwind(|| -> Pipeline<i32> { pipeline([1], workers, depth, |n| n) });
        made.unwrap_err()
            .downcast_ref::<&str>()
            .map(ToString::to_string)
    };
    let workers = "a pipeline needs at least one worker";
    assert_eq!(said(0, 1).as_deref(), Some(workers));
    let depth = "a pipeline needs a depth of at least 1";
    assert_eq!(said(1, 0).as_deref(), Some(depth));
}
