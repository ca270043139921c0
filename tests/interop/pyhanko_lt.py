"""Checks every signature of a PDF with pyHanko by the certificates and revocation data of its /DSS alone: one JSON object a line.

usage: pyhanko_lt.py ROOT FILE
"""

import json
import sys

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import load_cert_from_pemder
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature


def main(root, name):
    with open(name, "rb") as file:
        reader = PdfFileReader(file)
        store = DocumentSecurityStore.read_dss(reader)

        def context():
            options = {"trust_roots": [load_cert_from_pemder(root)], "allow_fetching": False, "revocation_mode": "hard-fail"}
            return store.as_validation_context(options)

        for signature in reader.embedded_regular_signatures:
            status = validate_pdf_signature(signature, context(), context())
            stamp = status.timestamp_validity
            print(
                json.dumps(
                    {
                        "signer": status.signing_cert.subject.native["organization_name"],
                        "ok": status.bottom_line,
                        "timestamp": bool(stamp and stamp.valid and stamp.trusted),
                        "modifications": status.modification_level.name,
                    }
                )
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
