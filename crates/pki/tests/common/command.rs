//! A temporary folder in which the command `openssl` runs.

use std::{fs, process::Command};

use scanseal_pki::{AnyCertificate, Crl, UnixTime};

pub struct Folder(tempfile::TempDir);

/// Algorithms of keys, with what `openssl genpkey` and signing need for them.
pub const KEYS: [(&str, &str, &str); 8] = [
    (
        "P-256",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        "-sha256",
    ),
    (
        "P-384",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        "-sha384",
    ),
    (
        "P-521",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
        "-sha512",
    ),
    (
        "P-521 with SHA-256",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
        "-sha256",
    ),
    (
        "RSA 2048",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "-sha256",
    ),
    (
        "RSA 3072",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:3072",
        "-sha512",
    ),
    (
        "RSA-PSS",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "-sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest",
    ),
    ("Ed25519", "-algorithm ED25519", ""),
];

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), content).expect("the folder takes files");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join(name)).expect("the file was made")
    }

    /// Runs `openssl` with the words of `command`: whether it succeeded, and what it said.
    pub fn try_openssl(&self, command: &str) -> (bool, String) {
        let output = Command::new("openssl")
            .args(command.split_whitespace())
            .current_dir(self.0.path())
            .output();
        let output = output.expect("the command `openssl` (3.0 or later) is needed by this test: install the package openssl");
        let text = [output.stdout, output.stderr]
            .iter()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect();
        (output.status.success(), text)
    }

    pub fn openssl(&self, command: &str) -> String {
        let (success, text) = self.try_openssl(command);
        assert!(success, "openssl {command}\n{text}");
        text
    }

    /// Makes `NAME.key` and a self-signed `NAME.pem` valid for ten years, with the extensions of `section`.
    pub fn root(&self, name: &str, genpkey: &str, sign: &str) {
        self.write("root.cnf", ROOT_CONFIG);
        self.openssl(&format!("genpkey {genpkey} -out {name}.key"));
        self.openssl(&format!(
            "req -new -x509 -key {name}.key -subj /O=Other/CN={name} -days 3650 {sign} -config root.cnf -extensions ca -out {name}.pem"
        ));
    }

    /// Makes `NAME.key` and `NAME.pem`, issued by `issuer`, with these extensions.
    pub fn issue(&self, name: &str, genpkey: &str, issuer: &str, sign: &str, extensions: &str) {
        self.openssl(&format!("genpkey {genpkey} -out {name}.key"));
        self.certify(name, issuer, sign, extensions);
    }

    /// Makes `NAME.pem` for the existing `NAME.key`.
    pub fn certify(&self, name: &str, issuer: &str, sign: &str, extensions: &str) {
        self.write("root.cnf", ROOT_CONFIG);
        self.write("leaf.ext", extensions);
        self.openssl(&format!(
            "req -new -key {name}.key -subj /O=Other/CN={name} -config root.cnf -out {name}.csr"
        ));
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA {issuer}.pem -CAkey {issuer}.key -days 365 {sign} -extfile leaf.ext -out {name}.pem"
        ));
    }

    pub fn certificate(&self, name: &str) -> AnyCertificate {
        self.openssl(&format!("x509 -in {name}.pem -outform DER -out {name}.der"));
        AnyCertificate::from_der(&self.read(&format!("{name}.der"))).expect("a certificate")
    }

    /// A revocation list by `issuer` that revokes the certificates named.
    pub fn crl(&self, issuer: &str, sign: &str, revoked: &[&str]) -> Crl {
        self.write("ca.cnf", CA_CONFIG);
        self.write("index.txt", "");
        self.write("crlnumber", "01\n");
        let ca = format!("ca -config ca.cnf -name demo -keyfile {issuer}.key -cert {issuer}.pem");
        for name in revoked {
            self.openssl(&format!("{ca} -revoke {name}.pem -crl_reason superseded"));
        }
        // `openssl ca` spells the digest in its own way.
        let digest = match sign.strip_prefix('-') {
            Some(options) => format!("-md {options}"),
            None => "-md null".to_owned(),
        };
        self.openssl(&format!(
            "{ca} -gencrl -crldays 30 {digest} -out {issuer}.crl"
        ));
        self.openssl(&format!(
            "crl -in {issuer}.crl -outform DER -out {issuer}.crl.der"
        ));
        Crl::from_der(&self.read(&format!("{issuer}.crl.der"))).expect("a revocation list")
    }
}

impl Folder {
    /// A revocation list without entries that covers what `scope` says, in DER; a full one if that is empty.
    pub fn scoped_crl(&self, issuer: &str, scope: &str) -> Vec<u8> {
        let (extensions, section) = match scope {
            "" => ("", String::new()),
            _ => (
                "-crlexts scoped",
                format!("[scoped]\nissuingDistributionPoint=critical,@point\n[point]\n{scope}\n"),
            ),
        };
        self.write("ca.cnf", [CA_CONFIG, &section].concat());
        self.write("index.txt", "");
        self.write("crlnumber", "01\n");
        self.openssl(&format!(
            "ca -config ca.cnf -name demo -keyfile {issuer}.key -cert {issuer}.pem -gencrl -crldays 30 {extensions} -out scoped.crl"
        ));
        self.openssl("crl -in scoped.crl -outform DER -out scoped.der");
        self.read("scoped.der")
    }
}

/// The clock that `openssl` goes by.
pub fn real_now() -> UnixTime {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a clock past 1970");
    UnixTime::from_secs(now.as_secs())
}

pub const SIGNER: &str =
    "basicConstraints=CA:FALSE\nkeyUsage=critical,nonRepudiation\nsubjectKeyIdentifier=hash\n";
pub const AUTHORITY: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n";

const ROOT_CONFIG: &str = "[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
[plain]
subjectKeyIdentifier = hash
";

const CA_CONFIG: &str = "[demo]
database = index.txt
crlnumber = crlnumber
default_md = sha256
";
