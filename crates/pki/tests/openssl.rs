//! A second opinion: the `openssl` command (3.x) reads what is made here, and what it makes is read here.
//!
//! These tests use the real clock, because `openssl ocsp` does.
#![allow(clippy::unwrap_used)]

mod common;

use std::{
    fs,
    path::PathBuf,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use common::*;
use scanseal_pki::{
    Certificate, CertificateRequest, CertificateStatus, CreditCode, Crl, CsrBuilder, OcspRequest,
    OcspResponse, Profile, Revocation, RevocationDataError, RevocationPolicy, RevocationReason,
    RevocationStatus, RevokedEntry, SigningKey, Subject, UnixTime, Usage, verify_path,
};

/// A temporary folder in which `openssl` runs.
struct Bench {
    folder: tempfile::TempDir,
    world: World,
}

struct Outcome {
    success: bool,
    text: String,
}

impl Bench {
    fn new() -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
            world: World::at(UnixTime::from_secs(now)),
        };
        bench.write(
            "root.pem",
            pem("CERTIFICATE", bench.world.root.certificate().der()),
        );
        bench.write(
            "issuing.pem",
            pem("CERTIFICATE", bench.world.issuing.certificate().der()),
        );
        bench.write(
            "root-crl.pem",
            pem("X509 CRL", bench.world.root_crl(&[]).der()),
        );
        bench.write(
            "issuing-crl.pem",
            pem("X509 CRL", bench.world.crl(&[]).der()),
        );
        bench
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    /// Runs `openssl` with the words of `command`.
    fn openssl(&self, command: &str) -> Outcome {
        let output = Command::new("openssl")
            .args(command.split_whitespace())
            .current_dir(self.folder.path())
            .output();
        let output = output.expect("the command `openssl` (3.0 or later) is needed by this test: install the package openssl");
        let text = [output.stdout, output.stderr]
            .iter()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect();
        Outcome {
            success: output.status.success(),
            text,
        }
    }

    fn succeeds(&self, command: &str) -> String {
        let outcome = self.openssl(command);
        assert!(outcome.success, "openssl {command}\n{}", outcome.text);
        outcome.text
    }

    fn enterprise(&mut self) -> Certificate {
        let leaf = self.world.enterprise();
        self.write("leaf.pem", pem("CERTIFICATE", leaf.der()));
        leaf
    }
}

const VERIFY: &str = "verify -x509_strict -crl_check_all -CAfile root.pem -untrusted issuing.pem -CRLfile root-crl.pem -CRLfile issuing-crl.pem";

#[test]
fn openssl_accepts_every_kind_of_certificate_with_strict_rules() {
    let mut bench = Bench::new();
    let subject = Subject::new("演示平台运营有限公司", "演示平台").unwrap();
    let platform = Profile::Platform {
        subject: subject.clone(),
        hosts: vec!["portal.example".to_owned()],
    };
    let profiles = [
        (enterprise(true), "-purpose sslclient"),
        (enterprise(false), "-purpose any"),
        (
            platform,
            "-purpose sslserver -verify_hostname portal.example",
        ),
        (
            Profile::TrustListSigner {
                subject: subject.clone(),
            },
            "-purpose any",
        ),
        (Profile::OcspResponder { subject }, "-purpose ocsphelper"),
    ];
    for (profile, purpose) in profiles {
        let validity = around(bench.world.now, 90);
        let leaf = bench.world.issue(&profile, validity);
        bench.write("leaf.pem", pem("CERTIFICATE", leaf.der()));
        let text = bench.succeeds(&format!("{VERIFY} {purpose} leaf.pem"));
        assert!(text.contains("leaf.pem: OK"), "{profile:?}: {text}");
    }
}

#[test]
fn openssl_shows_the_profile_of_an_enterprise_certificate() {
    let mut bench = Bench::new();
    bench.enterprise();
    let text = bench.succeeds("x509 -in leaf.pem -noout -text -nameopt utf8,sep_comma_plus");
    for expected in [
        &format!("organizationIdentifier=NTRCN-{CREDIT_CODE}"),
        &format!("O={ENTERPRISE}"),
        "X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation\n",
        "1.3.6.1.5.5.7.3.36",
        "TLS Web Client Authentication",
        "X509v3 Basic Constraints: critical\n                CA:FALSE",
        "URI:http://ca.example/issuing.crl",
        "OCSP - URI:http://ca.example/issuing/ocsp",
        "CA Issuers - URI:http://ca.example/issuing.cer",
        "X509v3 Subject Key Identifier",
        "X509v3 Authority Key Identifier",
        "ecdsa-with-SHA256",
    ] {
        assert!(text.contains(expected), "{expected} is missing in\n{text}");
    }
}

