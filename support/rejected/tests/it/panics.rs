//! Each program in `tests/panics` fails at run time, and prints these words.

use std::process::{ExitCode, Termination};

macro_rules! programs {
    ($($name:ident: $words:literal,)*) => {
        $(
            mod $name {
                include!(concat!("../panics/", stringify!($name), ".rs"));

                /// Panics also where `main` returns an error, after printing it.
                pub(super) fn run() {
                    if stringify!($name) != "no_crypto_provider" {
                        let ring = rustls::crypto::ring::default_provider();
                        ring.install_default().expect("nothing else installs one");
                    }
                    let code = super::Termination::report(main());
                    assert!(code == super::ExitCode::SUCCESS, "main returned an error");
                }
            }

            #[test]
            fn $name() {
                let test = concat!(module_path!(), "::", stringify!($name));
                testing::child::assert_caught(test, $words, $name::run);
            }
        )*

        #[test]
        fn every_program_is_tested() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/panics");
            let files = std::fs::read_dir(folder).expect("the folder is part of the package");
            let names = files.map(|file| file.expect("it can be listed").file_name());
            let mut names: Vec<_> = names.collect();
            names.sort();
            assert_eq!(names, [$(concat!(stringify!($name), ".rs")),*]);
        }
    };
}

#[test]
fn errors_are_displayed_in_these_words() {
    use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TrySendError};
    let displayed = [
        SendError(1).to_string(),
        RecvError.to_string(),
        TrySendError::Full(1).to_string(),
        RecvTimeoutError::Timeout.to_string(),
    ];
    let expected = [
        "sending on a closed channel",
        "receiving on a closed channel",
        "sending on a full channel",
        "timed out waiting on channel",
    ];
    assert_eq!(displayed, expected);
}

programs! {
    block_in_place_on_one_thread: "can call blocking only when running on the multi-threaded runtime",
    blocking_in_a_task: "Cannot block the current thread from within a runtime",
    channel_timed_out: "called `Result::unwrap()` on an `Err` value: Timeout",
    channel_without_senders: "RecvError",
    child_has_gone: "kind: BrokenPipe",
    closed_by_the_server: "IncompleteMessage",
    closed_channel: "SendError { .. }",
    command_with_arguments: "No such file or directory",
    deadline_elapsed: "Elapsed(())",
    error_sending_request: "error sending request for url (http://127.0.0.1:1/)",
    full_channel: "TrySendError::Full(..)",
    lagged_receiver: "Lagged(2)",
    loom_branches: "Model exceeded maximum number of branches",
    no_crypto_provider: "No rustls crypto provider is configured",
    no_more_threads: "Resource temporarily unavailable",
    no_reactor: "there is no reactor running, must be called from the context of a Tokio 1.x runtime",
    paused_clock: "requires the `current_thread` Tokio runtime",
    poisoned_lazy_lock: "LazyLock instance has previously been poisoned",
    poisoned_mutex: "called `Result::unwrap()` on an `Err` value: PoisonError { .. }",
    polled_after_completion: "`async fn` resumed after completion",
    rayon_pool_built_twice: "GlobalPoolAlreadyInitialized",
    rayon_spawn_panics: "Rayon: detected unexpected panic; aborting",
    refcell_borrowed_twice: "RefCell already borrowed",
    runtime_dropped_in_a_task: "Cannot drop a runtime in a context where blocking is not allowed",
    runtime_within_a_runtime: "Cannot start a runtime from within a runtime",
    scoped_thread: "a scoped thread panicked",
    select_without_branches: "all branches are disabled and there is no else branch",
    semaphore_closed: "AcquireError(())",
    spawn_local_outside: "`spawn_local` called from outside of a `task::LocalSet`",
    stack_overflow: "has overflowed its stack",
    task_cancelled: "was cancelled",
    task_panicked: "panicked with message \"the disk is full\"",
    thread_local_destroyed: "cannot access a Thread Local Storage value during or after destruction",
    timers_disabled: "A Tokio 1.x context was found, but timers are disabled",
    zero_period: "`period` must be non-zero.",
}
