//! What the site counts, when it learns that a client has gone, and how it stops.

use std::io::ErrorKind;
use std::net::TcpStream;

use demo_site::{Counts, Site};

use crate::client::{Client, eventually, fetch, status};

#[test]
fn whoever_has_read_the_last_byte_finds_the_request_ended() {
    let site = Site::start().unwrap();
    let mut client = Client::new(&site);
    for round in 1..=500 {
        client.ask("/page/a?size=100");
        client.head();
        client.exactly(100);
        let counts = Counts {
            connections: 1,
            requests: round,
            in_flight: 0,
            most_in_flight: 1,
        };
        assert_eq!(site.counts(), counts);
    }
}

#[test]
fn records_come_in_order_of_arrival() {
    let site = Site::start().unwrap();
    let mut slow = Client::asking(&site, "/page/slow?delay=300ms&size=3");
    eventually("it has arrived", || site.counts().requests == 1);
    let mut quick = Client::asking(&site, "/page/quick?size=4");
    quick.head();
    quick.exactly(4);
    slow.head();
    slow.exactly(3);
    let [slow, quick] = &site.requests()[..] else {
        panic!("there were two requests");
    };
    assert_eq!(
        (&*slow.target, slow.sent),
        ("/page/slow?delay=300ms&size=3", 3)
    );
    assert_eq!((&*quick.target, quick.sent), ("/page/quick?size=4", 4));
    assert!(slow.started <= quick.started && quick.started <= quick.ended.unwrap());
    assert!(quick.ended.unwrap() <= slow.ended.unwrap());
}

#[test]
fn the_most_in_flight_is_exact() {
    let site = Site::start().unwrap();
    let mut held: Vec<Client> = (0..50)
        .map(|_| Client::asking(&site, "/fault/never"))
        .collect();
    eventually("all have arrived", || site.counts().requests == 50);
    assert_eq!(site.counts().in_flight, 50);
    held.truncate(30);
    eventually("twenty have gone", || site.counts().in_flight == 30);
    let _more: Vec<Client> = (0..10)
        .map(|_| Client::asking(&site, "/fault/never"))
        .collect();
    eventually("ten have come", || site.counts().requests == 60);
    let counts = Counts {
        connections: 60,
        requests: 60,
        in_flight: 40,
        most_in_flight: 50,
    };
    assert_eq!(site.counts(), counts);
}

#[test]
fn a_client_that_goes_away_ends_its_request() {
    let site = Site::start().unwrap();
    let targets = [
        "/page/a?delay=1h",
        "/page/a?drip=1h",
        "/fault/never",
        "/fault/drip?drip=1h",
        "/fault/endless",
    ];
    for target in targets {
        site.reset();
        let client = Client::asking(&site, target);
        eventually("it has arrived", || site.counts().in_flight == 1);
        drop(client);
        eventually("it has ended", || site.counts().in_flight == 0);
        assert!(site.requests()[0].ended.is_some(), "{target}");
    }
}

#[test]
fn bytes_sent_ahead_do_not_hide_that_the_client_has_gone() {
    let site = Site::start().unwrap();
    let mut client = Client::asking(&site, "/fault/never");
    client.ask("/page/a");
    eventually("it has arrived", || site.counts().in_flight == 1);
    drop(client);
    eventually("it has ended", || site.counts().in_flight == 0);
    assert_eq!(site.counts().requests, 1);
}

#[test]
fn open_connections_are_those_that_are_not_closed() {
    let site = Site::start().unwrap();
    let mut open: Vec<Client> = (0..3).map(|_| Client::new(&site)).collect();
    open.push(Client::asking(&site, "/fault/never"));
    eventually("all are open", || site.open_connections() == 4);
    site.reset();
    assert_eq!(site.open_connections(), 4);
    drop(open);
    eventually("all are closed", || site.open_connections() == 0);
}

#[test]
fn control_pages_are_json_and_not_counted() {
    let site = Site::start().unwrap();
    let json = |target: &str| -> serde_json::Value {
        serde_json::from_slice(&fetch(&site, "GET", target).1).unwrap()
    };
    assert_eq!(json("/requests"), serde_json::json!([]));
    let mut client = Client::new(&site);
    client.send("GET /page/\"\\? HTTP/1.1\r\n\r\n");
    client.head();
    client.exactly(1024);
    let _waits = Client::asking(&site, "/fault/never");
    eventually("it has arrived", || site.counts().requests == 2);
    assert_eq!(
        json("/counts"),
        serde_json::json!({"connections": 2, "requests": 2, "in_flight": 1, "most_in_flight": 1})
    );
    let requests = json("/requests");
    assert_eq!(requests[0]["target"], "/page/\"\\?");
    assert_eq!(
        (&requests[0]["status"], &requests[0]["sent"]),
        (&200.into(), &1024.into())
    );
    let (started, ended) = (&requests[0]["started_ms"], &requests[0]["ended_ms"]);
    assert!(started.as_f64().unwrap() <= ended.as_f64().unwrap());
    assert_eq!(requests[1]["ended_ms"], serde_json::Value::Null);
    assert_eq!(requests[1]["status"], serde_json::Value::Null);

    assert_eq!(status(&fetch(&site, "POST", "/reset").0), 200);
    assert_eq!(
        json("/counts"),
        serde_json::json!({"connections": 0, "requests": 0, "in_flight": 1, "most_in_flight": 1})
    );
}

#[test]
fn a_reset_forgets_what_was_but_not_what_is() {
    let site = Site::start().unwrap();
    let mut old = Client::asking(&site, "/page/a?delay=300ms&size=1");
    eventually("it has arrived", || site.counts().in_flight == 1);
    site.reset();
    assert_eq!(site.requests(), []);
    assert_eq!((site.counts().requests, site.counts().in_flight), (0, 1));
    fetch(&site, "GET", "/page/b?size=2");
    old.head();
    old.exactly(1);
    // The old request's end did not touch the new one's record.
    let requests = site.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        (&*requests[0].target, requests[0].sent),
        ("/page/b?size=2", 2)
    );
    assert_eq!(site.counts().in_flight, 0);
    assert_eq!(site.counts().most_in_flight, 2);
}

#[test]
fn dropping_the_site_closes_everything() {
    let site = Site::start().unwrap();
    let address = site.address();
    let mut clients: Vec<Client> = [
        "/fault/never",
        "/page/a?delay=1h",
        "/fault/drip?drip=1h",
        "/page/kept",
        "/fault/stale",
    ]
    .map(|target| Client::asking(&site, target))
    .into();
    clients.push(Client::new(&site));
    eventually("all have arrived", || site.counts().requests == 5);
    drop(site);
    for client in &mut clients {
        // Closed in order or reset: in either case it ends, and the client does not wait.
        let (_, error) = client.rest();
        let hung = matches!(error, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut));
        assert!(!hung, "{error:?}");
    }
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_port_can_be_used_again_at_once_and_only_by_one() {
    let site = Site::start().unwrap();
    let address = site.address();
    fetch(&site, "GET", "/page/a");
    assert!(Site::start_on(address).is_err());
    drop(site);
    let site = Site::start_on(address).unwrap();
    assert_eq!(site.url("/x"), format!("http://{address}/x"));
    assert_eq!(status(&fetch(&site, "GET", "/page/a").0), 200);
}

#[test]
fn it_listens_on_loopback_alone() {
    let error = Site::start_on("0.0.0.0:0".parse().unwrap()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
fn sites_and_their_handles_go_between_threads() {
    fn goes<T: Send + Sync + 'static>(_: &T) {}
    goes(&Site::start().unwrap());
}
