"""Signs a PDF with pyHanko, as a producer that knows nothing of us.

usage: pyhanko_sign.py PKI IN OUT KIND [pss] [visible] [tsa=URL] [lt] [certify] [field=NAME] [password=P] [docts]
"""

import sys
from pathlib import Path

from asn1crypto import crl, keys, pem
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.general import load_cert_from_pemder
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore


def key_of(path):
    _, _, der = pem.unarmor(path.read_bytes())
    return keys.PrivateKeyInfo.load(der)


def main(pki, source, target, kind, *options):
    pki = Path(pki)
    words = dict(option.partition("=")[::2] for option in options)
    root = load_cert_from_pemder(pki / "root.pem")
    store = SimpleCertificateStore()
    store.register(root)
    signer = signers.SimpleSigner(
        signing_cert=load_cert_from_pemder(pki / f"{kind}.cert.pem"),
        signing_key=key_of(pki / f"{kind}.key.pem"),
        cert_registry=store,
        prefer_pss="pss" in words,
    )
    stamper = timestamps.HTTPTimeStamper(words["tsa"]) if "tsa" in words else None
    context = ValidationContext(
        trust_roots=[root], crls=[crl.CertificateList.load((pki / "root.crl").read_bytes())], allow_fetching=False
    )
    with open(source, "rb") as file:
        writer = IncrementalPdfFileWriter(file)
        if "password" in words:
            writer.encrypt(words["password"])
        name = words.get("field", "Party")
        if "docts" in words:
            out = signers.PdfTimeStamper(stamper).timestamp_pdf(writer, "sha256", context)
        else:
            box = (60, 60, 180, 180) if "visible" in words else None
            spec = fields.SigFieldSpec(name, on_page=0, box=box)
            metadata = signers.PdfSignatureMetadata(
                field_name=name,
                md_algorithm={"p384": "sha384", "p521": "sha512", "ed25519": "sha512"}.get(kind, "sha256"),
                subfilter=fields.SigSeedSubFilter.PADES,
                certify="certify" in words,
                embed_validation_info="lt" in words,
                use_pades_lta="lta" in words,
                validation_context=context if "lt" in words else None,
            )
            out = signers.PdfSigner(
                metadata, signer, timestamper=stamper, new_field_spec=spec
            ).sign_pdf(writer)
    Path(target).write_bytes(out.getvalue())


if __name__ == "__main__":
    main(*sys.argv[1:])
