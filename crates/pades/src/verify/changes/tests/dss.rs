//! Long-term data: added, not taken away, and nothing to look at.

use super::*;

const STORE: &str = "<</Type/DSS/Certs[31 0 R]/OCSPs[32 0 R]/VRI 33 0 R>>";
const RELATED: &str = "<</AABB<</Cert[31 0 R]/OCSP[32 0 R]>>>>";

fn catalog() -> String {
    CATALOG.replace("/Lang", "/DSS 30 0 R/Lang")
}

fn store(file: &mut Builder) {
    file.object(1, catalog());
    file.object(30, STORE);
    file.flate_stream(31, "", "certificate");
    file.stream(32, "", "answer");
    file.object(33, RELATED);
}

/// What a revision does to a contract that has long-term data.
fn stored(write: impl FnOnce(&mut Builder)) -> Vec<Change> {
    let mut file = objects();
    store(&mut file);
    file.table(TRAILER);
    write(&mut file);
    file.table(TRAILER);
    last(&file.bytes())
}

#[test]
fn long_term_data_are_added() {
    let changes = later(store);
    assert_level(&changes, ChangeLevel::Maintenance);
    for number in [30, 31, 32, 33] {
        assert_eq!(about(&changes, number).class, ChangeClass::Dss, "{number}");
    }
    assert_eq!(about(&changes, 31).path, "Root/DSS/Certs/0");
}

#[test]
fn long_term_data_grow() {
    let changes = stored(|file| {
        file.object(
            30,
            STORE.replace("[31 0 R]", "[31 0 R 40 0 R]/CRLs[41 0 R]"),
        );
        file.object(33, RELATED.replace(">>>>", ">>/CCDD 42 0 R>>"));
        file.stream(40, "", "certificate");
        file.stream(41, "", "list");
        file.object(
            42,
            "<</Type/VRI/CRL[41 0 R]/TU(D:20260101000000Z)/TS 43 0 R>>",
        );
        file.stream(43, "", "token");
    });
    assert_level(&changes, ChangeLevel::Maintenance);
    assert_eq!(about(&changes, 42).class, ChangeClass::Dss);
    assert_eq!(about(&changes, 43).class, ChangeClass::Dss);
}

#[test]
fn long_term_data_written_anew_with_the_same_evidence() {
    let changes = stored(|file| {
        file.object(1, catalog().replace("30 0 R", "44 0 R"));
        file.object(
            44,
            "<</Certs[40 0 R 31 0 R]/OCSPs[41 0 R]/VRI<</AABB<</Cert[40 0 R]/OCSP[41 0 R]>>>>>>",
        );
        file.stream(40, "", "certificate");
        file.flate_stream(41, "", "answer");
    });
    assert_level(&changes, ChangeLevel::Maintenance);
}

#[test]
fn evidence_that_vanishes_is_denied() {
    let changes = stored(|file| {
        file.object(30, STORE.replace("/OCSPs[32 0 R]", ""));
    });
    assert_only_denied(&changes, 30, ChangeClass::Dss);
    let changes = stored(|file| {
        file.object(30, STORE.replace("[32 0 R]", "[40 0 R]"));
        file.stream(40, "", "another answer");
    });
    assert_only_denied(&changes, 30, ChangeClass::Dss);
    let changes = stored(|file| {
        file.object(33, "<<>>");
    });
    assert_only_denied(&changes, 33, ChangeClass::Dss);
    let changes = stored(|file| {
        file.object(1, CATALOG);
    });
    assert_only_denied(&changes, 1, ChangeClass::Dss);
}

#[test]
fn evidence_that_is_replaced_in_place_is_denied() {
    let changes = stored(|file| {
        file.stream(32, "", "another answer");
    });
    assert_level(&changes, ChangeLevel::Other);
    assert_denied(&changes, 32, ChangeClass::PageContent);
}

#[test]
fn evidence_that_can_be_drawn_is_denied() {
    for keys in [DRAWING, "/Subtype/Image", "/Resources 3 0 R"] {
        let changes = stored(|file| {
            file.object(30, STORE.replace("[31 0 R]", "[31 0 R 40 0 R]"));
            file.stream(40, keys, "drawing");
        });
        assert_only_denied(&changes, 30, ChangeClass::Dss);
    }
}

#[test]
fn a_list_of_evidence_that_is_page_contents_too_is_denied() {
    let shared = |contents: &str| {
        let mut file = objects();
        store(&mut file);
        file.object(30, STORE.replace("[31 0 R]", " 34 0 R"));
        file.object(34, "[31 0 R]");
        file.object(6, SECOND_PAGE.replace("7 0 R", contents));
        file.table(TRAILER);
        file.object(34, "[31 0 R 40 0 R]");
        file.stream(40, "", "BT /F 12 Tf (900) Tj ET");
        file.table(TRAILER);
        last(&file.bytes())
    };
    assert_level(&shared("7 0 R"), ChangeLevel::Maintenance);
    assert_only_denied(&shared("34 0 R"), 34, ChangeClass::Dss);
}

#[test]
fn other_things_in_long_term_data_are_denied() {
    let changes = stored(|file| {
        file.object(30, STORE.replace("/Type/DSS", "/Type/DSS/Other(x)"));
    });
    assert_only_denied(&changes, 30, ChangeClass::Dss);
    let changes = stored(|file| {
        file.object(33, RELATED.replace("/Cert[", "/Other 5 0 R/Cert["));
    });
    assert_only_denied(&changes, 33, ChangeClass::Dss);
    let changes = stored(|file| {
        file.object(30, STORE.replace("[31 0 R]", "[31 0 R(direct)]"));
    });
    assert_only_denied(&changes, 30, ChangeClass::Dss);
}

#[test]
fn a_list_of_evidence_has_a_limit() {
    let with = |count: usize| {
        stored(|file| {
            file.object(
                30,
                STORE.replace(
                    "[31 0 R]",
                    &format!("[31 0 R{}]", " 40 0 R".repeat(count - 1)),
                ),
            );
            file.stream(40, "", "certificate");
        })
    };
    assert_level(
        &with(super::super::dss::MAX_EVIDENCE),
        ChangeLevel::Maintenance,
    );
    assert_denied(
        &with(super::super::dss::MAX_EVIDENCE + 1),
        30,
        ChangeClass::Dss,
    );
}
