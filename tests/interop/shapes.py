"""Makes the PDF files of the interop tests and of the benchmark, by hand, so that every byte is known.

usage: shapes.py FOLDER [SHAPE ...]

Object streams, linearization and encryption are left to qpdf; see shapes.mjs.
"""

import random
import sys
import zlib
from pathlib import Path


class Writer:
    """A PDF with a classic cross-reference table."""

    def __init__(self, path, version="1.7"):
        self.file = open(path, "wb")
        self.offsets = {}
        self.position = 0
        self.write(f"%PDF-{version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1"))

    def write(self, data):
        self.file.write(data)
        self.position += len(data)

    def object(self, number, body):
        self.offsets[number] = self.position
        self.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def stream(self, number, data, extra=b""):
        self.object(number, b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), extra, data))

    def finish(self, root):
        count = max(self.offsets) + 1
        start = self.position
        lines = [b"0000000000 65535 f \n"]
        lines += [b"%010d 00000 n \n" % self.offsets[number] for number in range(1, count)]
        self.write(b"xref\n0 %d\n%s" % (count, b"".join(lines)))
        identifier = b"<00112233445566778899aabbccddeeff>"
        self.write(
            b"trailer\n<</Size %d/Root %d 0 R/ID[%s%s]>>\nstartxref\n%d\n%%%%EOF\n"
            % (count, root, identifier, identifier, start)
        )
        self.file.close()


def document(path, pages=1, page_extra=b"", ballast=0, box=b"[0 0 595 842]", extra_objects=0, version="1.7"):
    """So many pages of a contract, with `ballast` bytes of incompressible stream on each."""
    noise = random.Random(7)
    out = Writer(path, version)
    font = 3
    first = 4
    kids = b" ".join(b"%d 0 R" % (first + 3 * i) for i in range(pages))
    out.object(1, b"<</Type/Catalog/Pages 2 0 R>>")
    out.object(2, b"<</Type/Pages/Count %d/Kids[%s]/MediaBox%s>>" % (pages, kids, box))
    out.object(font, b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    for i in range(pages):
        page = first + 3 * i
        out.object(
            page,
            b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 %d 0 R>>>>/Contents %d 0 R%s>>"
            % (font, page + 1, page_extra),
        )
        text = (
            b"BT /F1 14 Tf 60 760 Td (Contract 2026-%03d, page %d of %d) Tj "
            b"0 -40 Td (Total amount: 1,280,000.00 CNY) Tj 0 -500 Td (Party A \\(seal\\)) Tj ET" % (7, i + 1, pages)
        )
        out.stream(page + 1, zlib.compress(text), b"/Filter/FlateDecode")
        out.stream(page + 2, noise.randbytes(ballast))
    start = first + 3 * pages
    for i in range(extra_objects):
        out.object(start + i, b"<</Index %d/Text(object number %d)>>" % (i, i))
    out.finish(1)


SHAPES = {
    "small": {},
    "old": {"version": "1.3"},
    "pages": {"pages": 5},
    "rotated90": {"pages": 2, "page_extra": b"/Rotate 90"},
    "rotated180": {"page_extra": b"/Rotate 180"},
    "rotated270": {"page_extra": b"/Rotate 270"},
    "shifted": {"box": b"[-100 50 495 892]", "page_extra": b"/CropBox[-80 70 475 872]"},
    "units": {"page_extra": b"/UserUnit 2", "box": b"[0 0 298 421]"},
    "m10": {"pages": 100, "ballast": 107_000},
    "m100": {"pages": 1000, "ballast": 107_000},
    "objects": {"extra_objects": 100_000},
}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for shape in sys.argv[2:] or SHAPES:
        document(folder / f"{shape}.pdf", **SHAPES[shape])
