//! Measures every model on the same work, each alone in a child process, on this machine.
//!
//! `cargo run --release -p compare` asks three questions in a short form; `compare io`, `compare cpu`
//! and `compare sync` ask one of them at length; `compare show` reads what `--json` has printed. See
//! `--help`.

#[cfg(unix)]
mod accounting;
#[cfg(unix)]
mod child_report;
#[cfg(unix)]
mod cpu;
#[cfg(unix)]
mod document;
#[cfg(unix)]
mod idle;
#[cfg(unix)]
mod io;
#[cfg(unix)]
mod job;
#[cfg(unix)]
mod model;
#[cfg(unix)]
mod options;
#[cfg(unix)]
mod peers;
#[cfg(unix)]
mod run;
#[cfg(unix)]
mod session;
#[cfg(unix)]
mod site;
#[cfg(unix)]
mod start;
#[cfg(unix)]
mod sweep;
#[cfg(unix)]
mod sync;
#[cfg(unix)]
mod work;

#[cfg(unix)]
fn main() -> anyhow::Result<std::process::ExitCode> {
    // First of all: the workers of these two stay in here.
    process_fetch::serve_with(
        || process_fetch::agent_with(process_fetch::config(1).proxy(None).build()),
        |page| page,
    );
    process_pool::serve::<cpu::Remote>();
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--child") {
        return session::child(&arguments.collect::<Vec<_>>());
    }
    let done = session::run();
    Ok(done.unwrap_or_else(|error| options::fail(1, &format!("{error:#}"))))
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    eprintln!("compare needs Unix, whose accounting tells what each child has used");
    std::process::ExitCode::FAILURE
}
