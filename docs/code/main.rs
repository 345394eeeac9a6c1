//! Builds and serves the book: `cargo run -p book`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use book::fault::Fault;
use book::{generate, render, rules, serve};
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
        /// Where to put it [default: target/book]
        #[arg(long, value_name = "DIR")]
        dest: Option<PathBuf>,
    },
    /// Write the generated files: *Use it*, contents, README table, charts
    Sync,
    /// Hold the house rules, as `cargo test -p book` does
    Check,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let root = &book::root();
    let mut out = std::io::stdout();
    match arguments.command {
        None => {
            let folder = build(root, None)?;
            serve::serve(&folder, arguments.port)?;
        }
        Some(Command::Build { dest }) => {
            let folder = build(root, dest)?;
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
        Some(Command::Check) => {
            let faults: Vec<Fault> = rules::ALL.iter().flat_map(|rule| rule(root)).collect();
            return Ok(report(&faults));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn build(root: &Path, dest: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    let folder = dest.unwrap_or_else(|| root.join("target/book"));
    render::build(root, &folder)?;
    Ok(folder)
}

fn report(faults: &[Fault]) -> ExitCode {
    for fault in faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
