//! Where a redirect leads: the rules of RFC 3986, section 5.2, for http and https.

use hyper::Uri;

/// The address that `location` means on the page at `base`.
///
/// Not checked, and nothing is escaped: what makes no URL is found when it is parsed.
pub(super) fn resolve(base: &Uri, location: &str) -> String {
    let location = location.split('#').next().unwrap_or_default();
    let scheme = base.scheme_str().unwrap_or_default();
    let authority = base.authority().map_or("", |authority| authority.as_str());
    let before_path = location.split(['/', '?']).next().unwrap_or_default();
    if before_path.contains(':') {
        location.to_owned() // It is whole.
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.is_empty() {
        base.to_string()
    } else if location.starts_with('?') {
        format!("{scheme}://{authority}{}{location}", base.path())
    } else {
        let (path, query) = match location.split_once('?') {
            Some((path, query)) => (path, format!("?{query}")),
            None => (location, String::new()),
        };
        // A relative path begins in the folder of the page.
        let folder = match base.path().rsplit_once('/') {
            Some((folder, _)) if !path.starts_with('/') => format!("{folder}/"),
            _ => String::new(),
        };
        let path = without_dots(&format!("{folder}{path}"));
        format!("{scheme}://{authority}{path}{query}")
    }
}

/// `/a/b/../c/./d` is `/a/c/d`; nothing is above the root.
fn without_dots(path: &str) -> String {
    let mut kept = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
    }
    // `/a/.` and `/a/..` are folders.
    if path.ends_with("/.") || path.ends_with("/..") {
        kept.push("");
    }
    format!("/{}", kept.join("/"))
}
