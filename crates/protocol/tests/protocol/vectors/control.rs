//! Control messages between an end and the relay.

use serde_json::json;

use super::{case, check, refused};

#[test]
fn control() {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let id = "AAECAwQFBgcICQoLDA0ODw";
    let same = |from: &str, name: &str, text: String| {
        case(
            name,
            json!({ "from": from, "text": text }),
            json!({ "text": text }),
        )
    };
    let bad = |from: &str, name: &str, text: String| {
        case(
            name,
            json!({ "from": from, "text": text }),
            refused("malformed"),
        )
    };
    let mut cases = vec![
        same(
            "end",
            "open",
            format!(r#"{{"t":"open","key":"{key}","next":0,"scanned":120}}"#),
        ),
        same(
            "end",
            "re-open, locked to a phone",
            format!(r#"{{"t":"open","key":"{key}","next":3,"scanned":300,"phone":"{id}"}}"#),
        ),
        same(
            "end",
            "join",
            format!(r#"{{"t":"join","sid":"{id}","key":"{key}","next":0}}"#),
        ),
        same(
            "end",
            "ack at the largest number",
            r#"{"t":"ack","next":4294967295}"#.to_owned(),
        ),
        same("end", "ping", r#"{"t":"ping"}"#.to_owned()),
        same(
            "relay",
            "opened, nobody there",
            r#"{"t":"opened","expires":180000,"peer":"none"}"#.to_owned(),
        ),
        same(
            "relay",
            "opened, phone away",
            format!(r#"{{"t":"opened","expires":1,"peer":"away","phone":"{id}","next":2}}"#),
        ),
        same(
            "relay",
            "joined",
            r#"{"t":"joined","expires":120000,"peer":"here","next":0}"#.to_owned(),
        ),
        same(
            "relay",
            "peer joined",
            format!(r#"{{"t":"peer","state":"joined","phone":"{id}","next":0,"expires":120000}}"#),
        ),
        same(
            "relay",
            "peer away",
            r#"{"t":"peer","state":"away"}"#.to_owned(),
        ),
        same(
            "relay",
            "peer back",
            r#"{"t":"peer","state":"back","next":5}"#.to_owned(),
        ),
        same(
            "relay",
            "peer left",
            r#"{"t":"peer","state":"left","code":"refused"}"#.to_owned(),
        ),
        same("relay", "ack", r#"{"t":"ack","next":1}"#.to_owned()),
        same("relay", "pong", r#"{"t":"pong"}"#.to_owned()),
        same(
            "relay",
            "error with a wait",
            r#"{"t":"error","code":"rate-limited","retry":5000}"#.to_owned(),
        ),
        same(
            "relay",
            "error without a wait",
            r#"{"t":"error","code":"already-scanned"}"#.to_owned(),
        ),
    ];
    for code in ["released", "qr-stale", "malformed"] {
        cases.push(same(
            "end",
            &format!("release {code}"),
            format!(r#"{{"t":"release","code":"{code}"}}"#),
        ));
    }
    for code in ["done", "cancelled", "refused", "malformed"] {
        cases.push(same(
            "end",
            &format!("close {code}"),
            format!(r#"{{"t":"close","code":"{code}"}}"#),
        ));
    }
    for code in [
        "done",
        "superseded",
        "qr-expired",
        "scan-expired",
        "released",
    ] {
        cases.push(same(
            "relay",
            &format!("closed {code}"),
            format!(r#"{{"t":"closed","code":"{code}"}}"#),
        ));
    }
    let unknown = json!({ "from": "relay", "text": r#"{"t":"closed","code":"of-a-newer-relay"}"# });
    cases.push(case(
        "a newer relay's code is read as internal",
        unknown,
        json!({ "text": r#"{"t":"closed","code":"internal"}"# }),
    ));
    let extra = json!({ "from": "end", "text": r#" {"new":{"a":[1]},"next":1,"t":"ack"} "# });
    cases.push(case(
        "unknown members and another order",
        extra,
        json!({ "text": r#"{"t":"ack","next":1}"# }),
    ));
    let ping = |size: usize| format!(r#"{{"t":"ping","x":"{}"}}"#, "x".repeat(size - 19));
    cases.push(case(
        "4096 bytes",
        json!({ "from": "end", "text": ping(4096) }),
        json!({ "text": r#"{"t":"ping"}"# }),
    ));
    cases.extend([
        bad("end", "4097 bytes", ping(4097)),
        bad("end", "empty", String::new()),
        bad("end", "an array", r#"["ping"]"#.to_owned()),
        bad(
            "end",
            "text after the object",
            r#"{"t":"ping"}{}"#.to_owned(),
        ),
        bad("end", "unknown message", r#"{"t":"pong"}"#.to_owned()),
        bad("end", "no message name", r#"{"next":1}"#.to_owned()),
        bad("end", "a member missing", r#"{"t":"ack"}"#.to_owned()),
        bad(
            "end",
            "a member twice",
            r#"{"t":"ack","next":1,"next":1}"#.to_owned(),
        ),
        bad(
            "end",
            "an unknown member twice",
            r#"{"t":"ping","x":1,"x":1}"#.to_owned(),
        ),
        bad(
            "end",
            "a number one past the largest",
            r#"{"t":"ack","next":4294967296}"#.to_owned(),
        ),
        bad(
            "end",
            "a negative number",
            r#"{"t":"ack","next":-1}"#.to_owned(),
        ),
        bad("end", "a fraction", r#"{"t":"ack","next":1.0}"#.to_owned()),
        bad(
            "end",
            "a number as text",
            r#"{"t":"ack","next":"1"}"#.to_owned(),
        ),
        bad("end", "null", r#"{"t":"ack","next":null}"#.to_owned()),
        bad(
            "end",
            "an id with padding",
            format!(r#"{{"t":"join","sid":"{id}==","key":"{key}","next":0}}"#),
        ),
        bad(
            "end",
            "an id one byte short",
            format!(
                r#"{{"t":"join","sid":"{}","key":"{key}","next":0}}"#,
                &id[..20]
            ),
        ),
        bad(
            "end",
            "a key with trailing bits",
            format!(
                r#"{{"t":"join","sid":"{id}","key":"{}9","next":0}}"#,
                &key[..42]
            ),
        ),
        bad(
            "end",
            "phone is null",
            format!(r#"{{"t":"open","key":"{key}","next":0,"scanned":1,"phone":null}}"#),
        ),
        bad(
            "end",
            "release with a code that is not for it",
            r#"{"t":"release","code":"done"}"#.to_owned(),
        ),
        bad(
            "end",
            "close with an unknown code",
            r#"{"t":"close","code":"no-such-code"}"#.to_owned(),
        ),
        bad(
            "relay",
            "peer in an unknown state",
            r#"{"t":"peer","state":"asleep"}"#.to_owned(),
        ),
        bad(
            "relay",
            "opened, a phone without its number",
            format!(r#"{{"t":"opened","expires":1,"peer":"here","phone":"{id}"}}"#),
        ),
        bad(
            "relay",
            "opened, a number without a phone",
            r#"{"t":"opened","expires":1,"peer":"none","next":0}"#.to_owned(),
        ),
    ]);
    check(
        "control",
        "Text frames from an end or from the relay (section 4); what is accepted is written again in the plain form.",
        cases,
    );
}
