//! The lift test: what a page says to paste compiles where readers paste it.
//!
//! For every concept, in edition 2021 and 2024, without a warning, also of clippy, once unused items
//! are allowed:
//! as a crate that another one uses; as a module of a program, which runs; as a module of a library
//! whose own tests and doctests run. And after the page's `cargo add` lines in a project that has
//! the dependencies already: nothing that it had is changed, also not an older major version, and the
//! program compiles.
//!
//! `cargo test -p book --test lift`, or for single concepts `LIFT_ONLY=mutex,channel` before it. It
//! needs no network once the workspace has been built, because it uses the workspace's own Cargo.lock.

#[path = "lift/alone.rs"]
mod alone;
mod fixture;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use book::concept::{self, Concept, Dependency, file_name, lookup};
use book::fault::relative;
use book::generate;
use toml::{Table, Value};

const EDITIONS: [&str; 2] = ["2021", "2024"];

#[test]
fn every_page_compiles_where_readers_paste_it() {
    let root = &book::root();
    let (concepts, faults) = concept::load(root);
    assert!(faults.is_empty(), "cargo test -p book says what is wrong");
    // Not in a folder that is removed: cargo would keep what it built there forever.
    let only = std::env::var("LIFT_ONLY").unwrap_or_default();
    let wanted =
        |concept: &Concept| only.is_empty() || only.split(',').any(|slug| slug == concept.slug);
    let concepts: Vec<Concept> = concepts.into_iter().filter(wanted).collect();
    let failures = lift(root, &concepts, &root.join("target/lifted"));
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn a_missing_feature_is_found() {
    let workspace = fixture::workspace();
    let root = workspace.path();
    assert_eq!(
        lift(root, &[lifted(root, "waiter")], &root.join("lifted")),
        [""; 0]
    );

    let manifest = lifted(root, "waiter").manifest;
    let fewer = manifest.replace("[\"rt\", \"time\"]", "[\"rt\"]");
    assert_ne!(fewer, manifest);
    fixture::write(root, "examples-async/waiter/Cargo.toml", &fewer);
    fixture::sync(root);
    found(root, "waiter", "time");
}

#[test]
fn a_program_that_fails_is_found() {
    breaks(
        "counter",
        "counter.get(), 1",
        "counter.get(), 2",
        "assertion",
    );
}

#[test]
fn a_path_from_the_crate_is_found() {
    let two = "\n/// Adds two.\npub fn two(counter: &crate::Counter) {\n    counter.add();\n}\n";
    breaks(
        "counter",
        "\nuse std",
        &format!("{two}\nuse std"),
        "crate::",
    );
}

#[test]
fn code_for_edition_2024_alone_is_found() {
    let chain = "if let Some(one) = Some(1) && one == 1 { self.0.store(one, Ordering::Relaxed); }\n\
                 self.0.fetch_add(1";
    breaks("counter", "self.0.fetch_add(1", chain, "2024");
}

#[test]
fn a_warning_is_found() {
    let unneeded = "let mut one = 1;\nself.0.fetch_add(one";
    breaks("counter", "self.0.fetch_add(1", unneeded, "mut");
}

#[test]
fn a_doctest_that_names_the_crate_is_found() {
    breaks("counter", "```ignore", "```", "counter");
}

#[test]
fn a_command_that_harms_an_existing_entry_is_found() {
    let workspace = fixture::workspace();
    let root = workspace.path();
    let page = "docs/src/generated/waiter/use-it.md";
    let text = fs::read_to_string(root.join(page)).unwrap();
    for harm in ["tokio@1.50", "tokio --default-features"] {
        let harmful = text.replace("cargo add tokio", &format!("cargo add {harm}"));
        fixture::write(root, page, &harmful);
        found(root, "waiter", "changes");
    }
}

/// Lifts the concept with `from` in its source replaced by `to`, and expects to hear of `word`.
#[track_caller]
fn breaks(slug: &str, from: &str, to: &str, word: &str) {
    let workspace = fixture::workspace();
    let root = workspace.path();
    let file = lifted(root, slug).folder.join("src/lib.rs");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "the source does not contain {from}");
    fs::write(&file, text.replacen(from, to, 1)).unwrap();
    fixture::sync(root);
    found(root, slug, word);
}

