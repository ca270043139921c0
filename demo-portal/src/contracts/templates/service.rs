//! 服务框架协议: services as they are needed, at agreed prices, up to an amount.

use super::{
    Clauses, Template, chinese,
    fields::{Column as FieldColumn, Field, Given, Kind, ROWS, Values, Words, Wrong},
    further_terms, head,
    layout::{Block, Column, Table},
    signatures, term,
};
use crate::contracts::rows::Contract;

pub(super) const TEMPLATE: Template = Template {
    id: "service-framework",
    name: Words {
        zh: "服务框架协议",
        en: "Framework agreement for services",
    },
    describes: Words {
        zh: "约定服务内容、标准和单价，合同期内按需下单、据实结算，金额为上限。",
        en: "Services at agreed prices, ordered as needed, up to an amount.",
    },
    fields: &FIELDS,
    compose,
};

const FIELDS: [Field; 6] = [
    Field {
        name: "services",
        label: Words {
            zh: "服务项目",
            en: "Services",
        },
        kind: Kind::Items,
        required: true,
        max_length: ROWS,
        initial: "",
        columns: &COLUMNS,
    },
    Field {
        name: "payment",
        label: Words {
            zh: "结算方式",
            en: "Settlement",
        },
        kind: Kind::Lines,
        required: true,
        max_length: 1_000,
        initial: "按季度据实结算：乙方于每季度末提交服务清单和发票，甲方审核确认后三十日内支付。",
        columns: &[],
    },
    Field {
        name: "responseHours",
        label: Words {
            zh: "响应时间（小时）",
            en: "Hours to respond",
        },
        kind: Kind::Number,
        required: true,
        max_length: 13,
        initial: "2",
        columns: &[],
    },
    Field {
        name: "noticeDays",
        label: Words {
            zh: "提前解除的通知期（天）",
            en: "Days of notice",
        },
        kind: Kind::Number,
        required: true,
        max_length: 13,
        initial: "30",
        columns: &[],
    },
    Field {
        name: "purchaserContact",
        label: Words {
            zh: "甲方联系人及电话",
            en: "Purchaser's contact",
        },
        kind: Kind::Text,
        required: false,
        max_length: 60,
        initial: "",
        columns: &[],
    },
    Field {
        name: "supplierContact",
        label: Words {
            zh: "乙方联系人及电话",
            en: "Supplier's contact",
        },
        kind: Kind::Text,
        required: false,
        max_length: 60,
        initial: "",
        columns: &[],
    },
];

const COLUMNS: [FieldColumn; 4] = [
    FieldColumn {
        name: "name",
        label: Words {
            zh: "服务内容",
            en: "Service",
        },
        kind: Kind::Text,
        max_length: 80,
    },
    FieldColumn {
        name: "standard",
        label: Words {
            zh: "服务标准",
            en: "Standard",
        },
        kind: Kind::Text,
        max_length: 120,
    },
    FieldColumn {
        name: "unit",
        label: Words {
            zh: "计价单位",
            en: "Unit",
        },
        kind: Kind::Text,
        max_length: 12,
    },
    FieldColumn {
        name: "price",
        label: Words {
            zh: "单价（元）",
            en: "Price (CNY)",
        },
        kind: Kind::Money,
        max_length: 15,
    },
];

fn compose(contract: &Contract, values: &Values) -> Result<Vec<Block>, Wrong> {
    let mut clauses = Clauses::new(head(contract, ["采购人", "服务商"]));
    clauses.0.push(Block::Paragraph(
        "根据《中华人民共和国民法典》《中华人民共和国政府采购法》及有关规定，甲、乙双方就框架服务事宜协商一致，订立本协议。"
            .to_owned(),
    ));
    clauses.clause(
        "服务内容与价格",
        [
            Block::Paragraph("乙方按下表所列内容、标准和单价向甲方提供服务：".to_owned()),
            Block::Table(services(values)),
        ],
    );
    let limit = format!(
        "本协议期内结算总额不超过人民币{}（¥{}），该金额为上限，不构成甲方的采购承诺；实际金额以双方确认的订单为准。上表单价含税。",
        chinese::in_words(contract.amount),
        chinese::in_digits(contract.amount)
    );
    clauses.say("金额上限", limit);
    clauses.say("协议期限", term(contract));
    let orders = format!(
        "甲方以书面或者平台订单方式提出需求，乙方应在{}小时内响应，并按订单约定的时间完成。订单与本协议不一致的，以本协议为准。",
        values.text("responseHours")
    );
    clauses.say("订单与响应", orders);
    clauses.say("结算与支付", values.text("payment"));
    clauses.say(
        "验收与考核",
        "甲方按服务标准对每一订单进行验收，并按年度对乙方进行考核。验收不合格的，乙方应在甲方指定的期限内免费整改；两次整改仍不合格的，甲方有权不支付该订单费用并解除协议。",
    );
    clauses.say(
        "保密与数据安全",
        "乙方对在履行本协议中知悉的甲方数据、资料和个人信息负有保密义务，只能用于履行本协议，不得向第三方提供；协议终止时应予返还或者删除。本条在协议终止后继续有效。",
    );
    clauses.say(
        "违约责任",
        "任何一方不履行或者不适当履行义务的，应当承担继续履行、采取补救措施或者赔偿损失的责任。乙方逾期完成服务的，每逾期一日按该订单金额的千分之一支付违约金。",
    );
    let end = format!(
        "任何一方可提前{}日书面通知对方解除本协议，已确认的订单应继续履行完毕。因不可抗力不能履行的，根据影响部分或者全部免除责任。",
        values.text("noticeDays")
    );
    clauses.say("变更与解除", end);
    let contacts: Vec<String> = [("甲方", "purchaserContact"), ("乙方", "supplierContact")]
        .into_iter()
        .map(|(party, field)| (party, values.text(field)))
        .filter(|(_, contact)| !contact.is_empty())
        .map(|(party, contact)| format!("{party}联系人：{contact}。"))
        .collect();
    if !contacts.is_empty() {
        clauses.say("联系人", contacts.join("\n"));
    }
    let further = further_terms(contract).into_iter();
    clauses.clause(
        "其他约定与签署",
        further.chain([Block::Paragraph(
            "因履行本协议发生的争议，双方协商解决；协商不成的，向甲方所在地人民法院提起诉讼。\n本协议采用可靠的电子签名签署，与手写签名或者盖章具有同等法律效力，自双方电子签章之日起生效。双方均可随时下载并验证本协议。"
                .to_owned(),
        )]),
    );
    clauses.0.push(signatures(contract));
    Ok(clauses.0)
}

fn services(values: &Values) -> Table {
    let row = |(number, row): (usize, &Vec<Given>)| {
        let cells = row.iter().map(Given::text);
        std::iter::once((number + 1).to_string())
            .chain(cells)
            .collect()
    };
    let column = |head, part, right| Column { head, part, right };
    Table {
        columns: vec![
            column("序号", 30.0, false),
            column("服务内容", 130.0, false),
            column("服务标准", 180.0, false),
            column("计价单位", 50.0, false),
            column("单价（元）", 70.0, true),
        ],
        rows: values
            .rows("services")
            .iter()
            .enumerate()
            .map(row)
            .collect(),
        total: None,
    }
}
