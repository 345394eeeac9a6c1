//! The program: what it prints, and how it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};

use demo_site::{Site, pages};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_demo-site"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program was built")
}

#[test]
fn help_lists_every_page() {
    let output = run(&["--help"]);
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for page in pages() {
        let is_listed = help.contains(page.path) && help.contains(page.about);
        assert!(is_listed, "{}", page.path);
    }
}

#[test]
fn bad_arguments_get_one_line_and_code_2() {
    for arguments in [
        &["--port", "x"][..],
        &["--port", "65536"],
        &["--prot", "1"],
        &["surplus"],
        &["--port"],
    ] {
        let output = run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("demo-site: "), "{said}");
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn a_port_in_use_gets_one_line_and_code_1() {
    let site = Site::start().unwrap();
    let output = run(&["--port", &site.address().port().to_string()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains(&site.address().to_string()), "{said}");
}

#[test]
fn it_prints_its_url_first_and_ends_with_its_input() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_demo-site"))
        .arg("--until-stdin-closes")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut url = String::new();
    out.read_line(&mut url).unwrap();
    let address = url.trim_end().strip_prefix("http://").unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    // Answered once, so that it is accepted: the system resets what still waits to be.
    client
        .write_all(b"GET /page/a?status=204 HTTP/1.1\r\n\r\n")
        .unwrap();
    let mut first = [0];
    client.read_exact(&mut first).unwrap();
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    // Nothing but the rest of the answer and the end.
    client.read_to_end(&mut Vec::new()).unwrap();
    assert!(TcpStream::connect(address).is_err());
}
