// Makes small PDFs to show: contracts with Chinese text, turned and cut pages, scans, very large ones.

import { readFileSync } from "node:fs";

const POINTS_A4 = { width: 595.28, height: 841.89 };

/**
 * A PDF of these pages. `text` is lines of `[x, y, size, words]` in the page's own coordinates; `picture` fills the page
 * with an uncompressed grey picture of so many pixels a side, as a scanner would.
 */
export function makePdf(pages) {
  const objects = [];
  const add = (body) => objects.push(Buffer.isBuffer(body) ? body : Buffer.from(body, "latin1"));
  add("<< /Type /Catalog /Pages 2 0 R >>");
  const first = 7;
  const kids = pages.map((_, index) => `${first + 3 * index} 0 R`).join(" ");
  add(`<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`);
  // Not in the file: the reader takes a font of the system, and needs the character maps.
  add("<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>");
  add(
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 5 0 R " +
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /W [1 95 500] >>",
  );
  add(
    "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 " +
      "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
  );
  add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  for (const [index, page] of pages.entries()) {
    const { width, height, rotate = 0, crop, userUnit, text = [], picture } = { ...POINTS_A4, ...page };
    const own = first + 3 * index;
    const boxes = `/MediaBox [0 0 ${width} ${height}]${crop ? ` /CropBox [${crop.join(" ")}]` : ""}`;
    const unit = userUnit ? ` /UserUnit ${userUnit}` : "";
    const picture_ = picture ? ` /XObject << /P ${own + 2} 0 R >>` : "";
    add(
      `<< /Type /Page /Parent 2 0 R ${boxes} /Rotate ${rotate}${unit} /Contents ${own + 1} 0 R ` +
        `/Resources << /Font << /S 3 0 R /H 6 0 R >>${picture_} >> >>`,
    );
    const drawing = [
      picture ? `q ${width} 0 0 ${height} 0 0 cm /P Do Q` : "",
      ...text.map(([x, y, size, words]) => `BT ${showing(words)} ${size} Tf ${x} ${y} Td ${hex(words)} Tj ET`),
    ].join("\n");
    add(stream("", Buffer.from(drawing, "latin1")));
    add(picture ? greyPicture(picture, index) : "null");
  }
  return file(objects);
}

/** A page whose text is in a font that is in the file: the letter n is a filled square, as in no font of the system. */
export function embeddedFontPdf() {
  const font = readFileSync(new URL("../../node_modules/pdfjs-dist/standard_fonts/FoxitDingbats.pfb", import.meta.url));
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
    stream("", Buffer.from("BT /F 150 Tf 40 40 Td (n) Tj ET")),
    "<< /Type /Font /Subtype /Type1 /BaseFont /Own /FirstChar 110 /LastChar 110 /Widths [761] /FontDescriptor 6 0 R " +
      "/Encoding << /Type /Encoding /Differences [110 /a73] >> >>",
    "<< /Type /FontDescriptor /FontName /Own /Flags 4 /FontBBox [0 -150 1000 850] /ItalicAngle 0 /Ascent 850 " +
      "/Descent -150 /CapHeight 850 /StemV 80 /FontFile3 7 0 R >>",
    stream("/Subtype /Type1C ", font),
  ];
  return file(objects.map((body) => (Buffer.isBuffer(body) ? body : Buffer.from(body, "latin1"))));
}

/** A contract of so many pages; `sides` is the pixels of a scan on each. */
export function makeContract(count, { picture } = {}) {
  return makePdf(
    Array.from({ length: count }, (_, index) => ({
      ...(picture && { picture }),
      text: contractText(index + 1, count),
    })),
  );
}

/** A page that opens with a password only. */
export function encryptedPdf() {
  return readFileSync(new URL("../test/pdf/password-user.pdf", import.meta.url));
}

function contractText(page, count) {
  const lines = [[270, 40, 9, `- ${page} / ${count} -`]];
  if (page === 1) {
    lines.push([215, 740, 24, "设备采购合同"], [72, 690, 11, "合同编号：XJ-2026-0815"]);
    lines.push(
      [72, 666, 11, "甲方（采购人）：乌鲁木齐市第三中学"],
      [72, 644, 11, "乙方（供应商）：新疆天山科技有限公司"],
    );
  }
  const clauses = [
    "根据《中华人民共和国民法典》及有关法律规定，甲乙双方在平等、自愿的基础上，",
    "就设备采购事宜协商一致，订立本合同，以资共同遵守。",
    "一、乙方应按照投标文件的承诺向甲方提供全新、未使用过的设备，并负责运输、安装与调试。",
    "二、合同总价为人民币贰拾捌万陆仟元整，已包含税费、运费及三年质量保证服务的全部费用。",
    "三、甲方在验收合格后十五个工作日内支付合同总价的百分之九十五，余款作为质量保证金。",
    "四、乙方应在合同签订之日起三十日内交货；逾期交货的，每日按合同总价的千分之一支付违约金。",
  ];
  const top = page === 1 ? 606 : 770;
  for (let line = 0; line < 18; line += 1) {
    const y = top - line * 22;
    if (y > 260) lines.push([72, y, 10.5, clauses[(line + page) % clauses.length]]);
  }
  if (page === 1 || page === count) {
    lines.push([72, 210, 12, "甲方（盖章）："], [330, 210, 12, "乙方（盖章）："]);
    lines.push([72, 180, 11, "日期：      年    月    日"], [330, 180, 11, "日期：      年    月    日"]);
  }
  return lines;
}

const isLatin = (words) => /^[\x20-\x7e]*$/.test(words);
const showing = (words) => (isLatin(words) ? "/H" : "/S");

function hex(words) {
  if (isLatin(words)) return `<${Buffer.from(words, "latin1").toString("hex")}>`;
  return `<${Buffer.from(words, "utf16le").swap16().toString("hex")}>`;
}

/** Paper with noise, so that it cannot be told from a scan by its size. */
function greyPicture(side, seed) {
  const pixels = Buffer.alloc(side * side, 0xf6);
  let state = seed + 1;
  for (let at = 0; at < pixels.length; at += 97) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    pixels[at] = 0xe0 + (state % 31);
  }
  const head = `/Type /XObject /Subtype /Image /Width ${side} /Height ${side} /ColorSpace /DeviceGray /BitsPerComponent 8 `;
  return stream(head, pixels);
}

function stream(head, bytes) {
  return Buffer.concat([
    Buffer.from(`<< ${head}/Length ${bytes.length} >>\nstream\n`, "latin1"),
    bytes,
    Buffer.from("\nendstream", "latin1"),
  ]);
}

function file(objects) {
  const parts = [Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  let length = parts[0].length;
  const offsets = objects.map((body, index) => {
    const offset = length;
    const object = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from("\nendobj\n")]);
    parts.push(object);
    length += object.length;
    return offset;
  });
  const entries = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`;
  parts.push(
    Buffer.from(`${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`),
  );
  return Buffer.concat(parts);
}
