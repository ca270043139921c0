/** Amounts of money: as people type them, as the server takes them, in numbers and in Chinese capitals (大写金额). */
import { locale } from "../lib/locale";

const DIGITS = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
const UNITS = ["", "拾", "佰", "仟"];
const GROUPS = ["", "万", "亿"];
/** Digits of a group: ten thousand is a unit of its own. */
const GROUP = 4;
/** The server takes twelve digits of yuan. */
const MOST_DIGITS = 12;

/** What a person typed as the server takes it, `1250000.50`; `null` if it is no amount. Separators are left out. */
export function amountOf(typed: string): string | null {
  const plain = typed.normalize("NFKC").replace(/[,\s_']|元$|^[¥￥]/g, "");
  const found = /^(\d+)(?:\.(\d{1,2}))?$/.exec(plain);
  if (!found) return null;
  const [, whole = "", fen = ""] = found;
  const yuan = whole.replace(/^0+(?=\d)/, "");
  return yuan.length > MOST_DIGITS ? null : `${yuan}.${fen.padEnd(2, "0")}`;
}

/** How many, as the server takes it: at most nine digits, and three behind the point; `null` if it is no such number. */
export function countOf(typed: string): string | null {
  const plain = typed.normalize("NFKC").replace(/[,\s_']/g, "");
  return /^\d{1,9}(?:\.\d{1,3})?$/.test(plain) ? plain : null;
}

/** What so many of something cost, in fen, by the server's rule: thousandths of a piece count, half a fen is rounded up. */
export function costOf(count: string, price: string): bigint | null {
  const [whole, part = ""] = countOf(count)?.split(".") ?? [];
  const each = amountOf(price);
  if (whole === undefined || each === null) return null;
  return (BigInt(whole + part.padEnd(3, "0")) * BigInt(each.replace(".", "")) + 500n) / 1000n;
}

/** Fen as the server takes an amount. */
export function amountOfFen(fen: bigint): string {
  return `${fen / 100n}.${String(fen % 100n).padStart(2, "0")}`;
}

/** An amount in numbers, exact: it never goes through a binary fraction. */
export function amountInNumbers(amount: string): string {
  const [yuan = "0", fen = "00"] = amount.split(".");
  const whole = new Intl.NumberFormat(locale()).format(BigInt(yuan));
  return `¥${whole}.${fen.padEnd(2, "0").slice(0, 2)}`;
}

/**
 * An amount as it is written on cheques and contracts, so that no stroke can be added: “人民币壹佰贰拾伍万元整”. By the
 * rules for cheques (《支付结算办法》 annex 1): one 零 for any run of zeros between digits, 整 after yuan or jiao, none after fen.
 */
export function amountInWords(amount: string): string {
  const [yuan = "0", cents = "00"] = amount.split(".");
  const [jiao = 0, fen = 0] = [...cents.padEnd(2, "0")].map(Number);
  const whole = yuanInWords(yuan);
  const parts = ["人民币"];
  if (whole !== "") parts.push(whole, "元");
  if (jiao === 0 && fen === 0) return `${parts.join("")}${whole === "" ? "零元" : ""}整`;
  if (jiao > 0) parts.push(`${DIGITS[jiao]}角`);
  else if (whole !== "") parts.push("零");
  parts.push(fen > 0 ? `${DIGITS[fen]}分` : "整");
  return parts.join("");
}

/** Nothing for zero. */
function yuanInWords(yuan: string): string {
  const digits = [...yuan.replace(/^0+/, "")].map(Number);
  const groups = Math.ceil(digits.length / GROUP);
  let words = "";
  let zero = false;
  for (let group = groups - 1; group >= 0; group -= 1) {
    const end = digits.length - group * GROUP;
    const ofGroup = digits.slice(Math.max(0, end - GROUP), end);
    let written = "";
    for (const [at, digit] of ofGroup.entries()) {
      if (digit === 0) {
        zero = words !== "" || written !== "";
        continue;
      }
      written += `${zero ? "零" : ""}${DIGITS[digit]}${UNITS[ofGroup.length - 1 - at]}`;
      zero = false;
    }
    // 亿 and 万 stand only where their group has a digit.
    if (written !== "") words += `${written}${GROUPS[group]}`;
  }
  return words;
}
