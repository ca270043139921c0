/** Contracts as files: printed as an office program would, and forged as a party would who owes the other more than it likes. */
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { startBrowser } from "./harness.mjs";

/** What the goods cost, and what a forger makes of it: as many digits, the same letters. */
export const AMOUNT = { figures: "286,000.00", words: "贰拾捌万陆仟元整" };
export const FORGED = { figures: "886,000.00", words: "捌拾捌万陆仟元整" };

/** Prints a purchase contract of four pages; gives where it is. */
export async function printPurchase(t, folder, { title, buyer, seller, amount = AMOUNT }) {
  const page = await (await startBrowser(t)).newPage();
  await page.setContent(purchase({ title, buyer, seller, amount }));
  const path = join(folder, `${title} ${amount.figures}.pdf`);
  await page.pdf({ path, format: "A4", margin: { top: "25mm", bottom: "22mm", left: "26mm", right: "26mm" } });
  await page.context().browser().close();
  return path;
}

function purchase({ title, buyer, seller, amount }) {
  const rows = [
    ["全自动生化分析仪", "BC-800", "台", "1", "186,000.00"],
    ["低速离心机", "TD-5M", "台", "4", "48,000.00"],
    ["医用冷藏柜", "YC-395L", "台", "2", "52,000.00"],
  ].map(([name, model, unit, count, sum]) => `<tr><td>${name}<td>${model}<td>${unit}<td>${count}<td class="n">${sum}`);
  const clauses = [
    "乙方应当按照本合同约定的品名、规格、数量和期限向甲方交付货物，并保证货物是全新、未使用过的原装合格产品，符合国家标准和双方约定的质量要求。",
    "乙方于合同生效之日起三十日内将货物送达甲方指定地点，运输、保险、装卸费用由乙方承担；货物交付前毁损、灭失的风险由乙方承担。",
    "甲方应当在货物到达后七个工作日内会同乙方开箱清点，安装调试合格后由双方签署验收单；数量短缺或者规格不符的，乙方应当在五个工作日内补足或者更换。",
    "验收合格后十五个工作日内，甲方凭合格发票支付合同金额的百分之九十五；其余百分之五作为质量保证金，质量保证期满无质量问题时一次付清，不计利息。",
    "质量保证期为验收合格之日起三十六个月。保证期内发生故障，乙方应当在两小时内响应、二十四小时内到达现场；四十八小时内不能修复的，应当提供同等性能的备用机。",
    "乙方逾期交货的，每逾期一日按合同金额的千分之一支付违约金，违约金总额不超过合同金额的百分之五；逾期超过三十日的，甲方有权解除合同。",
    "甲方无正当理由逾期付款的，每逾期一日按应付未付金额的千分之一支付违约金。",
    "任何一方对履行本合同所知悉的对方商业秘密、患者信息负有保密义务，未经书面同意不得向第三方披露，该义务不因合同终止而免除。",
    "因不可抗力不能履行合同的，受影响的一方应当在三日内通知对方，并在十五日内提供有关机构的证明，双方协商延期履行或者解除合同。",
    "因本合同发生的争议由双方协商解决；协商不成的，提交甲方所在地有管辖权的人民法院诉讼解决。",
  ].map((text, at) => `<p>${"四五六七八九十"[at] ?? `十${"一二三"[at - 7]}`}、${text}</p>`);
  const half = Math.ceil(clauses.length / 2);
  const signing = (side, name) =>
    `<div><p>${side}（盖章）：</p><p>名称：${name}</p><p>授权代表：</p><p>日期：　　　年　　月　　日</p></div>`;
  return `<meta charset="utf-8"><title>${title}</title><style>
    body{font:11.5pt/1.9 "SimSun","WenQuanYi Micro Hei","Noto Serif CJK SC",serif;margin:0}
    h1{text-align:center;font-size:22pt;letter-spacing:.1em;margin:0 0 10mm}h2{font-size:13pt}
    p{margin:0 0 2mm;text-align:justify}section{break-after:page}section:last-child{break-after:auto}
    table{inline-size:100%;border-collapse:collapse;font-size:10.5pt}td,th{border:.4pt solid;padding:1mm 2mm}.n{text-align:right}
    .sides{display:grid;grid-template-columns:1fr 1fr;gap:12mm;margin-top:24mm}</style>
    <section><h1>${title}</h1><p>合同编号：YL-2026-0815　　签订地点：云岭市</p>
    <p>甲方（采购人）：${buyer}</p><p>乙方（供应商）：${seller}</p>
    <p>根据《中华人民共和国民法典》及有关法律规定，甲乙双方在平等、自愿的基础上，就医疗设备采购事宜协商一致，订立本合同，以资共同遵守。</p>
    <h2>一、货物清单</h2><table><tr><th>品名<th>型号<th>单位<th>数量<th>金额（元）${rows.join("")}</table>
    <h2>二、合同金额</h2><p>合同总价为人民币 ${amount.figures} 元（大写：${amount.words}），已包含税费、运费、安装调试费及质量保证服务的全部费用。</p></section>
    <section><h2>三、权利和义务</h2>${clauses.slice(0, half).join("")}</section>
    <section>${clauses.slice(half).join("")}</section>
    <section><p>本合同一式两份，甲乙双方各执一份，自双方盖章之日起生效。电子签章的本合同与纸质合同具有同等法律效力。</p>
    <div class="sides">${signing("甲方", buyer)}${signing("乙方", seller)}</div></section>`;
}

