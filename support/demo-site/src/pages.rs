//! The table of pages and faults.

/// The size of a page, where none is asked for.
pub(crate) const SIZE: u64 = 1024;

/// A page of the site, or a fault that can be asked for.
#[derive(Debug)]
pub struct Page {
    /// The methods that it answers.
    pub methods: &'static str,
    /// Its path. A segment in capitals stands for any text without a slash.
    pub path: &'static str,
    /// The parameters that its query may have.
    pub parameters: &'static [&'static str],
    /// A target that asks for it.
    pub example: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    pub(crate) kind: Kind,
}

/// All pages. `--help`, the index page and the tests come from this table.
pub fn pages() -> &'static [Page] {
    PAGES
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    Redirect,
    RedirectLoop,
    Status,
    Flaky,
    Never,
    Empty,
    Drip,
    Reset,
    Short,
    Long,
    Endless,
    EndlessClose,
    EndlessHead,
    EndlessInterim,
    Garbage,
    BadChunk,
    HugeHeaders,
    Stale,
    Index,
    Tour,
    Counts,
    Requests,
    Forget,
}

const READ: &str = "GET, HEAD";

/// A page for GET alone, with a delay if asked, whose path is its example.
const fn fault(path: &'static str, kind: Kind, about: &'static str) -> Page {
    Page {
        methods: "GET",
        path,
        parameters: &["delay"],
        example: path,
        about,
        kind,
    }
}

/// The same with a body whose size can be asked for.
const fn sized_fault(path: &'static str, kind: Kind, about: &'static str) -> Page {
    Page {
        parameters: &["delay", "size"],
        ..fault(path, kind, about)
    }
}

/// A page about the site itself.
const fn control(path: &'static str, kind: Kind, about: &'static str) -> Page {
    Page {
        methods: READ,
        parameters: &[],
        ..fault(path, kind, about)
    }
}

pub(crate) const PAGES: &[Page] = &[
    Page {
        methods: READ,
        path: "/page/NAME",
        parameters: &["delay", "size", "drip", "chunked", "close", "status"],
        example: "/page/a?delay=120ms&size=10KiB",
        about: "a page; chunked or ended by close if asked; drip: in ten pieces, a pause before each",
        kind: Kind::Page,
    },
    Page {
        methods: READ,
        path: "/redirect/COUNT",
        parameters: &["delay", "to"],
        example: "/redirect/3?to=/page/x",
        about: "COUNT redirects, then the target",
        kind: Kind::Redirect,
    },
    Page {
        methods: READ,
        ..fault("/redirect-loop", Kind::RedirectLoop, "redirects to itself")
    },
    Page {
        methods: READ,
        path: "/fault/status/CODE",
        parameters: &["delay"],
        example: "/fault/status/404",
        about: "the status CODE, 400 to 599",
        kind: Kind::Status,
    },
    Page {
        methods: "GET, HEAD, POST",
        path: "/fault/flaky",
        parameters: &["delay", "key", "times", "retry-after"],
        example: "/fault/flaky?times=2&key=a",
        about: "503 the first 2 times for this key, with a Retry-After if asked, then a page",
        kind: Kind::Flaky,
    },
    Page {
        parameters: &[],
        ..fault("/fault/never", Kind::Never, "never answers")
    },
    fault("/fault/empty", Kind::Empty, "closes without an answer"),
    Page {
        parameters: &["delay", "size", "drip"],
        ..fault(
            "/fault/drip",
            Kind::Drip,
            "a byte a second, of a body declared 1 MiB long",
        )
    },
    sized_fault(
        "/fault/reset",
        Kind::Reset,
        "resets the connection after half of the body",
    ),
    sized_fault(
        "/fault/short",
        Kind::Short,
        "closes after half of the body that it declared",
    ),
    sized_fault(
        "/fault/long",
        Kind::Long,
        "sends twice the body that it declared",
    ),
    fault(
        "/fault/endless",
        Kind::Endless,
        "a chunked body without end, as fast as it is read",
    ),
    fault(
        "/fault/endless-close",
        Kind::EndlessClose,
        "the same without chunks: close would end it",
    ),
    fault(
        "/fault/endless-head",
        Kind::EndlessHead,
        "header fields without end",
    ),
    fault(
        "/fault/endless-interim",
        Kind::EndlessInterim,
        "answers of status 103 without end, which only announce the one to come",
    ),
    fault(
        "/fault/huge-headers",
        Kind::HugeHeaders,
        "1024 header fields of 1 KiB each, then a page",
    ),
    fault(
        "/fault/garbage",
        Kind::Garbage,
        "answers with something that is not HTTP",
    ),
    fault(
        "/fault/bad-chunk",
        Kind::BadChunk,
        "a good chunk, then one whose size is no number",
    ),
    sized_fault(
        "/fault/stale",
        Kind::Stale,
        "a good answer; closes the kept connection as soon as it is used again",
    ),
    control("/", Kind::Index, "this list"),
    control(
        "/tour",
        Kind::Tour,
        "the URLs that a demonstration visits, one a line",
    ),
    control("/counts", Kind::Counts, "what was counted, as JSON"),
    control(
        "/requests",
        Kind::Requests,
        "a record of each request, as JSON",
    ),
    Page {
        methods: "POST",
        ..control("/reset", Kind::Forget, "forgets counts and records")
    },
];

/// The page of this path, and the text that its segment in capitals stands for.
pub(crate) fn find(path: &str) -> Option<(&'static Page, &str)> {
    PAGES
        .iter()
        .find_map(|page| match page.path.rsplit_once('/') {
            Some((folder, last)) if last.starts_with(|c: char| c.is_ascii_uppercase()) => {
                let part = path.strip_prefix(folder)?.strip_prefix('/')?;
                (!part.is_empty() && !part.contains('/')).then_some((page, part))
            }
            _ => (page.path == path).then_some((page, "")),
        })
}
