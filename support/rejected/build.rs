//! Lists the programs of `tests/programs` and `tests/fixes`, so that each file is a test of its own.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    for folder in ["programs", "fixes"] {
        println!("cargo::rerun-if-changed=tests/{folder}");
        let mut names = Vec::new();
        for file in fs::read_dir(format!("tests/{folder}"))? {
            let name = file?.file_name().to_string_lossy().into_owned();
            names.extend(name.strip_suffix(".rs").map(str::to_owned));
        }
        names.sort();
        // A call of the macro that is named like the folder.
        let list = format!("{folder}! {{ {} }}\n", names.join(" "));
        fs::write(Path::new(&out).join(format!("{folder}.rs")), list)?;
    }
    Ok(())
}
