//! Messages in the channel.

use serde_json::{Value, json};

use super::{case, check, refused};

#[test]
fn message() {
    let ok = |name: &str, hex: &str, canonical: &str, message: Value| {
        case(
            name,
            json!({ "hex": hex }),
            json!({ "message": message, "canonical": canonical }),
        )
    };
    let bad = |name: &str, hex: &str| case(name, json!({ "hex": hex }), refused("malformed"));
    let skipped =
        |name: &str, hex: &str| case(name, json!({ "hex": hex }), json!({ "skipped": true }));
    let progress = |step: &str| json!({ "type": "progress", "step": step });
    // Heads are written out by hand: 78 nn is a text of nn bytes, 79 nn nn one of more.
    let hello = |length: usize| {
        format!(
            "8201a3007840{}0178{length:02x}{}02627a68",
            "61".repeat(64),
            "62".repeat(length)
        )
    };
    let long =
        |kind: &str, length: usize| format!("82{kind}a10079{length:04x}{}", "78".repeat(length));
    let detail = |length: usize| format!("8206a10178{length:02x}{}", "63".repeat(length));
    let hello_read =
        json!({ "type": "hello", "app": "a".repeat(64), "device": "b".repeat(64), "locale": "zh" });
    let mut cases = vec![
        ok("hello at its limits", &hello(64), &hello(64), hello_read),
        bad("hello with a device one character longer", &hello(65)),
        ok(
            "request at its limit",
            &long("02", 32_768),
            &long("02", 32_768),
            json!({ "type": "request", "jws": "x".repeat(32_768) }),
        ),
        bad("request one character longer", &long("02", 32_769)),
        ok(
            "assertion",
            "8204a1006178",
            "8204a1006178",
            json!({ "type": "assertion", "jws": "x" }),
        ),
        bad(
            "assertion one character longer than its limit",
            &long("04", 16_385),
        ),
        ok(
            "refusal",
            "8205a1006772656675736564",
            "8205a1006772656675736564",
            json!({ "type": "refusal", "code": "refused" }),
        ),
        ok(
            "refusal with a newer phone's code is read as internal",
            "8205a100636e6577",
            "8205a10068696e7465726e616c",
            json!({ "type": "refusal", "code": "internal" }),
        ),
        ok(
            "outcome, all went well",
            "8206a0",
            "8206a0",
            json!({ "type": "outcome", "code": null, "detail": null }),
        ),
        ok(
            "outcome with a detail of 200 characters",
            &detail(200),
            &detail(200),
            json!({ "type": "outcome", "code": null, "detail": "c".repeat(200) }),
        ),
        bad("outcome with a detail of 201 characters", &detail(201)),
        ok(
            "a longer encoding of the same numbers",
            "821803a118001801",
            "8203a10001",
            progress("reviewing"),
        ),
        ok(
            "unknown key with a nested value",
            "8203a209c181636162630001",
            "8203a10001",
            progress("reviewing"),
        ),
        ok(
            "unknown key that is text",
            "8203a200016161f6",
            "8203a10001",
            progress("reviewing"),
        ),
        ok(
            "unknown value nested to the limit",
            &format!("8203a2000109{}00", "81".repeat(6)),
            "8203a10001",
            progress("reviewing"),
        ),
        bad(
            "unknown value nested one deeper",
            &format!("8203a2000109{}00", "81".repeat(7)),
        ),
        skipped("unknown type", "821863a0"),
        skipped("unknown type with another body", "820b8101"),
        bad("unknown type and a byte after it", "821863a000"),
        bad("unknown type with an indefinite body", "8218639fff"),
        bad("empty", ""),
        bad("not an array", "a0"),
        bad("an array of one", "8103"),
        bad("an array of three", "8303a1000100"),
        bad("an indefinite array", "9f03a10001ff"),
        bad("an indefinite map", "8203bf0001ff"),
        bad("an indefinite text", "8205a1007f6161ff"),
        bad("type as text", "826133a10001"),
        bad("a negative type", "8222a10001"),
        bad("body is an array", "8203820001"),
        bad("member missing", "8203a0"),
        bad("member twice", "8203a200010001"),
        bad("step 0", "8203a10000"),
        bad("step 5", "8203a10005"),
        bad("step as text", "8203a1006131"),
        bad("code as a number", "8205a10001"),
        bad("text that is not UTF-8", "8205a10061ff"),
        bad("a byte after the message", "8203a1000100"),
        bad("cut off", "8203a100"),
        bad(
            "a map that claims 2^64 - 1 members",
            "8203bbffffffffffffffff",
        ),
    ];
    cases.extend(about_documents(&ok, &bad));
    for (number, step) in [
        (1, "reviewing"),
        (2, "choosing-certificate"),
        (3, "entering-pin"),
        (4, "signing"),
    ] {
        let hex = format!("8203a1000{number}");
        cases.push(ok(&format!("progress {step}"), &hex, &hex, progress(step)));
    }
    check(
        "message",
        "CBOR messages in the channel (section 7), in hex; `canonical` is how they are written.",
        cases,
    );
}

