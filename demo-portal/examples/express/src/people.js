// The people of the example: the demo's, all invented, or those of a file.

import { readFileSync } from "node:fs";
import { drawPassword, hashPassword } from "./passwords.js";

/** @import { Account, Enterprise, Store } from "./store.js" */

/**
 * @typedef {object} Person
 * @property {string} login
 * @property {string} name
 * @property {Account["role"]} role
 * @property {string} enterprise Registered name.
 * @property {string} creditCode
 * @property {Enterprise["kind"]} kind
 * @property {string} [phone]
 * @property {Account["state"]} [state]
 * @property {string} [password] Drawn if absent.
 */

const HOSPITAL = { enterprise: "云岭市第一人民医院", creditCode: "12650100MB1A22606J" };
const BUREAU = { enterprise: "云岭市教育局", creditCode: "11650100MB0F883179" };
const DEVICES = { enterprise: "天山博康医疗器械有限公司", creditCode: "91650100MA77C0R54J" };
const PLATFORM = { enterprise: "云岭公共资源交易中心", creditCode: "12650100MB1D402870" };
const SOFTWARE = { enterprise: "云岭智联信息技术有限公司", creditCode: "91650104MA78E3K920" };

/** @type {readonly Person[]} */
const DEMO = [
  { login: "zhang.wei", name: "张伟", role: "administrator", kind: "purchaser", ...HOSPITAL },
  { login: "ayguli", name: "阿依古丽·买买提", role: "administrator", kind: "purchaser", ...BUREAU },
  { login: "li.na", name: "李娜", role: "administrator", kind: "supplier", ...DEVICES },
  { login: "chen.jing", name: "陈静", role: "operator", kind: "supplier", ...DEVICES },
  { login: "wang.qiang", name: "王强", role: "administrator", kind: "supplier", ...SOFTWARE },
  { login: "admin", name: "平台管理员", role: "administrator", kind: "platform", ...PLATFORM },
];

/**
 * Makes the accounts and returns them with their passwords, to be printed.
 *
 * @param {Store} store
 * @param {string | undefined} file A JSON array of {@link Person}.
 */
export async function addPeople(store, file) {
  /** @type {readonly Person[]} */
  const people = file === undefined ? DEMO : JSON.parse(readFileSync(file, "utf8"));
  const shown = [];
  for (const person of people) {
    const { login, name, role, enterprise, creditCode, kind, phone = "", state = "active" } = person;
    const password = person.password ?? drawPassword();
    const registered = { name: enterprise, creditCode, kind };
    const hash = await hashPassword(password);
    store.accounts.set(login, { login, name, phone, role, state, enterprise: registered, password: hash, logins: [] });
    shown.push({ login, password, name, role, enterprise, creditCode, kind, state });
  }
  return shown;
}
