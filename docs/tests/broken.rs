//! Shows that each rule can fail, and that its fault names the file and the fix.

mod fixture;

use std::fs;
use std::path::Path;

use book::rules::{self, Rule};
use book::{concept, generate};

/// Breaks the fixture by replacing `from` with `to` in `file`, and expects the rule to name that
/// file (or `named`) and to say `word`.
#[track_caller]
fn breaks(rule: Rule, file: &str, from: &str, to: &str, named: &str, word: &str) {
    let workspace = fixture::workspace();
    let root = workspace.path();
    let path = root.join(file);
    let text = fs::read_to_string(&path).expect("the fixture has it");
    assert!(text.contains(from), "{file} does not contain {from}");
    fixture::write(root, file, &text.replace(from, to));
    expect(rule, root, named, word);
}

#[track_caller]
fn expect(rule: Rule, root: &Path, named: &str, word: &str) {
    let faults = rule(root);
    assert!(
        faults.iter().any(|fault| fault.file == named
            && format!("{fault}").contains(word)
            && !fault.fix.is_empty()),
        "expected a fault of {named} that says {word}, found {faults:#?}"
    );
}

const COUNTER: &str = "examples-threads/counter/Cargo.toml";
const COUNTER_LIB: &str = "examples-threads/counter/src/lib.rs";
const WAITER: &str = "examples-async/waiter/Cargo.toml";
const PAGE: &str = "docs/src/threads/counter.md";
const CHOOSE: &str = "docs/src/choose.md";
const WAITER_PAGE: &str = "docs/src/async/waiter.md";

