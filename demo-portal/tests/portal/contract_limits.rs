//! What a contract may measure: taken at the limit, refused one past it.

use std::fs;

use bytes::Bytes;
use scanseal_pades::testing::pages;
use scanseal_portal::contracts::{convert::DOCX_BYTES, upload::PDF_BYTES};
use scanseal_protocol::limits::{APPENDED_BYTES, DOCUMENT_PAGES};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    browser::Browser,
    conversion::{TYPES, converter, stored_archive},
    desk::{REQUESTS, detail, draft, form, pdf},
    start::TestPortal,
    templates::filled,
};

/// Bytes that are sent at a time.
const PIECE: usize = 1024 * 1024;

async fn scene() -> (TestPortal, Browser, String) {
    let portal = TestPortal::start().await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    (portal, supplier, format!("/api/contracts/{id}"))
}

/// A contract of so many bytes, in pieces: most are an attachment of zeros, before the cross-reference.
fn pdf_of(bytes: u64) -> impl Iterator<Item = Bytes> {
    let built = |length: u64| {
        let mut builder = pages(1);
        // Nine digits, so that what follows does not move with the length.
        let object = format!("<</Length {length:09}>>\nstream\n\nendstream");
        builder.object(40, object);
        builder.table("/Root 1 0 R").bytes()
    };
    // The place of the table, near the end, takes as many digits as the length of the file.
    let whole = built(0);
    let digits = |number: u64| number.to_string().len() as u64;
    let (at, startxref) = table(&whole);
    let grown = digits(bytes) - digits(startxref);
    let length = bytes - whole.len() as u64 - grown;
    let whole = built(length);
    let middle = position(&whole, b"stream\n\nendstream") + 7;
    let mut tail = whole[middle..at].to_vec();
    tail.extend(format!("startxref\n{}\n%%EOF\n", startxref + length).bytes());
    let zeros = Bytes::from(vec![0; PIECE]);
    let full = length / PIECE as u64;
    let rest = zeros.slice(..usize::try_from(length % PIECE as u64).unwrap());
    let made: u64 = middle as u64 + length + tail.len() as u64;
    assert_eq!(made, bytes);
    [Bytes::copy_from_slice(&whole[..middle])]
        .into_iter()
        .chain((0..full).map(move |_| zeros.clone()))
        .chain([rest, tail.into()])
}

/// Where the last lines start, and where they say that the table is.
fn table(pdf: &[u8]) -> (usize, u64) {
    let at = position(pdf, b"startxref\n");
    let line = pdf[at + 10..].split(|&byte| byte == b'\n').next().unwrap();
    (at, String::from_utf8_lossy(line).parse().unwrap())
}

fn position(bytes: &[u8], word: &[u8]) -> usize {
    let mut windows = bytes.windows(word.len());
    windows.position(|window| window == word).unwrap()
}

#[tokio::test]
async fn largest_file_is_taken_and_one_byte_more_is_not() {
    let (portal, mut supplier, path) = scene().await;
    let path = format!("{path}/file");
    let reply = supplier.put_pieces(&path, pdf_of(PDF_BYTES)).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert_eq!(reply.json()["file"]["size"], PDF_BYTES);
    let reply = supplier.put_pieces(&path, pdf_of(PDF_BYTES + 1)).await;
    reply.is_problem(413, "document-too-large");
    // The limit that is promised: what the parties add still fits into a request to seal.
    assert_eq!(PDF_BYTES, 240 * 1024 * 1024);
    let files = fs::read_dir(portal.folder.path().join("files")).unwrap();
    assert_eq!(files.count(), 2, "the lock, and the file that was taken");
    portal.stop().await;
}

#[tokio::test]
async fn file_that_says_it_is_too_long_is_refused_before_it_comes() {
    let (portal, supplier, path) = scene().await;
    for (bytes, waits) in [(PDF_BYTES, true), (PDF_BYTES + 1, false)] {
        let mut tcp = TcpStream::connect(portal.address).await.unwrap();
        let head = format!(
            "PUT {path}/file HTTP/1.1\r\nhost: localhost:{}\r\ncookie: {}\r\norigin: {}\r\nsec-fetch-site: same-origin\r\nx-csrf-token: {}\r\ncontent-type: application/octet-stream\r\ncontent-length: {bytes}\r\n\r\n",
            portal.address.port(),
            supplier.cookie_header(),
            supplier.origin,
            supplier.csrf,
        );
        tcp.write_all(head.as_bytes()).await.unwrap();
        let mut start = vec![0; 12];
        let answer = tokio::time::timeout(
            std::time::Duration::from_secs(if waits { 1 } else { 30 }),
            tcp.read_exact(&mut start),
        );
        match answer.await {
            Err(_) => assert!(waits, "no answer to {bytes}"),
            Ok(read) => {
                read.unwrap();
                assert!(!waits, "{}", String::from_utf8_lossy(&start));
                assert_eq!(start, b"HTTP/1.1 413");
            }
        }
    }
    portal.stop().await;
}