#[track_caller]
fn found(root: &Path, slug: &str, word: &str) {
    let failures = lift(root, &[lifted(root, slug)], &root.join("lifted")).join("\n");
    assert!(
        failures.contains(word),
        "expected {word}, found: {failures}"
    );
}

fn lifted(root: &Path, slug: &str) -> Concept {
    let mut concepts = concept::load(root).0.into_iter();
    let found = concepts.find(|concept| concept.slug == slug);
    found.expect("the fixture has it")
}

/// The lifts of this test binary share a target folder, and their packages have the same names.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Pastes the concepts below `place` in every form. Returns what does not work, in cargo's words.
fn lift(root: &Path, concepts: &[Concept], place: &Path) -> Vec<String> {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let started = Instant::now();
    let mut lift = Lift::new(place);
    let mut failures = Vec::new();
    // Concepts without dependencies share one build. Others must not: what one of them enables in a
    // dependency would hide that another does not.
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for concept in concepts {
        match Pasted::new(root, concept).and_then(|pasted| lift.paste(pasted)) {
            Ok(pasted) if pasted.dependencies.is_empty() => together.push(pasted),
            Ok(pasted) => alone.push(vec![pasted]),
            Err(failure) => failures.push(failure),
        }
    }
    if let Err(error) = lift.write_workspace() {
        failures.push(error);
        return failures;
    }
    for group in [together].into_iter().chain(alone) {
        failures.extend(lift.check(&group));
    }
    for (form, (good, all)) in &lift.figures {
        println!("{form}: {good} of {all}");
    }
    println!(
        "{} concepts in {} s",
        concepts.len(),
        started.elapsed().as_secs()
    );
    failures
}

/// What a page prints for one concept.
struct Pasted<'a> {
    concept: &'a Concept,
    dependencies: Vec<Dependency>,
    /// The arguments of each `cargo add`.
    commands: Vec<String>,
    /// The program, its `mod` line first.
    program: String,
    /// The forms that it is pasted in.
    forms: Vec<Form>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Crate,
    UserOfTheCrate,
    ModuleOfAProgram,
    ModuleOfALibrary,
    BesideWhatIsThere,
    /// What the link to the Playground opens.
    ShortVersion,
}

use Kind::{
    BesideWhatIsThere, Crate, ModuleOfALibrary, ModuleOfAProgram, ShortVersion, UserOfTheCrate,
};

#[derive(Clone, Copy)]
struct Form {
    kind: Kind,
    edition: &'static str,
}

impl Form {
    /// The package that a concept becomes in this form.
    fn package(self, slug: &str) -> String {
        let kind = match self.kind {
            Crate => "crate",
            UserOfTheCrate => "user",
            ModuleOfAProgram => "program",
            ModuleOfALibrary => "library",
            BesideWhatIsThere => "beside",
            ShortVersion => "short",
        };
        format!("{slug}-{kind}-{}", self.edition)
    }
}

impl<'a> Pasted<'a> {
    fn new(root: &Path, concept: &'a Concept) -> Result<Self, String> {
        let page = format!("docs/src/generated/{}/use-it.md", concept.slug);
        let printed = fs::read_to_string(root.join(&page))
            .map_err(|error| format!("{page}: {error}\n    fix: cargo run -p book -- sync"))?;
        let commands = block(&printed, "console");
        let commands = commands.lines().filter_map(|line| {
            let arguments = line.strip_prefix("$ cargo add ")?;
            Some(arguments.to_owned())
        });
        let dependencies = concept.dependencies()?;
        let mut forms = Vec::new();
        for edition in EDITIONS {
            let kinds = [Crate, UserOfTheCrate, ModuleOfAProgram, ModuleOfALibrary];
            forms.extend(kinds.map(|kind| Form { kind, edition }));
        }
        if dependencies.is_empty() {
            let kind = ShortVersion;
            forms.extend(EDITIONS.map(|edition| Form { kind, edition }));
        }
        if !dependencies.is_empty() {
            let (kind, edition) = (BesideWhatIsThere, "2024");
            forms.push(Form { kind, edition });
        }
        Ok(Pasted {
            concept,
            dependencies,
            commands: commands.collect(),
            program: block(&printed, "rust"),
            forms,
        })
    }