#[test]
fn openssl_refuses_a_certificate_that_the_crl_revokes() {
    let mut bench = Bench::new();
    let leaf = bench.enterprise();
    let now = bench.world.now;
    let entry = RevokedEntry {
        serial_hex: leaf.serial_hex(),
        since: ago(now, 60),
        reason: RevocationReason::KeyCompromise,
    };
    let crl = bench.world.crl(&[entry]);
    bench.succeeds(&format!("{VERIFY} leaf.pem"));
    bench.write("issuing-crl.pem", pem("X509 CRL", crl.der()));
    let outcome = bench.openssl(&format!("{VERIFY} leaf.pem"));
    assert!(
        !outcome.success && outcome.text.contains("certificate revoked"),
        "{}",
        outcome.text
    );
    bench.write("issuing.crl", crl.der());
    let text = bench.succeeds("crl -inform DER -in issuing.crl -noout -text -CAfile issuing.pem");
    assert!(
        text.contains("verify OK")
            && text.contains("Key Compromise")
            && text.contains("CRL Number"),
        "{text}"
    );
}

#[test]
fn openssl_believes_ocsp_answers_and_reads_their_status() {
    let mut bench = Bench::new();
    let leaf = bench.enterprise();
    let revoked = CertificateStatus::Revoked {
        since: ago(bench.world.now, 60),
        reason: RevocationReason::CessationOfOperation,
    };
    for (status, word) in [
        (CertificateStatus::Good, "leaf.pem: good"),
        (revoked, "leaf.pem: revoked"),
        (CertificateStatus::Unknown, "leaf.pem: unknown"),
    ] {
        // openssl names certificates with SHA-1 unless told otherwise; both are understood.
        for digest in ["", "-sha256"] {
            bench.succeeds(&format!(
                "ocsp -issuer issuing.pem {digest} -cert leaf.pem -reqout request.der"
            ));
            let request = OcspRequest::from_der(&bench.read("request.der")).unwrap();
            assert!(request.nonce().is_some());
            let now = bench.world.now;
            let answer =
                bench
                    .world
                    .responder
                    .answer(&request, ago(now, 60), later(now, DAY), |serial| {
                        assert_eq!(serial, leaf.serial_hex());
                        status
                    });
            bench.write("answer.der", answer.unwrap());
            // With the request at hand openssl compares the nonce, with the certificate it prints the status.
            for question in [
                "-reqin request.der".to_owned(),
                format!("-no_nonce -issuer issuing.pem {digest} -cert leaf.pem"),
            ] {
                let text = bench.succeeds(&format!(
                    "ocsp {question} -respin answer.der -CAfile root.pem -verify_other issuing.pem"
                ));
                assert!(
                    text.contains("Response verify OK") && !text.contains("WARNING"),
                    "{text}"
                );
                assert_eq!(
                    text.contains(word),
                    question.contains("-cert"),
                    "{word}: {text}"
                );
            }
        }
    }
}