#[tokio::test]
async fn contract_with_the_most_pages_is_taken_and_with_one_more_it_is_not() {
    let (portal, mut supplier, path) = scene().await;
    let path = format!("{path}/file");
    let of = |count| pages(count).table("/Root 1 0 R").bytes();
    let reply = supplier.put_file(&path, of(DOCUMENT_PAGES)).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert_eq!(reply.json()["file"]["pages"], DOCUMENT_PAGES);
    let reply = supplier.put_file(&path, of(DOCUMENT_PAGES + 1)).await;
    reply.is_problem(422, "document-too-large");
    assert_eq!(
        reply.json()["detail"],
        "The PDF has more than 100000 pages."
    );
    portal.stop().await;
}

#[tokio::test]
async fn largest_text_document_is_converted_and_one_byte_more_is_not() {
    let tools = tempfile::tempdir().unwrap();
    let made = tools.path().join("made.pdf");
    fs::write(&made, pdf("converted")).unwrap();
    let does = format!("mkdir out && cp {} out/document.pdf", made.display());
    let soffice = converter(tools.path(), &does);
    let portal = TestPortal::start_with(|settings| settings.soffice = soffice).await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}/file");
    let limit = usize::try_from(DOCX_BYTES).unwrap();
    let of = |length: usize| {
        let archive = |filler: usize| {
            let filler = vec![0; filler];
            stored_archive(&[("[Content_Types].xml", TYPES), ("word/media", &filler)])
        };
        archive(length - archive(0).len())
    };
    let reply = supplier.put_file(&path, of(limit)).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let reply = supplier.put_file(&path, of(limit + 1)).await;
    reply.is_problem(413, "document-too-large");
    portal.stop().await;
}

#[tokio::test]
async fn what_is_appended_at_the_limit_is_looked_at_and_one_byte_more_is_not() {
    let (portal, mut supplier, _) = scene().await;
    let path = format!("{REQUESTS}/AAAAAAAAAAAAAAAAAAAAAA/documents/0");
    let limit = usize::try_from(APPENDED_BYTES).unwrap();
    let reply = supplier.put_file(&path, vec![b' '; limit]).await;
    reply.is_problem(404, "not-found");
    let reply = supplier.put_file(&path, vec![b' '; limit + 1]).await;
    reply.is_problem(413, "document-too-large");
    portal.stop().await;
}

#[tokio::test]
async fn forms_at_the_limit_are_read_and_one_byte_more_is_too_large() {
    let (portal, supplier, path) = scene().await;
    let fill = filled("1250");
    let assertion = json!({ "assertion": "a", "channelBinding": "b", "seal": "c" });
    for (path, body, limit, status) in [
        (
            "/api/contracts".to_owned(),
            form("合同", "any"),
            32 * 1024,
            201,
        ),
        (format!("{path}/fill"), fill, 128 * 1024, 200),
        (
            format!("{REQUESTS}/AAAAAAAAAAAAAAAAAAAAAA/assertion"),
            assertion,
            320 * 1024,
            400,
        ),
        (
            REQUESTS.to_owned(),
            json!({ "contracts": [] }),
            8 * 1024,
            400,
        ),
    ] {
        let body = body.to_string();
        let padded = |length: usize| format!("{body}{}", " ".repeat(length - body.len()));
        let reply = supplier.post_with(&path, &[], padded(limit)).await;
        assert_eq!(reply.status, status, "{path}: {:?}", reply.body);
        let reply = supplier.post_with(&path, &[], padded(limit + 1)).await;
        reply.is_problem(413, "malformed");
    }
    portal.stop().await;
}

#[tokio::test]
async fn words_at_the_limit_are_taken_and_one_character_more_is_refused() {
    let (portal, mut supplier, path) = scene().await;
    for (place, most) in [("/api/contracts", 80), ("/api/enterprises", 80)] {
        for (characters, status) in [(most, 200), (most + 1, 400)] {
            let query = format!("{place}?q={}", "%E5%90%88".repeat(characters));
            assert_eq!(supplier.get(&query).await.status, status, "{query}");
        }
    }
    supplier.put_file(&format!("{path}/file"), pdf("a")).await;
    supplier.post(&format!("{path}/submit"), &Value::Null).await;
    let mut hospital = portal.browser_of("zhang.wei").await;
    for (characters, status) in [(401, 422), (400, 200)] {
        let reason = json!({ "reason": "理".repeat(characters) });
        let reply = hospital.post(&format!("{path}/return"), &reason).await;
        assert_eq!(reply.status, status, "{:?}", reply.body);
    }
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(detail(&mut supplier, id).await["state"], "returned");
    portal.stop().await;
}
