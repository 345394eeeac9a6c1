//! The command line of every fetcher, checked whole before the first request leaves.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use bytesize::ByteSize;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use http::Uri;

/// What the command line asks for.
#[derive(Debug)]
pub struct Options {
    /// The URLs, each http or https; empty stands for the built-in site.
    pub urls: Vec<String>,
    /// Requests in flight at once.
    pub concurrency: usize,
    /// Time for one request in total.
    pub timeout: Duration,
    /// Bytes in the largest body that is accepted.
    pub max_body: usize,
    /// One JSON object a line in place of the report.
    pub json: bool,
    /// The folder, made already, in which each body becomes a file.
    pub save: Option<PathBuf>,
    /// The file, open already, for the timeline as SVG.
    pub timeline: Option<(PathBuf, File)>,
}

/// Longer than any sensible wait, and short enough to be added to any clock.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// The command line as clap sees it.
fn command(program: &'static str, about: &'static str) -> Command {
    Command::new(program)
        .about(about)
        .after_help(
            "Without a URL it visits a built-in site of slow pages, on this machine alone.\n\
             Exit code: 0 if all arrived, 1 if some failed, 2 for a misuse, 130 for Ctrl-C.",
        )
        .arg(
            Arg::new("urls")
                .value_name("URL")
                .num_args(0..)
                .help("What to fetch: http:// or https://"),
        )
        .arg(
            Arg::new("from")
                .long("from")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .conflicts_with("urls")
                .help("Read the URLs from a file, one a line, or - for standard input"),
        )
        .arg(
            Arg::new("concurrency")
                .long("concurrency")
                .value_name("N")
                .value_parser(value_parser!(NonZeroUsize))
                .default_value("8")
                .help("Requests in flight at once"),
        )
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("TIME")
                .value_parser(parse_timeout)
                .default_value("10s")
                .help("Time for one request in total, such as 500ms or 2s"),
        )
        .arg(
            Arg::new("max-body")
                .long("max-body")
                .value_name("SIZE")
                .value_parser(value_parser!(ByteSize))
                .default_value("10MiB")
                .help("The largest body that is accepted"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print one JSON object a line: url, ms, and status and bytes or error"),
        )
        .arg(
            Arg::new("save")
                .long("save")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Save each body in this folder"),
        )
        .arg(
            Arg::new("timeline")
                .long("timeline")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Draw when each request started and ended, as SVG"),
        )
}

impl Options {
    /// Reads the program's arguments. Prints help, or what is wrong with them, and exits if asked
    /// to or if they are of no use.
    pub fn from_args(program: &'static str, about: &'static str) -> Self {
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
            check_url(url)?;
        }
        let urls = match matches.remove_one::<PathBuf>("from") {
            Some(file) => urls_from(&file)?,
            None => given,
        };
        let concurrency: NonZeroUsize = required(&mut matches, "concurrency");
        let max_body: ByteSize = required(&mut matches, "max-body");
        let save = matches.remove_one::<PathBuf>("save");
        if let Some(folder) = &save {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let timeline = match matches.remove_one::<PathBuf>("timeline") {
            Some(path) => {
                let file = File::create(&path)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                Some((path, file))
            }
            None => None,
        };
        Ok(Self {
            urls,
            concurrency: concurrency.get(),
            timeout: required(&mut matches, "timeout"),
            max_body: usize::try_from(max_body.as_u64()).unwrap_or(usize::MAX),
            json: matches.get_flag("json"),
            save,
            timeline,
        })
    }
}

/// clap says what is wrong in its first line; its usage stands in `--help`.
fn first_line(error: &str) -> String {
    let line = error.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    format!("{line}; --help lists the options")
}

fn required<T: Clone + Send + Sync + 'static>(matches: &mut ArgMatches, id: &str) -> T {
    matches
        .remove_one(id)
        .expect("clap fills in the default of an option that was not given")
}

/// One clear line on standard error, and the end of the program.
pub(crate) fn fail(program: &str, code: i32, message: &str) -> ! {
    use std::io::Write as _;
    // Whether anybody reads it or not, the exit code tells the same.
    let _ = writeln!(io::stderr(), "{program}: {message}");
    std::process::exit(code);
}

