//! Contracts made from a template: what it asks for, and the PDF that comes of it.
//!
//! [`fields`] reads what was filled in, [`procurement`] and [`service`] are what two kinds of contract say, [`layout`] and [`pdf`] set
//! it in a [`font`] of the system. Every number in the file is one that the form of the contract has as well.

mod chinese;
pub mod fields;
pub(crate) mod font;
mod layout;
mod pdf;
mod procurement;
mod service;

use scanseal_pki::UnixTime;
use serde::Serialize;
use serde_json::{Map, Value};

use self::{
    fields::{Field, Values, Words, Wrong},
    font::{Face, FontError},
    layout::{Block, Document},
};
use super::rows::{Contract, Party};
use crate::platform::{accounts::EnterpriseKind, fields::FieldError};

/// A template.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Template {
    /// Its name in addresses and rows.
    pub id: &'static str,
    name: Words,
    describes: Words,
    fields: &'static [Field],
    #[serde(skip)]
    compose: fn(&Contract, &Values) -> Result<Vec<Block>, Wrong>,
}

/// All templates.
pub const ALL: [Template; 2] = [procurement::TEMPLATE, service::TEMPLATE];

/// A file cannot be made.
#[derive(Debug)]
pub(super) enum Unfilled {
    /// What is wrong with which field.
    Fields(Wrong),
    /// The font.
    Font(FontError),
}

impl From<Wrong> for Unfilled {
    fn from(wrong: Wrong) -> Self {
        Self::Fields(wrong)
    }
}

impl From<FontError> for Unfilled {
    fn from(error: FontError) -> Self {
        Self::Font(error)
    }
}

/// The template of this name.
pub(super) fn find(id: &str) -> Option<Template> {
    ALL.into_iter().find(|template| template.id == id)
}

impl Template {
    /// Reads the fields, and puts the contract together.
    pub(super) fn compose(
        &self,
        contract: &Contract,
        given: &Map<String, Value>,
    ) -> Result<Filled, Wrong> {
        let values = Values::read(self.fields, given)?;
        let mut texts = values.texts();
        let own = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        texts.extend([
            own("title", &contract.title),
            own("orderNumber", &contract.order_number),
            own("place", &contract.place),
            own("terms", &contract.terms),
        ]);
        let parties = contract.parties.iter();
        texts.extend(parties.map(|party| own("counterparties", &party.name)));
        Ok(Filled {
            document: Document {
                title: contract.title.clone(),
                number: format!("合同编号：{}", contract.number),
                blocks: (self.compose)(contract, &values)?,
            },
            texts,
        })
    }
}

/// A contract that is put together, but not yet set.
pub(super) struct Filled {
    document: Document,
    /// What people wrote, by the names of the fields.
    texts: Vec<(String, String)>,
}

impl Filled {
    /// The PDF. A character that the font does not have is refused: a contract with a box in it is none.
    pub(super) fn print(&self, face: &Face, now: UnixTime) -> Result<Vec<u8>, Unfilled> {
        let mut wrong = Wrong::new();
        for (name, text) in &self.texts {
            if face.lacks(text)?.is_some() {
                wrong.insert(name.clone(), FieldError::Characters);
            }
        }
        if !wrong.is_empty() {
            return Err(wrong.into());
        }
        Ok(pdf::write(&self.document, face, now)?)
    }
}

/// What a party is called in the text.
const NAMES: [&str; 6] = ["甲方", "乙方", "丙方", "丁方", "戊方", "己方"];

/// The parties as the text names them: who buys first.
fn named(contract: &Contract) -> Vec<(&'static str, &Party)> {
    let mut parties: Vec<&Party> = contract.parties.iter().collect();
    parties.sort_by_key(|party| {
        let first = party.kind == EnterpriseKind::Purchaser;
        let initiator = party.enterprise_id == contract.enterprise_id;
        (!first, !initiator, party.position)
    });
    NAMES.into_iter().zip(parties).collect()
}

/// The lines below the title: numbers, parties, when and where.
fn head(contract: &Contract, roles: [&str; 2]) -> Vec<Block> {
    let mut facts = vec![format!("合同编号：{}", contract.number)];
    if !contract.order_number.is_empty() {
        facts.push(format!("订单编号：{}", contract.order_number));
    }
    for (place, (name, party)) in named(contract).into_iter().enumerate() {
        let role = roles.get(place).copied().unwrap_or("其他方");
        facts.push(format!("{name}（{role}）：{}", party.name));
        facts.push(format!("统一社会信用代码：{}", party.credit_code));
    }
    if !contract.place.is_empty() {
        facts.push(format!("签订地点：{}", contract.place));
    }
    facts.into_iter().map(Block::Fact).collect()
}

/// 合同期限, if the form says one.
fn term(contract: &Contract) -> String {
    let day = |text: &Option<String>| text.as_deref().map(chinese::day);
    match (day(&contract.from), day(&contract.until)) {
        (Some(from), Some(until)) => format!("本合同有效期自{from}起至{until}止。"),
        (Some(from), None) => {
            format!("本合同自{from}起生效，至双方义务履行完毕之日终止。")
        }
        (None, Some(until)) => {
            format!("本合同自各方签章之日起生效，有效期至{until}。")
        }
        (None, None) => "本合同自各方签章之日起生效，至各方义务履行完毕之日终止。".to_owned(),
    }
}

/// What the form's main terms add.
fn further_terms(contract: &Contract) -> Option<Block> {
    (!contract.terms.trim().is_empty()).then(|| Block::Paragraph(contract.terms.clone()))
}

/// 签章: the words that seals are put on (`甲方（盖章）`), on the last page.
fn signatures(contract: &Contract) -> Block {
    let party = |(name, party): (&str, &Party)| {
        vec![
            format!("{name}（盖章）："),
            party.name.clone(),
            format!("信用代码：{}", party.credit_code),
            "法定代表人或授权代表：".to_owned(),
            "签订日期：以电子签章时间为准".to_owned(),
        ]
    };
    Block::Signatures(named(contract).into_iter().map(party).collect())
}

/// Numbers the clauses: 第一条, 第二条…
struct Clauses(Vec<Block>);

const ORDINALS: [&str; 12] = [
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二",
];

impl Clauses {
    fn new(head: Vec<Block>) -> Self {
        Self(head)
    }

    fn clause(&mut self, title: &str, blocks: impl IntoIterator<Item = Block>) {
        let before = self.0.iter();
        let before = before
            .filter(|block| matches!(block, Block::Heading(_)))
            .count();
        let ordinal = ORDINALS.get(before).copied().unwrap_or_default();
        self.0
            .push(Block::Heading(format!("第{ordinal}条　{title}")));
        self.0.extend(blocks);
    }

    fn say(&mut self, title: &str, text: impl Into<String>) {
        self.clause(title, [Block::Paragraph(text.into())]);
    }
}

/// What is wrong as an answer has it.
pub(super) fn words(wrong: &Wrong) -> Map<String, Value> {
    let word = |(name, error): (&String, &FieldError)| (name.clone(), error.as_str().into());
    wrong.iter().map(word).collect()
}

#[cfg(test)]
mod tests;
