// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! std's LazyLock and OnceLock, each where it fits. This file needs no other.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

/// LazyLock: the code that computes the value is known where it is declared.
static STOP_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| ["a", "and", "is", "of", "the", "to"].into());

/// OnceLock: the value is known only when the program runs.
static LANGUAGE: OnceLock<String> = OnceLock::new();

/// Sets the language of the whole program, for example in `main`.
///
/// # Errors
/// Returns the language given, if one was set before or `language` was called: two languages in
/// one run would be worse.
pub fn set_language(language: String) -> Result<(), String> {
    LANGUAGE.set(language)
}

/// The language of the whole program: `en`, if none was set before the first call.
pub fn language() -> &'static str {
    LANGUAGE.get_or_init(|| "en".to_owned())
}

/// A text in a file. The file is read and its words are counted when they are first needed.
#[derive(Debug)]
pub struct Text {
    file: PathBuf,
    content: OnceLock<String>,
    words: OnceLock<BTreeMap<String, usize>>,
}

impl Text {
    /// The text in this file, which need not exist yet.
    pub fn open(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            content: OnceLock::new(),
            words: OnceLock::new(),
        }
    }

    /// The content of the file.
    ///
    /// # Errors
    /// Those of `fs::read_to_string`. They are not kept: the next call tries again.
    pub fn content(&self) -> io::Result<&str> {
        if let Some(content) = self.content.get() {
            return Ok(content);
        }
        // `get_or_init` accepts no closure that can fail. So the file is read before, perhaps by
        // several threads at the same time, and all of them get what the first one has kept.
        let read = fs::read_to_string(&self.file)?;
        Ok(self.content.get_or_init(|| read))
    }

    /// How often each word occurs, without the stop words.
    ///
    /// # Errors
    /// Those of `content`.
    pub fn words(&self) -> io::Result<&BTreeMap<String, usize>> {
        let content = self.content()?;
        Ok(self.words.get_or_init(|| {
            let mut words = BTreeMap::new();
            for word in content.split_whitespace() {
                if !STOP_WORDS.contains(word) {
                    *words.entry(word.to_owned()).or_default() += 1;
                }
            }
            words
        }))
    }
}
