"""Makes the certificates of the interop tests: a root, and below it a signer per kind of key, and a time-stamp authority.

usage: pki.py FOLDER

For each kind: KIND.key.pem, KIND.cert.pem, KIND.p12 (password `interop`); besides root.pem, root.key.pem, root.crl.
"""

import datetime
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
ORGANIZATION_IDENTIFIER = ObjectIdentifier("2.5.4.97")
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")

KINDS = {
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "second": lambda: ec.generate_private_key(ec.SECP256R1()),
    "tsa": lambda: ec.generate_private_key(ec.SECP256R1()),
}


def name(common, code=None):
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, common),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ]
    if code:
        parts.append(x509.NameAttribute(ORGANIZATION_IDENTIFIER, f"NTRCN-{code}"))
    return x509.Name(parts)


def key_usage(**chosen):
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"
        " encipher_only decipher_only"
    )
    return x509.KeyUsage(**{word: chosen.get(word, False) for word in every.split()})


def certificate(subject, public_key, issuer, issuer_key, issuer_public, extensions):
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + 365 * DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = name("互操作测试根")
    root = certificate(
        root_name,
        root_key.public_key(),
        root_name,
        root_key,
        root_key.public_key(),
        [
            (x509.BasicConstraints(ca=True, path_length=None), True),
            (key_usage(key_cert_sign=True, crl_sign=True), True),
        ],
    )
    crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root_name)
        .last_update(NOW - DAY)
        .next_update(NOW + 30 * DAY)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(1), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    write_key(folder / "root.key.pem", root_key)
    (folder / "root.crl").write_bytes(crl.public_bytes(serialization.Encoding.DER))
    for kind, make in KINDS.items():
        key = make()
        if kind == "tsa":
            subject = name("互操作测试时间戳")
            usage = [
                (key_usage(digital_signature=True), True),
                (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
            ]
        else:
            subject = name(f"天山博康医疗器械有限公司 {kind}", "91650100MA77C0R54J")
            usage = [
                (key_usage(digital_signature=True, content_commitment=True), True),
                (x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), False),
            ]
        signer = certificate(
            subject,
            key.public_key(),
            root_name,
            root_key,
            root_key.public_key(),
            [(x509.BasicConstraints(ca=False, path_length=None), True), *usage],
        )
        write_key(folder / f"{kind}.key.pem", key)
        (folder / f"{kind}.cert.pem").write_bytes(signer.public_bytes(serialization.Encoding.PEM))
        (folder / f"{kind}.p12").write_bytes(
            pkcs12.serialize_key_and_certificates(
                kind.encode(), key, signer, [root], serialization.BestAvailableEncryption(b"interop")
            )
        )


def write_key(path, key):
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
