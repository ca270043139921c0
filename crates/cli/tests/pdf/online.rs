//! `scanseal verify --online`, with an authority on this machine.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::office::{Office, PDF};

/// An office whose certificate names a revocation list on this machine, and how often that was asked for.
struct Scene {
    office: Office,
    asked: Arc<AtomicUsize>,
}

/// The server answers with this status, and with the list.
fn scene(status: &'static str) -> Scene {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("http://{}/ca.crl", listener.local_addr().unwrap());
    let office = Office::naming_list(&address);
    let list = office.read("ca.crl");
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    // Ends with the test's process.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let head = BufReader::new(stream.try_clone().unwrap()).lines();
            assert!(head.map_while(Result::ok).any(|line| line.is_empty()));
            counted.fetch_add(1, Ordering::SeqCst);
            let length = list.len();
            write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n"
            )
            .unwrap();
            stream.write_all(&list).unwrap();
        }
    });
    for name in ["one", "two", "three"] {
        office.write("contract.pdf", PDF);
        let sealed = office.seal("contract.pdf", &format!("sealed-{name}.pdf"), &[]);
        assert_eq!(sealed.status, 0, "{sealed:?}");
    }
    Scene { office, asked }
}

const SEALED: [&str; 3] = ["sealed-one.pdf", "sealed-two.pdf", "sealed-three.pdf"];

impl Scene {
    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[test]
fn list_that_is_missing_is_fetched_once_for_all_files() {
    let scene = scene("200 OK");
    let offline = scene.office.verify(&SEALED);
    assert_eq!(offline.status, 2, "{offline:?}");
    assert_eq!(scene.asked(), 0, "nothing is fetched unasked");
    let online = scene.office.verify(&[&SEALED[..], &["--online"]].concat());
    assert_eq!(online.status, 0, "{online:?}");
    assert_eq!(scene.asked(), 1);
}

#[test]
fn nothing_is_fetched_where_everything_is_known_or_nothing_would_help() {
    let scene = scene("200 OK");
    let given = ["--online", "--crl", "ca.crl"];
    let known = scene.office.verify(&[&SEALED[..], &given].concat());
    assert_eq!(known.status, 0, "{known:?}");
    scene.office.write("contract.pdf", PDF);
    let unsigned = scene.office.verify(&["contract.pdf", "--online"]);
    assert_eq!(unsigned.status, 3, "{unsigned:?}");
    assert_eq!(scene.asked(), 0);
}

#[test]
fn list_that_cannot_be_had_leaves_it_open_and_is_told() {
    let scene = scene("404 Not Found");
    let online = scene.office.verify(&[&SEALED[..], &["--online"]].concat());
    assert_eq!(online.status, 2, "{online:?}");
    assert_eq!(scene.asked(), 1);
    for name in SEALED {
        assert!(
            online.stdout.contains(&format!("{name}: ")),
            "every file has its report: {online:?}"
        );
        let told = online
            .stderr
            .lines()
            .any(|line| line.starts_with(name) && line.contains("/ca.crl"));
        assert!(told, "{online:?}");
    }
}
