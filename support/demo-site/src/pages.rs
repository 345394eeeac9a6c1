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
        path: "/redirect-loop",
        parameters: &["delay"],
        example: "/redirect-loop",
        about: "redirects to itself",
        kind: Kind::RedirectLoop,
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
        methods: "GET",
        path: "/fault/never",
        parameters: &[],
        example: "/fault/never",
        about: "never answers",
        kind: Kind::Never,
    },
    Page {
        methods: "GET",
        path: "/fault/empty",
        parameters: &["delay"],
        example: "/fault/empty",
        about: "closes without an answer",
        kind: Kind::Empty,
    },
    Page {
        methods: "GET",
        path: "/fault/drip",
        parameters: &["delay", "size", "drip"],
        example: "/fault/drip",
        about: "a byte a second, of a body declared 1 MiB long",
        kind: Kind::Drip,
    },
    Page {
        methods: "GET",
        path: "/fault/reset",
        parameters: &["delay", "size"],
        example: "/fault/reset",
        about: "resets the connection after half of the body",
        kind: Kind::Reset,
    },
    Page {
        methods: "GET",
        path: "/fault/short",
        parameters: &["delay", "size"],
        example: "/fault/short",
        about: "closes after half of the body that it declared",
        kind: Kind::Short,
    },
    Page {
        methods: "GET",
        path: "/fault/long",
        parameters: &["delay", "size"],
        example: "/fault/long",
        about: "sends twice the body that it declared",
        kind: Kind::Long,
    },
    Page {
        methods: "GET",
        path: "/fault/endless",
        parameters: &["delay"],
        example: "/fault/endless",
        about: "a chunked body without end, as fast as it is read",
        kind: Kind::Endless,
    },
    Page {
        methods: "GET",
        path: "/fault/endless-close",
        parameters: &["delay"],
        example: "/fault/endless-close",
        about: "the same without chunks: close would end it",
        kind: Kind::EndlessClose,
    },
    Page {
        methods: "GET",
        path: "/fault/endless-head",
        parameters: &["delay"],
        example: "/fault/endless-head",
        about: "header fields without end",
        kind: Kind::EndlessHead,
    },
    Page {
        methods: "GET",
        path: "/fault/endless-interim",
        parameters: &["delay"],
        example: "/fault/endless-interim",
        about: "answers of status 103 without end, which only announce the one to come",
        kind: Kind::EndlessInterim,
    },
    Page {
        methods: "GET",
        path: "/fault/huge-headers",
        parameters: &["delay"],
        example: "/fault/huge-headers",
        about: "1024 header fields of 1 KiB each, then a page",
        kind: Kind::HugeHeaders,
    },
    Page {
        methods: "GET",
        path: "/fault/garbage",
        parameters: &["delay"],
        example: "/fault/garbage",
        about: "answers with something that is not HTTP",
        kind: Kind::Garbage,
    },
    Page {
        methods: "GET",
        path: "/fault/bad-chunk",
        parameters: &["delay"],
        example: "/fault/bad-chunk",
        about: "a good chunk, then one whose size is no number",
        kind: Kind::BadChunk,
    },
    Page {
        methods: "GET",
        path: "/fault/stale",
        parameters: &["delay", "size"],
        example: "/fault/stale",
        about: "a good answer; closes the kept connection as soon as it is used again",
        kind: Kind::Stale,
    },
    Page {
        methods: READ,
        path: "/",
        parameters: &[],
        example: "/",
        about: "this list",
        kind: Kind::Index,
    },
    Page {
        methods: READ,
        path: "/tour",
        parameters: &[],
        example: "/tour",
        about: "the URLs that a demonstration visits, one a line",
        kind: Kind::Tour,
    },
    Page {
        methods: READ,
        path: "/counts",
        parameters: &[],
        example: "/counts",
        about: "what was counted, as JSON",
        kind: Kind::Counts,
    },
    Page {
        methods: READ,
        path: "/requests",
        parameters: &[],
        example: "/requests",
        about: "a record of each request, as JSON",
        kind: Kind::Requests,
    },
    Page {
        methods: "POST",
        path: "/reset",
        parameters: &[],
        example: "/reset",
        about: "forgets counts and records",
        kind: Kind::Forget,
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