/** The sealed file with the forger's first page in place of its own, byte for byte as long: the seals do not cover what they stand on. */
export function forgeInPlace(sealed, forged) {
  const place = contentOf(sealed);
  // Written anew as tightly as can be; what is left over stands behind the end of the compressed data, where nobody reads.
  const written = deflateSync(inflateSync(forged.subarray(...contentOf(forged).range)), { level: 9 });
  const [from, to] = place.range;
  if (written.length > to - from) throw new Error("the forged page does not fit");
  const copy = Buffer.from(sealed);
  copy.fill(0x20, from, to);
  written.copy(copy, from);
  return copy;
}

/** The sealed file with an update behind it, which says that the first page is another. */
export function forgeByUpdate(sealed, forged) {
  const { object } = contentOf(sealed);
  const bytes = forged.subarray(...contentOf(forged).range);
  const text = sealed.toString("latin1");
  const last = (pattern) => [...text.matchAll(pattern)].at(-1)?.[1];
  const begin = Buffer.from(`${object} 0 obj\n<</Filter /FlateDecode /Length ${bytes.length}>> stream\n`);
  const body = Buffer.concat([begin, bytes, Buffer.from("\nendstream\nendobj\n")]);
  const [root, size, id, previous] = [
    /\/Root (\d+ 0 R)/g,
    /\/Size (\d+)/g,
    /(\/ID ?\[[^\]]*\])/g,
    /startxref\s+(\d+)/g,
  ].map(last);
  const table = `xref\n${object} 1\n${String(sealed.length).padStart(10, "0")} 00000 n \n`;
  const trailer = `trailer\n<</Size ${size} /Root ${root} /Prev ${previous} ${id}>>`;
  return Buffer.concat([
    sealed,
    body,
    Buffer.from(`${table}${trailer}\nstartxref\n${sealed.length + body.length}\n%%EOF\n`),
  ]);
}

/** The content of the first page: its object, and where its compressed bytes are. */
function contentOf(pdf) {
  const text = pdf.toString("latin1");
  const [, first] = /\/Kids \[(\d+) 0 R/.exec(text);
  const [, object] = new RegExp(`\\n${first} 0 obj[^]*?/Contents (\\d+) 0 R`).exec(text);
  const head = new RegExp(`\\n${object} 0 obj\\s*<<[^>]*/Length (\\d+)[^>]*>>\\s*stream\\n`).exec(text);
  const from = head.index + head[0].length;
  return { object, range: [from, from + Number(head[1])] };
}
