"""Checks every signature of PDFs with pyHanko: one JSON object a file.

usage: pyhanko_check.py PKI [password=P] FILE ...
"""

import json
import sys
from pathlib import Path

from asn1crypto import crl
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import load_cert_from_pemder
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext


def main(pki, *words):
    pki = Path(pki)
    password = next((word.removeprefix("password=") for word in words if word.startswith("password=")), None)
    for name in (word for word in words if not word.startswith("password=")):
        with open(name, "rb") as file:
            reader = PdfFileReader(file)
            if password is not None:
                reader.decrypt(password)
            found = [check(pki, signature) for signature in reader.embedded_regular_signatures]
            stamps = [check(pki, stamp, validate_pdf_timestamp) for stamp in reader.embedded_timestamp_signatures]
        print(json.dumps({"file": name, "signatures": found, "timestamps": stamps}))


def check(pki, signature, validate=validate_pdf_signature):
    context = ValidationContext(
        trust_roots=[load_cert_from_pemder(pki / "root.pem")],
        crls=[crl.CertificateList.load((pki / "root.crl").read_bytes())],
        allow_fetching=False,
        revocation_mode="hard-fail",
    )
    status = validate(signature, context)
    return {
        "field": signature.field_name,
        "intact": status.intact,
        "valid": status.valid,
        "trusted": status.trusted,
        "coverage": status.coverage.name,
        "modifications": status.modification_level.name if status.modification_level is not None else "NONE",
        "timestamp": bool(getattr(status, "timestamp_validity", None) and status.timestamp_validity.valid),
        "ok": bool(getattr(status, "bottom_line", status.intact and status.valid and status.trusted)),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
