//! Shows that each rule can fail, and that its fault names the file and the fix.

mod fixture;

use std::fs;
use std::path::Path;

use book::rules::{
    self, Rule, coming, concepts, manifests, pages, paths, rendered, sentences, style,
};
use book::{concept, generate};

/// Breaks `file` of the fixture as each row of the table says, and expects a fault.
///
/// A row is `text | what replaces it | what the fault says`, and then the file that the fault names,
/// if it is another. `\n` in a cell is a new line.
#[track_caller]
fn breaks(rule: Rule, file: &str, table: &str) {
    let workspace = fixture::workspace();
    let root = workspace.path();
    let text = fs::read_to_string(root.join(file)).expect("the fixture has it");
    for row in table.lines().filter(|row| !row.trim().is_empty()) {
        let cells = row.split('|').map(|cell| cell.trim().replace("\\n", "\n"));
        let cells: Vec<String> = cells.collect();
        let (from, to, word) = (&cells[0], &cells[1], &cells[2]);
        assert!(text.contains(from), "{file} does not contain {from}");
        fixture::write(root, file, &text.replace(from, to));
        expect(rule, root, cells.get(3).map_or(file, |named| named), word);
    }
}

#[track_caller]
fn expect(rule: Rule, root: &Path, named: &str, word: &str) {
    let faults = rules::faults(rule, root);
    assert!(
        faults.iter().any(|fault| fault.file == named
            && format!("{fault}").contains(word)
            && !fault.fix.is_empty()),
        "expected a fault of {named} that says {word}, found {faults:#?}"
    );
}

#[track_caller]
fn keeps(rule: Rule, root: &Path) {
    assert_eq!(rules::faults(rule, root), []);
}

const COUNTER: &str = "examples-threads/counter/Cargo.toml";
const COUNTER_LIB: &str = "examples-threads/counter/src/lib.rs";
const COUNTER_TEST: &str = "examples-threads/counter/tests/output.rs";
const COUNTER_OUTPUT: &str = "examples-threads/counter/output.txt";
const WAITER: &str = "examples-async/waiter/Cargo.toml";
const PAGE: &str = "docs/src/threads/counter.md";
const WAITER_PAGE: &str = "docs/src/async/waiter.md";
const START: &str = "docs/src/start.md";
const CHOOSE: &str = "docs/src/choose.md";

#[test]
fn the_fixture_keeps_every_rule() {
    let workspace = fixture::workspace();
    for rule in rules::ALL {
        keeps(rule, workspace.path());
    }
}

#[test]
fn a_folder_that_is_no_concept() {
    let rule = concepts::every_folder_is_a_concept;
    let table = r#"
        name = "counter"        | name = "count"           | rename
        title                   | titel                    | title
        order = 1               | order = "1"              | order
        shared data             | unshared data            | no part named
        Threads and shared data | Async                    | same part and order | examples-async/waiter/Cargo.toml
        order = 1               | order = 1\nprerequisites = ["nobody"] | prerequisites names
        order = 1               | order = 1\nadd = ["tokio@1"] | a version or
        ["waiter"]              | ["nobody"]               | nobody
        ["waiter"]              | "waiter"                 | see-also
        threads saw.            | threads saw              | full stop
    "#;
    breaks(rule, COUNTER, table);
    let workspace = fixture::workspace();
    fs::create_dir(workspace.path().join("examples-async/half")).unwrap();
    let manifest = "examples-async/half/Cargo.toml";
    expect(rule, workspace.path(), manifest, "manifest");
}

#[test]
fn a_concept_that_lacks_a_file() {
    let tests = "examples-threads/counter/tests";
    for (file, named) in [
        (PAGE, PAGE),
        (COUNTER_LIB, COUNTER_LIB),
        (COUNTER_OUTPUT, COUNTER_OUTPUT),
        (COUNTER_TEST, tests),
        // The output is there, but no test compares it.
        (COUNTER_TEST, COUNTER_OUTPUT),
    ] {
        let workspace = fixture::workspace();
        fs::remove_file(workspace.path().join(file)).unwrap();
        let rule = concepts::every_folder_is_a_concept;
        expect(rule, workspace.path(), named, "");
    }
}

