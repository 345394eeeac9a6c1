//! Sends signals to a child, with and without a handler. The child is this program, started again.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::{env, thread, time::Duration};

use process_signal::{Signal, Signals};

fn main() -> io::Result<()> {
    if env::args().nth(1).as_deref() == Some("child") {
        return child(&env::args().nth(2).unwrap_or_default());
    }
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "A program without a handler gets SIGTERM in the middle of its work."
    )?;
    send_to("plain", &["TERM"], &mut out)?;

    writeln!(
        out,
        "A program that reads its signals gets SIGHUP, and then SIGTERM."
    )?;
    send_to("service", &["HUP", "TERM"], &mut out)?;

    writeln!(out, "The same program, and somebody presses Ctrl-C.")?;
    send_to("service", &["INT"], &mut out)
}

/// Starts the child, and sends it the next signal after each line that it prints.
fn send_to(task: &str, signals: &[&str], out: &mut impl Write) -> io::Result<()> {
    let mut command = Command::new(env::current_exe()?);
    let mut child = command
        .args(["child", task])
        .stdout(Stdio::piped())
        .spawn()?;
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut signals = signals.iter();
    for line in lines {
        writeln!(out, "  {}", line?)?;
        if let Some(signal) = signals.next() {
            let pid = child.id().to_string();
            Command::new("kill").args(["-s", signal, &pid]).status()?;
        }
    }
    writeln!(out, "  it ended: {}", child.wait()?)
}

fn child(task: &str) -> io::Result<()> {
    if task == "plain" {
        println!("works");
        thread::sleep(Duration::from_secs(60));
        println!("has saved its work");
        return Ok(());
    }
    // The handlers are installed first, so that no later signal ends it.
    let signals = Signals::new(&[Signal::Interrupt, Signal::Terminate, Signal::HangUp])?;
    println!("works");
    for signal in signals {
        match signal {
            Signal::HangUp => println!("{signal:?}: reads its configuration again"),
            Signal::Interrupt | Signal::Terminate => {
                println!("{signal:?}: saves its work");
                signal.end_process();
            }
        }
    }
    Ok(())
}
