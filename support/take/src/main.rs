//! Copies a concept into a project, with its dependencies, and leaves the project building.
//!
//! `cargo run -p take -- semaphore --into ../my-app`. See `--help`.

mod check;
mod concept;
mod dependencies;
mod format;
mod history;
mod plan;
mod project;
mod transaction;

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};

use concept::Concept;
use history::{Form, Request};
use plan::Plan;
use project::Project;

/// Copies a concept into a project, with its dependencies, and leaves the project building.
#[derive(Parser)]
#[command(
    name = "take",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    after_help = "Exit code: 0 if it was done, 1 if it failed and nothing was changed, 2 for misuse, 130 for Ctrl-C."
)]
struct Cli {
    #[command(flatten)]
    take: Option<Take>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args)]
struct Take {
    /// The concept, such as semaphore; `take list` lists them all
    concept: String,
    /// The folder of the project
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// The package, if the project has several
    #[arg(short, long, value_name = "NAME")]
    package: Option<String>,
    /// Make it a crate of the workspace instead of a module
    #[arg(long, conflicts_with = "idea")]
    as_crate: bool,
    /// Take the short version, as an example program
    #[arg(long)]
    idea: bool,
    /// Leave out this file of the concept (may be repeated)
    #[arg(long, value_name = "FILE")]
    without: Vec<String>,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Go on although the project has changes that are not committed
    #[arg(long)]
    allow_dirty: bool,
}

#[derive(Subcommand)]
enum Command {
    /// What can be taken, and what a project has taken already
    List {
        /// The folder of the project
        #[arg(long, value_name = "DIR")]
        into: Option<PathBuf>,
        /// The package, if the project has several
        #[arg(short, long, value_name = "NAME")]
        package: Option<String>,
    },
    /// What changed here since a concept was taken, and what the project changed
    Diff {
        /// The concept
        concept: String,
        /// The folder of the project
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        /// The package, if the project has several
        #[arg(short, long, value_name = "NAME")]
        package: Option<String>,
    },
}

/// Set by Ctrl-C while files change. Between two steps it is checked, and everything is restored.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Ctrl-C ends the program while it only reads and asks.
static PHASE: Mutex<Phase> = Mutex::new(Phase::Asking);

#[derive(PartialEq, Eq)]
enum Phase {
    Asking,
    Changing,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.exit_code() == 0 => {
            // --help. If nobody reads it, that is no failure.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            // The first paragraph; the others are hints and usage.
            let text = error.to_string();
            let lines = text.lines().map(str::trim);
            let first: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
            return fail(2, first.join(" ").trim_start_matches("error: "));
        }
    };
    let handler = ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::Relaxed);
        // Locked until the exit, so that no change begins in between.
        let phase = PHASE.lock().unwrap_or_else(PoisonError::into_inner);
        if *phase == Phase::Asking {
            fail(130, "interrupted; nothing was changed");
            std::process::exit(130);
        }
    });
    let done = handler
        .context("cannot watch for Ctrl-C")
        .and_then(|()| run(cli));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // The error is only what the interrupt led to, such as a cargo that has ended, too.
        Err(_) if INTERRUPTED.load(Ordering::Relaxed) => {
            fail(130, "interrupted; nothing was changed")
        }
        Err(error) => fail(1, &format!("{error:#}")),
    }
}

fn fail(code: u8, message: &str) -> ExitCode {
    // Nothing can be done if standard error is closed.
    let _ = writeln!(io::stderr(), "take: {message}");
    ExitCode::from(code)
}

/// From now on Ctrl-C is only noted, because files change.
fn begin_to_change() {
    *PHASE.lock().unwrap_or_else(PoisonError::into_inner) = Phase::Changing;
}

/// An error if Ctrl-C was pressed.
fn not_interrupted() -> anyhow::Result<()> {
    if INTERRUPTED.load(Ordering::Relaxed) {
        bail!("interrupted; nothing was changed");
    }
    Ok(())
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let root = concept::root();
    match (cli.command, cli.take) {
        (Some(Command::List { into, package }), _) => {
            list(&root, into.as_deref(), package.as_deref())
        }
        (
            Some(Command::Diff {
                concept,
                into,
                package,
            }),
            _,
        ) => {
            let concept = Concept::find(&root, &concept)?;
            let project = Project::find(&into, package.as_deref())?;
            print(&history::diff(&root, &concept, &project)?)
        }
        (None, Some(take)) => take_concept(&root, &take),
        (None, None) => bail!("name a concept, such as semaphore, and --into DIR; or see --help"),
    }
}

fn take_concept(root: &Path, take: &Take) -> anyhow::Result<()> {
    let concept = Concept::find(root, &take.concept)?;
    let project = Project::find(&take.into, take.package.as_deref())?;
    let form = match (take.as_crate, take.idea) {
        (true, _) => Form::Crate,
        (_, true) => Form::Idea,
        _ => Form::Module,
    };
    let plan = Plan::make(Request {
        concept: &concept,
        project: &project,
        form,
        without: &take.without,
    })?;
    print(&plan.to_string())?;
    if plan.is_empty() {
        return print("Nothing to do: the project has this version already.\n");
    }
    if take.dry_run {
        return print("Nothing was changed, because of --dry-run.\n");
    }
    if !take.allow_dirty {
        project.refuse_uncommitted_changes()?;
    }
    if !take.yes && !confirmed()? {
        bail!("not confirmed; nothing was changed");
    }
    print("Checking that the project builds, before and after …\n")?;
    plan.carry_out()?;
    print(&format!("Done. {}\n", plan.next()))
}

fn confirmed() -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("this is no terminal that could be asked; use --yes or --dry-run");
    }
    print("Change these files? [y/N] ")?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

fn list(root: &Path, into: Option<&Path>, package: Option<&str>) -> anyhow::Result<()> {
    let project = into.map(|into| Project::find(into, package)).transpose()?;
    let mut text = String::new();
    for concept in Concept::all(root)? {
        let state = match &project {
            None => "",
            Some(project) => history::state(&concept, project),
        };
        text += &format!("{:<22} {state:<28} {}\n", concept.slug, concept.description);
    }
    print(&text)
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .context("cannot write to standard output")
}
