//! Serves the demo site until Ctrl-C: `cargo run -p demo-site -- --help`.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::thread;

use clap::Parser;
use clap::error::ErrorKind;

/// How many connections the site is made to hold.
const CONNECTIONS: u64 = 10_000;

/// Descriptors that are not connections: the standard streams, the listener, the event queue.
const OTHERS: u64 = 16;

/// A web site on 127.0.0.1 that is slow, and misbehaves, on request.
#[derive(Parser)]
#[command(after_help = pages())]
struct Arguments {
    /// Port to listen on; 0: the system picks one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Stop when standard input ends: the site then goes when the program that started it does
    #[arg(long)]
    until_stdin_closes: bool,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            return code(write!(io::stdout(), "{error}"));
        }
        Err(error) => {
            let message = error.to_string();
            let line = message.lines().next().unwrap_or_default();
            let line = line.strip_prefix("error: ").unwrap_or(line);
            let _ = writeln!(io::stderr(), "demo-site: {line}; see --help");
            return ExitCode::from(2);
        }
    };
    code(serve(&arguments))
}

fn code(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "demo-site: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: &Arguments) -> io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let site = demo_site::Site::start_on(address).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })?;
    let limit = demo_site::raise_descriptor_limit()?;
    if limit < CONNECTIONS + OTHERS {
        let _ = writeln!(
            io::stderr(),
            "demo-site: the system allows this process {limit} open descriptors: it can hold \
             about {} connections, not {CONNECTIONS}",
            limit.saturating_sub(OTHERS),
        );
    }
    let mut out = io::stdout();
    let stop = if arguments.until_stdin_closes {
        "closing its input"
    } else {
        "Ctrl-C"
    };
    write!(
        out,
        "{}\nGET / lists its pages; {stop} stops it\n",
        site.url("")
    )?;
    out.flush()?;

    if arguments.until_stdin_closes {
        io::copy(&mut io::stdin(), &mut io::sink())?;
        return Ok(());
    }
    loop {
        // It may return for no reason. Ctrl-C ends the process.
        thread::park();
    }
}

fn pages() -> String {
    let mut text = "Pages (POST /reset, all others GET):\n".to_owned();
    for page in demo_site::pages() {
        text.push_str(&format!("  {:<20} {}\n", page.path, page.about));
        if !page.parameters.is_empty() {
            text.push_str(&format!("  {:<20}   ?{}\n", "", page.parameters.join(" &")));
        }
    }
    text.push_str("\nExample: curl 'http://127.0.0.1:PORT/page/a?delay=120ms&size=10KiB'");
    text
}
