//! A whole platform in memory: bind a certificate to an account, then log in with it.
//!
//! `cargo run -p scanseal-platform --example minimal`
//!
//! The maps below stand for a platform's tables. Each of the two functions `bind` and `log_in` is what must happen in **one
//! transaction**: the record is read again, the tables are asked, the nonce is marked as used, and what follows is written.

#![allow(clippy::print_stdout, missing_docs, unreachable_pub)]

mod world;

use std::collections::HashMap;

use scanseal_pki::{CaKind, Certificate, CreditCode, LocalizedName, UnixTime};
use scanseal_platform::{
    request::{self, NewRequest, RequestRecord, Used},
    submission::{
        Against, BindOutcome, BindStanding, Course, Handover, Holder, LoginStanding, Refusal,
        Submission, Verified,
    },
};
use scanseal_protocol::{
    Origin,
    request::{CertificateKind, Nonce, PlatformId, RequestClaims},
};
use world::World;

/// An account, as the platform registered it.
struct Account {
    login: &'static str,
    enterprise: &'static str,
    credit_code: CreditCode,
}

/// The platform: its identity, and the tables that it keeps.
struct Platform {
    world: World,
    id: PlatformId,
    name: LocalizedName,
    origin: Origin,
    accounts: Vec<Account>,
    /// By certificate hash: the account.
    bindings: HashMap<[u8; 32], usize>,
    /// By nonce.
    requests: HashMap<Nonce, RequestRecord>,
    /// By nonce: the answer that was given, for the same browser that asks again.
    answers: HashMap<Nonce, String>,
}

