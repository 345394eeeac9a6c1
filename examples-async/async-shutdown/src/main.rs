//! Sends real signals to a child process that has 1,000 requests under way: this very program.

use async_shutdown::{Outcome, Shutdown, stop_signal};
use std::future::pending;
use std::io::{self, BufRead, BufReader, Write};
use std::pin::Pin;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, thread};
use tokio::time::sleep;

/// In the environment of the child: what it does.
const ROLE: &str = "ASYNC_SHUTDOWN_ROLE";
const REQUESTS: u32 = 1_000;
/// More than the machine can take to answer them all.
const LONG: Duration = Duration::from_secs(60);

fn main() -> io::Result<ExitCode> {
    demo::no_arguments();
    if let Ok(role) = env::var(ROLE) {
        thread::spawn(|| {
            // The parent has gone, so nobody is interested any more.
            let _ = io::stdin().read_line(&mut String::new());
            std::process::exit(1);
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        return runtime.block_on(serve(&role));
    }
    let mut out = io::stdout().lock();
    if cfg!(not(unix)) {
        writeln!(out, "This demonstration sends Unix signals. Try Ctrl-C:")?;
        writeln!(
            out,
            "cargo run -p async-shutdown --example async-shutdown-server"
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    for (what, role, signals) in [
        ("SIGTERM", "answers", &["TERM"][..]),
        ("SIGINT, which is Ctrl-C", "answers", &["INT"]),
        ("SIGTERM, and one request hangs", "hangs", &["TERM"]),
        (
            "Ctrl-C twice, and one request hangs",
            "waits",
            &["INT", "INT"],
        ),
        (
            "SIGTERM, and it waits for ctrl_c() alone",
            "only ctrl_c",
            &["TERM"],
        ),
    ] {
        writeln!(out, "A server gets {what}:")?;
        run(role, signals, &mut out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the child, sends it a signal after each of its first lines, and prints what it says.
fn run(role: &str, signals: &[&str], out: &mut impl Write) -> io::Result<()> {
    let mut command = Command::new(env::current_exe()?);
    command.env(ROLE, role).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let (mut signals, stdout) = (signals.iter(), child.stdout.take());
    for line in BufReader::new(stdout.ok_or(io::ErrorKind::BrokenPipe)?).lines() {
        writeln!(out, "  {}", line?)?;
        if let Some(signal) = signals.next() {
            send(signal, &child)?;
        }
    }
    writeln!(out, "  {}", describe(child.wait()?))
}

fn send(signal: &str, child: &Child) -> io::Result<()> {
    // The shell has `kill` built in. The program of this name is missing on small systems.
    let kill = format!("kill -{signal} {}", child.id());
    let status = Command::new("sh").args(["-c", &kill]).status()?;
    if !status.success() {
        return Err(io::Error::other(format!("{kill}: {status}")));
    }
    Ok(())
}

fn describe(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("it ended with exit code {code}"),
        None => format!("it was killed, {status}"),
    }
}

/// The server. Its requests take a little longer than until the signal, so all are under way then.
async fn serve(role: &str) -> io::Result<ExitCode> {
    let signal: Pin<Box<dyn Future<Output = ()>>> = match role {
        "only ctrl_c" => Box::pin(async {
            let _ = tokio::signal::ctrl_c().await; // wrong: SIGTERM still ends the process
        }),
        _ => Box::pin(stop_signal()?),
    };
    let grace = match role {
        "hangs" => Duration::from_secs(1),
        _ => LONG,
    };
    let (shutdown, answered) = (Shutdown::new(grace), Arc::new(AtomicU32::new(0)));
    for _ in 0..REQUESTS {
        let (token, answered) = (shutdown.token(), Arc::clone(&answered));
        shutdown.spawn(async move {
            token.cancelled().await;
            sleep(Duration::from_millis(20)).await;
            answered.fetch_add(1, Ordering::Relaxed);
        });
    }
    if matches!(role, "hangs" | "waits") {
        shutdown.spawn(pending::<()>());
    }
    let token = shutdown.token();
    let stops = async {
        token.cancelled().await;
        println!("it starts no more requests");
    };
    println!("{REQUESTS} requests are under way");
    let (outcome, ()) = tokio::join!(shutdown.wait(signal), stops);
    let answered = answered.load(Ordering::Relaxed);
    println!("{outcome:?}, {answered} of {REQUESTS} requests were answered");
    Ok(match outcome {
        Outcome::Clean => ExitCode::SUCCESS,
        Outcome::Left(_) => ExitCode::FAILURE,
    })
}