#[test]
fn ocsp_answers_of_openssl_are_believed_here() {
    let mut bench = Bench::new();
    let leaf = bench.enterprise();
    let now = bench.world.now;
    let responder_key = bench.world.key();
    let profile = Profile::OcspResponder {
        subject: subject("应答"),
    };
    let validity = around(now, 90);
    let responder = bench
        .world
        .issuing
        .issue(
            &profile,
            &responder_key.public_key(),
            validity,
            &mut bench.world.rng,
        )
        .unwrap();
    bench.write("responder.pem", pem("CERTIFICATE", responder.der()));
    bench.write("responder.key", responder_key.to_pkcs8_pem().as_bytes());
    let request =
        OcspRequest::new(&leaf, bench.world.issuing.certificate(), Some(&[5; 32])).unwrap();
    bench.write("request.der", request.der());
    let serial = leaf.serial_hex().to_uppercase();
    for (line, revoked) in [
        (
            format!("V\t350101000000Z\t\t{serial}\tunknown\t/CN=leaf\n"),
            false,
        ),
        (
            format!("R\t350101000000Z\t250101000000Z,keyCompromise\t{serial}\tunknown\t/CN=leaf\n"),
            true,
        ),
    ] {
        bench.write("index.txt", line);
        bench.succeeds(
            "ocsp -index index.txt -CA issuing.pem -rsigner responder.pem -rkey responder.key -reqin request.der \
             -respout answer.der -ndays 1",
        );
        let answer = OcspResponse::from_der(&bench.read("answer.der")).unwrap();
        assert_eq!(answer.nonce(), Some(&[5; 32][..]));
        let revocation = Revocation::new(RevocationPolicy::RequireLeaf).with_ocsp(answer);
        match revocation.status(&leaf, bench.world.issuing.certificate(), later(now, 60)) {
            RevocationStatus::Good { .. } => assert!(!revoked),
            RevocationStatus::Revoked { since, reason, .. } => {
                assert!(revoked);
                assert_eq!(since, UnixTime::from_secs(1_735_689_600));
                assert_eq!(reason, RevocationReason::KeyCompromise);
            }
            status => panic!("the answer of openssl was not believed: {status:?}"),
        }
    }
}

#[test]
fn ocsp_answer_signed_by_an_enterprise_is_not_believed_and_one_without_next_update_counts_for_an_hour()
 {
    let mut bench = Bench::new();
    let leaf = bench.enterprise();
    let now = bench.world.now;
    let request = OcspRequest::new(&leaf, bench.world.issuing.certificate(), None).unwrap();
    bench.write("request.der", request.der());
    let serial = leaf.serial_hex().to_uppercase();
    bench.write(
        "index.txt",
        format!("V\t350101000000Z\t\t{serial}\tunknown\t/CN=leaf\n"),
    );
    let responder = Profile::OcspResponder {
        subject: subject("应答"),
    };
    for (profile, believed) in [(responder, true), (enterprise(true), false)] {
        let key = bench.world.key();
        let signer = bench
            .world
            .issuing
            .issue(
                &profile,
                &key.public_key(),
                around(now, 90),
                &mut bench.world.rng,
            )
            .unwrap();
        bench.write("signer.pem", pem("CERTIFICATE", signer.der()));
        bench.write("signer.key", key.to_pkcs8_pem().as_bytes());
        bench.succeeds(
            "ocsp -index index.txt -CA issuing.pem -rsigner signer.pem -rkey signer.key -reqin request.der -respout answer.der",
        );
        let answer = OcspResponse::from_der(&bench.read("answer.der")).unwrap();
        let revocation = Revocation::new(RevocationPolicy::RequireLeaf).with_ocsp(answer);
        let status = |at| revocation.status(&leaf, bench.world.issuing.certificate(), at);
        match status(later(now, 60)) {
            RevocationStatus::Good {
                this_update,
                next_update,
                ..
            } => {
                assert!(believed);
                assert_eq!(next_update, later(this_update, HOUR));
                assert!(matches!(
                    status(later(this_update, HOUR - 1)),
                    RevocationStatus::Good { .. }
                ));
                assert_eq!(status(later(this_update, HOUR)), RevocationStatus::Unknown);
            }
            other => assert_eq!((other, believed), (RevocationStatus::Unknown, false)),
        }
    }
}