#[test]
fn a_concept_that_tests_only_its_output() {
    let table = "fn nothing_is_lost() {} | transcript::check(); // fn nothing_is_lost() {} \
                 | only what is printed | examples-threads/counter/tests";
    breaks(concepts::every_folder_is_a_concept, COUNTER_TEST, table);
}

#[test]
fn a_header_without_its_form() {
    let rule = concepts::headers_have_the_form;
    let table = r"
        Counts what         | Counts that           | description
        -p counter          | -p count              | cargo run
        *Notice:*           | Mind:                 | *Notice
        counter.md          | count.md              | docs/src/threads/counter.md
        *Use instead:*      | Or:                   | *Use instead
        OR Apache-2.0       |                       | 0BSD OR MIT
        ```ignore           | ```                   | lift test
        //! counter.add();  | //! # counter.add();  | hides
    ";
    breaks(rule, COUNTER_LIB, table);
    let long = r"//! counter.add();\n".repeat(20);
    let table = format!(r"//! counter.add();\n | {long} | shorten");
    breaks(rule, COUNTER_LIB, &table);
}

#[test]
fn a_member_that_inherits_nothing() {
    let rule = manifests::members_inherit;
    let table = r"
        \nversion.workspace = true      |  | version
        \nedition.workspace = true      |  | edition
        \nrust-version.workspace = true |  | rust-version
        \nlicense.workspace = true      |  | license
        \npublish.workspace = true      |  | publish
    ";
    breaks(rule, WAITER, table);
    let table = r"[lints]\nworkspace = true |  | lints";
    breaks(rule, "docs/Cargo.toml", table);
}

#[test]
fn a_dependency_that_hides_what_it_needs() {
    let table = r#"
        ["rt", "time"]   | ["full"]         | full
        version = "1"    | workspace = true | spell out
        version = "1"    | version = "*"    | version
        version = "1",   |                  | version
        \n[dependencies] | \n[dev-dependencies]\nloom.workspace = true\n\n[dependencies] | loom
        \n[dependencies] | \n[target.'cfg(unix)'.dependencies]\nlibc = "*"\n\n[dependencies] | libc
    "#;
    breaks(manifests::dependencies_are_explicit, WAITER, table);
}

#[test]
fn a_dependency_that_nothing_uses() {
    let more = r#"[dependencies]\nserde = "1"\n# tokio is named: this comment is not"#;
    let table = format!("[dependencies] | {more} | serde");
    breaks(manifests::dependencies_are_used, WAITER, &table);
}

#[test]
fn a_target_that_is_not_listed() {
    let table = r#"
        autoexamples = false |                          | write [package] autoexamples = false
        doctest = false      | doctest = true           | write [lib] test = false doctest = false
        [[bin]]              | [[bench]]                | write [[bin]] name = "counter"
        "counter-idea"       | "idea"                   | write [[example]] name = "counter-idea"
    "#;
    breaks(manifests::targets_are_listed, COUNTER, table);
}

#[test]
fn a_name_that_is_taken() {
    let table = r#"
        "tokio"     | "counter" | rename
        "counter"   | "a-b"\n\n[[package]]\nname = "a_b"\nsource = "registry" | a_b
        [[package]] | [[other]] | no package
    "#;
    breaks(manifests::no_name_is_taken, "Cargo.lock", table);
}

