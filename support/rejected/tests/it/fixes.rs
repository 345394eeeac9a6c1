//! Each program in `tests/fixes` compiles and runs to its end.

use std::fs;
use std::process::{ExitCode, Termination};

macro_rules! programs {
    ($($name:ident)*) => {
        $(
            mod $name {
                include!(concat!("../fixes/", stringify!($name), ".rs"));

                pub(super) fn run() -> super::ExitCode {
                    // The first of them wins; the others find it installed.
                    let _ = rustls::crypto::ring::default_provider().install_default();
                    super::Termination::report(main())
                }
            }

            #[test]
            fn $name() {
                assert!($name::run() == ExitCode::SUCCESS);
            }
        )*

        #[test]
        fn every_program_is_tested() {
            assert_eq!(names("fixes"), [$(stringify!($name)),*]);
        }
    };
}

/// The names of the programs in this folder of `tests`, sorted.
pub(crate) fn names(folder: &str) -> Vec<String> {
    let folder = format!("{}/tests/{folder}", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(folder).expect("the folder is part of the package");
    let mut names: Vec<String> = files
        .map(|file| file.expect("it can be listed").file_name())
        .filter_map(|name| Some(name.to_str()?.strip_suffix(".rs")?.to_owned()))
        .collect();
    names.sort();
    names
}

programs! {
    assign_in_a_shared_closure
    async_block_borrows
    async_main
    await_in_a_closure
    await_on_no_future
    block_in_place_on_one_thread
    blocking_in_a_task
    borrow_into_a_task
    borrow_into_a_thread
    borrowed_value_into_a_thread
    cell_in_an_rwlock
    change_in_an_arc
    channel_timed_out
    channel_without_senders
    child_has_gone
    closed_by_the_server
    closed_channel
    command_with_arguments
    deadline_elapsed
    different_async_blocks
    dyn_async_trait
    error_over_an_await
    error_sending_request
    forgotten_await
    full_channel
    future_dropped
    future_not_pinned
    guard_dropped_before_the_await
    guard_into_a_thread
    guard_over_an_await
    handler_with_a_guard
    join_in_drop
    lagged_receiver
    load_that_releases
    lock_into_nothing
    loom_branches
    method_into_a_thread
    moved_into_the_first_thread
    mutable_static
    no_crypto_provider
    no_more_threads
    no_reactor
    no_reactor_enter
    paused_clock
    pointer_field_into_a_thread
    pointer_into_a_thread
    poisoned_lazy_lock
    poisoned_mutex
    polled_after_completion
    question_mark_in_an_async_block
    question_mark_without_a_result
    rayon_pool_built_twice
    rayon_spawn_panics
    rc_into_a_thread
    receiver_by_reference
    receiver_cloned
    recursion_in_an_async_fn
    refcell_borrowed_twice
    refcell_in_an_arc
    runtime_dropped_in_a_task
    runtime_within_a_runtime
    runtime_within_a_runtime_spawn_blocking
    scoped_thread
    select_without_branches
    semaphore_closed
    spawn_local_outside
    stack_overflow
    static_that_changes
    store_that_acquires
    task_cancelled
    task_panicked
    temporary_in_a_future
    thread_local_destroyed
    timers_disabled
    two_threads_write
    used_after_send
    zero_period
}
