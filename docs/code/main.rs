//! Builds and serves the book: `cargo run -p book`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use book::fault::Fault;
use book::{generate, place, render, rules, serve};
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Builds the book and serves it on 127.0.0.1 until Ctrl-C.")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The port to serve on; 0 is any that is free
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[derive(Subcommand)]
enum Command {
    /// Only build the book
    Build {
        /// Where to put it: an empty folder, or one with a book of ours [default: target/book]
        #[arg(long, value_name = "DIR")]
        dest: Option<PathBuf>,
    },
    /// Write the generated files: what to paste, lists of tests, sidebar, README table, charts
    Sync,
    /// Check the house rules, as `cargo test -p book` does
    Check,
    /// Count long and chained sentences, of all pages or of these files
    Prose {
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            return match write!(io::stdout(), "{error}") {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => fail(1, &format!("cannot write to standard output: {error}")),
            };
        }
        Err(error) => {
            let message = error.to_string();
            let line = message.lines().next().unwrap_or_default();
            let line = line.strip_prefix("error: ").unwrap_or(line);
            return fail(2, &format!("{line}; see --help"));
        }
    };
    run(arguments).unwrap_or_else(|error| fail(1, &format!("{error:#}")))
}

/// `eprintln!` would panic where stderr is closed.
fn fail(code: u8, why: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "book: {why}");
    ExitCode::from(code)
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let root = &book::root();
    let mut out = io::stdout();
    match arguments.command {
        None => {
            // Built where nobody else is, and read into memory: two that run do not disturb each other.
            let folder = tempfile::tempdir().context("no temporary folder to build the book in")?;
            place::remove_on_signal(folder.path())?;
            render::build(root, &folder.path().join("book"))?;
            let book = serve::Book::read(&folder.path().join("book"))?;
            drop(folder);
            serve::serve(book, arguments.port)?;
        }
        Some(Command::Build { dest }) => {
            let own = root.join("target/book");
            let folder = dest.unwrap_or_else(|| own.clone());
            let disposable = std::path::absolute(&folder)? == own;
            let built = |folder: &Path| render::build(root, folder);
            let folder = place::put(&folder, disposable, built)?;
            writeln!(out, "{}", folder.join("index.html").display())?;
        }
        Some(Command::Sync) => match generate::expected(root) {
            Ok(files) => {
                for file in generate::sync(root, &files)? {
                    writeln!(out, "wrote {file}")?;
                }
            }
            Err(faults) => return Ok(report(&faults)),
        },
        Some(Command::Prose { files }) => {
            write!(out, "{}", rules::style::prose_report(root, &files))?;
        }
        Some(Command::Check) => {
            return Ok(report(&rules::check(root)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn report(faults: &[Fault]) -> ExitCode {
    for fault in faults {
        let _ = writeln!(io::stderr(), "{fault}");
    }
    ExitCode::from(u8::from(!faults.is_empty()))
}
