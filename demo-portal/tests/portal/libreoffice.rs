//! Text documents before the real LibreOffice. `scripts/test.mjs` runs these where it is installed, and says so where it is not.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use scanseal_pades::{Bytes, file::Pdf, text::find_keyword};
use serde_json::Value;
use tokio::{net::TcpListener, sync::Mutex};

use crate::{
    browser::Browser,
    conversion::{TYPES, stored_archive},
    desk::{detail, draft, seal_one},
    start::TestPortal,
};

const LINES: [&str; 4] = [
    "医疗设备采购合同",
    "甲方（采购人）：云岭市第一人民医院",
    "合同金额：人民币壹佰贰拾伍万元整（¥1,250,000.00）",
    "甲方（盖章）",
];
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// A paragraph.
fn line(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A field that asks to be made anew.
fn field(code: &str) -> String {
    let mark = |kind| format!("<w:r><w:fldChar w:fldCharType=\"{kind}\" w:dirty=\"true\"/></w:r>");
    format!(
        "<w:p>{}<w:r><w:instrText xml:space=\"preserve\"> {code} </w:instrText></w:r>{}<w:r><w:t>old</w:t></w:r>{}</w:p>",
        mark("begin"),
        mark("separate"),
        mark("end")
    )
}

/// A picture that lies elsewhere.
fn picture(relation: &str) -> String {
    let size = "cx=\"1000000\" cy=\"1000000\"";
    format!(
        "<w:p><w:r><w:drawing><wp:inline><wp:extent {size}/><wp:docPr id=\"1\" name=\"x\"/><a:graphic>\
         <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic>\
         <pic:nvPicPr><pic:cNvPr id=\"1\" name=\"x\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>\
         <a:blip r:link=\"{relation}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>\
         <a:off x=\"0\" y=\"0\"/><a:ext {size}/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr>\
         </pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
}

/// A document of this body, which names these things elsewhere: id, type, address.
fn docx(body: &str, elsewhere: &[(&str, &str, String)]) -> Vec<u8> {
    let types = String::from_utf8(TYPES.to_vec()).unwrap().replace(
        "<Types>",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>",
    );
    let package = format!(
        "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"word/document.xml\"/></Relationships>"
    );
    let relation = |(id, kind, target): &(&str, &str, String)| {
        format!(
            "<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\" TargetMode=\"External\"/>"
        )
    };
    let relations: String = elsewhere.iter().map(relation).collect();
    let relations = format!("<Relationships xmlns=\"{PACKAGE}\">{relations}</Relationships>");
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
         xmlns:r=\"{OFFICE}\" xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
         xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><w:body>{body}</w:body></w:document>"
    );
    stored_archive(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", package.as_bytes()),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", relations.as_bytes()),
    ])
}

fn contract() -> String {
    LINES.map(line).concat()
}

/// What the words of a file are found in.
fn stands_in(pdf: &[u8], word: &str) -> bool {
    let source = Bytes(pdf);
    let pdf = Pdf::open(&source, None).unwrap();
    let pages = pdf.latest().pages().unwrap();
    let found = find_keyword(pdf.latest(), word, 0..pages).unwrap();
    !found.is_empty()
}

async fn converted(supplier: &mut Browser, id: i64, docx: Vec<u8>) -> Vec<u8> {
    let path = format!("/api/contracts/{id}");
    let reply = supplier.put_file(&format!("{path}/file"), docx).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert_eq!(reply.json()["revisions"][0]["why"], "converted");
    supplier
        .get(&format!("{path}/revisions/1"))
        .await
        .body
        .to_vec()
}

/// A server that writes down the first line of what it is asked, and has nothing.
async fn listener() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let list = Arc::clone(&list);
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                let read = stream.read_line(&mut line).await;
                list.lock().await.push(format!("{read:?} {line}"));
                let none =
                    b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                drop(stream.write_all(none).await);
            });
        }
    });
    (address, asked)
}

