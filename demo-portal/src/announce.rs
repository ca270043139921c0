//! What the portal prints when it has started: short, Chinese first, English next to it; for programs one line instead.

use std::fmt::Write;

use crate::{contracts::demo::WaitingContract, platform::accounts::EnterpriseKind, serve::Ready};

/// What to do first: both ways in, and where the staff is.
const FIRST_STEPS: [&str; 6] = [
    "1 在手机页面申请证书，可填入示例企业。  On the phone page apply for a certificate; the form offers two examples.",
    "2 尚未注册的企业：在登录页点折角，扫码，即可注册。",
    "  The one not registered yet: scan the code behind the corner of the login card, and register.",
    "  已有账号的企业：用 li.na 的密码登录，在用户中心扫码绑定；以后扫码登录。",
    "  The one that has an account: log in as li.na, bind by scan in the user centre; from then on the scan logs in.",
    "3 平台管理：用 admin 登录。  Administration of the platform: log in as admin.",
];

/// The text for people.
pub fn text(ready: &Ready) -> String {
    let mut text = String::new();
    let mut line = |line: String| writeln!(text, "{line}").expect("writing to a text cannot fail");
    line("ScanSeal 演示平台已启动  ScanSeal demo is running".to_owned());
    line(String::new());
    line(format!("  电脑页面  Desktop page   {}", ready.desktop));
    line(format!("  手机页面  Phone page     {}", ready.phone));
    match (&ready.lan_phone, ready.tls_port) {
        (Some(phone), _) => {
            line(format!("  真实手机  A real phone   {phone}"));
            line("            手机会提示证书不受信任，请选择继续。The phone warns about the certificate once: go on.".to_owned());
        }
        (None, Some(_)) => line(
            "            真实手机请加 --lan 启动。For a real phone start with --lan.".to_owned(),
        ),
        (None, None) => {
            line(
                "            真实手机请加 --lan --tls-listen 0.0.0.0:8443 --tls-self-signed"
                    .to_owned(),
            );
            line(
                "            For a real phone add these flags: its camera needs HTTPS.".to_owned(),
            );
        }
    }
    line(String::new());
    for step in FIRST_STEPS {
        line(format!("  {step}"));
    }
    for step in contract_steps(ready) {
        line(format!("  {step}"));
    }
    line(String::new());
    line("  演示账号  Demo accounts (user name / password / enterprise, credit code)".to_owned());
    for account in &ready.accounts {
        let role = match account.kind {
            EnterpriseKind::Purchaser => "采购人 purchaser",
            EnterpriseKind::Supplier => "供应商 supplier",
            EnterpriseKind::Platform => "平台运营 platform staff",
        };
        line(format!(
            "    {} / {}  {} {role}",
            account.login, account.password, account.name
        ));
        line(format!(
            "      {}  {}",
            account.enterprise, account.credit_code
        ));
    }
    line(String::new());
    line("  结束请按 Ctrl+C。  Press Ctrl+C to stop.".to_owned());
    text
}

/// Sealing and checking a contract.
fn contract_steps(ready: &Ready) -> Vec<String> {
    let mut steps = Vec::new();
    if let Some(WaitingContract {
        login,
        number,
        title,
    }) = &ready.waiting
    {
        steps.push(format!(
            "4 合同：用 {login} 登录并绑定证书（第 1、2 步），打开“合同签署”，“{title}”（{number}）等您盖章。"
        ));
        steps.push(format!(
            "  Contracts: log in as {login}, bind a certificate (steps 1, 2), open Contracts; {number} waits for your seal."
        ));
    } else {
        steps.push(
            "4 合同：登录后打开“合同签署”，起草、扫码盖章。  Contracts: log in, open Contracts, draw one up and seal it by scan."
                .to_owned(),
        );
    }
    steps.push(format!(
        "  下载的文件任何人都可以检查。  Anybody can check the saved file: {}verify",
        ready.desktop
    ));
    steps
}

/// The line `ready {json}` for programs.
pub fn line_for_programs(ready: &Ready) -> String {
    let json = serde_json::to_string(ready).expect("texts always have a JSON form");
    format!("ready {json}\n")
}
