//! std's LazyLock and OnceLock, each where it fits.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

/// LazyLock: how to make it is known where it is declared.
static STOP_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| ["a", "and", "is", "of", "the", "to"].into());

/// OnceLock: what is in it is known only when the program runs.
static LANGUAGE: OnceLock<String> = OnceLock::new();

/// Sets the language of the whole program, in `main` say.
///
/// # Errors
/// The language, if one is set or has been asked for: who asked cannot be told otherwise.
pub fn set_language(language: String) -> Result<(), String> {
    LANGUAGE.set(language)
}

/// The language of the whole program: `en`, if nobody has set one by now.
pub fn language() -> &'static str {
    LANGUAGE.get_or_init(|| "en".to_owned())
}

/// A text in a file. The file is read, and its words are counted, when somebody asks.
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

    /// What is in the file.
    ///
    /// # Errors
    /// Those of [`fs::read_to_string`]. They are not kept: the next call tries again.
    pub fn content(&self) -> io::Result<&str> {
        if let Some(content) = self.content.get() {
            return Ok(content);
        }
        // `get_or_init` takes no closure that may fail. So it is read before, perhaps by several
        // threads at once, and all get what the first of them has read.
        let read = fs::read_to_string(&self.file)?;
        Ok(self.content.get_or_init(|| read))
    }

    /// How often each word is in it, apart from those that say nothing.
    ///
    /// # Errors
    /// As [`content`](Self::content).
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
