//! A folder with a key, its certificate and the root above it, and the command run in it.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use chacha20::ChaCha20Rng;
use scanseal_pki::{
    Certificate, CreditCode, Endpoints, Issuer, Profile, SigningKey, Subject, UnixTime, Validity,
    rand_core::SeedableRng,
};
use tempfile::TempDir;

/// A contract of one page.
pub(crate) const PDF: &[u8] = b"%PDF-1.7
1 0 obj
<</Type/Catalog/Pages 2 0 R>>
endobj
2 0 obj
<</Type/Pages/Count 1/Kids[3 0 R]>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>
endobj
4 0 obj
<</Length 49>>
stream
BT /F1 14 Tf 60 760 Td (Amount: 100.00 CNY) Tj ET
endstream
endobj
5 0 obj
<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>
endobj
xref
0 6
0000000000 65535 f 
0000000009 00000 n 
0000000054 00000 n 
0000000105 00000 n 
0000000217 00000 n 
0000000314 00000 n 
trailer
<</Size 6/Root 1 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>
startxref
402
%%EOF
";

/// What the command did.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The folder.
pub(crate) struct Office {
    folder: TempDir,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self::with(None)
    }

    /// One whose certificate names the address of a revocation list; the list itself is `ca.crl`.
    pub(crate) fn naming_list(address: &str) -> Self {
        Self::with(Some(address))
    }

    fn with(list: Option<&str>) -> Self {
        let mut rng = ChaCha20Rng::from_seed([3; 32]);
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let validity = Validity {
            not_before: UnixTime::from_secs(now - 3600),
            not_after: UnixTime::from_secs(now + 86_400),
        };
        let name = Subject::new("演示认证机构", "演示根证书").unwrap();
        let mut root =
            Issuer::root(&name, SigningKey::generate(&mut rng), validity, &mut rng).unwrap();
        if let Some(address) = list {
            root = root.with_endpoints(Endpoints {
                crl: address.to_owned(),
                ocsp: Some("http://ocsp.invalid/".to_owned()),
                ca_issuers: "http://ca.invalid/ca.cer".to_owned(),
            });
        }
        let crl = root
            .sign_crl(1, validity.not_before, validity.not_after, &[])
            .unwrap();
        let key = SigningKey::generate(&mut rng);
        let enterprise = "天山博康医疗器械有限公司";
        let code = CreditCode::parse("91650100MA77C0R54J").unwrap();
        let subject = Subject::new(enterprise, enterprise)
            .unwrap()
            .with_credit_code(code);
        let profile = Profile::Enterprise {
            subject,
            login: true,
        };
        let certificate = root
            .issue(&profile, &key.public_key(), validity, &mut rng)
            .unwrap();
        let past = Validity {
            not_after: UnixTime::from_secs(now - 60),
            ..validity
        };
        let expired = root
            .issue(&profile, &key.public_key(), past, &mut rng)
            .unwrap();
        let office = Self {
            folder: TempDir::new().unwrap(),
        };
        office.write("key.pem", key.to_pkcs8_pem().as_bytes());
        office.write("cert.pem", pem(&certificate).as_bytes());
        office.write("expired.pem", pem(&expired).as_bytes());
        office.write("ca.crl", crl.der());
        office.write("root.pem", pem(root.certificate()).as_bytes());
        office
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        let output = Command::new(env!("CARGO_BIN_EXE_scanseal"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("LC_ALL", "C")
            .output()
            .unwrap();
        Outcome {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn seal(&self, input: &str, output: &str, options: &[&str]) -> Outcome {
        let mut arguments = vec!["seal", input, "-o", output];
        arguments.extend([
            "--key", "key.pem", "--cert", "cert.pem", "--chain", "root.pem",
        ]);
        arguments.extend(options);
        self.run(&arguments)
    }

    pub(crate) fn verify(&self, options: &[&str]) -> Outcome {
        let mut arguments = vec!["verify", "--trust", "root.pem"];
        arguments.extend(options);
        self.run(&arguments)
    }
}

fn pem(certificate: &Certificate) -> String {
    let encoded = data_encoding::BASE64.encode(certificate.der());
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let body = lines.join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}