/// Messages of a sealing.
fn about_documents(
    ok: &dyn Fn(&str, &str, &str, Value) -> Value,
    bad: &dyn Fn(&str, &str) -> Value,
) -> Vec<Value> {
    let same = |name: &str, hex: &str, message: Value| ok(name, hex, hex, message);
    let state = "aa".repeat(32);
    // Key 2: state, 3: tail, 4: appended, 5 and 6: gap, 7: attributes.
    let prepared = |tail: usize, appended: &str, begin: &str, end: &str| {
        format!(
            "8208a70001025820{state}0358{tail:02x}{}04{appended}05{begin}06{end}0742310b",
            "bb".repeat(tail)
        )
    };
    let layout = |appended: u32, begin: u32, end: u32| {
        json!({
            "type": "prepared", "document": 1, "state": state, "tail": "bb".repeat(63), "appended": appended,
            "gap": [begin, end], "attributes": "310b",
        })
    };
    let signature = "cd".repeat(64);
    vec![
        same(
            "choice of two certificates and a seal",
            "8207a200824130423031014153",
            json!({ "type": "choice", "certificates": ["30", "3031"], "seal": "53" }),
        ),
        bad(
            "choice of five certificates",
            "8207a2008541304130413041304130014153",
        ),
        bad("choice without a seal", "8207a100814130"),
        bad("choice whose certificates are text", "8207a200816130014153"),
        bad(
            "choice whose certificates are an indefinite array",
            "8207a2009f4130ff014153",
        ),
        same(
            "prepared",
            &prepared(63, "1903e8", "1864", "18c8"),
            layout(1_000, 100, 200),
        ),
        same(
            "prepared, as much appended as is allowed",
            &prepared(63, "1a00800000", "01", "1a007fffff"),
            layout(8_388_608, 1, 8_388_607),
        ),
        bad(
            "prepared, a byte more appended",
            &prepared(63, "1a00800001", "01", "02"),
        ),
        bad(
            "prepared with a tail of a whole block",
            &prepared(64, "1903e8", "1864", "18c8"),
        ),
        bad(
            "prepared with an empty gap",
            &prepared(63, "1903e8", "1864", "1864"),
        ),
        bad(
            "prepared with a gap that ends before it begins",
            &prepared(63, "1903e8", "18c8", "1864"),
        ),
        bad(
            "prepared with a gap at the very beginning",
            &prepared(63, "1903e8", "00", "1864"),
        ),
        bad(
            "prepared with a gap up to the very end",
            &prepared(63, "1903e8", "1864", "1903e8"),
        ),
        same(
            "prepared, and it cannot be sealed",
            "8208a2000101716b6579776f72642d6e6f742d666f756e64",
            json!({ "type": "prepared", "document": 1, "code": "keyword-not-found" }),
        ),
        same(
            "fetch",
            "8209a400000101021903e8031a00030000",
            json!({ "type": "fetch", "document": 0, "part": 1, "from": 1_000, "length": 196_608 }),
        ),
        bad(
            "fetch of a byte more than a piece has",
            "8209a400000101021903e8031a00030001",
        ),
        bad("fetch of no byte", "8209a400000101021903e80300"),
        bad("fetch of a third part", "8209a400000102021903e80301"),
        bad("fetch beyond 32 bits", "8209a400000101021affffffff0301"),
        same(
            "piece",
            "820aa10041ff",
            json!({ "type": "piece", "bytes": "ff" }),
        ),
        bad("piece as text", "820aa1006161"),
        same(
            "assertion with a signature over a document",
            &format!("8204a200617801815840{signature}"),
            json!({ "type": "assertion", "jws": "x", "signatures": [signature] }),
        ),
        bad(
            "assertion with a signature of 63 bytes",
            &format!("8204a20061780181583f{}", "cd".repeat(63)),
        ),
        same(
            "outcome for three documents, of which one was not accepted",
            "8206a1028360716b6579776f72642d6e6f742d666f756e6460",
            json!({
                "type": "outcome", "code": null, "detail": null,
                "documents": [null, "keyword-not-found", null],
            }),
        ),
    ]
}
