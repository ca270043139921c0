//! Text documents become PDFs: what the portal does with the program that makes them. A script stands in for LibreOffice; with the
//! real one run the tests in [`crate::libreoffice`].

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use crate::{
    desk::{draft, pdf},
    start::TestPortal,
};

/// A stand-in for LibreOffice: it writes down how it was called, and does this.
pub(crate) fn converter(folder: &std::path::Path, does: &str) -> std::path::PathBuf {
    let program = folder.join("soffice");
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > {}/arguments\n{does}\n",
        folder.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

pub(crate) const TYPES: &[u8] = b"<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";

fn docx() -> Vec<u8> {
    stored_archive(&[("[Content_Types].xml", TYPES)])
}

/// A ZIP archive without compression.
pub(crate) fn stored_archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let offset = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        bytes.extend(
            [
                &b"PK\x03\x04"[..],
                &[0; 22],
                &length,
                &[0; 2],
                name.as_bytes(),
                content,
            ]
            .concat(),
        );
        directory.extend(
            [
                &b"PK\x01\x02"[..],
                &[0; 16],
                &size,
                &size,
                &length,
                &[0; 12],
                &offset,
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    [
        bytes,
        directory,
        [
            &b"PK\x05\x06\0\0\0\0\0\0"[..],
            &count,
            &size,
            &start,
            &[0; 2],
        ]
        .concat(),
    ]
    .concat()
}

#[tokio::test]
async fn text_document_becomes_a_pdf_and_one_with_macros_does_not() {
    let tools = tempfile::tempdir().unwrap();
    let made = tools.path().join("made.pdf");
    fs::write(&made, pdf("converted")).unwrap();
    let does = format!("mkdir out && cp {} out/document.pdf", made.display());
    let soffice = converter(tools.path(), &does);
    let portal = TestPortal::start_with(|settings| settings.soffice = soffice).await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}/file");
    let reply = supplier.put_file(&path, docx()).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert_eq!(reply.json()["revisions"][0]["why"], "converted");
    let file = supplier
        .get(&format!("/api/contracts/{id}/revisions/1"))
        .await;
    assert_eq!(file.body, pdf("converted"));
    let arguments = fs::read_to_string(tools.path().join("arguments")).unwrap();
    assert!(
        arguments.contains("--headless") && arguments.contains("-env:UserInstallation=file:///")
    );
    fs::remove_file(tools.path().join("arguments")).unwrap();
    let types = b"<Types><Override ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/></Types>";
    let macros = stored_archive(&[
        ("[Content_Types].xml", types),
        ("word/vbaProject.bin", b"x"),
    ]);
    supplier
        .put_file(&path, macros)
        .await
        .is_problem(422, "document-macros");
    assert!(!tools.path().join("arguments").exists());
    portal.stop().await;
}

#[tokio::test]
async fn converter_that_is_missing_or_makes_nothing_is_told() {
    let tools = tempfile::tempdir().unwrap();
    let broken = converter(tools.path(), "exit 1");
    for (soffice, status, code) in [
        (tools.path().join("none"), 503, "document-converter-missing"),
        (broken, 422, "document-damaged"),
    ] {
        let portal = TestPortal::start_with(|settings| settings.soffice = soffice).await;
        let mut supplier = portal.browser_of("li.na").await;
        let id = draft(&mut supplier, "设备采购合同", "any").await;
        let reply = supplier
            .put_file(&format!("/api/contracts/{id}/file"), docx())
            .await;
        reply.is_problem(status, code);
        portal.stop().await;
    }
}

#[tokio::test]
async fn converter_that_takes_too_long_is_ended_with_all_that_it_started() {
    let tools = tempfile::tempdir().unwrap();
    let child = tools.path().join("child");
    let does = format!("sleep 600 & echo $! > {}; wait", child.display());
    let soffice = converter(tools.path(), &does);
    let portal = TestPortal::start_with(|settings| {
        settings.soffice = soffice;
        settings.conversion_time = Duration::from_secs(2);
    })
    .await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}/file");
    let reply = supplier.put_file(&path, docx()).await;
    reply.is_problem(422, "document-too-large");
    assert_eq!(
        reply.json()["detail"],
        "The document takes too long to be made into a PDF: save it as PDF yourself."
    );
    let child = fs::read_to_string(child).unwrap();
    let process = format!("/proc/{}/stat", child.trim());
    // Whoever adopts it may not have looked yet.
    let gone = || fs::read_to_string(&process).map_or(true, |stat| stat.contains(") Z "));
    for _ in 0..50 {
        if gone() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(gone(), "{process} is still there");
    portal.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn converter_has_its_own_folder_no_environment_and_bounds() {
    let tools = tempfile::tempdir().unwrap();
    let told = tools.path().join("told");
    let does = format!(
        "sleep 0.5; {{ sh -c 'ulimit -v; ulimit -f'; pwd; echo $TMPDIR; env; }} > {}",
        told.display()
    );
    let soffice = converter(tools.path(), &does);
    let portal = TestPortal::start_with(|settings| settings.soffice = soffice).await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}/file");
    let reply = supplier.put_file(&path, docx()).await;
    reply.is_problem(422, "document-damaged");
    let told = fs::read_to_string(told).unwrap();
    let mut lines = told.lines();
    // KiB of address space, blocks of 512 bytes of a file.
    assert_eq!(lines.next(), Some("3145728"), "{told}");
    assert_eq!(lines.next(), Some("524288"), "{told}");
    let folder = lines.next().unwrap();
    assert_eq!(lines.next(), Some(folder), "{told}");
    assert!(!std::path::Path::new(folder).exists());
    let mut names: Vec<_> = lines.filter_map(|line| line.split('=').next()).collect();
    names.sort_unstable();
    names.retain(|name| !["OLDPWD", "SHLVL", "_"].contains(name));
    assert_eq!(names, ["HOME", "LANG", "PATH", "PWD", "TMPDIR"], "{told}");
    portal.stop().await;
}
