//! 药品采购合同: a hospital buys drugs.

use super::{
    Clauses, Template, chinese,
    fields::{Column as FieldColumn, Field, Given, Kind, ROWS, Values, Words, Wrong},
    further_terms, head,
    layout::{Block, Column, Table},
    signatures, term,
};
use crate::{
    contracts::{form::Amount, rows::Contract},
    platform::fields::FieldError,
};

pub(super) const TEMPLATE: Template = Template {
    id: "drug-procurement",
    name: Words {
        zh: "药品采购合同",
        en: "Drug procurement contract",
    },
    describes: Words {
        zh: "按品种列明规格、数量和单价的药品购销合同，金额自动合计并写成大写。",
        en: "Purchase of drugs, item by item, with total and amount in words.",
    },
    fields: &FIELDS,
    compose,
};

const FIELDS: [Field; 6] = [
    Field {
        name: "goods",
        label: Words {
            zh: "药品明细",
            en: "Drugs",
        },
        kind: Kind::Items,
        required: true,
        max_length: ROWS,
        initial: "",
        columns: &COLUMNS,
    },
    Field {
        name: "deliveryPlace",
        label: Words {
            zh: "交货地点",
            en: "Place of delivery",
        },
        kind: Kind::Text,
        required: true,
        max_length: 80,
        initial: "",
        columns: &[],
    },
    Field {
        name: "deliveryDays",
        label: Words {
            zh: "交货期限（订单后天数）",
            en: "Days from order to delivery",
        },
        kind: Kind::Number,
        required: true,
        max_length: 13,
        initial: "3",
        columns: &[],
    },
    Field {
        name: "shelfLife",
        label: Words {
            zh: "到货剩余有效期（月）",
            en: "Months of shelf life left at delivery",
        },
        kind: Kind::Number,
        required: true,
        max_length: 13,
        initial: "12",
        columns: &[],
    },
    Field {
        name: "paymentDays",
        label: Words {
            zh: "付款期限（验收后天数）",
            en: "Days from acceptance to payment",
        },
        kind: Kind::Number,
        required: true,
        max_length: 13,
        initial: "60",
        columns: &[],
    },
    Field {
        name: "quality",
        label: Words {
            zh: "其他质量要求",
            en: "Further requirements of quality",
        },
        kind: Kind::Lines,
        required: false,
        max_length: 1_000,
        initial: "",
        columns: &[],
    },
];