#[tokio::test]
#[ignore = "needs LibreOffice"]
async fn chinese_contract_becomes_a_pdf_that_is_searched_and_sealed() {
    let portal = TestPortal::start().await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "设备采购合同", "ours-first").await;
    let pdf = converted(&mut supplier, id, docx(&contract(), &[])).await;
    for line in LINES {
        assert!(stands_in(&pdf, line), "{line}");
    }
    let path = format!("/api/contracts/{id}");
    let reply = supplier.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let phone = portal.phone_of("li.na").await;
    let reply = seal_one(&portal, &mut supplier, &phone, id).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    portal.stop().await;
}

#[tokio::test]
#[ignore = "needs LibreOffice"]
async fn nothing_that_a_document_names_elsewhere_is_fetched_from_network_or_disk() {
    let (server, asked) = listener().await;
    let secret = tempfile::tempdir().unwrap();
    let file = secret.path().join("secret.txt");
    std::fs::write(&file, "TOPSECRET").unwrap();
    let file = file.display();
    let portal = TestPortal::start().await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let body = [
        contract(),
        picture("rId2"),
        field(&format!("INCLUDEPICTURE \"http://{server}/field.png\" \\d")),
        field(&format!("INCLUDETEXT \"http://{server}/field.docx\"")),
        field(&format!("INCLUDETEXT \"{file}\"")),
        field(&format!("INCLUDETEXT \"file://{file}\"")),
        field(&format!("DDEAUTO soffice \"{file}\" x")),
        "<w:altChunk r:id=\"rId3\"/><w:altChunk r:id=\"rId4\"/><w:subDoc r:id=\"rId5\"/>"
            .to_owned(),
    ];
    let elsewhere = [
        ("rId2", "image", format!("http://{server}/image.png")),
        ("rId3", "aFChunk", format!("http://{server}/chunk.html")),
        ("rId4", "aFChunk", format!("file://{file}")),
        ("rId5", "subDocument", format!("http://{server}/part.docx")),
    ];
    let pdf = converted(&mut supplier, id, docx(&body.concat(), &elsewhere)).await;
    assert!(stands_in(&pdf, LINES[0]));
    assert!(!stands_in(&pdf, "TOPSECRET"));
    assert_eq!(*asked.lock().await, Vec::<String>::new());
    portal.stop().await;
}

#[tokio::test]
#[ignore = "needs LibreOffice"]
async fn two_documents_are_converted_at_once() {
    let portal = TestPortal::start().await;
    let mut supplier = portal.browser_of("li.na").await;
    let mut other = supplier.clone();
    let ids = [
        draft(&mut supplier, "一", "any").await,
        draft(&mut supplier, "二", "any").await,
    ];
    let (one, two) = tokio::join!(
        converted(&mut supplier, ids[0], docx(&line("第一份合同"), &[])),
        converted(&mut other, ids[1], docx(&line("第二份合同"), &[])),
    );
    assert!(stands_in(&one, "第一份合同") && stands_in(&two, "第二份合同"));
    portal.stop().await;
}

#[tokio::test]
#[ignore = "needs LibreOffice"]
async fn documents_that_cannot_be_converted_are_refused_with_the_reason() {
    let portal = TestPortal::start_with(|settings| {
        settings.conversion_time = Duration::from_secs(15);
    })
    .await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}/file");
    // Whole as an archive, and no document inside.
    let broken = docx("<w:p><w:r><w:t>text</w:p>", &[]);
    let endless = docx(
        &line(&"双方应当履行合同约定的义务。".repeat(8)).repeat(60_000),
        &[],
    );
    for (docx, code) in [
        (broken, "document-damaged"),
        (endless, "document-too-large"),
    ] {
        supplier.put_file(&path, docx).await.is_problem(422, code);
    }
    assert_eq!(detail(&mut supplier, id).await["file"], Value::Null);
    portal.stop().await;
}
