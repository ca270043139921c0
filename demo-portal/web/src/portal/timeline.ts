/** The events of the audit trail: grouped by day, a sentence each, newest first. */
import { html, nothing, type TemplateResult } from "lit";
import { longDay, time } from "../lib/locale";
import type { Account, BoundCertificate } from "../lib/model";
import { browserName, placeName } from "../lib/place";
import { key, lock, scan, sealGlyph, sheetGlyph, unlink, warning } from "./icons";
import { type AuditEvent, contractsOf, sentence } from "./texts-events";
import { securityTexts } from "./texts-security";

/** What the reader wants to see. */
export type Filter = "all" | "contracts" | "logins" | "certificates" | "accounts";
export const FILTERS: readonly Filter[] = ["all", "contracts", "logins", "certificates", "accounts"];

/** Events done with a certificate, which a person can say was not them. */
const BY_CERTIFICATE = ["login.scan", "certificate.bound", "certificate.replaced"];
/** Events that deserve a second look. */
const ALARMING = [
  "login.refused",
  "scan.refused",
  "certificate.bind-refused",
  "certificate.revoked",
  "contract.seal-refused",
];

/** Whether an event is of the wanted kind. */
export function shows(filter: Filter, { event }: AuditEvent): boolean {
  const topic = event.split(".")[0];
  switch (filter) {
    case "all":
      return true;
    case "logins":
      return topic === "login" || topic === "logout" || topic === "session" || topic === "scan";
    case "contracts":
      return topic === "contract";
    case "certificates":
      return topic === "certificate" || topic === "seal";
    case "accounts":
      return topic === "account";
  }
}

/** All events given. `notMe` is called with the certificate that an event was done with. */
export function timeline(
  events: readonly AuditEvent[],
  account: Account,
  notMe: (certificate: BoundCertificate) => void,
): TemplateResult {
  return html`<div class="timeline">
    ${byDay(events).map(
      ([day, ofDay]) => html`<section>
        <h2>${day}</h2>
        <ol>
          ${ofDay.map((event) => item(event, account, notMe))}
        </ol>
      </section>`,
    )}
  </div>`;
}

function item(event: AuditEvent, account: Account, notMe: (certificate: BoundCertificate) => void): TemplateResult {
  const t = securityTexts();
  const { serial } = event.facts;
  const details = [
    event.browser === null ? nothing : html`<bdi>${browserName(event.browser)}</bdi>`,
    event.place === null ? nothing : html`<bdi>${placeName(event.place)}</bdi>`,
    ...(event.event === "contract.deleted" ? [] : contractsOf(event)).map(
      ({ number, id }) =>
        html`<a href=${id === null ? `/contracts?q=${encodeURIComponent(number)}` : `/contract#${id}`}
          >${t.openContract(number)}</a
        >`,
    ),
    typeof serial === "string" ? html`<bdi class="mono">${t.serial(serial)}</bdi>` : nothing,
  ].filter((detail) => detail !== nothing);
  return html`<li class=${ALARMING.includes(event.event) ? "alarming" : ""} id="event-${event.seq}" tabindex="-1">
    <time datetime=${new Date(event.at * 1000).toISOString()}>${time(event.at)}</time>
    <span class="dot">${glyphOf(event.event)}</span>
    <div>
      <p>${sentence(event, account.login)}</p>
      <p class="quiet details">${details}</p>
    </div>
    ${notMeButton(event, account, notMe)}
  </li>`;
}

function notMeButton(
  event: AuditEvent,
  { certificates }: Account,
  notMe: (certificate: BoundCertificate) => void,
): TemplateResult | typeof nothing {
  if (!BY_CERTIFICATE.includes(event.event)) return nothing;
  // One that is no longer bound cannot log in, so there is nothing to freeze.
  const certificate = certificates.find(({ id }) => id === event.facts.certificate);
  if (certificate === undefined) return nothing;
  const t = securityTexts();
  if (certificate.state === "frozen") return html`<span class="chip cold">${t.alreadyFrozen}</span>`;
  return html`<button class="button small plain not-me" type="button" @click=${() => notMe(certificate)}>
    ${t.notMe}<span class="visually-hidden">: ${sentence(event, "")} ${time(event.at)}</span>
  </button>`;
}

function glyphOf(event: string): TemplateResult {
  if (ALARMING.includes(event)) return warning;
  if (event === "login.scan" || event === "certificate.bound" || event === "certificate.replaced") return scan;
  if (event === "certificate.unbound") return unlink;
  if (event === "contract.sealed" || event.startsWith("seal.")) return sealGlyph;
  if (event.startsWith("contract.")) return sheetGlyph;
  return event === "login.password" || event === "account.password-changed" ? key : lock;
}

function byDay(events: readonly AuditEvent[]): [string, AuditEvent[]][] {
  const days = new Map<string, AuditEvent[]>();
  for (const event of events) {
    const day = longDay(event.at);
    days.set(day, [...(days.get(day) ?? []), event]);
  }
  return [...days];
}