const COLUMNS: [FieldColumn; 6] = [
    FieldColumn {
        name: "name",
        label: Words {
            zh: "药品名称",
            en: "Name",
        },
        kind: Kind::Text,
        max_length: 60,
    },
    FieldColumn {
        name: "specification",
        label: Words {
            zh: "规格剂型",
            en: "Specification",
        },
        kind: Kind::Text,
        max_length: 60,
    },
    FieldColumn {
        name: "maker",
        label: Words {
            zh: "生产企业",
            en: "Manufacturer",
        },
        kind: Kind::Text,
        max_length: 60,
    },
    FieldColumn {
        name: "unit",
        label: Words {
            zh: "单位",
            en: "Unit",
        },
        kind: Kind::Text,
        max_length: 8,
    },
    FieldColumn {
        name: "quantity",
        label: Words {
            zh: "数量",
            en: "Quantity",
        },
        kind: Kind::Number,
        max_length: 13,
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
    let table = goods(contract.amount, values)?;
    let mut clauses = Clauses::new(head(contract, ["采购人", "供应商"]));
    clauses.0.push(Block::Paragraph(
        "根据《中华人民共和国民法典》《中华人民共和国药品管理法》及集中采购的有关规定，甲、乙双方本着平等、自愿、公平和诚实信用的原则，就药品购销事宜协商一致，订立本合同。"
            .to_owned(),
    ));
    let total = format!(
        "合同总金额为人民币{}（¥{}）。该金额含税费、包装、运输、装卸和保险费用；除国家价格政策调整外，合同期内单价不变。",
        chinese::in_words(contract.amount),
        chinese::in_digits(contract.amount)
    );
    clauses.clause(
        "采购药品及金额",
        [
            Block::Paragraph("乙方按下表所列品种、规格、数量和价格向甲方供应药品：".to_owned()),
            Block::Table(table),
            Block::Paragraph(total),
        ],
    );
    let quality = format!(
        "乙方供应的药品应符合国家药品标准和药品经营质量管理规范（GSP）的要求，随货提供同批次检验报告；到货时药品剩余有效期不少于{}个月。\n药品因质量问题被通报、召回的，乙方应立即无条件退换，并承担由此产生的费用。\n{}",
        values.text("shelfLife"),
        values.text("quality")
    );
    clauses.say("质量要求", quality);
    let delivery = format!(
        "乙方应在收到甲方订单之日起{}日内，将药品送达：{}。急救药品应在接到通知后二十四小时内送达。\n药品按说明书要求的温度和湿度储存、运输；需冷藏的，应全程冷链并随货提供温度记录。",
        values.text("deliveryDays"),
        values.text("deliveryPlace")
    );
    clauses.say("交货与运输", delivery);
    clauses.say(
        "验收",
        "甲方在收货时核对品种、规格、批号、数量、有效期和外观，当场验收并签收。对内在质量有异议的，应在收货之日起十五日内书面提出，双方共同送法定药品检验机构检验，检验费用由责任方承担。",
    );
    let payment = format!(
        "乙方凭验收单开具合法有效的发票，甲方应在验收合格并收到发票之日起{}日内，以银行转账方式付清相应货款。",
        values.text("paymentDays")
    );
    clauses.say("货款支付", payment);
    clauses.say(
        "违约责任",
        "乙方逾期交货的，每逾期一日按逾期部分货款的千分之一支付违约金；甲方逾期付款的，每逾期一日按逾期金额的千分之一支付违约金。违约金累计不超过合同总金额的百分之五。乙方所供药品不合格的，除退换外，应赔偿由此造成的损失。",
    );
    clauses.say(
        "廉洁约定",
        "双方不得以任何方式给予或者收受回扣及其他不正当利益。违反本条的，守约方有权解除合同，并将有关情况报送主管部门。",
    );
    clauses.clause(
        "合同期限与其他约定",
        [Block::Paragraph(term(contract))]
            .into_iter()
            .chain(further_terms(contract)),
    );
    clauses.say(
        "争议解决与签署",
        "因履行本合同发生的争议，双方协商解决；协商不成的，向甲方所在地人民法院提起诉讼。\n本合同采用可靠的电子签名签署，与手写签名或者盖章具有同等法律效力，自双方电子签章之日起生效。双方均可随时下载并验证本合同。",
    );
    clauses.0.push(signatures(contract));
    Ok(clauses.0)
}

/// The table; its rows must come to the amount of the contract, or the two would contradict each other.
fn goods(amount: Amount, values: &Values) -> Result<Table, Wrong> {
    let mut rows = Vec::new();
    let mut sum = Some(0_i64);
    for (number, row) in (1..).zip(values.rows("goods")) {
        let costs = match row.as_slice() {
            [.., Given::Number(quantity), Given::Money(price)] => quantity.times(*price),
            _ => None,
        };
        sum = sum
            .zip(costs)
            .and_then(|(sum, costs)| sum.checked_add(costs));
        let costs = Amount::from_fen(costs.unwrap_or_default());
        let cells = row.iter().map(Given::text);
        let number = format!("{number}");
        let row = std::iter::once(number)
            .chain(cells)
            .chain([chinese::in_digits(costs)]);
        rows.push(row.collect());
    }
    if sum != Some(amount.fen()) {
        return Err(Wrong::from([("fields.goods".to_owned(), FieldError::Sum)]));
    }
    let column = |head, part, right| Column { head, part, right };
    Ok(Table {
        columns: vec![
            column("序号", 28.0, false),
            column("药品名称", 90.0, false),
            column("规格剂型", 72.0, false),
            column("生产企业", 86.0, false),
            column("单位", 30.0, false),
            column("数量", 46.0, true),
            column("单价（元）", 62.0, true),
            column("金额（元）", 70.0, true),
        ],
        rows,
        total: Some(format!(
            "合计（大写）：{}　　（小写）：¥{}",
            chinese::in_words(amount),
            chinese::in_digits(amount)
        )),
    })
}
