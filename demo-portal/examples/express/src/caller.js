// What the server itself sees of a caller. It is shown at the phone, so that a scan that somebody else started looks wrong.

import { isIPv4 } from "node:net";

/** @import { Request } from "express" */

/**
 * @typedef {object} Caller
 * @property {string} network What counts as one address: an IPv4 address, or the 64 bits of one IPv6 network.
 * @property {string} place The address without its last part.
 * @property {string} browser Browser and system, in words of the tables below only.
 */

/** Marks in a `User-Agent`, the most specific first: every browser also claims to be those below it. */
const BROWSERS = /** @type {const} */ ([
  ["Edg/", "Edge"],
  ["QQBrowser/", "QQ 浏览器"],
  ["360SE", "360 浏览器"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Version/", "Safari"],
]);
const SYSTEMS = ["Windows", "Android", "iPhone", "iPad", "Mac OS X", "Linux"];

/**
 * @param {Request} request
 * @returns {Caller}
 */
export function callerOf(request) {
  const address = (request.ip ?? "").replace(/^::ffff:(?=[0-9.]+$)/, "");
  return { network: networkOf(address), place: placeOf(address), browser: browserOf(request.get("user-agent") ?? "") };
}

/** @param {string} address */
function networkOf(address) {
  return isIPv4(address) ? address : groups(address).slice(0, 4).join(":");
}

/** @param {string} address */
function placeOf(address) {
  if (address === "::1" || /^127\./.test(address)) return "本机 this computer";
  const shown = isIPv4(address)
    ? `${address.split(".").slice(0, 3).join(".")}.*`
    : `${groups(address).slice(0, 3).join(":")}:*`;
  return /^(10|192\.168|172\.(1[6-9]|2[0-9]|3[01]))\./.test(address) ? `内网 local ${shown}` : shown;
}

/**
 * The eight groups of an IPv6 address, those left out by `::` too.
 *
 * @param {string} address
 */
function groups(address) {
  const [before = "", after] = address.split("::").map((half) => half.replace(/%.*$/, ""));
  const [left, right] = [before, after ?? ""].map((half) => half.split(":").filter(Boolean));
  const missing = after === undefined ? 0 : 8 - (left?.length ?? 0) - (right?.length ?? 0);
  return [...(left ?? []), ...Array(Math.max(missing, 0)).fill("0"), ...(right ?? [])];
}

/** @param {string} agent */
function browserOf(agent) {
  const system = SYSTEMS.find((mark) => agent.includes(mark));
  for (const [mark, name] of BROWSERS) {
    const at = agent.indexOf(mark);
    if (at < 0) continue;
    const version = /^[0-9]{0,4}/.exec(agent.slice(at + mark.length))?.[0] ?? "";
    return [`${name} ${version}`.trim(), system].filter(Boolean).join(" / ");
  }
  return system ?? "未知浏览器";
}