#[test]
fn generated_files_that_are_old() {
    let rule = generate::check;
    let use_it = "docs/src/generated/waiter/use-it.md";
    breaks(
        rule,
        WAITER,
        &format!(r#""time" | "time", "net" | sync | {use_it}"#),
    );
    breaks(rule, use_it, "rt,time | rt | sync");
    let table = r#"
        "Counter" | "Meter" | sync | README.md
        "Counter" | "Meter" | sync | docs/src/SUMMARY.md
    "#;
    breaks(rule, COUNTER, table);
    breaks(rule, "README.md", "concepts:end | concepts:over | marker");
    breaks(rule, COUNTER_LIB, "# Use it | # Usage | Use it");

    let workspace = fixture::workspace();
    let gone = "docs/src/generated/gone/use-it.md";
    fixture::write(workspace.path(), gone, "");
    expect(rule, workspace.path(), gone, "sync");
    fixture::sync(workspace.path());
    assert!(!workspace.path().join(gone).exists());
    keeps(rule, workspace.path());
}

#[test]
fn a_page_that_nobody_finds() {
    let rule = pages::every_page_is_listed;
    let table = "(start.md) | (begin.md) | begin.md";
    breaks(rule, "docs/src/SUMMARY.md", table);
    let table = "
        false                  | true | create-missing = false
        create-missing = false |      | create-missing = false
    ";
    breaks(rule, "docs/book.toml", table);
    let workspace = fixture::workspace();
    fixture::write(workspace.path(), "docs/src/more.md", "# More\n");
    expect(rule, workspace.path(), "docs/src/more.md", "contents");
}

#[test]
fn a_page_without_its_form() {
    let rule = pages::pages_have_the_form;
    let table = r"
        # Counter\n                     | ## Other\n           | exactly these
        ## The idea\n                   | ## Other\n           | exactly these
        ## Use it\n                     | ## Other\n           | exactly these
        ## Traps\n                      | ## Other\n           | exactly these
        ## Run it\n                     | ## Other\n           | exactly these
        ## How it works\n               | ## Other\n           | exactly these
        ## Guarantees and cost\n        | ## Other\n           | exactly these
        ## Checked by\n                 | ## Other\n           | exactly these
        ## Traps\n                      | ## Traps\n## More\n  | exactly these
        - Nothing is lost.\n            |                      | nothing under `## Guarantees
        -p counter                      | elsewhere            | -p counter
        counter/output.txt              | elsewhere            | counter/output.txt
        generated/counter/use-it.md     | elsewhere            | generated/counter/use-it.md
        generated/counter/source.md     | elsewhere            | generated/counter/source.md
        generated/counter/checked-by.md | elsewhere            | generated/counter/checked-by.md
        counter/examples/idea.rs        | elsewhere            | counter/examples/idea.rs
        counter/twin.py                 | elsewhere            | counter/twin.py
        **Not this page if**            | elsewhere            | **Not this page if**
        **The commonest mistake:**      | elsewhere            | **The commonest mistake:**
    ";
    breaks(rule, PAGE, table);
    let table = "[what counts](../threads/counter.md) |  | see-also";
    breaks(rule, WAITER_PAGE, table);
    let workspace = fixture::workspace();
    let text = fs::read_to_string(workspace.path().join(PAGE)).unwrap();
    let (_, sections) = text.split_once("## The idea").unwrap();
    let bare = format!("# Counter\n\n## The idea{sections}");
    fixture::write(workspace.path(), PAGE, &bare);
    expect(rule, workspace.path(), PAGE, "what it is");
}

#[test]
fn an_include_of_nothing() {
    let rule = pages::includes_exist;
    let table = "
        counter/examples/idea.rs | counter/examples/adei.rs | adei.rs
        output.rs:trap           | output.rs:tram           | tram
        output.rs:trap           | output.rs:1:3            | line numbers
        #include ../generated/counter/use | #rustdoc_include ../generated/counter/use | rustdoc
    ";
    breaks(rule, PAGE, table);
    let table = format!(r"// ANCHOR_END: trap\n |  | trap | {PAGE}");
    breaks(rule, COUNTER_TEST, &table);
}

#[test]
fn code_that_no_compiler_saw() {
    let rule = pages::code_comes_from_files;
    let table = r"
        waiter/examples/idea.rs}}\n | waiter/examples/idea.rs}}\nfn typed() {}\n | typed
        ```rust                     | ```                        | language
        ```rust                     | ```go                      | go
        ## Traps\n                  | ## Traps\n\n    fn x() {}\n | language
        waiter/examples/idea.rs     | waiter/Cargo.toml          | Cargo.toml
        examples/idea.rs}}          | src/lib.rs:some}}          | anchor
    ";
    breaks(rule, WAITER_PAGE, table);
    breaks(
        rule,
        PAGE,
        r"```python\n | ```python\nprint(4)\n | print(4)",
    );
}

#[test]
fn a_snippet_with_an_anchor() {
    let table = r"\nuse std | \n// ANCHOR: all\nuse std | remove";
    breaks(pages::snippets_carry_no_anchors, COUNTER_LIB, table);
}

#[test]
fn code_that_is_too_wide() {
    let rule = style::code_lines_are_short;
    let wide = format!("fn trap() {{}} // {}", "wide ".repeat(20));
    breaks(
        rule,
        COUNTER_TEST,
        &format!("fn trap() {{}} | {wide} | columns"),
    );
    let table = format!(r"pub fn add | {wide}\npub fn add | columns");
    breaks(rule, COUNTER_LIB, &table);
    let command = "$ cargo run -p counter";
    breaks(
        rule,
        PAGE,
        &format!("{command} | {command} {wide} | columns"),
    );
    // Beside the anchor, where no page shows it.
    let workspace = fixture::workspace();
    let text = fs::read_to_string(workspace.path().join(COUNTER_TEST)).unwrap();
    let text = format!("{wide}\n{text}");
    fixture::write(workspace.path(), COUNTER_TEST, &text);
    keeps(rule, workspace.path());
}

#[test]
fn a_word_that_nobody_searches_for() {
    let rule = style::words_are_plain;
    let table = "- Nothing is lost. | - It waits for ever. | forever";
    breaks(rule, PAGE, table);
    breaks(rule, COUNTER_LIB, "nothing is lost | at once | same time");
    breaks(rule, COUNTER_OUTPUT, "3 | mended | fixed");
    let workspace = fixture::workspace();
    let more = "docs/src/more.md";
    fixture::write(workspace.path(), more, "# More\n\nHere it stands.\n");
    expect(rule, workspace.path(), more, "stands");
    let picture = "docs/src/more.svg";
    fixture::write(
        workspace.path(),
        picture,
        "<svg><text>for ever</text></svg>",
    );
    expect(rule, workspace.path(), picture, "forever");
}

#[test]
fn a_short_version_that_is_none() {
    let rule = concepts::ideas_are_short;
    let idea = "examples-threads/counter/examples/idea.rs";
    let table = r"
        // SPDX                      | //     | licence
        //! It gives up everything.\n | // It gives up everything.\n | gives up
        println!                     | drop   | println!
    ";
    breaks(rule, idea, table);
    let long = format!("fn main | {}fn main | shorten", r"\n".repeat(30));
    breaks(rule, idea, &long);
    breaks(rule, COUNTER_TEST, &format!("idea | it | no test | {idea}"));
    let workspace = fixture::workspace();
    fs::remove_file(workspace.path().join(idea)).unwrap();
    expect(rule, workspace.path(), idea, "missing");
}

#[test]
fn a_snippet_that_names_its_crate() {
    let table = r"\nuse std | \nuse crate::Counter;\nuse std | self::";
    breaks(concepts::snippets_name_no_crate, COUNTER_LIB, table);
}

#[test]
fn a_term_without_its_pair() {
    let rule = coming::terms_are_side_by_side;
    let workspace = fixture::workspace();
    let root = workspace.path();
    let page = "docs/src/from-javascript.md";
    let waiter = "examples-async/waiter";
    let code = format!(
        "// ANCHOR: construct\n{}// ANCHOR_END: construct\n",
        "line\n".repeat(8)
    );
    let wide = format!("{}\n{}", "x".repeat(56), "one\n".repeat(9));
    fixture::write(root, &format!("{waiter}/long.mjs"), &"one\n".repeat(16));
    fixture::write(root, &format!("{waiter}/wide.mjs"), &wide);
    fixture::write(root, &format!("{waiter}/twin.mjs"), &code);
    fixture::write(root, &format!("{waiter}/examples/construct.rs"), &code);
    fixture::write(root, "examples-threads/counter/other.rs", &code);
    let mut text = "# Coming from JavaScript\n\n".to_owned();
    for terms in [
        "callback, promise and await",
        "Promise.all",
        "event loop",
        "Worker",
    ] {
        text += &format!(
            "## Side by side: {terms}\n\n<div class=\"side-by-side\">\n\n```javascript\n\
             {{{{#include ../../{waiter}/twin.mjs:construct}}}}\n```\n\n```rust\n\
             {{{{#include ../../{waiter}/examples/construct.rs:construct}}}}\n```\n\n</div>\n\n"
        );
    }
    fixture::write(root, page, &text);
    keeps(rule, root);
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
    let rule = paths::no_path_of_a_machine;
    let workspace = fixture::workspace();
    let here = workspace.path().join("notes").display().to_string();
    for path in [
        here.as_str(),
        &["/", "home/ann/x"].concat(),
        &["/", "root/x"].concat(),
    ] {
        let text = format!("# Start\n\nSee {path}.\n");
        fixture::write(workspace.path(), START, &text);
        expect(rule, workspace.path(), START, "one machine");
    }
    let text = ["https://example.org/", "home/ann and ./", "home/x"].concat();
    fixture::write(workspace.path(), START, &text);
    keeps(rule, workspace.path());
}

#[test]
fn a_sentence_that_no_run_supports() {
    let rule = sentences::sentences_say_what_the_runs_say;
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
    keeps(rule, root);
    // The number that the page has today, whatever the last run measured.
    let (before, _) = text.split_once("<!-- sync lock: std-mutex@8").unwrap();
    let number = before.rsplit(' ').next().unwrap();
    for (from, to, word) in [
        (
            &*format!("{number}<!-- sync"),
            "0.1<!-- sync",
            &*format!("it is {number}"),
        ),
        ("parking-lot-mutex@8", "parking-lot-mutex@9", "no row"),
        ("/ parking-lot", "= parking-lot", "not within noise"),
        ("sync lock", "sync locks", "no run has a group"),
        ("<!-- sync lock: std", "<!-- std", "nothing checks"),
    ] {
        assert!(text.contains(from), "{CHOOSE} does not contain {from}");
        fixture::write(root, CHOOSE, &text.replace(from, to));
        expect(rule, root, CHOOSE, word);
        let faults = rules::faults(rule, root);
        assert_eq!(faults.len(), 1, "{faults:#?}");
    }
}

#[test]
fn a_link_that_leads_nowhere() {
    let rule = rendered::links_lead_somewhere_and_nothing_is_fetched;
    let table = "
        counter.md# | meter.md#   | meter
        #run-it     | #run-away   | run-away
        See         | See [out](../../../../etc/passwd) | passwd
    ";
    breaks(rule, START, table);
    let table = "
        waiter.md#traps      | waiter.md#tramps | tramps
        (counter.svg)        | (meter.svg)      | meter.svg
        ![A line that rises] | ![]              | text
    ";
    breaks(rule, PAGE, table);
}

#[test]
fn a_page_that_fetches_from_elsewhere() {
    let rule = rendered::links_lead_somewhere_and_nothing_is_fetched;
    let table = r#"
        See | ![x](https://example.org/x.png)                             | example.org
        See | <script src="//example.org/x.js"></script>                  | example.org
        See | <link rel="stylesheet" href="https://example.org/x.css">    | example.org
        See | <iframe src="https://example.org/"></iframe>                | example.org
    "#;
    breaks(rule, START, table);
    let table = "/> | ><style>@import 'https://example.org/x.css';</style></svg> | @import \
                 | docs/threads/counter.svg";
    breaks(rule, "docs/src/threads/counter.svg", table);
    let workspace = fixture::workspace();
    let link = "# Start\n\n[A source](https://example.org/) is only followed on a click.\n";
    fixture::write(workspace.path(), START, link);
    keeps(rule, workspace.path());
}

#[test]
fn concepts_are_listed_by_part_and_order() {
    let workspace = fixture::workspace();
    let concepts = concept::load(workspace.path()).0;
    let slugs: Vec<&str> = concepts.iter().map(|concept| &*concept.slug).collect();
    assert_eq!(slugs, ["counter", "waiter"]);
    let readme = fs::read_to_string(workspace.path().join("README.md")).unwrap();
    assert!(readme.contains(
        "| [Counter](docs/src/threads/counter.md) | Counts what several threads saw. \
         | `cargo run -p counter` |"
    ));
}
