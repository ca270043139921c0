//! What checking one login costs, on one core: `cargo run --release -p scanseal-platform --example cost`
//!
//! Prints one JSON object with microseconds a submission: all checks, the assertion's signature alone, path and revocation
//! (the rest of the checks takes next to nothing). `npx rust-just bench` sets it against what a whole login costs the portal.

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, dead_code)]

#[path = "minimal/world.rs"]
mod world;

use std::time::Instant;

use scanseal_pki::{CaKind, LocalizedName, UnixTime, Usage};
use scanseal_platform::{
    request::{self, NewRequest, RequestRecord},
    submission::{Against, Submission},
};
use scanseal_protocol::{
    Origin,
    jws::{Jws, JwsKind},
    request::{CertificateKind, Nonce, PlatformId},
};
use world::World;

const ROUNDS: u32 = 1_000;

fn main() {
    let world = World::new(UnixTime::from_secs(1_800_000_000), CaKind::Platform);
    let cookie: [u8; 32] = world::random();
    let platform = PlatformId::parse("portal.example").expect("a good id");
    let name = LocalizedName {
        zh: "云岭公共资源交易平台".to_owned(),
        en: "Yunling Public Procurement".to_owned(),
    };
    let origin: Origin = "https://portal.example".parse().expect("a good origin");
    let claims = NewRequest {
        platform: &platform,
        name: &name,
        origin: &origin,
        nonce: Nonce::from_bytes(world::random()),
        now: world.now,
        browser: "Chrome 120 / Windows",
        place: "云岭市",
        kinds: &[CertificateKind::Platform],
    }
    .login();
    let signed = world.sign(&claims);
    let phone = world.phone("天山博康医疗器械有限公司", "91650100MA77C0R54J");
    let handover = phone.answer(&signed, world.now);
    let browser = request::browser_hash(&cookie);
    let record = RequestRecord::new(signed, browser);
    let (trust, revocation) = (world.trust(), world.revocation(&[]));

    let all = microseconds(|| {
        let submission = Submission::parse(&handover).expect("a submission that can be read");
        let against = Against {
            record: &record,
            browser: &browser,
            trust: &trust,
            revocation: &revocation,
            now: world.now,
        };
        submission.verify(&against).expect("a good submission");
    });
    let signature = microseconds(|| {
        let jws = Jws::parse(&handover.assertion, JwsKind::Assertion).expect("a readable JWS");
        jws.verify_signature().expect("a good signature");
    });
    let jws = Jws::parse(&handover.assertion, JwsKind::Assertion).expect("a readable JWS");
    let path = microseconds(|| {
        trust
            .verify_path(
                jws.leaf(),
                jws.others(),
                world.now,
                Usage::Login,
                &revocation,
            )
            .expect("a good path");
    });
    println!(r#"{{"all":{all:.0},"signature":{signature:.0},"pathAndRevocation":{path:.0}}}"#);
}

fn microseconds(work: impl Fn()) -> f64 {
    let started = Instant::now();
    (0..ROUNDS).for_each(|_| work());
    started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS)
}
