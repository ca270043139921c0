// The audit log: every event in a hash chain, written in the same step as what it tells (see `store.js`).

import { randomBytes } from "node:crypto";
import { AUDIT_START, appendAudit, exportAudit } from "scanseal/server";

/** @import { AuditEntry, AuditEvent } from "scanseal/server" */
/** @import { Caller } from "./caller.js" */
/** @import { Account } from "./store.js" */

const PAGE = 50;

export class Audit {
  /** @type {{ entry: AuditEntry, event: AuditEvent }[]} */
  #log = [];

  /**
   * @param {string} name
   * @param {{ account?: Account | undefined, actor?: string | null, caller: Caller, now: number }} who `actor` is the
   * account itself if absent; `page` for what only the browser has told.
   * @param {Record<string, unknown>} [facts]
   */
  record(name, { account, actor = account?.login ?? null, caller, now }, facts = {}) {
    const last = this.#log.at(-1)?.entry;
    const { place, browser } = caller;
    const enterprise = account?.enterprise.creditCode ?? null;
    // Others are shown the hash of this event: without something random in it they could find out what it says by trying.
    const salted = { ...facts, salt: randomBytes(16).toString("base64url") };
    const event = { at: now, event: name, account: account?.login ?? null, enterprise, actor, place, browser };
    const entry = appendAudit(last?.hash ?? AUDIT_START, (last?.seq ?? 0) + 1, { ...event, facts: salted });
    this.#log.push({ entry, event: { ...event, facts } });
  }

  /**
   * A page of the events that the account may read, the newest first.
   *
   * @param {Account} reader
   * @param {number} before
   * @param {number} limit
   */
  page(reader, before = Number.POSITIVE_INFINITY, limit = PAGE) {
    const readable = this.#log.filter(({ entry, event }) => entry.seq < before && mayRead(reader, event)).reverse();
    const events = readable.slice(0, limit).map(({ entry, event }) => ({ seq: entry.seq, ...event }));
    return { events, next: readable.length > limit ? (events.at(-1)?.seq ?? null) : null };
  }

  /**
   * The whole chain for one reader: what concerns others is shown by its hash only.
   *
   * @param {Account} reader
   */
  export(reader) {
    const readable = new Set(this.#log.filter(({ event }) => mayRead(reader, event)).map(({ entry }) => entry));
    const entries = this.#log.map(({ entry }) => entry);
    return exportAudit(entries, (entry) => readable.has(entry));
  }

  /**
   * Number of the latest event that the account may read; 0 if there is none.
   *
   * @param {Account} reader
   */
  lastSeen(reader) {
    return this.#log.findLast(({ event }) => mayRead(reader, event))?.entry.seq ?? 0;
  }
}

/**
 * Everybody reads what concerns their account, administrators what concerns their enterprise, the platform's own staff
 * everything.
 *
 * @param {Account} reader
 * @param {AuditEvent} event
 */
function mayRead(reader, event) {
  if (event.account === reader.login || reader.enterprise.kind === "platform") return true;
  return reader.role === "administrator" && event.enterprise === reader.enterprise.creditCode;
}