#[test]
fn certificates_and_crl_of_openssl_are_accepted_here() {
    let bench = Bench::new();
    let config = format!(
        "[req]\ndistinguished_name=dn\nprompt=no\nutf8=yes\nstring_mask=utf8only\n\
         [dn]\nC=CN\nO={ENTERPRISE}\norganizationIdentifier=NTRCN-{CREDIT_CODE}\nCN={ENTERPRISE}\n\
         [root]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n\
         [leaf]\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n\
         [ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ncrl_extensions=crl\n\
         [crl]\nauthorityKeyIdentifier=keyid\n\
         [partial]\nissuingDistributionPoint=critical,@point\n[point]\nfullname=URI:http://ca.example/users.crl\nonlyuser=TRUE\n\
         [delta]\n2.5.29.27=critical,ASN1:INTEGER:1\n"
    );
    bench.write("config", config);
    bench.write("index.txt", "");
    bench.write("number", "1000\n");
    for command in [
        "ecparam -name prime256v1 -genkey -noout -out ca.key",
        "req -x509 -new -config config -extensions root -subj /CN=other -key ca.key -days 30 -out ca.pem",
        "ecparam -name prime256v1 -genkey -noout -out own.key",
        "req -new -config config -key own.key -out own.csr",
        "x509 -req -in own.csr -CA ca.pem -CAkey ca.key -set_serial 0xF1F2 -days 20 -extfile config -extensions leaf -outform DER -out own.der",
        "x509 -in ca.pem -outform DER -out ca.der",
        "ca -config config -gencrl -cert ca.pem -keyfile ca.key -crldays 5 -out list.pem",
        "crl -in list.pem -outform DER -out list.der",
        "ca -config config -gencrl -cert ca.pem -keyfile ca.key -crldays 5 -crlexts partial -out list.pem",
        "crl -in list.pem -outform DER -out partial.der",
        "ca -config config -gencrl -cert ca.pem -keyfile ca.key -crldays 5 -crlexts delta -out list.pem",
        "crl -in list.pem -outform DER -out delta.der",
    ] {
        bench.succeeds(command);
    }
    let (leaf, root) = (
        Certificate::from_der(&bench.read("own.der")).unwrap(),
        Certificate::from_der(&bench.read("ca.der")).unwrap(),
    );
    assert_eq!(leaf.credit_code().unwrap().as_str(), CREDIT_CODE);
    assert_eq!(leaf.organization(), Some(ENTERPRISE));
    assert_eq!(leaf.serial_hex(), "f1f2");
    let crl = Crl::from_der(&bench.read("list.der")).unwrap();
    assert_eq!(crl.number_hex(), "1000");
    assert_eq!(
        Crl::from_der(&bench.read("partial.der")).unwrap_err(),
        RevocationDataError::Partial
    );
    assert!(matches!(
        Crl::from_der(&bench.read("delta.der")),
        Err(RevocationDataError::Malformed { .. })
    ));
    let revocation = Revocation::new(RevocationPolicy::RequireAll).with_crl(crl);
    let at = later(bench.world.now, 60);
    verify_path(&leaf, &[], &[root], at, Usage::Login, &revocation).unwrap();
}

#[test]
fn requests_and_keys_go_both_ways() {
    let mut bench = Bench::new();
    let key = bench.world.key();
    bench.write("key.pem", key.to_pkcs8_pem().as_bytes());
    assert!(
        bench
            .succeeds("pkey -in key.pem -check -noout")
            .contains("Key is valid")
    );
    let subject = Subject::new(ENTERPRISE, ENTERPRISE)
        .unwrap()
        .with_credit_code(CreditCode::parse(CREDIT_CODE).unwrap());
    bench.write(
        "request.der",
        CsrBuilder::new(&subject, &key.public_key())
            .sign(&key)
            .unwrap()
            .der(),
    );
    let text = bench.succeeds(
        "req -inform DER -in request.der -verify -noout -subject -nameopt utf8,sep_comma_plus",
    );
    assert!(
        text.contains("verify OK") && text.contains(ENTERPRISE),
        "{text}"
    );

    bench.succeeds("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pem");
    let other =
        SigningKey::from_pkcs8_pem(&String::from_utf8(bench.read("other.pem")).unwrap()).unwrap();
    bench.succeeds(&format!("req -new -key other.pem -utf8 -subj /C=CN/O={ENTERPRISE}/CN=x -addext extendedKeyUsage=clientAuth -outform DER -out other.der"));
    let request = CertificateRequest::from_der(&bench.read("other.der")).unwrap();
    assert_eq!(*request.public_key(), other.public_key());
    assert_eq!(request.organization(), Some(ENTERPRISE));

    bench.succeeds("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out wrong.pem");
    assert!(
        SigningKey::from_pkcs8_pem(&String::from_utf8(bench.read("wrong.pem")).unwrap()).is_err()
    );
    bench.write("message", b"the message");
    bench.write("signature", key.sign_es256_der(b"the message"));
    bench.succeeds("pkey -in key.pem -pubout -out public.pem");
    assert!(
        bench
            .succeeds("dgst -sha256 -verify public.pem -signature signature message")
            .contains("Verified OK")
    );
}