    /// The tables of dependencies: with the features that the page adds, or `bare`, as they are in a
    /// project that uses little of them. Default features are off where our manifest has them off,
    /// so that the page's lines must name all that the source needs.
    fn tables(&self, bare: bool) -> String {
        let mut tables: BTreeMap<String, String> = BTreeMap::new();
        for dependency in &self.dependencies {
            let value = &dependency.value;
            let text = |key: &str| value.get(key).and_then(Value::as_str);
            let mut entry = Table::new();
            let version = value.as_str().or(text("version")).unwrap_or("*");
            entry.insert("version".into(), version.into());
            if let Some(package) = text("package") {
                entry.insert("package".into(), package.into());
            }
            let defaults = value.get("default-features").and_then(Value::as_bool);
            entry.insert("default-features".into(), defaults.unwrap_or(true).into());
            if !bare {
                let package = text("package").unwrap_or(&dependency.name);
                entry.insert("features".into(), self.features(package).into());
            }
            let line = format!("{} = {}\n", dependency.name, inline(&entry));
            *tables.entry(dependency.table.clone()).or_default() += &line;
        }
        let tables = tables
            .iter()
            .map(|(header, lines)| format!("\n{header}\n{lines}"));
        tables.collect()
    }

    /// The features that the page adds to this package.
    fn features(&self, package: &str) -> Vec<Value> {
        let mut features = Vec::new();
        for command in &self.commands {
            let words: Vec<&str> = command.split_whitespace().collect();
            if words.first() != Some(&package) {
                continue;
            }
            for pair in words.windows(2).filter(|pair| pair[0] == "--features") {
                features.extend(pair[1].split(',').map(Value::from));
            }
        }
        features
    }

    /// The program as it is where the concept is a crate.
    fn program_without_mod(&self) -> &str {
        let line = format!("mod {};\n", self.concept.module());
        self.program.strip_prefix(&line).unwrap_or(&self.program)
    }
}

/// A workspace of what was pasted.
struct Lift {
    place: PathBuf,
    members: Vec<String>,
    /// Of each form, how many work, and how many there are.
    figures: BTreeMap<String, (usize, usize)>,
}

impl Lift {
    fn new(place: &Path) -> Self {
        Self {
            place: place.to_owned(),
            members: Vec::new(),
            figures: BTreeMap::new(),
        }
    }