#[test]
fn the_fixture_keeps_every_rule() {
    let workspace = fixture::workspace();
    let faults: Vec<_> = rules::ALL
        .iter()
        .flat_map(|rule| rule(workspace.path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_folder_that_is_no_concept() {
    let rule = rules::every_folder_is_a_concept;
    let workspace = fixture::workspace();
    fs::create_dir(workspace.path().join("examples-async/half")).unwrap();
    expect(
        rule,
        workspace.path(),
        "examples-async/half/Cargo.toml",
        "manifest",
    );
    breaks(
        rule,
        COUNTER,
        "name = \"counter\"",
        "name = \"count\"",
        COUNTER,
        "rename",
    );
    breaks(rule, COUNTER, "title", "titel", COUNTER, "title");
    breaks(
        rule,
        COUNTER,
        "order = 1",
        "order = \"1\"",
        COUNTER,
        "order",
    );
    breaks(
        rule,
        COUNTER,
        "shared data",
        "unshared data",
        COUNTER,
        "no part named",
    );
    let (part, same) = ("Threads and shared data", "Async");
    breaks(rule, COUNTER, part, same, WAITER, "same part and order");
    let first = "order = 1\nprerequisites = [\"nobody\"]";
    breaks(
        rule,
        COUNTER,
        "order = 1",
        first,
        COUNTER,
        "prerequisites names",
    );
    let add = "order = 1\nadd = [\"tokio@1\"]";
    breaks(rule, COUNTER, "order = 1", add, COUNTER, "a version or");
    breaks(
        rule,
        COUNTER,
        "[\"waiter\"]",
        "[\"nobody\"]",
        COUNTER,
        "nobody",
    );
    breaks(
        rule,
        COUNTER,
        "[\"waiter\"]",
        "\"waiter\"",
        COUNTER,
        "see-also",
    );
    breaks(
        rule,
        COUNTER,
        "threads saw.",
        "threads saw",
        COUNTER,
        "full stop",
    );
}

#[test]
fn a_concept_that_lacks_a_file() {
    for (file, named) in [
        (PAGE, PAGE),
        (COUNTER_LIB, COUNTER_LIB),
        (
            "examples-threads/counter/output.txt",
            "examples-threads/counter/output.txt",
        ),
        (
            "examples-threads/counter/tests/output.rs",
            "examples-threads/counter/tests",
        ),
        // The output is there, but no test compares it.
        (
            "examples-threads/counter/tests/output.rs",
            "examples-threads/counter/output.txt",
        ),
    ] {
        let workspace = fixture::workspace();
        fs::remove_file(workspace.path().join(file)).unwrap();
        expect(
            rules::every_folder_is_a_concept,
            workspace.path(),
            named,
            "",
        );
    }
}

#[test]
fn a_concept_that_tests_only_its_output() {
    let test = "examples-threads/counter/tests/output.rs";
    let tests = "examples-threads/counter/tests";
    let only = "transcript::check(); // fn nothing_is_lost() {}";
    breaks(
        rules::every_folder_is_a_concept,
        test,
        "fn nothing_is_lost() {}",
        only,
        tests,
        "only what is printed",
    );
}

#[test]
fn a_header_without_its_form() {
    let rule = rules::headers_have_the_form;
    let lib = COUNTER_LIB;
    breaks(rule, lib, "Counts what", "Counts that", lib, "description");
    breaks(rule, lib, "-p counter", "-p count", lib, "cargo run");
    breaks(rule, lib, "*Notice:*", "Mind:", lib, "*Notice");
    breaks(rule, lib, "counter.md", "count.md", lib, PAGE);
    breaks(rule, lib, "*Use instead:*", "Or:", lib, "*Use instead");
    breaks(rule, lib, "OR Apache-2.0", "", lib, "0BSD OR MIT");
    breaks(rule, lib, "```ignore", "```", lib, "lift test");
    breaks(
        rule,
        lib,
        "//! counter.add();",
        "//! # counter.add();",
        lib,
        "hides",
    );
    let long = "//! counter.add();\n".repeat(20);
    breaks(rule, lib, "//! counter.add();\n", &long, lib, "shorten");
}

#[test]
fn a_member_that_inherits_nothing() {
    let rule = rules::members_inherit;
    for key in ["version", "edition", "rust-version", "license", "publish"] {
        let line = format!("\n{key}.workspace = true");
        breaks(rule, WAITER, &line, "", WAITER, key);
    }
    breaks(
        rule,
        "docs/Cargo.toml",
        "[lints]\nworkspace = true",
        "",
        "docs/Cargo.toml",
        "lints",
    );
}

#[test]
fn a_dependency_that_hides_what_it_needs() {
    let rule = rules::dependencies_are_explicit;
    breaks(
        rule,
        WAITER,
        "[\"rt\", \"time\"]",
        "[\"full\"]",
        WAITER,
        "full",
    );
    breaks(
        rule,
        WAITER,
        "version = \"1\"",
        "workspace = true",
        WAITER,
        "spell out",
    );
    breaks(
        rule,
        WAITER,
        "version = \"1\"",
        "version = \"*\"",
        WAITER,
        "version",
    );
    breaks(rule, WAITER, "version = \"1\", ", "", WAITER, "version");
    let dev = "\n[dev-dependencies]\nloom.workspace = true\n\n[dependencies]";
    breaks(rule, WAITER, "\n[dependencies]", dev, WAITER, "loom");
    let unix = "\n[target.'cfg(unix)'.dependencies]\nlibc = \"*\"\n\n[dependencies]";
    breaks(rule, WAITER, "\n[dependencies]", unix, WAITER, "libc");
}

#[test]
fn a_dependency_that_nothing_uses() {
    let rule = rules::dependencies_are_used;
    let more = "[dependencies]\nserde = \"1\"\n# tokio is named: this comment is not\n";
    breaks(rule, WAITER, "[dependencies]\n", more, WAITER, "serde");
}

#[test]
fn a_name_that_is_taken() {
    let (lock, rule) = ("Cargo.lock", rules::no_name_is_taken);
    breaks(rule, lock, "\"tokio\"", "\"counter\"", lock, "rename");
    breaks(
        rule,
        lock,
        "\"counter\"",
        "\"a-b\"\n\n[[package]]\nname = \"a_b\"\nsource = \"registry\"",
        lock,
        "a_b",
    );
    breaks(rule, lock, "[[package]]", "[[other]]", lock, "no package");
}

#[test]
fn generated_files_that_are_old() {
    let rule = generate::check;
    let use_it = "docs/src/generated/waiter/use-it.md";
    breaks(
        rule,
        WAITER,
        "\"time\"",
        "\"time\", \"net\"",
        use_it,
        "sync",
    );
    breaks(rule, use_it, "rt,time", "rt", use_it, "sync");
    breaks(
        rule,
        COUNTER,
        "\"Counter\"",
        "\"Meter\"",
        "README.md",
        "sync",
    );
    breaks(
        rule,
        COUNTER,
        "\"Counter\"",
        "\"Meter\"",
        "docs/src/SUMMARY.md",
        "sync",
    );
    breaks(
        rule,
        "README.md",
        "concepts:end",
        "concepts:over",
        "README.md",
        "marker",
    );
    breaks(
        rule,
        COUNTER_LIB,
        "# Use it",
        "# Usage",
        COUNTER_LIB,
        "Use it",
    );

    let workspace = fixture::workspace();
    let gone = "docs/src/generated/gone/use-it.md";
    fixture::write(workspace.path(), gone, "");
    expect(rule, workspace.path(), gone, "sync");
    fixture::sync(workspace.path());
    assert!(!workspace.path().join(gone).exists());
    assert_eq!(rule(workspace.path()), []);
}

#[test]
fn a_page_that_nobody_finds() {
    let rule = rules::every_page_is_listed;
    let summary = "docs/src/SUMMARY.md";
    let workspace = fixture::workspace();
    fixture::write(workspace.path(), "docs/src/more.md", "# More\n");
    expect(rule, workspace.path(), "docs/src/more.md", "contents");
    breaks(
        rule,
        summary,
        "(start.md)",
        "(begin.md)",
        summary,
        "begin.md",
    );
    let book = "docs/book.toml";
    breaks(rule, book, "false", "true", book, "create-missing = false");
    breaks(
        rule,
        book,
        "create-missing = false",
        "",
        book,
        "create-missing = false",
    );
}

#[test]
fn a_page_without_its_form() {
    let rule = rules::pages_have_the_form;
    for heading in [
        "# Counter\n",
        "## The idea\n",
        "## Use it\n",
        "## Traps\n",
        "## Run it\n",
        "## How it works\n",
        "## Guarantees and cost\n",
        "## Checked by\n",
    ] {
        breaks(rule, PAGE, heading, "## Other\n", PAGE, "exactly these");
    }
    breaks(
        rule,
        PAGE,
        "- Nothing is lost.\n",
        "",
        PAGE,
        "nothing under `## Guarantees",
    );
    breaks(
        rule,
        PAGE,
        "## Traps\n",
        "## Traps\n## More\n",
        PAGE,
        "exactly these",
    );
    let link = "[what counts](../threads/counter.md)";
    breaks(rule, WAITER_PAGE, link, "", WAITER_PAGE, "see-also");
    let workspace = fixture::workspace();
    let text = fs::read_to_string(workspace.path().join(PAGE)).unwrap();
    let (_, sections) = text.split_once("## The idea").unwrap();
    let bare = format!("# Counter\n\n## The idea{sections}");
    fixture::write(workspace.path(), PAGE, &bare);
    expect(rule, workspace.path(), PAGE, "what it is");
    for needed in [
        "-p counter",
        "counter/output.txt",
        "generated/counter/use-it.md",
        "generated/counter/source.md",
        "generated/counter/checked-by.md",
        "counter/examples/idea.rs",
        "counter/twin.py",
        "**Not this page if**",
        "**The commonest mistake:**",
    ] {
        breaks(rule, PAGE, needed, "elsewhere", PAGE, needed);
    }
}

#[test]
fn an_include_of_nothing() {
    let rule = rules::includes_exist;
    let (idea, other) = ("counter/examples/idea.rs", "counter/examples/adei.rs");
    breaks(rule, PAGE, idea, other, PAGE, "adei.rs");
    breaks(rule, PAGE, "output.rs:trap", "output.rs:tram", PAGE, "tram");
    breaks(
        rule,
        PAGE,
        "output.rs:trap",
        "output.rs:1:3",
        PAGE,
        "line numbers",
    );
    breaks(
        rule,
        PAGE,
        "#include ../generated/counter/use",
        "#rustdoc_include ../generated/counter/use",
        PAGE,
        "rustdoc",
    );
    let test = "examples-threads/counter/tests/output.rs";
    breaks(rule, test, "// ANCHOR_END: trap\n", "", PAGE, "trap");
}

#[test]
fn code_that_no_compiler_saw() {
    let rule = rules::code_comes_from_files;
    let include = "{{#include ../../../examples-async/waiter/examples/idea.rs}}\n";
    let more = format!("{include}fn typed() {{}}\n");
    breaks(rule, WAITER_PAGE, include, &more, WAITER_PAGE, "typed");
    breaks(rule, WAITER_PAGE, "```rust", "```", WAITER_PAGE, "language");
    breaks(rule, WAITER_PAGE, "```rust", "```go", WAITER_PAGE, "go");
    breaks(
        rule,
        WAITER_PAGE,
        "## Traps\n",
        "## Traps\n\n    fn x() {}\n",
        WAITER_PAGE,
        "language",
    );
    breaks(
        rule,
        WAITER_PAGE,
        "waiter/examples/idea.rs",
        "waiter/Cargo.toml",
        WAITER_PAGE,
        "Cargo.toml",
    );
    breaks(
        rule,
        WAITER_PAGE,
        "examples/idea.rs}}",
        "src/lib.rs:some}}",
        WAITER_PAGE,
        "anchor",
    );
    breaks(
        rule,
        PAGE,
        "```python\n",
        "```python\nprint(4)\n",
        PAGE,
        "print(4)",
    );
}

#[test]
fn a_snippet_with_an_anchor() {
    let rule = rules::snippets_carry_no_anchors;
    let marked = "\n// ANCHOR: all\nuse std";
    breaks(
        rule,
        COUNTER_LIB,
        "\nuse std",
        marked,
        COUNTER_LIB,
        "remove",
    );
}

#[test]
fn code_that_is_too_wide() {
    let rule = rules::code_lines_are_short;
    let wide = format!("fn trap() {{}} // {}", "wide ".repeat(20));
    let test = "examples-threads/counter/tests/output.rs";
    breaks(rule, test, "fn trap() {}", &wide, test, "columns");
    breaks(
        rule,
        COUNTER_LIB,
        "pub fn add",
        &format!("{wide}\npub fn add"),
        COUNTER_LIB,
        "columns",
    );
    let command = format!("$ cargo run -p counter {}", "wide ".repeat(20));
    breaks(
        rule,
        PAGE,
        "$ cargo run -p counter",
        &command,
        PAGE,
        "columns",
    );
    // Beside the anchor, where no page shows it.
    let workspace = fixture::workspace();
    let text = fs::read_to_string(workspace.path().join(test)).unwrap();
    fixture::write(workspace.path(), test, &format!("{wide}\n{text}"));
    assert_eq!(rule(workspace.path()), []);
}

#[test]
fn a_word_that_nobody_searches_for() {
    let rule = rules::words_are_plain;
    breaks(
        rule,
        PAGE,
        "- Nothing is lost.",
        "- It waits for ever.",
        PAGE,
        "forever",
    );
    breaks(
        rule,
        COUNTER_LIB,
        "nothing is lost",
        "at once",
        COUNTER_LIB,
        "same time",
    );
    let output = "examples-threads/counter/output.txt";
    breaks(rule, output, "3", "mended", output, "fixed");
    let start = "docs/src/more.md";
    let workspace = fixture::workspace();
    fixture::write(workspace.path(), start, "# More\n\nHere it stands.\n");
    expect(rule, workspace.path(), start, "stands");
}

#[test]
fn a_short_version_that_is_none() {
    let rule = rules::ideas_are_short;
    let idea = "examples-threads/counter/examples/idea.rs";
    breaks(rule, idea, "// SPDX", "// ", idea, "licence");
    breaks(
        rule,
        idea,
        "fn main",
        &format!("{}fn main", "\n".repeat(30)),
        idea,
        "shorten",
    );
    breaks(
        rule,
        idea,
        "// It gives up everything.\n",
        "",
        idea,
        "gives up",
    );
    breaks(rule, idea, "println!", "drop", idea, "println!");
    let test = "examples-threads/counter/tests/output.rs";
    breaks(rule, test, "idea", "it", idea, "no test");
    let workspace = fixture::workspace();
    fs::remove_file(workspace.path().join(idea)).unwrap();
    expect(rule, workspace.path(), idea, "missing");
}

#[test]
fn a_snippet_that_names_its_crate() {
    let rule = rules::snippets_name_no_crate;
    let path = "\nuse crate::Counter;\nuse std";
    breaks(rule, COUNTER_LIB, "\nuse std", path, COUNTER_LIB, "self::");
}

#[test]
fn a_term_without_its_pair() {
    let rule = rules::terms_are_side_by_side;
    let workspace = fixture::workspace();
    let root = workspace.path();
    let page = "docs/src/from-javascript.md";
    let code = "// ANCHOR: construct\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n// ANCHOR_END: construct\n";
    let waiter = "examples-async/waiter";
    fixture::write(root, &format!("{waiter}/long.mjs"), &"one\n".repeat(16));
    let wide = format!("{}\n{}", "x".repeat(56), "one\n".repeat(9));
    fixture::write(root, &format!("{waiter}/wide.mjs"), &wide);
    for file in ["twin.mjs", "examples/construct.rs"] {
        fixture::write(root, &format!("examples-async/waiter/{file}"), code);
    }
    fixture::write(root, "examples-threads/counter/other.rs", code);
    let pairs = [
        "callback, promise and await",
        "Promise.all",
        "event loop",
        "Worker",
    ];
    let pairs = pairs.map(|terms| {
        format!(
            "## Side by side: {terms}\n\n<div class=\"side-by-side\">\n\n```javascript\n\
             {{{{#include ../../examples-async/waiter/twin.mjs:construct}}}}\n```\n\n```rust\n\
             {{{{#include ../../examples-async/waiter/examples/construct.rs:construct}}}}\n```\n\n</div>\n\n"
        )
    });
    let text = format!("# Coming from JavaScript\n\n{}", pairs.concat());
    fixture::write(root, page, &text);
    assert_eq!(rule(root), []);
    for (from, to, word) in [
        ("callback, promise and", "promise and", "show callback"),
        ("side: Worker", "side: thread", "show Worker"),
        ("class=\"side-by-side\"", "class=\"terms\"", "no pair"),
        ("```javascript", "```text", "no pair"),
        // The whole file: ten lines, which would do, or more than fit.
        ("twin.mjs:construct", "long.mjs", "16 lines"),
        ("twin.mjs:construct", "wide.mjs", "56 columns"),
        // Another concept's program.
        (
            "examples-async/waiter/examples/construct.rs",
            "examples-threads/counter/other.rs",
            "no pair",
        ),
    ] {
        assert!(text.contains(from), "{page} does not contain {from}");
        fixture::write(root, page, &text.replace(from, to));
        expect(rule, root, page, word);
    }
}

#[test]
fn a_path_of_a_machine() {
    let rule = rules::no_path_of_a_machine;
    let workspace = fixture::workspace();
    let here = workspace.path().join("notes").display().to_string();
    for path in [
        here.as_str(),
        &["/", "home/ann/x"].concat(),
        &["/", "root/x"].concat(),
    ] {
        let text = format!("# Start\n\nSee {path}.\n");
        fixture::write(workspace.path(), "docs/src/start.md", &text);
        expect(rule, workspace.path(), "docs/src/start.md", "one machine");
    }
    let text = ["https://example.org/", "home/ann and ./", "home/x"].concat();
    fixture::write(workspace.path(), "docs/src/start.md", &text);
    assert_eq!(rule(workspace.path()), []);
}

#[test]
fn a_sentence_that_no_run_supports() {
    let rule = rules::sentences_say_what_the_runs_say;
    let workspace = fixture::workspace();
    let root = workspace.path();
    // The runs of this workspace, and its page with one number changed; then a run without a row.
    for run in ["io", "io-at-once", "io-64", "cpu", "cpu-large", "sync"] {
        let run = format!("docs/measured/{run}.json");
        let text = fs::read_to_string(book::root().join(&run)).unwrap();
        fixture::write(root, &run, &text);
    }
    let text = fs::read_to_string(book::root().join(CHOOSE)).unwrap();
    fixture::write(root, CHOOSE, &text);
    assert_eq!(rule(root), []);
    for (from, to, word) in [
        ("3.4<!-- sync", "3.5<!-- sync", "it is 3.4"),
        ("parking-lot-mutex@8", "parking-lot-mutex@9", "no row"),
        ("/ parking-lot", "= parking-lot", "not within noise"),
        ("sync lock", "sync locks", "no run has a group"),
        ("<!-- sync lock: std", "<!-- std", "nothing checks"),
    ] {
        let page = fs::read_to_string(book::root().join(CHOOSE)).unwrap();
        assert!(page.contains(from), "{CHOOSE} does not contain {from}");
        fixture::write(root, CHOOSE, &page.replace(from, to));
        expect(rule, root, CHOOSE, word);
        assert_eq!(rule(root).len(), 1, "{:#?}", rule(root));
    }
}

#[test]
fn a_link_that_leads_nowhere() {
    let rule = rules::links_lead_somewhere_and_nothing_is_fetched;
    let start = "docs/src/start.md";
    breaks(rule, start, "counter.md#", "meter.md#", start, "meter");
    breaks(rule, start, "#run-it", "#run-away", start, "run-away");
    breaks(
        rule,
        PAGE,
        "waiter.md#traps",
        "waiter.md#tramps",
        PAGE,
        "tramps",
    );
    breaks(
        rule,
        PAGE,
        "(counter.svg)",
        "(meter.svg)",
        PAGE,
        "meter.svg",
    );
    breaks(rule, PAGE, "![A line that rises]", "![]", PAGE, "text");
    breaks(
        rule,
        start,
        "See",
        "See [out](../../../../etc/passwd)",
        start,
        "passwd",
    );
}

#[test]
fn a_page_that_fetches_from_elsewhere() {
    let rule = rules::links_lead_somewhere_and_nothing_is_fetched;
    let start = "docs/src/start.md";
    for fetched in [
        "![x](https://example.org/x.png)",
        "<script src=\"//example.org/x.js\"></script>",
        "<link rel=\"stylesheet\" href=\"https://example.org/x.css\">",
        "<iframe src=\"https://example.org/\"></iframe>",
    ] {
        breaks(rule, start, "See", fetched, start, "example.org");
    }
    let picture = "docs/src/threads/counter.svg";
    let text = "<svg xmlns=\"http://www.w3.org/2000/svg\"><style>\
                @import 'https://example.org/x.css';</style></svg>";
    breaks(
        rule,
        picture,
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        text,
        "docs/threads/counter.svg",
        "@import",
    );
    let workspace = fixture::workspace();
    let link = "# Start\n\n[A source](https://example.org/) is only followed on a click.\n";
    fixture::write(workspace.path(), start, link);
    assert_eq!(rule(workspace.path()), []);
}

#[test]
fn concepts_are_listed_by_part_and_order() {
    let workspace = fixture::workspace();
    let slugs: Vec<String> = concept::load(workspace.path())
        .0
        .into_iter()
        .map(|concept| concept.slug)
        .collect();
    assert_eq!(slugs, ["counter", "waiter"]);
    let readme = fs::read_to_string(workspace.path().join("README.md")).unwrap();
    assert!(readme.contains(
        "| [Counter](docs/src/threads/counter.md) | Counts what several threads saw. \
         | `cargo run -p counter` |"
    ));
}
