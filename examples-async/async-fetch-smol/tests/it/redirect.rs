//! Where a `Location` leads. The examples are those of RFC 3986, section 5.4, but for `..` and `.`
//! in what has no place on the web, and for fragments, which no request carries.

#[path = "../../src/redirect.rs"]
mod redirect;

#[test]
fn the_examples_of_the_rfc() {
    let base = "http://a/b/c/d;p?q".parse().unwrap();
    let cases = [
        ("http://x/y", "http://x/y"),
        ("https://x:8443/y?z#part", "https://x:8443/y?z"),
        ("//g", "http://g"),
        ("//g/h", "http://g/h"),
        ("", "http://a/b/c/d;p?q"),
        ("#s", "http://a/b/c/d;p?q"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("g?y", "http://a/b/c/g?y"),
        ("g?y/./x", "http://a/b/c/g?y/./x"),
        ("g?to=http://x/", "http://a/b/c/g?to=http://x/"),
        (";x", "http://a/b/c/;x"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        ("..g", "http://a/b/c/..g"),
        ("./g/.", "http://a/b/c/g/"),
        ("g/./h", "http://a/b/c/g/h"),
        ("g/../h", "http://a/b/c/h"),
        ("g;x=1/../y", "http://a/b/c/y"),
    ];
    for (location, whole) in cases {
        assert_eq!(redirect::resolve(&base, location), whole, "{location:?}");
    }
}

#[test]
fn a_site_without_a_path_has_a_root() {
    let base = "https://a:8443".parse().unwrap();
    assert_eq!(redirect::resolve(&base, "g"), "https://a:8443/g");
    assert_eq!(redirect::resolve(&base, "?y"), "https://a:8443/?y");
}
