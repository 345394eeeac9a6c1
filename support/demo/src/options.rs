//! The command line of every fetcher, checked completely before the first request is sent.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use bytesize::ByteSize;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use http::Uri;

use crate::file;
use crate::visible::brief;

/// What the command line asks for.
#[derive(Debug)]
pub(crate) struct Options {
    /// The URLs, each http or https. If it is empty, the built-in server is meant.
    pub(crate) urls: Vec<String>,
    /// Where in the list the URLs are that look wrong, by their index. It is left to the fetcher to
    /// fetch or refuse them.
    pub(crate) odd: HashMap<usize, String>,
    pub(crate) concurrency: usize,
    pub(crate) timeout: Duration,
    pub(crate) max_body: usize,
    pub(crate) json: bool,
    /// The folder exists.
    pub(crate) save: Option<PathBuf>,
    /// The file can be written.
    pub(crate) timeline: Option<PathBuf>,
}

/// Longer than any sensible wait, and short enough to be added to any clock.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Longer than servers accept, and as much as HTTP clients take.
const LONGEST_URL: usize = 60 << 10;

/// Bytes in the largest list of URLs: a million. `/dev/zero` has no end.
const LARGEST_LIST: u64 = 64 << 20;

/// The command line as clap sees it.
fn command(program: &'static str, about: &'static str) -> Command {
    Command::new(program)
        .about(about)
        .after_help(
            "Without a URL it fetches the slow pages of a built-in server on this machine.\n\
             A list given with --from has one URL per line; empty lines and lines that start with # \
             are ignored.\n\
             Exit code: 0 if all pages arrived, 1 if some failed, 2 if the command line or the list \
             is wrong, 130 after Ctrl-C.",
        )
        .arg(Arg::new("urls").value_name("URL").num_args(0..).help("URLs to fetch, with http:// or https://"))
        .arg(
            option("from", "FILE", "Read the URLs from a file, one per line; - means standard input")
                .value_parser(value_parser!(PathBuf))
                .conflicts_with("urls"),
        )
        .arg(
            option("concurrency", "N", "Requests in flight at the same time")
                .value_parser(value_parser!(NonZeroUsize))
                .default_value("8"),
        )
        .arg(
            option("timeout", "TIME", "Total time for one request, for example 500ms or 2s")
                .value_parser(parse_timeout)
                .default_value("10s"),
        )
        .arg(
            option("max-body", "SIZE", "Largest body that is accepted")
                .value_parser(value_parser!(ByteSize))
                .default_value("10MiB"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print one JSON object per line: url, ms, then status and bytes, or error"),
        )
        .arg(
            option("save", "DIR", "Save each body as a file in this folder")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            option("timeline", "FILE", "Draw when each request started and ended, as an SVG file")
                .value_parser(value_parser!(PathBuf)),
        )
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

impl Options {
    /// Reads the program's arguments. If they ask for help or are wrong, it prints the help or the
    /// error and exits.
    pub(crate) fn from_args(program: &'static str, about: &'static str) -> Self {
        let matches = command(program, about)
            .try_get_matches()
            .unwrap_or_else(|error| match error.exit_code() {
                // --help, which goes to standard output
                0 => match error.print() {
                    Ok(()) => std::process::exit(0),
                    Err(error) => {
                        let message = format!("cannot write to standard output: {error}");
                        fail(program, 1, &message)
                    }
                },
                _ => fail(program, 2, &first_line(&error.to_string())),
            });
        Self::from_matches(matches).unwrap_or_else(|error| fail(program, 2, &format!("{error:#}")))
    }

    fn from_matches(mut matches: ArgMatches) -> anyhow::Result<Self> {
        let given: Vec<String> = matches.remove_many("urls").unwrap_or_default().collect();
        for url in &given {
            match check_url(url) {
                Ok(()) | Err(UrlError::Path(_)) => {}
                Err(error) => return Err(error.in_url(url, "")),
            }
        }
        let (urls, odd) = match matches.remove_one::<PathBuf>("from") {
            Some(file) => urls_from(&file)?,
            None => (given, HashMap::new()),
        };
        let concurrency: NonZeroUsize = required(&mut matches, "concurrency");
        let max_body: ByteSize = required(&mut matches, "max-body");
        let save = matches.remove_one::<PathBuf>("save");
        if let Some(folder) = &save {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let timeline = matches.remove_one::<PathBuf>("timeline");
        if let Some(path) = &timeline {
            file::check(path).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(Self {
            urls,
            odd,
            concurrency: concurrency.get(),
            timeout: required(&mut matches, "timeout"),
            max_body: usize::try_from(max_body.as_u64()).unwrap_or(usize::MAX),
            json: matches.get_flag("json"),
            save,
            timeline,
        })
    }
}

/// clap says what is wrong in its first line; `--help` prints the usage.
fn first_line(error: &str) -> String {
    let line = error.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    format!("{line}; --help prints the options")
}

fn required<T: Clone + Send + Sync + 'static>(matches: &mut ArgMatches, id: &str) -> T {
    matches
        .remove_one(id)
        .expect("clap fills in the default of an option that was not given")
}

/// One clear line on standard error, and the end of the program.
pub(crate) fn fail(program: &str, code: i32, message: &str) -> ! {
    use std::io::Write as _;
    // If standard error is closed, the exit code still says it.
    let _ = writeln!(io::stderr(), "{program}: {}", brief(message));
    std::process::exit(code);
}

fn parse_timeout(text: &str) -> Result<Duration, String> {
    let timeout = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if timeout.is_zero() {
        return Err("use more than 0".to_owned());
    }
    if timeout > LONGEST_TIMEOUT {
        return Err("use at most 1 day".to_owned());
    }
    Ok(timeout)
}

/// The URLs in a file, one per line, and where those are that look wrong. Empty lines and lines that
/// start with `#` are ignored.
///
/// A line that is no http or https URL at all is an error: the list is something else than it seems.
fn urls_from(file: &Path) -> anyhow::Result<(Vec<String>, HashMap<usize, String>)> {
    let is_stdin = file == Path::new("-");
    let name = if is_stdin {
        "standard input".to_owned()
    } else {
        file.display().to_string()
    };
    let mut bytes = Vec::new();
    let most = LARGEST_LIST + 1;
    let read = if is_stdin {
        io::stdin().take(most).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("cannot read {name}"))?;
    ensure!(
        bytes.len() as u64 <= LARGEST_LIST,
        "{name} is larger than 64 MiB"
    );
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        anyhow!("{name} is not text in UTF-8 (line {line})")
    })?;
    let (mut urls, mut odd) = (Vec::new(), HashMap::new());
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let place = format!("line {} of {name}", number + 1);
        match check_url(line) {
            Ok(()) => {}
            Err(UrlError::Host(_) | UrlError::Path(_)) => {
                odd.insert(urls.len(), place);
            }
            Err(error) => return Err(error.in_url(line, &format!(" ({place})"))),
        }
        urls.push(line.to_owned());
    }
    ensure!(!urls.is_empty(), "{name} contains no URL");
    Ok((urls, odd))
}

