//! Paths of certificates that others made, with every algorithm; `openssl` makes them.
#![allow(clippy::unwrap_used)]

mod common;

use common::{
    command::{AUTHORITY, Folder, KEYS, SIGNER, real_now},
    *,
};
use scanseal_pki::{
    AnyCertificate, AnyKeyError, AnyPathReport, Certificate, Crl, OcspRequest, OcspResponse,
    PathError, Revocation, RevocationPolicy, RevocationReason, RevocationStatus, UnixTime, Usage,
    Weakness, verify_any_path, verify_path,
};

const P256: &str = KEYS[0].1;
const RSA: &str = KEYS[4].1;

fn no_evidence() -> Revocation {
    Revocation::new(RevocationPolicy::AllowUnknown)
}

fn pdf(
    leaf: &AnyCertificate,
    intermediates: &[AnyCertificate],
    anchors: &[AnyCertificate],
) -> Result<AnyPathReport, PathError> {
    let now = real_now();
    verify_any_path(
        leaf,
        intermediates,
        anchors,
        now,
        Usage::PdfSignature,
        &no_evidence(),
    )
}

#[test]
fn every_algorithm_leads_to_its_root_and_is_revoked_by_its_list() {
    let folder = Folder::new();
    for (name, genpkey, sign) in KEYS {
        folder.root("root", genpkey, sign);
        folder.issue("leaf", genpkey, "root", sign, SIGNER);
        let (root, leaf) = (folder.certificate("root"), folder.certificate("leaf"));
        let anchors = [root];
        let check = |revocation: &Revocation| {
            let now = real_now();
            verify_any_path(&leaf, &[], &anchors, now, Usage::PdfSignature, revocation)
        };
        let require = || Revocation::new(RevocationPolicy::RequireAll);
        let good = check(&require().with_crl(folder.crl("root", sign, &[])));
        let good = good.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(good.chain().len(), 2);
        assert_eq!(good.anchor(), &anchors[0]);
        let revoked = check(&require().with_crl(folder.crl("root", sign, &["leaf"])));
        assert!(
            matches!(
                revoked,
                Err(PathError::Revoked {
                    reason: RevocationReason::Superseded,
                    ..
                })
            ),
            "{name}: {revoked:?}"
        );
        // A damaged signature of the leaf.
        let mut der = leaf.der().to_vec();
        *der.last_mut().unwrap() ^= 1;
        let damaged = AnyCertificate::from_der(&der).unwrap();
        let refused = pdf(&damaged, &[], &anchors);
        assert!(
            matches!(refused, Err(PathError::Untrusted { .. })),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn algorithms_of_keys_are_named() {
    let folder = Folder::new();
    for (name, genpkey, sign) in KEYS {
        folder.root("root", genpkey, sign);
        let expected = name.split(" with").next().unwrap();
        let expected = if expected == "RSA-PSS" {
            "RSA 2048"
        } else {
            expected
        };
        assert_eq!(folder.certificate("root").key_algorithm(), expected);
    }
}

#[test]
fn key_restricted_to_pss_signs_certificates() {
    let folder = Folder::new();
    for options in [
        "",
        "-pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:32",
    ] {
        let genpkey = format!("-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 {options}");
        let sign = "-sha256 -sigopt rsa_pss_saltlen:32";
        folder.root("root", &genpkey, sign);
        folder.issue("leaf", P256, "root", sign, SIGNER);
        pdf(
            &folder.certificate("leaf"),
            &[],
            &[folder.certificate("root")],
        )
        .unwrap();
    }
}

#[test]
fn sha1_and_short_keys_are_recognised_and_refused() {
    let folder = Folder::new();
    folder.root("root", RSA, "-sha256");
    folder.issue("leaf", P256, "root", "-sha1", SIGNER);
    let root = folder.certificate("root");
    let refused = pdf(
        &folder.certificate("leaf"),
        &[],
        std::slice::from_ref(&root),
    );
    assert_eq!(refused.unwrap_err(), PathError::Algorithm);

    folder.root(
        "short",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:1024",
        "-sha256",
    );
    folder.issue("leaf", P256, "short", "-sha256", SIGNER);
    let short = folder.certificate("short");
    assert_eq!(
        short.public_key().unwrap().strength(),
        Err(Weakness::ShortKey { bits: 1024 })
    );
    let refused = pdf(&folder.certificate("leaf"), &[], &[short]);
    assert!(
        matches!(refused, Err(PathError::Untrusted { .. })),
        "{refused:?}"
    );
}

#[test]
fn keys_of_other_algorithms_do_not_hide_the_certificate() {
    let folder = Folder::new();
    folder.root("root", "-algorithm ED448", "");
    let root = folder.certificate("root");
    assert_eq!(root.public_key(), Err(AnyKeyError::Unsupported));
    assert_eq!(root.common_name().as_deref(), Some("root"));
    assert_eq!(root.key_algorithm(), "unsupported");
}

#[test]
fn login_world_takes_none_of_it() {
    let folder = Folder::new();
    folder.root("root", RSA, "-sha256");
    folder.issue("leaf", P256, "root", "-sha256", SIGNER);
    folder.certificate("root");
    assert!(Certificate::from_der(&folder.read("root.der")).is_err());
    // A P-256 authority whose signature is made with SHA-384: the certificate is readable, the path is not accepted.
    folder.root("root", P256, "-sha256");
    let extensions =
        "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n";
    folder.issue("leaf", P256, "root", "-sha384", extensions);
    let (any_leaf, any_root) = (folder.certificate("leaf"), folder.certificate("root"));
    let leaf = Certificate::from_der(any_leaf.der()).unwrap();
    let root = Certificate::from_der(any_root.der()).unwrap();
    let now = real_now();
    let strict = verify_path(&leaf, &[], &[root], now, Usage::Login, &no_evidence());
    assert_eq!(strict.unwrap_err().code(), "certificate-untrusted");
    let any = verify_any_path(
        &any_leaf,
        &[],
        &[any_root],
        now,
        Usage::Login,
        &no_evidence(),
    );
    assert!(any.is_ok(), "{any:?}");
}

#[test]
fn leaf_that_is_an_anchor_itself_is_trusted_as_it_stands() {
    let folder = Folder::new();
    folder.root("root", RSA, "-sha256");
    folder.issue("leaf", P256, "root", "-sha256", SIGNER);
    let leaf = folder.certificate("leaf");
    let anchors = [folder.certificate("root"), leaf.clone()];
    let report = pdf(&leaf, &[], &anchors).unwrap();
    assert_eq!(report.chain(), std::slice::from_ref(&leaf));
    assert_eq!(report.anchor_index(), 1);
    assert!(report.revocation().is_empty());
    let at = |at, usage| verify_any_path(&leaf, &[], &anchors, at, usage, &no_evidence());
    let late = leaf.not_after().saturating_add_secs(1);
    assert!(matches!(
        at(late, Usage::PdfSignature),
        Err(PathError::Expired { .. })
    ));
    assert!(matches!(
        at(UnixTime::from_secs(0), Usage::PdfSignature),
        Err(PathError::NotYetValid { .. })
    ));
    assert!(matches!(
        at(real_now(), Usage::TimeStamping),
        Err(PathError::WrongUsage { .. })
    ));
    // One that only looks alike is not it.
    folder.root("root", RSA, "-sha256");
    folder.issue("leaf", P256, "root", "-sha256", SIGNER);
    let alike = folder.certificate("leaf");
    assert_eq!(alike.subject_name(), leaf.subject_name());
    let refused = pdf(&alike, &[], &[leaf]);
    assert!(
        matches!(refused, Err(PathError::Untrusted { .. })),
        "{refused:?}"
    );
}

#[test]
fn self_signed_certificate_is_trusted_only_as_an_anchor() {
    let folder = Folder::new();
    folder.root("root", RSA, "-sha256");
    folder.openssl(&format!("genpkey {P256} -out self.key"));
    // What `openssl req -x509` makes when nobody says otherwise: an authority.
    folder.openssl("req -new -x509 -key self.key -subj /CN=self -days 30 -config root.cnf -extensions plain -out self.pem");
    let this = folder.certificate("self");
    assert!(pdf(&this, &[], std::slice::from_ref(&this)).is_ok());
    let refused = pdf(
        &this,
        std::slice::from_ref(&this),
        &[folder.certificate("root")],
    );
    assert!(
        matches!(refused, Err(PathError::Untrusted { .. })),
        "{refused:?}"
    );
}

#[test]
fn signer_that_acts_as_an_authority_is_told() {
    let folder = Folder::new();
    folder.root("root", RSA, "-sha256");
    folder.issue("middle", P256, "root", "-sha256", SIGNER);
    folder.issue("leaf", P256, "middle", "-sha256", SIGNER);
    let (middle, leaf) = (folder.certificate("middle"), folder.certificate("leaf"));
    let anchors = [folder.certificate("root")];
    let refused = pdf(&leaf, std::slice::from_ref(&middle), &anchors);
    assert!(
        matches!(refused, Err(PathError::CaConstraint { .. })),
        "{refused:?}"
    );
    // Neither does it become one by being trusted as a signer.
    let refused = pdf(&leaf, &[], &[middle]);
    assert!(
        matches!(refused, Err(PathError::CaConstraint { .. })),
        "{refused:?}"
    );
    // Nor if it leaves its key usage open.
    folder.certify("middle", "root", "-sha256", "basicConstraints=CA:FALSE\n");
    let refused = pdf(&leaf, &[], &[folder.certificate("middle")]);
    assert!(
        matches!(refused, Err(PathError::CaConstraint { .. })),
        "{refused:?}"
    );
}

#[test]
fn version_1_root_is_an_anchor() {
    let folder = Folder::new();
    folder.openssl(&format!("genpkey {RSA} -out root.key"));
    folder.write("plain.cnf", "[req]\ndistinguished_name = name\n[name]\n");
    folder.openssl("req -new -key root.key -subj /CN=old -config plain.cnf -out root.csr");
    folder.openssl("x509 -req -in root.csr -signkey root.key -days 365 -sha256 -out root.pem");
    assert!(
        folder
            .openssl("x509 -in root.pem -noout -text")
            .contains("Version: 1")
    );
    folder.issue("leaf", P256, "root", "-sha256", SIGNER);
    let report = pdf(
        &folder.certificate("leaf"),
        &[],
        &[folder.certificate("root")],
    )
    .unwrap();
    assert_eq!(report.chain().len(), 2);
}

#[test]
fn cross_signed_authority_leads_to_the_root_that_is_trusted_and_not_revoked() {
    let folder = Folder::new();
    folder.root("one", RSA, "-sha256");
    folder.root("two", P256, "-sha256");
    folder.issue("middle", P256, "one", "-sha256", AUTHORITY);
    let by_one = folder.certificate("middle");
    let revoking = folder.crl("one", "-sha256", &["middle"]);
    folder.certify("middle", "two", "-sha256", AUTHORITY);
    let by_two = folder.certificate("middle");
    folder.issue("leaf", P256, "middle", "-sha256", SIGNER);
    let leaf = folder.certificate("leaf");
    let (one, two) = (folder.certificate("one"), folder.certificate("two"));
    let both = [by_one.clone(), by_two.clone()];
    for anchor in [&one, &two] {
        let report = pdf(&leaf, &both, std::slice::from_ref(anchor)).unwrap();
        assert_eq!(report.anchor(), anchor);
        assert_eq!(report.chain().len(), 3);
    }
    let evidence = Revocation::new(RevocationPolicy::AllowUnknown).with_crl(revoking);
    let check = |anchors: &[AnyCertificate]| {
        let now = real_now();
        verify_any_path(&leaf, &both, anchors, now, Usage::PdfSignature, &evidence)
    };
    let report = check(&[one.clone(), two.clone()]).unwrap();
    assert_eq!(report.anchor(), &two);
    assert!(matches!(check(&[one]), Err(PathError::Revoked { .. })));
}

#[test]
fn purposes_of_pdf_signers() {
    let folder = Folder::new();
    folder.root("root", P256, "-sha256");
    folder.openssl(&format!("genpkey {P256} -out leaf.key"));
    let anchors = [folder.certificate("root")];
    let verdict = |extensions: &str| {
        folder.certify(
            "leaf",
            "root",
            "-sha256",
            &format!("basicConstraints=CA:FALSE\n{extensions}"),
        );
        pdf(&folder.certificate("leaf"), &[], &anchors).map(|_| ())
    };
    let refused = Err(PathError::WrongUsage {
        usage: Usage::PdfSignature,
    });
    for accepted in [
        "",
        "keyUsage=digitalSignature\n",
        "keyUsage=nonRepudiation\n",
        "keyUsage=digitalSignature,keyEncipherment\n",
        "extendedKeyUsage=1.3.6.1.5.5.7.3.36\n",
        "extendedKeyUsage=emailProtection,clientAuth\n",
        "extendedKeyUsage=anyExtendedKeyUsage\n",
        "extendedKeyUsage=1.2.840.113583.1.1.5\n",
        "extendedKeyUsage=1.3.6.1.4.1.311.10.3.12\n",
    ] {
        assert_eq!(verdict(accepted), Ok(()), "{accepted}");
    }
    for wrong in [
        "keyUsage=keyEncipherment\n",
        "keyUsage=keyCertSign\n",
        "extendedKeyUsage=serverAuth\n",
        "extendedKeyUsage=clientAuth\n",
        "extendedKeyUsage=codeSigning\n",
        "extendedKeyUsage=critical,timeStamping\n",
    ] {
        assert_eq!(verdict(wrong), refused, "{wrong}");
    }
}

#[test]
fn purposes_of_time_stampers() {
    let folder = Folder::new();
    folder.root("root", P256, "-sha256");
    folder.openssl(&format!("genpkey {P256} -out leaf.key"));
    let anchors = [folder.certificate("root")];
    let accepted = |extensions: &str| {
        folder.certify(
            "leaf",
            "root",
            "-sha256",
            &format!("basicConstraints=CA:FALSE\n{extensions}"),
        );
        let (leaf, now) = (folder.certificate("leaf"), real_now());
        verify_any_path(
            &leaf,
            &[],
            &anchors,
            now,
            Usage::TimeStamping,
            &no_evidence(),
        )
        .is_ok()
    };
    assert!(accepted("extendedKeyUsage=critical,timeStamping\n"));
    assert!(accepted(
        "keyUsage=digitalSignature\nextendedKeyUsage=critical,timeStamping\n"
    ));
    assert!(!accepted("extendedKeyUsage=timeStamping\n"));
    assert!(!accepted(
        "extendedKeyUsage=critical,timeStamping,emailProtection\n"
    ));
    assert!(!accepted("extendedKeyUsage=critical,anyExtendedKeyUsage\n"));
    assert!(!accepted(
        "keyUsage=keyEncipherment\nextendedKeyUsage=critical,timeStamping\n"
    ));
    assert!(!accepted(""));
}

/// A world of fixed times: revoked an hour after the moment at which a document was stamped.
#[test]
fn revocation_after_the_moment_in_question_does_not_count_when_looking_back() {
    let mut world = World::new();
    let leaf = world.issue(&enterprise(false), around(NOW, 365));
    let stamped = ago(NOW, 2 * HOUR);
    let revoked_at = ago(NOW, HOUR);
    let entry = scanseal_pki::RevokedEntry {
        serial_hex: leaf.serial_hex(),
        since: revoked_at,
        reason: RevocationReason::CessationOfOperation,
    };
    let crl = world
        .issuing
        .sign_crl(3, ago(NOW, 60), later(NOW, DAY), &[entry])
        .unwrap();
    let evidence = || Revocation::new(RevocationPolicy::RequireLeaf).with_crl(crl.clone());
    let any = |certificates: Vec<Certificate>| -> Vec<AnyCertificate> {
        certificates.iter().map(AnyCertificate::from).collect()
    };
    let (middle, anchors) = (any(world.intermediates()), any(world.anchors()));
    let leaf = AnyCertificate::from(&leaf);
    let check = |at, evidence: &Revocation| {
        verify_any_path(&leaf, &middle, &anchors, at, Usage::PdfSignature, evidence)
    };
    // Without looking back every revocation counts, as at login.
    assert!(matches!(
        check(stamped, &evidence()),
        Err(PathError::Revoked { since, .. }) if since == revoked_at
    ));
    let report = check(stamped, &evidence().looking_back_from(NOW)).unwrap();
    assert!(matches!(
        report.revocation()[0],
        RevocationStatus::RevokedLater { since, .. } if since == revoked_at
    ));
    for at in [revoked_at, NOW] {
        assert!(matches!(
            check(at, &evidence().looking_back_from(NOW)),
            Err(PathError::Revoked { .. })
        ));
    }
}

#[test]
fn evidence_may_be_newer_than_the_moment_in_question_only_when_looking_back() {
    let mut world = World::new();
    let certificate = world.issue(&enterprise(false), around(NOW, 10));
    let leaf = AnyCertificate::from(&certificate);
    let middle = [AnyCertificate::from(world.issuing.certificate())];
    let anchors = [AnyCertificate::from(world.root.certificate())];
    let crl = |from, until| world.issuing.sign_crl(3, from, until, &[]).unwrap();
    let unknown = |evidence: Revocation, at| {
        let result = verify_any_path(&leaf, &middle, &anchors, at, Usage::PdfSignature, &evidence);
        matches!(result, Err(PathError::RevocationUnknown { .. }))
    };
    let require = || Revocation::new(RevocationPolicy::RequireLeaf);
    let newer = crl(later(NOW, DAY), later(NOW, 3 * DAY));
    let back = later(NOW, 2 * DAY);
    assert!(unknown(require().with_crl(newer.clone()), NOW));
    assert!(!unknown(
        require().with_crl(newer.clone()).looking_back_from(back),
        NOW
    ));
    // From the future even for the one who looks back.
    assert!(unknown(
        require().with_crl(newer).looking_back_from(NOW),
        NOW
    ));
    // Older than the moment, and already replaced by then.
    let stale = crl(ago(NOW, HOUR), ago(NOW, 60));
    assert!(unknown(
        require().with_crl(stale).looking_back_from(back),
        NOW
    ));
    // Made when the certificate had run out: the authority may have dropped it from its list.
    let after_the_end = crl(later(NOW, 11 * DAY), later(NOW, 13 * DAY));
    let late = later(NOW, 12 * DAY);
    assert!(unknown(
        require().with_crl(after_the_end).looking_back_from(late),
        NOW
    ));
    // The responder's certificate counts as of when it answered.
    let answer = world.ocsp(&certificate, scanseal_pki::CertificateStatus::Good);
    assert!(!unknown(
        require()
            .with_ocsp(answer)
            .looking_back_from(later(NOW, 3000 * DAY)),
        ago(NOW, HOUR)
    ));
}

#[test]
fn partial_list_speaks_about_its_own_part_only() {
    let folder = Folder::new();
    folder.root("root", RSA, "-sha256");
    folder.openssl(&format!("genpkey {P256} -out leaf.key"));
    let anchors = [folder.certificate("root")];
    let point = "crlDistributionPoints=URI:http://ca.example/7.crl\n";
    let known = |certificate: &str, scope: &str| {
        folder.certify("leaf", "root", "-sha256", &[SIGNER, certificate].concat());
        let crl = folder.scoped_crl("root", scope);
        assert!(scope.is_empty() || Crl::from_der(&crl).is_err());
        let crl = Crl::any_from_der(&crl).unwrap();
        let evidence = Revocation::new(RevocationPolicy::RequireAll).with_crl(crl);
        let (leaf, now) = (folder.certificate("leaf"), real_now());
        verify_any_path(&leaf, &[], &anchors, now, Usage::PdfSignature, &evidence).is_ok()
    };
    assert!(known("", ""));
    let name = "fullname = URI:http://ca.example/7.crl\n";
    assert!(known(point, &[name, "onlyuser = TRUE"].concat()));
    assert!(!known(point, &[name, "onlyCA = TRUE"].concat()));
    assert!(known(point, "fullname = URI:http://ca.example/7.crl"));
    assert!(!known(point, "fullname = URI:http://ca.example/8.crl"));
    assert!(!known("", "fullname = URI:http://ca.example/7.crl"));
    folder.certify("leaf", "root", "-sha256", SIGNER);
    // Without the name of a point `rustls-webpki` does not read it.
    for refused in [
        "onlysomereasons = keyCompromise",
        "indirectCRL = TRUE",
        "onlyAA = TRUE",
        "onlyuser = TRUE",
    ] {
        let crl = folder.scoped_crl("root", refused);
        assert!(Crl::any_from_der(&crl).is_err(), "{refused}");
    }
}

#[test]
fn ocsp_answers_of_others_count() {
    let folder = Folder::new();
    // P-384, P-521, RSA, RSA-PSS; `openssl ocsp` of 3.0 cannot sign with Ed25519.
    for (name, genpkey, sign) in [KEYS[1], KEYS[2], KEYS[4], KEYS[6]] {
        folder.root("root", genpkey, sign);
        folder.issue(
            "responder",
            genpkey,
            "root",
            sign,
            "keyUsage=digitalSignature\nextendedKeyUsage=OCSPSigning\nnoCheck=yes\n",
        );
        folder.issue("leaf", genpkey, "root", sign, SIGNER);
        let (leaf, anchors) = (folder.certificate("leaf"), [folder.certificate("root")]);
        let digest = sign.split(' ').next().unwrap().trim_start_matches('-');
        let options = match name {
            "RSA-PSS" => "-rsigopt rsa_padding_mode:pss -rsigopt rsa_pss_saltlen:digest",
            _ => "",
        };
        // Signed by a responder, and by the authority itself.
        for signer in ["responder", "root"] {
            for status in ["V", "R"] {
                let serial = folder.openssl("x509 -in leaf.pem -noout -serial");
                let serial = serial.trim().trim_start_matches("serial=").to_owned();
                let revoked = if status == "R" {
                    "260101000000Z,keyCompromise"
                } else {
                    ""
                };
                folder.write(
                    "index.txt",
                    format!("{status}\t400101000000Z\t{revoked}\t{serial}\tunknown\t/CN=leaf\n"),
                );
                folder.openssl(&format!(
                    "ocsp -index index.txt -CA root.pem -rsigner {signer}.pem -rkey {signer}.key -rmd {digest} {options} -issuer root.pem -cert leaf.pem -no_nonce -ndays 1 -respout answer.der -noverify"
                ));
                let answer = OcspResponse::from_der(&folder.read("answer.der")).unwrap();
                let evidence = Revocation::new(RevocationPolicy::RequireAll).with_ocsp(answer);
                let now = real_now();
                let usage = Usage::PdfSignature;
                let result = verify_any_path(&leaf, &[], &anchors, now, usage, &evidence);
                match status {
                    "V" => assert!(result.is_ok(), "{name} {signer}: {result:?}"),
                    _ => assert!(
                        matches!(result, Err(PathError::Revoked { .. })),
                        "{name} {signer}: {result:?}"
                    ),
                }
            }
        }
    }
}

#[test]
fn certificate_says_where_to_ask() {
    let mut world = World::new();
    let certificate = world.enterprise();
    let leaf = AnyCertificate::from(&certificate);
    assert_eq!(leaf.ocsp_addresses(), ["http://ca.example/issuing/ocsp"]);
    assert_eq!(leaf.crl_addresses(), ["http://ca.example/issuing.crl"]);
    assert_eq!(leaf.issuer_addresses(), ["http://ca.example/issuing.cer"]);
    assert_eq!(leaf.common_name().as_deref(), Some(ENTERPRISE));
    assert_eq!(leaf.issuer_common_name().as_deref(), Some("演示签发证书"));
    assert_eq!(leaf.credit_code().unwrap().as_str(), CREDIT_CODE);
    let root = AnyCertificate::from(world.root.certificate());
    assert!(root.ocsp_addresses().is_empty() && root.crl_addresses().is_empty());
    let issuing = AnyCertificate::from(world.issuing.certificate());
    assert_eq!(
        OcspRequest::for_any(&leaf, &issuing, Some(&[1; 32])),
        OcspRequest::new(&certificate, world.issuing.certificate(), Some(&[1; 32]))
    );
}
