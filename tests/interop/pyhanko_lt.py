"""Checks every signature of a PDF with pyHanko as B-LT: by what is in the file alone, at the time of its time stamp.

usage: pyhanko_lt.py ROOT FILE
"""

import json
import sys

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import load_cert_from_pemder
from pyhanko.sign.validation import RevocationInfoValidationType, validate_pdf_ltv_signature


def main(root, name):
    trust = {"trust_roots": [load_cert_from_pemder(root)], "allow_fetching": False}
    with open(name, "rb") as file:
        reader = PdfFileReader(file)
        for signature in reader.embedded_regular_signatures:
            status = validate_pdf_ltv_signature(signature, RevocationInfoValidationType.PADES_LT, dict(trust))
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
