//! Nothing of the machine that a file was written on.

use std::fs;
use std::path::Path;

use crate::fault::Faults;
use crate::files::files_below;

/// No file names the folder of this checkout or somebody's home.
pub fn no_path_of_a_machine(root: &Path, faults: &mut Faults<'_>) {
    let mut forbidden = vec![["/", "root/"].concat(), ["C:\\", "Users\\"].concat()];
    let here = root.to_string_lossy();
    if here.len() > 3 {
        forbidden.push(here.into_owned());
    }
    let homes = [["/", "home/"].concat(), ["/", "Users/"].concat()];
    for file in files_below(root) {
        let Ok(text) = fs::read_to_string(&file) else {
            continue; // Not text.
        };
        let path = forbidden
            .iter()
            .find(|path| text.contains(path.as_str()))
            .or_else(|| homes.iter().find(|home| names_somebody(&text, home)));
        if let Some(path) = path {
            let what = format!("names a path of one machine: {path}");
            let fix = "name it from the root of the repository";
            faults.add(&file, what, fix);
        }
    }
}

/// Whether a path in `text` starts with `home` and goes on with a name.
fn names_somebody(text: &str, home: &str) -> bool {
    text.match_indices(home).any(|(at, _)| {
        let starts = !text[..at].ends_with(|c: char| c.is_alphanumeric() || "./-_".contains(c));
        starts && text[at + home.len()..].starts_with(char::is_alphanumeric)
    })
}