/// What is wrong with a URL.
#[derive(Debug)]
enum UrlError {
    /// It is no URL, or not for http.
    All(String),
    /// Its scheme is right, and its host or port is not.
    Host(String),
    /// Its scheme, host and port are right, and the rest is not what a URL may contain. Browsers and
    /// some HTTP clients take it all the same.
    Path(String),
}

impl UrlError {
    fn in_url(self, url: &str, place: &str) -> anyhow::Error {
        let (Self::All(reason) | Self::Host(reason) | Self::Path(reason)) = self;
        // The message fits on a line, whatever the URL contains.
        let shown: String = url.chars().take(100).collect();
        anyhow!("invalid URL \"{}\"{place}: {reason}", shown.escape_debug())
    }
}

/// Refuses what no fetcher could fetch, with the reason.
fn check_url(url: &str) -> Result<(), UrlError> {
    let all = |reason: &str| Err(UrlError::All(reason.to_owned()));
    let host = |reason: &str| Err(UrlError::Host(reason.to_owned()));
    // The rows repeat it, and some terminals obey even control characters of two bytes.
    if url.contains(char::is_control) {
        return all("it contains a control character");
    }
    // Looked for by hand, because `Uri` takes neither `example.com/a` nor `file:///a`.
    let Some((scheme, rest)) = url.split_once("://") else {
        return all("no scheme; use http:// or https://");
    };
    if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return all("unknown scheme; use http:// or https://");
    }
    if url.contains(" #") || url.contains("\t#") {
        return all("a comment needs a line of its own");
    }
    if url.len() > LONGEST_URL {
        return all("it is longer than 60 KiB");
    }
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host_and_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (name, port) = match host_and_port.rsplit_once(':') {
        // The colons of an IPv6 address are inside its brackets.
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host_and_port, None),
    };
    if name.is_empty() {
        return host("no host");
    }
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port != 0);
    if !port.is_none_or(is_port) {
        return host("bad port; use a number from 1 to 65535");
    }
    if authority.contains(char::is_whitespace) {
        return host("the host contains a space");
    }
    let parsed = url.parse::<Uri>().map(|_uri| ());
    parsed.map_err(|error| UrlError::Path(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_fetched_is_accepted() {
        for url in [
            "http://example.com",
            "https://example.com:8443/a/b?c=d",
            "http://user:word@127.0.0.1:80/",
            "http://[::1]/",
            "http://[::1]:8080/x",
            "HTTP://EXAMPLE.COM/",
            "http://example.com/café?q=://",
        ] {
            assert!(check_url(url).is_ok(), "{url}: {:?}", check_url(url));
        }
    }

    #[test]
    fn the_rest_is_refused_with_the_reason() {
        for (url, why) in [
            ("example.com", "no scheme"),
            ("/just/a/path", "no scheme"),
            ("example.com/a", "no scheme"),
            ("localhost:8080/a", "no scheme"),
            ("mailto:a@example.com", "no scheme"),
            ("http:/example.com", "no scheme"),
            ("", "no scheme"),
            ("ftp://example.com/", "unknown scheme"),
            ("file:///etc/hosts", "unknown scheme"),
            ("http://a/b # c", "line of its own"),
            ("http://a\nb/", "control character"),
            ("http://a/\u{7f}", "control character"),
            ("http://a/\u{9b}2J", "control character"),
            (&format!("http://a/{}", "x".repeat(70_000)), "60 KiB"),
        ] {
            let wrong = check_url(url).expect_err(url);
            assert!(matches!(wrong, UrlError::All(_)), "{url}");
            let error = wrong.in_url(url, " (line 1 of a)").to_string();
            assert!(error.contains(why), "{url}: {error}");
            assert!(
                !error.contains(char::is_control) && error.len() < 250,
                "one line: {error}"
            );
        }
        for (url, why) in [
            ("http://example.com:99999/", "bad port"),
            ("http://example.com:0/", "bad port"),
            ("http://example.com:/", "bad port"),
            ("http://example.com:x1/", "bad port"),
            ("http:///path", "no host"),
            ("http://", "no host"),
            ("http://a b/", "space"),
        ] {
            match check_url(url) {
                Err(UrlError::Host(reason)) => assert!(reason.contains(why), "{url}: {reason}"),
                other => unreachable!("{url}: {other:?}"),
            }
        }
        for url in [
            "http://b\u{fc}cher.example/",
            "http://a/b c",
            "http://a/<b>",
        ] {
            assert!(matches!(check_url(url), Err(UrlError::Path(_))), "{url}");
        }
    }

    #[test]
    fn timeouts_are_neither_zero_nor_endless() {
        assert_eq!(parse_timeout("250ms"), Ok(Duration::from_millis(250)));
        for text in ["0", "0s", "-1s", "10000y", "soon", ""] {
            assert!(parse_timeout(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        command("test", "test").debug_assert();
    }
}