impl Platform {
    /// Step 1: make, sign and remember a request. `cookie` is the browser's scan cookie, 32 random bytes.
    fn issue(
        &mut self,
        cookie: &[u8; 32],
        claims: impl FnOnce(&NewRequest<'_>) -> RequestClaims,
    ) -> String {
        let nonce = Nonce::from_bytes(world::random());
        let claims = claims(&NewRequest {
            platform: &self.id,
            name: &self.name,
            origin: &self.origin,
            nonce,
            now: self.world.now,
            browser: "Chrome 120 / Windows",
            place: "云岭市",
            kinds: &[CertificateKind::Platform, CertificateKind::Mutual],
        });
        let signed = self.world.sign(&claims);
        let record = RequestRecord::new(signed.clone(), request::browser_hash(cookie));
        self.requests.insert(nonce, record);
        signed
    }

    /// Step 2: the checks that take no table, and the choice between the first time and a repetition.
    fn check(
        &self,
        handover: &Handover,
        cookie: Option<&[u8; 32]>,
    ) -> Result<(Submission, Option<Verified>), Refusal> {
        let submission = Submission::parse(handover)?;
        let record = self.requests.get(&submission.nonce());
        let browser = cookie.map(|cookie| request::browser_hash(cookie));
        let course = submission.find_course(record, browser.as_ref(), self.world.now)?;
        let (Some(record), Some(browser), Course::First) = (record, &browser, course) else {
            return Ok((submission, None));
        };
        let verified = submission.verify(&Against {
            record,
            browser,
            trust: &self.world.trust(),
            revocation: &self.world.revocation(&[]),
            now: self.world.now,
        })?;
        Ok((submission, Some(verified)))
    }

    /// Step 3 of a login.
    fn log_in(&mut self, handover: &Handover, cookie: &[u8; 32]) -> Result<String, Refusal> {
        let (submission, verified) = self.check(handover, Some(cookie))?;
        let Some(verified) = verified else {
            return Ok(self.answer_again(&submission));
        };
        let account = self.bindings.get(&verified.certificate().sha256()).copied();
        let standing = account.map(|_| LoginStanding {
            frozen: false,
            disabled: false,
        });
        verified.check_login(standing.as_ref())?;
        let login = account.map_or("", |account| self.accounts[account].login);
        Ok(self.finish(&submission, format!("logged in as {login}")))
    }

    /// Step 3 of a binding. `asked_by` is the account whose web session asked; `now_there` who is logged in there now.
    fn bind(
        &mut self,
        handover: &Handover,
        cookie: &[u8; 32],
        asked_by: usize,
        now_there: Option<usize>,
    ) -> Result<String, Refusal> {
        let (submission, verified) = self.check(handover, Some(cookie))?;
        let Some(verified) = verified else {
            return Ok(self.answer_again(&submission));
        };
        let id = verified.certificate().sha256();
        let account = &self.accounts[asked_by];
        let outcome = verified.check_bind(&BindStanding {
            same_session: now_there == Some(asked_by),
            disabled: false,
            enterprise: account.enterprise,
            credit_code: &account.credit_code,
            holder: match self.bindings.get(&id) {
                None => Holder::Nobody,
                Some(&holder) if holder == asked_by => Holder::SameAccount,
                Some(_) => Holder::AnotherAccount,
            },
            frozen: false,
        })?;
        if outcome == BindOutcome::Bind {
            if let Some(replaced) = verified.account().and_then(|account| account.replaces) {
                self.bindings.remove(&replaced);
            }
            self.bindings.insert(id, asked_by);
        }
        let login = self.accounts[asked_by].login;
        Ok(self.finish(&submission, format!("{outcome:?}: {login}")))
    }

    fn finish(&mut self, submission: &Submission, answer: String) -> String {
        if let Some(record) = self.requests.get_mut(&submission.nonce()) {
            record.used = Some(Used {
                at: self.world.now,
                submission: submission.hash(),
            });
        }
        self.answers.insert(submission.nonce(), answer.clone());
        answer
    }

    fn answer_again(&self, submission: &Submission) -> String {
        let answer = self.answers.get(&submission.nonce()).cloned();
        answer.unwrap_or_default()
    }
}

fn main() {
    let code = |text| CreditCode::parse(text).expect("a good code");
    let mut platform = Platform {
        world: World::new(UnixTime::from_secs(1_800_000_000), CaKind::Mutual),
        id: PlatformId::parse("portal.example").expect("a good id"),
        name: LocalizedName {
            zh: "云岭公共资源交易平台".to_owned(),
            en: "Yunling Public Procurement".to_owned(),
        },
        origin: "https://portal.example".parse().expect("a good origin"),
        accounts: vec![Account {
            login: "li.na",
            enterprise: "天山博康医疗器械有限公司",
            credit_code: code("91650100MA77C0R54J"),
        }],
        bindings: HashMap::new(),
        requests: HashMap::new(),
        answers: HashMap::new(),
    };
    let cookie: [u8; 32] = world::random();
    // Written by the authority with other brackets and a space: still the same name.
    let phone = platform
        .world
        .phone("天山博康 医疗器械有限公司", "91650100MA77C0R54J");
    let stranger = platform.world.phone("云岭市教育局", "11650100MB0F883179");
    let now = platform.world.now;

    let login = platform.issue(&cookie, |new| new.login());
    show(
        "log in before binding",
        platform.log_in(&phone.answer(&login, now), &cookie),
    );

    let li_na = &platform.accounts[0];
    let account = request::account(li_na.login, li_na.enterprise, li_na.credit_code, None)
        .expect("names that fit");
    let bind = platform.issue(&cookie, |new| new.bind(account));
    show(
        "bind another enterprise's certificate",
        platform.bind(&stranger.answer(&bind, now), &cookie, 0, Some(0)),
    );
    show(
        "bind after logging out",
        platform.bind(&phone.answer(&bind, now), &cookie, 0, None),
    );
    let answer = phone.answer(&bind, now);
    show("bind", platform.bind(&answer, &cookie, 0, Some(0)));
    show(
        "the same again",
        platform.bind(&answer, &cookie, 0, Some(0)),
    );
    show(
        "the same from another browser",
        platform.bind(&answer, &world::random(), 0, Some(0)),
    );

    let login = platform.issue(&cookie, |new| new.login());
    show(
        "log in",
        platform.log_in(&phone.answer(&login, now), &cookie),
    );
    println!("bound now: {}", bound(&platform, &phone.certificate));
}

fn show(what: &str, outcome: Result<String, Refusal>) {
    match outcome {
        Ok(answer) => println!("{what}: {answer}"),
        Err(refusal) => println!("{what}: {} {refusal}", refusal.status()),
    }
}

fn bound(platform: &Platform, certificate: &Certificate) -> &'static str {
    let account = platform.bindings.get(&certificate.sha256());
    account.map_or("nobody", |&account| platform.accounts[account].login)
}
