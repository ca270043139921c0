//! What the demo's enterprises agree on.

use serde_json::{Value, json};

/// A contract of the demo.
pub(super) struct Plan {
    /// Who draws it up.
    pub(super) by: &'static str,
    /// Somebody of the other party.
    pub(super) with: &'static str,
    /// `{year}` is the next one.
    pub(super) title: &'static str,
    pub(super) order_number: &'static str,
    pub(super) amount: &'static str,
    pub(super) terms: &'static str,
    pub(super) order: &'static str,
    pub(super) template: &'static str,
    pub(super) fields: fn() -> Value,
    /// Whose seals it gets, in this order.
    pub(super) sealed: &'static [&'static str],
    pub(super) then: Then,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Draft,
    Returned {
        by: &'static str,
        reason: &'static str,
    },
    Submitted,
}

const LI_NA: &str = "li.na";
const ZHANG_WEI: &str = "zhang.wei";
const WANG_QIANG: &str = "wang.qiang";
const AYGULI: &str = "ayguli";
const DRUGS: &str = "drug-procurement";
const SERVICES: &str = "service-framework";

pub(super) const PLANS: [Plan; 6] = [
    Plan {
        by: LI_NA,
        with: ZHANG_WEI,
        title: "{year}年度抗感染类药品采购合同",
        order_number: "YLCG-2026-0318",
        amount: "386500.00",
        terms: "乙方每月25日前报送次月配送计划，节假日照常配送。",
        order: "ours-first",
        template: DRUGS,
        fields: infections,
        sealed: &[LI_NA, ZHANG_WEI],
        then: Then::Submitted,
    },
    Plan {
        by: LI_NA,
        with: ZHANG_WEI,
        title: "心血管类药品补充采购合同",
        order_number: "YLCG-2026-0407",
        amount: "128640.00",
        terms: "",
        order: "ours-first",
        template: DRUGS,
        fields: hearts,
        sealed: &[LI_NA],
        then: Then::Submitted,
    },
    Plan {
        by: ZHANG_WEI,
        with: LI_NA,
        title: "医疗设备维护保养框架协议",
        order_number: "YLFW-2026-0052",
        amount: "600000.00",
        terms: "维护过程中更换的配件另行计价，单价以双方确认的报价单为准。",
        order: "ours-last",
        template: SERVICES,
        fields: maintenance,
        sealed: &[],
        then: Then::Submitted,
    },
    Plan {
        by: LI_NA,
        with: ZHANG_WEI,
        title: "急救药品储备采购合同",
        order_number: "YLCG-2026-0421",
        amount: "54300.00",
        terms: "储备药品按先进先出原则轮换，临近效期六个月的由乙方免费更换。",
        order: "ours-first",
        template: DRUGS,
        fields: emergencies,
        sealed: &[LI_NA],
        then: Then::Returned {
            by: ZHANG_WEI,
            reason: "付款期限与招标文件不一致，请改为验收后三十日内付款。",
        },
    },
    Plan {
        by: LI_NA,
        with: ZHANG_WEI,
        title: "{year}年度中药饮片采购合同",
        order_number: "",
        amount: "73800.00",
        terms: "",
        order: "ours-first",
        template: DRUGS,
        fields: herbs,
        sealed: &[],
        then: Then::Draft,
    },
    Plan {
        by: WANG_QIANG,
        with: AYGULI,
        title: "{year}年度校园网络运行维护框架协议",
        order_number: "YLJY-2026-0016",
        amount: "480000.00",
        terms: "",
        order: "ours-first",
        template: SERVICES,
        fields: network,
        sealed: &[WANG_QIANG],
        then: Then::Submitted,
    },
];

/// Name, specification, manufacturer, unit, quantity, price.
fn drugs(rows: &[[&str; 6]], payment_days: &str) -> Value {
    let row = |[name, specification, maker, unit, quantity, price]: &[&str; 6]| {
        json!({ "name": name, "specification": specification, "maker": maker, "unit": unit,
                "quantity": quantity, "price": price })
    };
    json!({
        "goods": rows.iter().map(row).collect::<Vec<_>>(),
        "deliveryPlace": "云岭市第一人民医院药学部库房",
        "deliveryDays": "3",
        "shelfLife": "12",
        "paymentDays": payment_days,
        "quality": "",
    })
}

fn infections() -> Value {
    let rows = [
        [
            "注射用头孢曲松钠",
            "1.0g×10瓶/盒",
            "天山制药股份有限公司",
            "盒",
            "2000",
            "86.40",
        ],
        [
            "左氧氟沙星片",
            "0.5g×10片/盒",
            "云岭康泰药业有限公司",
            "盒",
            "3500",
            "32.60",
        ],
        [
            "阿奇霉素干混悬剂",
            "0.1g×6袋/盒",
            "北坡生物制药有限公司",
            "盒",
            "4000",
            "24.90",
        ],
    ];
    drugs(&rows, "60")
}

fn hearts() -> Value {
    let rows = [
        [
            "苯磺酸氨氯地平片",
            "5mg×28片/盒",
            "云岭康泰药业有限公司",
            "盒",
            "2400",
            "28.60",
        ],
        [
            "阿托伐他汀钙片",
            "20mg×14片/盒",
            "天山制药股份有限公司",
            "盒",
            "1500",
            "40.00",
        ],
    ];
    drugs(&rows, "60")
}

fn emergencies() -> Value {
    let rows = [
        [
            "盐酸肾上腺素注射液",
            "1ml:1mg×10支/盒",
            "北坡生物制药有限公司",
            "盒",
            "300",
            "97.00",
        ],
        [
            "硫酸阿托品注射液",
            "1ml:0.5mg×10支/盒",
            "北坡生物制药有限公司",
            "盒",
            "400",
            "63.00",
        ],
    ];
    drugs(&rows, "90")
}

fn herbs() -> Value {
    let rows = [
        [
            "黄芪（饮片）",
            "500g/袋",
            "云岭本草饮片有限公司",
            "袋",
            "600",
            "68.00",
        ],
        [
            "甘草（饮片）",
            "500g/袋",
            "云岭本草饮片有限公司",
            "袋",
            "600",
            "55.00",
        ],
    ];
    drugs(&rows, "60")
}

/// Name, standard, unit, price.
fn services(rows: &[[&str; 4]], hours: &str) -> Value {
    let row = |[name, standard, unit, price]: &[&str; 4]| json!({ "name": name, "standard": standard, "unit": unit, "price": price });
    json!({
        "services": rows.iter().map(row).collect::<Vec<_>>(),
        "payment": "按季度据实结算：乙方于每季度末提交服务清单和发票，甲方审核确认后三十日内支付。",
        "responseHours": hours,
        "noticeDays": "30",
        "purchaserContact": "",
        "supplierContact": "",
    })
}

fn maintenance() -> Value {
    let rows = [
        [
            "CT设备季度保养",
            "按厂家规程校准、除尘并出具报告",
            "台次",
            "8600",
        ],
        [
            "呼吸机应急维修",
            "接报后四小时内到场，备机同时到位",
            "次",
            "1500",
        ],
        ["监护仪年度检测", "出具计量检测合格证", "台", "320"],
    ];
    services(&rows, "2")
}

fn network() -> Value {
    let rows = [
        ["网络设备巡检", "每校每月一次，提交巡检报告", "校次", "680"],
        ["故障现场处理", "城区两小时、乡镇六小时内到场", "次", "450"],
        ["网络安全加固", "按等级保护二级要求整改并复测", "校", "5200"],
    ];
    services(&rows, "1")
}
