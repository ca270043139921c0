//! Contracts as they come out, read by our own engine; and by qpdf, where it is installed.
#![allow(clippy::unwrap_used)]

use std::process::Command;

use scanseal_pades::{Bytes, file::Pdf, text::find_keyword};
use serde_json::json;

use super::*;
use crate::contracts::{
    form::{Amount, SealOrder},
    rows::State,
    upload,
};

const NOW: UnixTime = UnixTime::from_secs(1_795_000_000);

fn party(position: i64, name: &str, code: &str, kind: EnterpriseKind) -> Party {
    Party {
        position,
        enterprise_id: position + 1,
        name: name.to_owned(),
        credit_code: code.to_owned(),
        kind,
        turn: None,
        sealed: None,
    }
}

fn contract(amount: &str) -> Contract {
    Contract {
        id: 1,
        number: "HT-2026-000001".to_owned(),
        enterprise_id: 1,
        account_id: 1,
        state: State::Draft,
        created: NOW,
        updated: NOW,
        title: "2027年度抗感染药品采购合同".to_owned(),
        order_number: "DD-2026-118".to_owned(),
        amount: Amount::parse(amount).unwrap(),
        from: Some("2027-01-01".to_owned()),
        until: Some("2027-12-31".to_owned()),
        place: "云岭市".to_owned(),
        terms: "一、乙方每月5日前报送配送计划。\n二、节假日照常配送。".to_owned(),
        order: SealOrder::OursFirst,
        template: None,
        revision: None,
        submitted: None,
        returned: None,
        parties: vec![
            party(
                0,
                "天山博康医疗器械有限公司",
                "91650100MA77C0R54J",
                EnterpriseKind::Supplier,
            ),
            party(
                1,
                "云岭市第一人民医院",
                "12650100MB1A22606J",
                EnterpriseKind::Purchaser,
            ),
        ],
    }
}

fn goods(rows: usize) -> Value {
    let row = json!({ "name": "注射用头孢曲松钠", "specification": "1.0g×10瓶/盒", "maker": "天山制药股份有限公司",
                      "unit": "盒", "quantity": "12.5", "price": "86.40" });
    json!({ "goods": vec![row; rows], "deliveryPlace": "云岭市第一人民医院药库", "deliveryDays": "3", "shelfLife": "12",
            "paymentDays": "60", "quality": "" })
}

fn services() -> Value {
    let row = json!({ "name": "信息系统运行维护", "standard": "7×24小时受理，重大故障两小时内到场", "unit": "人天", "price": "1200" });
    json!({ "services": [row], "payment": "按季度据实结算。", "responseHours": "2", "noticeDays": "30",
            "purchaserContact": "张伟 0991-1234567" })
}

fn face() -> Face {
    let path = font::find(None).expect("tests of pictures and contracts need a Chinese font");
    Face::read(&path).unwrap()
}

fn made(id: &str, amount: &str, given: &Value) -> Vec<u8> {
    let filled = find(id)
        .unwrap()
        .compose(&contract(amount), given.as_object().unwrap());
    filled.unwrap().print(&face(), NOW).unwrap()
}

/// Pages, and on which of them a word stands.
fn places(pdf: &[u8], word: &str) -> (u32, Vec<u32>) {
    let source = Bytes(pdf);
    let pdf = Pdf::open(&source, None).unwrap();
    let pages = pdf.latest().pages().unwrap();
    let hits = find_keyword(pdf.latest(), word, 0..pages).unwrap();
    (pages, hits.iter().map(|hit| hit.page).collect())
}

#[test]
fn contracts_can_be_sealed_and_have_the_keywords_of_both_parties_on_the_last_page() {
    for (id, amount, given) in [
        ("drug-procurement", "4320.00", goods(4)),
        ("drug-procurement", "108000.00", goods(100)),
        ("service-framework", "500000", services()),
    ] {
        let pdf = made(id, amount, &given);
        for word in ["甲方（盖章）", "乙方（盖章）"] {
            let (pages, hits) = places(&pdf, word);
            assert_eq!(hits, [pages - 1], "{id}: {word}");
        }
        let examined = upload::examine(&Bytes(&pdf), NOW).unwrap();
        let foot = format!("共 {} 页", examined.pages);
        let (_, hits) = places(&pdf, &foot);
        assert_eq!(hits, (0..examined.pages).collect::<Vec<_>>(), "{foot}");
        assert!(pdf.len() < 400_000, "{id}: {} bytes", pdf.len());
        if let Ok(folder) = std::env::var("SCANSEAL_KEEP_CONTRACTS") {
            let rows = examined.pages;
            std::fs::write(format!("{folder}/{id}-{rows}.pdf"), &pdf).unwrap();
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &pdf).unwrap();
        if let Ok(checked) = Command::new("qpdf")
            .arg("--check")
            .arg(file.path())
            .output()
        {
            assert!(checked.status.success(), "{checked:?}");
        }
    }
}

#[test]
fn what_is_agreed_stands_in_the_file() {
    let pdf = made("drug-procurement", "4320.00", &goods(4));
    for word in [
        "合计（大写）：肆仟叁佰贰拾元整",
        "2027年1月1日起至2027年12月31日止",
        "HT-2026-000001",
        "甲方（采购人）：云岭市第一人民医院",
        "乙方（供应商）：天山博康医疗器械有限公司",
        "节假日照常配送",
        "1,080.00",
    ] {
        assert!(!places(&pdf, word).1.is_empty(), "{word}");
    }
}

#[test]
fn every_character_that_is_set_is_in_the_font_of_the_file() {
    for (id, amount, given) in [
        ("drug-procurement", "4320.00", goods(4)),
        ("service-framework", "500000", services()),
    ] {
        let filled = find(id).unwrap();
        let filled = filled
            .compose(&contract(amount), given.as_object().unwrap())
            .unwrap();
        let characters = filled.document.characters();
        let pages = filled.document.set(&std::collections::BTreeMap::new());
        for text in pages.iter().flat_map(|page| &page.texts) {
            let missing = text.text.chars().find(|one| !characters.contains(*one));
            assert_eq!(missing, None, "{}", text.text);
        }
    }
}

#[test]
fn goods_that_do_not_come_to_the_amount_are_refused() {
    let template = find("drug-procurement").unwrap();
    let given = goods(4);
    let given = given.as_object().unwrap();
    for amount in ["4320.01", "4319.99", "0"] {
        let wrong = template.compose(&contract(amount), given).err().unwrap();
        assert_eq!(
            wrong,
            Wrong::from([("fields.goods".to_owned(), FieldError::Sum)])
        );
    }
    let wrong = template.compose(&contract("0"), goods(101).as_object().unwrap());
    let expected = Wrong::from([("fields.goods".to_owned(), FieldError::TooLong)]);
    assert_eq!(wrong.err().unwrap(), expected);
}

#[test]
fn character_that_the_font_does_not_have_is_refused_and_its_field_named() {
    let mut contract = contract("500000");
    contract.terms = "مۇئاپىقەت".to_owned();
    let given = services();
    let filled = find("service-framework").unwrap();
    let filled = filled
        .compose(&contract, given.as_object().unwrap())
        .unwrap();
    let Unfilled::Fields(wrong) = filled.print(&face(), NOW).unwrap_err() else {
        panic!("the font");
    };
    assert_eq!(
        wrong,
        Wrong::from([("terms".to_owned(), FieldError::Characters)])
    );
}