fn parse_timeout(text: &str) -> Result<Duration, String> {
    let timeout = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if timeout.is_zero() {
        return Err("no request is done in no time".to_owned());
    }
    if timeout > LONGEST_TIMEOUT {
        return Err("longer than a day".to_owned());
    }
    Ok(timeout)
}

/// The URLs in a file, one a line; blank lines and lines that start with `#` are passed over.
fn urls_from(file: &Path) -> anyhow::Result<Vec<String>> {
    let is_stdin = file == Path::new("-");
    let name = if is_stdin {
        "standard input".to_owned()
    } else {
        file.display().to_string()
    };
    let mut bytes = Vec::new();
    let read = if is_stdin {
        io::stdin().read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.with_context(|| format!("cannot read {name}"))?;
    let text = String::from_utf8(bytes)
        .ok()
        .with_context(|| format!("{name} is not text in UTF-8"))?;
    let mut urls = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        check_url(line).with_context(|| format!("{name}, line {}", number + 1))?;
        urls.push(line.to_owned());
    }
    ensure!(!urls.is_empty(), "{name} holds no URL");
    Ok(urls)
}

/// Refuses what no fetcher could fetch, with the reason.
fn check_url(url: &str) -> anyhow::Result<()> {
    // What is said about a URL fits on a line, whatever stands in it.
    let shown: String = url.chars().take(100).collect();
    let shown = shown.escape_debug();
    // The rows repeat it, and some terminals obey even control characters of two bytes, which
    // `Uri` lets pass.
    ensure!(
        !url.is_empty() && !url.contains(char::is_control),
        "'{shown}' is not a URL"
    );
    // Looked for by hand, because `Uri` takes neither `example.com/a` nor `file:///a`.
    let Some((scheme, _)) = url.split_once("://") else {
        bail!("'{shown}' has no scheme: a URL starts with http:// or https://");
    };
    ensure!(
        ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()),
        "'{shown}' does not start with http:// or https://, and only these can be fetched"
    );
    let uri: Uri = url
        .parse()
        .with_context(|| format!("'{shown}' is not a URL"))?;
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host_and_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = match host_and_port.rsplit_once(':') {
        // The colons of an IPv6 address stand inside its brackets.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (host_and_port, None),
    };
    ensure!(!host.is_empty(), "'{shown}' has no host");
    if let Some(port) = port {
        ensure!(
            port.parse::<u16>().is_ok_and(|port| port != 0),
            "'{shown}' has a bad port: a port is a number from 1 to 65535"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_can_be_fetched() {
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
    fn refuses_the_rest_and_says_why() {
        for (url, why) in [
            ("example.com", "no scheme"),
            ("/just/a/path", "no scheme"),
            ("example.com/a", "no scheme"),
            ("localhost:8080/a", "no scheme"),
            ("mailto:a@example.com", "no scheme"),
            ("http:/example.com", "no scheme"),
            ("ftp://example.com/", "only these"),
            ("file:///etc/hosts", "only these"),
            ("http://example.com:99999/", "bad port"),
            ("http://example.com:0/", "bad port"),
            ("http://example.com:/", "bad port"),
            ("http://example.com:x1/", "port"),
            ("http:///path", "not a URL"),
            ("http://", "not a URL"),
            ("http://a b/", "not a URL"),
            ("http://a\nb/", "not a URL"),
            ("http://a/\u{7f}", "not a URL"),
            ("http://a/\u{9b}2J", "not a URL"),
            (&format!("http://a/{}", "x".repeat(70_000)), "not a URL"),
            ("", "not a URL"),
        ] {
            let error = format!("{:#}", check_url(url).expect_err(url));
            assert!(error.contains(why), "{url}: {error}");
            assert!(
                !error.contains(char::is_control) && error.len() < 250,
                "one line: {error}"
            );
        }
    }

    #[test]
    fn timeouts_are_neither_nothing_nor_for_ever() {
        assert_eq!(parse_timeout("250ms"), Ok(Duration::from_millis(250)));
        for text in ["0", "0s", "-1s", "10000y", "soon", ""] {
            assert!(parse_timeout(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        command("test", "test").debug_assert();
    }
}
