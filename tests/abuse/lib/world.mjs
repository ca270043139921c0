/** One platform under attack: its people, their phones, and its audit log, which is checked after every case. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { verifyAuditExport } from "../../../npm/dist/server.js";
import { SCANSEAL, Stage } from "./adapters.mjs";
import { Browser } from "./browser.mjs";
import { Phone } from "./phone.mjs";

export class World {
  #adapter;
  #stage = new Stage();
  #phones = new Map();
  #auditor;
  #log = [];

  constructor(adapter) {
    this.#adapter = adapter;
  }

  async start() {
    await this.#stage.open();
    const ready = await this.#adapter.start(this.#stage);
    this.base = ready.base;
    this.operator = ready.operator;
    this.people = new Map(ready.accounts.map((person) => [person.login, person]));
    this.data = this.#stage.data;
    this.expired = this.#stage.expired;
    this.cookies = this.#adapter.cookies;
    this.#auditor = await this.passwordLogin("admin");
  }

  async stop() {
    await this.#stage.close();
  }

  /**
   * Defines a case. `work` returns the events that must have been written meanwhile: names, or `[name, facts, times]`, where
   * `facts` may also name members of the event itself, and without `times` there may be more of them.
   */
  case(name, work, { needs = [] } = {}) {
    it(name, async (t) => {
      const lacking = needs.filter((ability) => !this.can(ability));
      if (lacking.length > 0) return t.skip(`the ${this.#adapter.name} lacks: ${lacking.join(", ")}`);
      try {
        await this.#checkAudit((await work()) ?? []);
      } finally {
        // What a case that failed has left must not count in the next one.
        this.#log = linesOf(await this.auditExport());
      }
      return undefined;
    });
  }

  /** The log must have grown by the expected events, and be otherwise as it was. */
  async #checkAudit(expected) {
    const text = await this.auditExport();
    const verdict = verifyAuditExport(text);
    assert.equal(verdict.fault, null);
    assert.equal(verdict.redacted, 0, "platform staff read everything");
    const lines = linesOf(text);
    const before = this.#log;
    assert.deepEqual(lines.slice(0, before.length), before, "what was written before is as it was");
    const added = lines.slice(before.length).map((line) => JSON.parse(line).event);
    for (const one of expected) {
      const [name, facts = {}, times] = typeof one === "string" ? [one] : one;
      const fits = (event) => Object.entries(facts).every(([key, value]) => (event.facts[key] ?? event[key]) === value);
      const fitting = added.filter((event) => event.event === name && fits(event));
      const shown = `${name} ${JSON.stringify(facts)} in ${JSON.stringify(added.map(({ event, facts }) => [event, facts]))}`;
      if (times === undefined) assert.ok(fitting.length > 0, `no ${shown}`);
      else assert.equal(fitting.length, times, shown);
    }
  }

  /** The whole log, as platform staff export it. */
  async auditExport() {
    const answer = await this.#auditor.get(this.#adapter.auditExport);
    assert.equal(answer.status, 200, answer.text);
    return answer.text;
  }

  can(ability) {
    return this.#adapter.has.includes(ability);
  }

  /** The exit status of `scanseal audit verify`. */
  async verifyByCommand(text) {
    const file = join(this.#stage.folder, "audit.jsonl");
    await writeFile(file, text);
    return spawnSync(SCANSEAL, ["audit", "verify", file]).status;
  }

  /** A browser that has opened the page. */
  async browser() {
    const browser = new Browser(this.base);
    await browser.open();
    return browser;
  }

  /** Logs in with the password. An account allows five tries at once: use it sparingly. */
  async passwordLogin(login) {
    const browser = await this.browser();
    await browser.succeed("/api/login", { login, password: this.people.get(login).password });
    await browser.open();
    return browser;
  }

  /** A new phone with a certificate of the account's enterprise, bound to nobody. */
  enrol(login, more = {}) {
    const { enterprise, creditCode } = this.people.get(login);
    return Phone.enrol(this.operator, { enterprise, creditCode, ...more });
  }

  /** The phone that the account logs in with; bound when it is first asked for. */
  phoneOf(login) {
    if (!this.#phones.has(login)) this.#phones.set(login, this.#firstPhone(login));
    return this.#phones.get(login);
  }

  async #firstPhone(login) {
    const phone = await this.enrol(login);
    await this.bind(await this.passwordLogin(login), phone);
    return phone;
  }

  /** A browser in which the account has logged in by scan. */
  async login(login) {
    const browser = await this.browser();
    await this.scanLogin(browser, await this.phoneOf(login));
    return browser;
  }

  /** Logs in by scan in this browser. */
  async scanLogin(browser, phone) {
    const request = await this.ask(browser);
    const answer = await browser.succeed("/api/scan/assertions", phone.answer(request));
    await browser.open();
    return answer;
  }

  /** Binds a phone's certificate to the account that is logged in. */
  async bind(browser, phone, more = {}) {
    const request = await this.ask(browser, { op: "bind", ...more });
    return browser.succeed("/api/scan/assertions", phone.answer(request));
  }

  /** A request as the platform hands it out. */
  async ask(browser, body = { op: "login" }) {
    const answer = await browser.post("/api/scan/requests", body);
    assert.equal(answer.status, 200, answer.text);
    return answer.json.request;
  }

  /** Hands in an answer, as the page does. */
  submit(browser, answer) {
    return browser.post("/api/scan/assertions", answer);
  }
}

function linesOf(text) {
  return text.trimEnd().split("\n");
}
