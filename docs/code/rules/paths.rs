//! Nothing of the machine that a file was written on.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::fault::Faults;
use crate::files::{files_below, pattern};

/// A home with somebody's name behind it, at the start of a path; or the home of an administrator.
/// Brackets keep this file from naming one itself.
static HOME: LazyLock<Regex> = LazyLock::new(|| {
    let of_somebody = r"(?:^|[^\w./-])([/](?:home|Users)[/])[^\W_]";
    pattern(&format!(r"(?m){of_somebody}|([/]root[/]|C:[\\]Users[\\])"))
});

/// No file names the folder of this checkout or somebody's home.
pub fn no_path_of_a_machine(root: &Path, faults: &mut Faults<'_>) {
    let here = root.to_string_lossy();
    for file in files_below(root) {
        let Ok(text) = fs::read_to_string(&file) else {
            continue; // Not text.
        };
        let home = HOME.captures(&text);
        let home = home.and_then(|found| found.get(1).or(found.get(2)));
        let home = home.map(|home| home.as_str());
        let checkout = (here.len() > 3 && text.contains(&*here)).then_some(&*here);
        if let Some(path) = checkout.or(home) {
            let what = format!("names a path of one machine: {path}");
            let fix = "name it from the root of the repository";
            faults.add(&file, what, fix);
        }
    }
}
