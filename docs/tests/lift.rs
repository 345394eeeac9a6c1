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

use book::concept::{self, Concept, Dependency, lookup};
use book::files::{self, relative};
use book::generate;
use book::page::code_blocks;
use toml::{Table, Value};

const EDITIONS: [&str; 2] = ["2021", "2024"];

#[test]
fn every_page_compiles_where_readers_paste_it() {
    let root = &book::root();
    let (mut concepts, faults) = concept::load(root);
    assert!(faults.is_empty(), "cargo test -p book says what is wrong");
    concepts.retain(|concept| is_wanted(&concept.slug));
    // Not in a folder that is removed: cargo would keep what it built there forever.
    let failures = lift(root, &concepts, &root.join("target/lifted"));
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// Whether `LIFT_ONLY` names this concept, or none.
fn is_wanted(slug: &str) -> bool {
    let only = std::env::var("LIFT_ONLY").unwrap_or_default();
    only.is_empty() || only.split(',').any(|wanted| wanted == slug)
}

#[test]
fn a_missing_feature_is_found() {
    let workspace = fixture::workspace();
    let root = workspace.path();
    let lifted = || lift(root, &[concept(root, "waiter")], &root.join("lifted"));
    assert_eq!(lifted(), [""; 0]);

    let manifest = "examples-async/waiter/Cargo.toml";
    let text = files::text(root.join(manifest));
    let fewer = text.replace("[\"rt\", \"time\"]", "[\"rt\"]");
    assert_ne!(fewer, text);
    fixture::write(root, manifest, &fewer);
    fixture::sync(root);
    found(root, "waiter", "time");
}

#[test]
fn a_source_that_does_not_work_everywhere_is_found() {
    let path = "\npub fn two(counter: &crate::Counter) {\n    counter.add();\n}\n\nuse std";
    let chain = "if let Some(one) = Some(1) && one == 1 { self.0.store(one, Ordering::Relaxed); }\n\
                 self.0.fetch_add(1";
    let unneeded = "let mut one = 1;\nself.0.fetch_add(one";
    for (from, to, word) in [
        // A program that fails.
        ("counter.get(), 1", "counter.get(), 2", "assertion"),
        // A path from the crate.
        ("\nuse std", path, "crate::"),
        // Code for edition 2024 alone.
        ("self.0.fetch_add(1", chain, "2024"),
        // A warning.
        ("self.0.fetch_add(1", unneeded, "mut"),
        // A doctest that names the crate.
        ("```ignore", "```", "counter"),
    ] {
        let workspace = fixture::workspace();
        let root = workspace.path();
        let library = "examples-threads/counter/src/lib.rs";
        let text = files::text(root.join(library));
        assert!(text.contains(from), "the source does not contain {from}");
        fixture::write(root, library, &text.replacen(from, to, 1));
        fixture::sync(root);
        found(root, "counter", word);
    }
}

#[test]
fn a_command_that_harms_an_existing_entry_is_found() {
    let workspace = fixture::workspace();
    let root = workspace.path();
    let page = "docs/src/generated/waiter/use-it.md";
    let text = files::text(root.join(page));
    for harm in ["tokio@1.50", "tokio --default-features"] {
        let harmful = text.replace("cargo add tokio", &format!("cargo add {harm}"));
        fixture::write(root, page, &harmful);
        found(root, "waiter", "changes");
    }
}

/// Lifts the concept and expects a failure that says `word`.
#[track_caller]
fn found(root: &Path, slug: &str, word: &str) {
    let failures = lift(root, &[concept(root, slug)], &root.join("lifted")).join("\n");
    assert!(
        failures.contains(word),
        "expected {word}, found: {failures}"
    );
}

fn concept(root: &Path, slug: &str) -> Concept {
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
            Ok(pasted) if concept.dependencies.is_empty() => together.push(pasted),
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
    let seconds = started.elapsed().as_secs();
    println!("{} concepts in {seconds} s", concepts.len());
    failures
}

/// What a page prints for one concept.
struct Pasted<'a> {
    concept: &'a Concept,
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
        let block = |language: &str| {
            let mut blocks = code_blocks(&printed).into_iter();
            let found = blocks.find(|block| block.language == language);
            found.unwrap_or_default().body
        };
        let commands = block("console");
        let commands = commands
            .lines()
            .filter_map(|line| line.strip_prefix("$ cargo add "));
        let mut kinds = vec![Crate, UserOfTheCrate, ModuleOfAProgram, ModuleOfALibrary];
        let mut forms = Vec::new();
        if concept.dependencies.is_empty() {
            kinds.push(ShortVersion);
        } else {
            forms.push(Form {
                kind: BesideWhatIsThere,
                edition: "2024",
            });
        }
        for edition in EDITIONS {
            forms.extend(kinds.iter().map(|&kind| Form { kind, edition }));
        }
        Ok(Pasted {
            concept,
            commands: commands.map(str::to_owned).collect(),
            program: block("rust"),
            forms,
        })
    }

    /// The tables of dependencies: with the features that the page adds, or `bare`, as they are in a
    /// project that uses little of them. Default features are off where our manifest has them off,
    /// so that the page's lines must name all that the source needs.
    fn tables(&self, bare: bool) -> Table {
        let mut tables = Table::new();
        for dependency in &self.concept.dependencies {
            let value = &dependency.value;
            let mut entry = Table::new();
            entry.insert("version".into(), dependency.version().into());
            if let Some(package) = value.get("package") {
                entry.insert("package".into(), package.clone());
            }
            let defaults = value.get("default-features").and_then(Value::as_bool);
            entry.insert("default-features".into(), defaults.unwrap_or(true).into());
            if !bare {
                let features = self.features(dependency.package());
                entry.insert("features".into(), features.into());
            }
            insert(&mut tables, dependency, entry.into());
        }
        tables
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

    /// The manifest of the package that the concept becomes in this form.
    fn manifest(&self, form: Form) -> String {
        let mut manifest = match form.kind {
            ShortVersion => Table::new(),
            kind => self.tables(kind == BesideWhatIsThere),
        };
        if form.kind == UserOfTheCrate {
            let kind = Crate;
            let package = Form { kind, ..form }.package(&self.concept.slug);
            let path = format!("../{package}").into();
            let entry = Table::from_iter([
                ("package".to_owned(), package.into()),
                ("path".to_owned(), path),
            ]);
            table_of(&mut manifest, None).insert(self.concept.slug.clone(), entry.into());
        }
        format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"{}\"\n\n\
             [lints.rust]\nwarnings = {{ level = \"deny\", priority = -1 }}\ndead_code = \"allow\"\n\
             unused_imports = \"allow\"\n\n{manifest}",
            form.package(&self.concept.slug),
            form.edition
        )
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

    fn count(&mut self, figure: &str, good: bool) {
        let (works, all) = self.figures.entry(figure.to_owned()).or_default();
        *works += usize::from(good);
        *all += 1;
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
            fixture::write(&folder, "Cargo.toml", &pasted.manifest(*form));
            match form.kind {
                UserOfTheCrate | ShortVersion => {}
                Crate => copy(concept, &folder, |file| relative(&concept.folder, file))?,
                _ => copy(concept, &folder, |file| concept.saved_as(file))?,
            }
            let idea = concept.folder.join("examples/idea.rs");
            let (root, text) = match form.kind {
                Crate => ("", String::new()),
                UserOfTheCrate => ("src/main.rs", pasted.program_without_mod().to_owned()),
                ModuleOfAProgram | BesideWhatIsThere => ("src/main.rs", pasted.program.clone()),
                ShortVersion => ("src/main.rs", files::text(idea)),
                ModuleOfALibrary => {
                    let module = concept.module();
                    ("src/lib.rs", format!("{APP}\npub mod {module};\n"))
                }
            };
            if !root.is_empty() {
                fixture::write(&folder, root, &text);
            }
            self.members.push(package);
        }
        Ok(pasted)
    }

    fn write_workspace(&self) -> Result<(), String> {
        let manifest = format!(
            "[workspace]\nresolver = \"2\"\nmembers = {:?}\n\n[profile.dev]\ndebug = false\n\
             incremental = false\n",
            self.members
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
        }
        let of = |kinds: &[Kind]| {
            let mut found = Vec::new();
            for pasted in group {
                let forms = pasted.forms.iter();
                let forms = forms.filter(|form| kinds.contains(&form.kind));
                found.extend(forms.map(|form| (pasted, *form)));
            }
            found
        };
        let built = [Crate, UserOfTheCrate, ModuleOfAProgram, ShortVersion];
        let linted = [Crate, ModuleOfAProgram, ModuleOfALibrary, ShortVersion];
        for (words, forms) in [
            (&["build"][..], of(&built)),
            (&["test", "--no-fail-fast"], of(&[ModuleOfALibrary])),
            // Not with `build`: an expectation that only clippy can fulfil is silent there.
            (&["clippy"], of(&linted)),
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
        let cargo = |lift: &Self, forms: &[(&Pasted<'_>, Form)]| {
            let mut arguments: Vec<String> = words.iter().map(ToString::to_string).collect();
            for (pasted, form) in forms {
                arguments.extend(["-p".into(), form.package(&pasted.concept.slug)]);
            }
            lift.cargo(&lift.place, &arguments)
        };
        let together = cargo(self, forms).is_ok();
        let mut failures = Vec::new();
        for one in forms {
            let result = match together {
                true => Ok(()),
                false => cargo(self, &[*one]),
            };
            let (pasted, form) = one;
            let lints = if words == ["clippy"] { ", lints" } else { "" };
            let figure = format!("{:?}, edition {}{lints}", form.kind, form.edition);
            self.count(&figure, result.is_ok());
            if let Err(error) = result {
                failures.push(format!(
                    "{}: {figure}: {error}\n    fix: the source must compile in editions 2021 and \
                     2024, as a crate and as a module, with the lines of its page alone: list every \
                     feature that it uses, write self:: or super:: instead of crate::",
                    pasted.concept.slug
                ));
            }
        }
        failures
    }

    /// The page's `cargo add` in a project that has all of these dependencies, and uses little of
    /// them; and in one with an older major version, which stays, whether or not cargo then finds
    /// that version without a network.
    fn add(&mut self, pasted: &Pasted<'_>) -> Result<(), String> {
        let slug = &pasted.concept.slug;
        let forms = pasted.forms.iter();
        for form in forms.filter(|form| form.kind == BesideWhatIsThere) {
            let folder = self.place.join(form.package(slug));
            self.add_in(&folder, pasted)??;
        }
        let folder = self.place.join(format!("{slug}-older"));
        for dependency in &pasted.concept.dependencies {
            let Some(older) = older(dependency.version()) else {
                continue;
            };
            if dependency.package() != dependency.name {
                continue;
            }
            let mut tables = Table::new();
            insert(&mut tables, dependency, older.into());
            let manifest = format!(
                "[package]\nname = \"older\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[workspace]\n\n{tables}"
            );
            fixture::write(&folder, "Cargo.toml", &manifest);
            fixture::write(&folder, "src/main.rs", "fn main() {}\n");
            let kept = self.add_in(&folder, pasted);
            self.count("older versions kept", kept.is_ok());
            let _ = kept?;
        }
        Ok(())
    }

    /// Runs the page's `cargo add` in the project in `folder`. The outer error is that it changed a
    /// dependency that was there, the inner one what cargo said.
    fn add_in(&self, folder: &Path, pasted: &Pasted<'_>) -> Result<Result<(), String>, String> {
        let slug = &pasted.concept.slug;
        let before = manifest(folder)?;
        let mut result = Ok(());
        for command in &pasted.commands {
            let words = ["add"].into_iter().chain(command.split(' '));
            let words: Vec<String> = words
                .map(|word| word.trim_matches('\'').to_owned())
                .collect();
            let added = self.cargo(folder, &words);
            let added = added.map_err(|error| format!("{slug}: cargo add {command}\n{error}"));
            result = result.and(added);
        }
        let after = manifest(folder)?;
        for dependency in &pasted.concept.dependencies {
            let (Some(before), after) = (entry(&before, dependency), entry(&after, dependency))
            else {
                continue;
            };
            for key in ["version", "default-features"] {
                if after.and_then(|after| value(after, key)) != value(before, key) {
                    return Err(format!(
                        "{slug}: a cargo add of its page changes {key} of an existing {}\n    fix: \
                         write only --features in package.metadata.concept.add, or correct \
                         docs/code/generate/use_it.rs",
                        dependency.name
                    ));
                }
            }
        }
        Ok(result)
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
        self.count("programs that ran", output.status.success());
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let slug = &concept.slug;
        Err(format!("{slug}: the program of its page fails: {said}"))
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
        let printed = [output.stdout, output.stderr].concat();
        Err(String::from_utf8_lossy(&printed).into_owned())
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
    let start = line.rfind('.').map_or(0, |dot| dot + 1);
    let (start, last) = line.split_at(start);
    let before = last.parse::<u64>().ok()?.checked_sub(1);
    before
        .filter(|before| *before > 0)
        .map(|before| format!("{start}{before}"))
}

fn target() -> PathBuf {
    book::root().join("target/lift")
}

/// Copies the snippet to where `name` says.
fn copy(concept: &Concept, folder: &Path, name: impl Fn(&Path) -> String) -> Result<(), String> {
    for file in concept.snippet() {
        let text = fs::read_to_string(&file);
        let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
        fixture::write(folder, &name(&file), &text);
    }
    Ok(())
}

fn manifest(folder: &Path) -> Result<Table, String> {
    let text = fs::read_to_string(folder.join("Cargo.toml")).map_err(|error| error.to_string())?;
    text.parse().map_err(|error| format!("{error}"))
}

/// The table of dependencies of a manifest under this condition, made if it is missing.
fn table_of<'a>(manifest: &'a mut Table, target: Option<&str>) -> &'a mut Table {
    let keys = target.map(|target| ["target", target]);
    let keys = keys.into_iter().flatten().chain(["dependencies"]);
    keys.fold(manifest, |table, key| {
        let below = table.entry(key).or_insert_with(|| Table::new().into());
        below.as_table_mut().expect("the keys name tables")
    })
}

fn insert(manifest: &mut Table, dependency: &Dependency, value: Value) {
    table_of(manifest, dependency.target.as_deref()).insert(dependency.name.clone(), value);
}

fn entry<'a>(manifest: &'a Table, dependency: &Dependency) -> Option<&'a Value> {
    let name = &dependency.name;
    match &dependency.target {
        None => lookup(manifest, &["dependencies", name]),
        Some(target) => lookup(manifest, &["target", target, "dependencies", name]),
    }
}

/// What the entry of a dependency says, which may be its version alone.
fn value(entry: &Value, key: &str) -> Option<Value> {
    let version = Some(entry).filter(|entry| entry.is_str() && key == "version");
    version.or_else(|| entry.get(key)).cloned()
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
    let counter = concept(workspace.path(), "counter");
    let pasted = Pasted::new(workspace.path(), &counter).unwrap();
    let program = &pasted.program;
    assert!(program.starts_with("mod counter;\n\n"), "{program}");
    let first = generate::program(&counter.library()).unwrap();
    let first = first.lines().next().unwrap().to_owned();
    assert!(pasted.program_without_mod().contains(&first));
}