    /// Writes a package for each form.
    fn paste<'a>(&mut self, pasted: Pasted<'a>) -> Result<Pasted<'a>, String> {
        let concept = pasted.concept;
        for form in &pasted.forms {
            let package = form.package(&concept.slug);
            let folder = self.place.join(&package);
            if folder.exists() {
                fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
            }
            let mut manifest = format!(
                "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"{}\"\n\n\
                 [lints.rust]\nwarnings = {{ level = \"deny\", priority = -1 }}\ndead_code = \"allow\"\n\
                 unused_imports = \"allow\"\n",
                form.edition
            );
            match form.kind {
                Crate => manifest += &pasted.tables(false),
                UserOfTheCrate => {
                    let kind = Crate;
                    let used = Form { kind, ..*form }.package(&concept.slug);
                    let slug = &concept.slug;
                    let mut tables = pasted.tables(false);
                    if !tables.contains("\n[dependencies]\n") {
                        tables += "\n[dependencies]\n";
                    }
                    let ours = format!("{slug} = {{ package = \"{used}\", path = \"../{used}\" }}");
                    let header = "\n[dependencies]\n";
                    manifest += &tables.replace(header, &format!("{header}{ours}\n"));
                }
                ModuleOfAProgram | ModuleOfALibrary => manifest += &pasted.tables(false),
                BesideWhatIsThere => manifest += &pasted.tables(true),
                ShortVersion => {}
            }
            fixture::write(&folder, "Cargo.toml", &manifest);
            match form.kind {
                Crate => copy(concept, &folder, |file| relative(&concept.folder, file))?,
                UserOfTheCrate => {
                    fixture::write(&folder, "src/main.rs", pasted.program_without_mod());
                }
                ModuleOfAProgram | BesideWhatIsThere => {
                    copy(concept, &folder, |file| concept.saved_as(file))?;
                    fixture::write(&folder, "src/main.rs", &pasted.program);
                }
                ShortVersion => {
                    let idea = fs::read_to_string(concept.folder.join("examples/idea.rs"));
                    let idea = idea.map_err(|error| error.to_string())?;
                    fixture::write(&folder, "src/main.rs", &idea);
                }
                ModuleOfALibrary => {
                    copy(concept, &folder, |file| concept.saved_as(file))?;
                    let library = format!("{APP}\npub mod {};\n", concept.module());
                    fixture::write(&folder, "src/lib.rs", &library);
                }
            }
            self.members.push(package);
        }
        Ok(pasted)
    }

    fn write_workspace(&self) -> Result<(), String> {
        let members: Vec<String> = self
            .members
            .iter()
            .map(|name| format!("{name:?}"))
            .collect();
        let manifest = format!(
            "[workspace]\nresolver = \"2\"\nmembers = [{}]\n\n[profile.dev]\ndebug = false\n\
             incremental = false\n",
            members.join(", ")
        );
        fixture::write(&self.place, "Cargo.toml", &manifest);
        let lock = book::root().join("Cargo.lock");
        let copied = fs::copy(lock, self.place.join("Cargo.lock"));
        copied.map(|_| ()).map_err(|error| error.to_string())
    }

    /// Builds and tests these concepts, whose packages may share one build.
    fn check(&mut self, group: &[Pasted<'_>]) -> Vec<String> {
        let mut failures = Vec::new();
        for pasted in group {
            failures.extend(self.add(pasted).err());
            failures.extend(self.add_to_older(pasted).err());
        }
        let of = |kinds: &[Kind]| {
            let mut found = Vec::new();
            for pasted in group {
                let forms = pasted
                    .forms
                    .iter()
                    .filter(|form| kinds.contains(&form.kind));
                found.extend(forms.map(|form| (pasted, *form)));
            }
            found
        };
        for (words, forms) in [
            (
                &["build"][..],
                of(&[Crate, UserOfTheCrate, ModuleOfAProgram, ShortVersion]),
            ),
            (&["test", "--no-fail-fast"], of(&[ModuleOfALibrary])),
            // Not with `build`: an expectation that only clippy can fulfil is silent there.
            (
                &["clippy"],
                of(&[Crate, ModuleOfAProgram, ModuleOfALibrary, ShortVersion]),
            ),
            (&["build"], of(&[BesideWhatIsThere])),
        ] {
            failures.extend(self.all(words, &forms));
        }
        let runs = |pasted: &Pasted<'_>| !pasted.program.contains("://");
        for (pasted, form) in of(&[ModuleOfAProgram]) {
            // What an earlier run has built would be there still.
            if failures.is_empty() && runs(pasted) && form.edition == "2024" {
                failures.extend(self.run(pasted.concept, form).err());
            }
        }
        failures
    }

    /// One command for all these packages. Where it fails, one command each says which.
    fn all(&mut self, words: &[&str], forms: &[(&Pasted<'_>, Form)]) -> Vec<String> {
        if forms.is_empty() {
            return Vec::new();
        }
        let packages = |forms: &[(&Pasted<'_>, Form)]| {
            let mut arguments: Vec<String> = words.iter().map(ToString::to_string).collect();
            for (pasted, form) in forms {
                arguments.extend(["-p".into(), form.package(&pasted.concept.slug)]);
            }
            arguments
        };
        let together = self.cargo(&self.place, &packages(forms)).is_ok();
        let mut failures = Vec::new();
        for one in forms {
            let result = match together {
                true => Ok(()),
                false => self.cargo(&self.place, &packages(&[*one])),
            };
            let (pasted, form) = one;
            let lints = if words == ["clippy"] { ", lints" } else { "" };
            let figure = format!("{:?}, edition {}{lints}", form.kind, form.edition);
            let (good, all) = self.figures.entry(figure.clone()).or_default();
            *all += 1;
            match result {
                Ok(()) => *good += 1,
                Err(error) => failures.push(format!(
                    "{}: {figure}: {error}\n    fix: the source must compile in editions 2021 and \
                     2024, as a crate and as a module, with the lines of its page alone: list every \
                     feature that it uses, write self:: or super:: instead of crate::",
                    pasted.concept.slug
                )),
            }
        }
        failures
    }

    /// The page's `cargo add` in a project that has all of these dependencies, and uses little of
    /// them; and in one with an older major version.
    fn add(&self, pasted: &Pasted<'_>) -> Result<(), String> {
        let slug = &pasted.concept.slug;
        for form in pasted
            .forms
            .iter()
            .filter(|form| form.kind == BesideWhatIsThere)
        {
            let folder = self.place.join(form.package(slug));
            let before = table(&folder)?;
            for command in &pasted.commands {
                let words: Vec<String> = ["add".to_owned()]
                    .into_iter()
                    .chain(
                        command
                            .split(' ')
                            .map(|word| word.trim_matches('\'').to_owned()),
                    )
                    .collect();
                self.cargo(&folder, &words)
                    .map_err(|error| format!("{slug}: cargo add {command}\n{error}"))?;
            }
            let after = table(&folder)?;
            for dependency in &pasted.dependencies {
                for key in ["version", "default-features"] {
                    let value =
                        |manifest| entry(manifest, dependency).and_then(|at| at.get(key).cloned());
                    if value(&before) != value(&after) {
                        return Err(format!(
                            "{slug}: a cargo add of its page changes {key} of an existing {}\n    fix: \
                             write only --features in package.metadata.concept.add, or correct \
                             docs/code/generate/use_it.rs",
                            dependency.name
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// The page's `cargo add` in a project with an older major version: it stays, whether or not
    /// cargo then finds that version without a network.
    fn add_to_older(&mut self, pasted: &Pasted<'_>) -> Result<(), String> {
        let slug = &pasted.concept.slug;
        let folder = self.place.join(format!("{slug}-older"));
        for dependency in &pasted.dependencies {
            let text = |key: &str| dependency.value.get(key).and_then(Value::as_str);
            let version = dependency
                .value
                .as_str()
                .or(text("version"))
                .unwrap_or_default();
            let (Some(older), None) = (older(version), text("package")) else {
                continue;
            };
            let name = &dependency.name;
            let mut manifest = format!(
                "[package]\nname = \"older\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[workspace]\n"
            );
            manifest += &format!("\n{}\n{name} = \"{older}\"\n", dependency.table);
            fixture::write(&folder, "Cargo.toml", &manifest);
            fixture::write(&folder, "src/main.rs", "fn main() {}\n");
            for command in &pasted.commands {
                let words = ["add"].into_iter().chain(command.split(' '));
                let words: Vec<String> = words
                    .map(|word| word.trim_matches('\'').to_owned())
                    .collect();
                let _ = self.cargo(&folder, &words);
            }
            let after = table(&folder)?;
            let kept = entry(&after, dependency).and_then(|entry| {
                let version = entry
                    .as_str()
                    .or(entry.get("version").and_then(Value::as_str));
                version.map(|version| version == older)
            });
            let (good, all) = self
                .figures
                .entry("older versions kept".into())
                .or_default();
            *all += 1;
            if kept != Some(true) {
                return Err(format!(
                    "{slug}: a cargo add of its page changes {name} {older}"
                ));
            }
            *good += 1;
        }
        Ok(())
    }

    /// Runs the program of the page.
    fn run(&mut self, concept: &Concept, form: Form) -> Result<(), String> {
        let program = target().join("debug").join(form.package(&concept.slug));
        // The one concept that needs a server. In CI its absence is an error.
        let mut server = None;
        if concept.slug == "process-queue" {
            match local_nats::Server::start() {
                Ok(started) => server = Some(started),
                Err(error) if std::env::var_os("REQUIRE_NATS").is_some() => {
                    return Err(error.to_string());
                }
                Err(error) => {
                    println!("process-queue not run: {error}");
                    return Ok(());
                }
            }
        }
        let url = server.as_ref().map(|server| ("NATS_URL", server.url()));
        let mut child = Command::new(&program)
            .envs(url)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", program.display()))?;
        // A program that hangs fails the test instead of stopping it.
        let started = Instant::now();
        while let Ok(None) = child.try_wait() {
            if started.elapsed() > Duration::from_secs(60) {
                let _ = child.kill();
            }
            thread::sleep(Duration::from_millis(20));
        }
        let output = child
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        let (good, all) = self.figures.entry("programs that ran".into()).or_default();
        *all += 1;
        if output.status.success() {
            *good += 1;
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "{}: the program of its page fails: {said}",
            concept.slug
        ))
    }

    /// Runs cargo without a network.
    fn cargo(&self, folder: &Path, words: &[String]) -> Result<(), String> {
        let output = Command::new(env!("CARGO"))
            .args(words)
            .args(["--offline", "--quiet"])
            .env("CARGO_TARGET_DIR", target())
            .current_dir(folder)
            .output()
            .map_err(|error| format!("cargo does not start: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        Err(format!("{out}{err}"))
    }
}

/// The library that a concept is pasted into: its own test and doctest go on passing.
const APP: &str = "\
//! An application.

/// Adds one.
///
/// ```
/// # assert_eq!(1 + 1, 2);
/// ```
pub fn add_one(number: u64) -> u64 {
    number + 1
}

#[test]
fn one_is_added() {
    assert_eq!(add_one(1), 2);
}
";

/// The major version before this one: `0.12` for `0.13.5`, `2` for `3.1`, none for `1.54`.
fn older(version: &str) -> Option<String> {
    let line = generate::line(version);
    let (start, last) = line
        .rsplit_once('.')
        .map_or(("", line.as_str()), |(start, last)| (start, last));
    let before = last
        .parse::<u64>()
        .ok()?
        .checked_sub(1)
        .filter(|before| *before > 0)?;
    Some(match start {
        "" => before.to_string(),
        start => format!("{start}.{before}"),
    })
}

fn target() -> PathBuf {
    book::root().join("target/lift")
}

/// Copies the snippet to where `name` says.
fn copy(concept: &Concept, folder: &Path, name: impl Fn(&Path) -> String) -> Result<(), String> {
    for file in concept.snippet() {
        let text =
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file_name(&file)))?;
        fixture::write(folder, &name(&file), &text);
    }
    Ok(())
}

fn table(folder: &Path) -> Result<Table, String> {
    let text = fs::read_to_string(folder.join("Cargo.toml")).map_err(|error| error.to_string())?;
    text.parse().map_err(|error| format!("{error}"))
}

fn entry<'a>(manifest: &'a Table, dependency: &Dependency) -> Option<&'a Value> {
    let name = &dependency.name;
    match &dependency.target {
        None => lookup(manifest, &["dependencies", name]),
        Some(target) => lookup(manifest, &["target", target, "dependencies", name]),
    }
}

/// `{ version = "1", features = ["rt"] }`
fn inline(table: &Table) -> String {
    let entries: Vec<String> = table
        .iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    format!("{{ {} }}", entries.join(", "))
}

/// The first code block in this language, empty if there is none.
fn block(markdown: &str, language: &str) -> String {
    let fence = format!("```{language}");
    let lines = markdown.lines().skip_while(|line| *line != fence).skip(1);
    lines
        .take_while(|line| *line != "```")
        .flat_map(|line| [line, "\n"])
        .collect()
}

#[test]
fn the_major_version_before() {
    assert_eq!(older("0.13.5").as_deref(), Some("0.12"));
    assert_eq!(older("~3.5.2").as_deref(), Some("2"));
    assert_eq!(older("1.54.1"), None);
    assert_eq!(older("0.1"), None);
}

#[test]
fn the_program_is_the_one_of_the_header() {
    let workspace = fixture::workspace();
    let counter = lifted(workspace.path(), "counter");
    let pasted = Pasted::new(workspace.path(), &counter).unwrap();
    assert!(
        pasted.program.starts_with("mod counter;\n\n"),
        "{}",
        pasted.program
    );
    let first = generate::program(&counter.library()).unwrap();
    let first = first.lines().next().unwrap().to_owned();
    assert!(pasted.program_without_mod().contains(&first));
}
