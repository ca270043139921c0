/** The security record: what happened, who is logged in where, and what to do if it was not you. */
import "../styles/base.css";
import "../styles/security.css";
import "./password-form";
import { html, nothing, type TemplateResult } from "lit";
import { call, session } from "../lib/api";
import { confirmDialog, tellDialog } from "../lib/dialog";
import { dateTime, fromNow } from "../lib/locale";
import type { Account, BoundCertificate, LiveSession } from "../lib/model";
import { placeName } from "../lib/place";
import { toast } from "../lib/toast";
import { toLogin } from "../lib/visit";
import { download, printer } from "./icons";
import { frozenPicture, noCertificatePicture } from "./pictures";
import { PortalPage } from "./portal-page";
import { texts } from "./texts";
import type { AuditEvent } from "./texts-events";
import { homeTexts } from "./texts-home";
import { securityTexts } from "./texts-security";
import { FILTERS, type Filter, shows, timeline } from "./timeline";

/** Events fetched at a time. */
const PAGE = 50;
/** The command with which an exported record is checked. */
const VERIFY = "scanseal audit verify scanseal-audit.jsonl";

interface Trail {
  events: AuditEvent[];
  /** Where the next older page begins; `null` at the beginning of the record. */
  next: number | null;
}

class PortalSecurity extends PortalPage {
  static override properties = {
    ...PortalPage.properties,
    trail: { state: true },
    sessions: { state: true },
    filter: { state: true },
    busy: { state: true },
    said: { state: true },
  };

  declare trail: Trail;
  declare sessions: LiveSession[];
  declare filter: Filter;
  declare busy: boolean;
  /** What became of the last press of “older”, for who cannot see the list grow. */
  declare said: string;

  protected override readonly page = "security";

  constructor() {
    super();
    this.trail = { events: [], next: null };
    this.sessions = [];
    this.filter = "all";
    this.busy = false;
    this.said = "";
  }

  protected override async fetch(): Promise<void> {
    const [trail, { sessions }] = await Promise.all([
      call<Trail>("GET", `/api/audit?limit=${PAGE}`),
      call<{ sessions: LiveSession[] }>("GET", "/api/sessions"),
    ]);
    this.trail = trail;
    this.sessions = sessions;
  }

  protected override async load(): Promise<void> {
    await super.load();
    await this.updateComplete;
    // The account menu leads here; the form is drawn only now.
    if (location.hash === "#password") this.querySelector<HTMLElement>("#password-panel")?.scrollIntoView();
  }

  protected override content(account: Account): TemplateResult {
    const t = securityTexts();
    return html`
      <header class="page-head">
        <div>
          <h1>${texts().security}</h1>
          <p>${account.role === "administrator" ? t.leadAdministrator : t.lead}</p>
        </div>
        <div class="buttons">
          <button class="button" type="button" @click=${() => window.print()}>${printer} ${texts().print}</button>
          <button class="button" type="button" @click=${this.export}>${download} ${t.export}</button>
        </div>
      </header>
      <div class="columns">
        <div>
          ${this.trail.events.length ? this.record(account) : nothingYet()}
        </div>
        <aside>
          ${this.liveSessions(account)}
          <section class="panel" id="password-panel">
            <h2>${t.password}</h2>
            <portal-password login=${account.login}></portal-password>
          </section>
        </aside>
      </div>
      <p class="print-only">${homeTexts().printed(dateTime(Date.now() / 1000))}</p>
    `;
  }

  private record(account: Account): TemplateResult {
    const t = securityTexts();
    const { events, next } = this.trail;
    const wanted = events.filter((event) => shows(this.filter, event));
    return html`
      <section class="panel record">
        <div class="filters" role="group" aria-label=${t.filters}>
          ${FILTERS.map(
            (filter) => html`<button
              type="button"
              aria-pressed=${filter === this.filter}
              @click=${() => {
                this.filter = filter;
              }}
            >
              ${t[filter]}
            </button>`,
          )}
        </div>
        ${wanted.length ? timeline(wanted, account, this.notMe) : html`<p class="quiet none">${t.nothingOfKind}</p>`}
        <p class="visually-hidden" role="status">${this.said}</p>
        <div class="older">
          ${
            next === null
              ? html`<p class="quiet small">${t.noMore}</p>`
              : html`<button class="button" type="button" aria-busy=${this.busy} @click=${() => this.older(next)}>
                  ${t.older}
                </button>`
          }
        </div>
      </section>
    `;
  }

  private liveSessions(account: Account): TemplateResult {
    const t = securityTexts();
    return html`<section class="panel" id="sessions">
      <h2>${t.sessions}</h2>
      <ul class="sessions">
        ${this.sessions.map(
          (one) => html`<li>
            <div>
              <p>
                <bdi>${one.browser}</bdi>
                ${one.current ? html`<span class="chip good">${t.current}</span>` : nothing}
                ${one.account.login === account.login ? nothing : html`<span class="chip plain">${one.account.name}</span>`}
              </p>
              <p class="quiet small">
                <bdi>${placeName(one.place)}</bdi> · ${one.method === "scan" ? texts().byScan : texts().byPassword}
              </p>
              <p class="quiet small">${t.started(dateTime(one.started))} · ${t.lastUsed(fromNow(one.lastUsed))}</p>
            </div>
            ${
              one.current
                ? nothing
                : html`<button
                    class="button small"
                    type="button"
                    aria-label=${t.endOf(`${one.browser}, ${placeName(one.place)}`)}
                    @click=${() => this.end(one)}
                  >
                    ${t.end}
                  </button>`
            }
          </li>`,
        )}
      </ul>
      <p class="quiet small">${t.sessionsHow}</p>
    </section>`;
  }

  private async older(before: number): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const page = await this.attempt(() => call<Trail>("GET", `/api/audit?before=${before}&limit=${PAGE}`));
    this.busy = false;
    if (page === undefined) return;
    this.trail = { events: [...this.trail.events, ...page.events], next: page.next };
    this.said = securityTexts().more(page.events.length);
    await this.updateComplete;
    // Reading goes on where it stopped, not at the button far below.
    const first = page.events.find((event) => shows(this.filter, event));
    if (first) this.querySelector<HTMLElement>(`#event-${first.seq}`)?.focus({ preventScroll: true });
  }

  private readonly notMe = async (certificate: BoundCertificate): Promise<void> => {
    const t = securityTexts();
    const question = html`<p>${t.notMeBody}</p>
      <ul class="bullets">
        ${t.notMeWill.map((line) => html`<li>${line}</li>`)}
      </ul>
      <p class="quiet">${t.notMeUndo}</p>`;
    const yes = await confirmDialog({ title: t.notMeTitle, body: question, action: t.freezeNow, danger: true });
    if (!yes) return;
    const path = `/api/certificates/${certificate.id}/freeze`;
    const answer = await this.attempt(() => call<{ account: Account }>("POST", path));
    if (answer === undefined) return;
    this.account = answer.account;
    const done = html`<p>${t.frozenBody}</p>
      <ol class="numbered">
        ${t.frozenNext.map((line) => html`<li>${line}</li>`)}
      </ol>`;
    await tellDialog(t.frozenTitle, done, frozenPicture);
    await this.load();
  };

  private readonly export = async (): Promise<void> => {
    const t = securityTexts();
    const body = html`<p>${t.exportBody}</p>
      <p>${t.exportHow}</p>
      <p class="mono command" dir="ltr">${VERIFY}</p>`;
    if (!(await confirmDialog({ title: t.exportTitle, body, action: t.export }))) return;
    await this.attempt(async () => {
      // A download cannot say that the session is over, so that is asked before.
      const { account } = await session();
      if (account === null) toLogin("ended");
      else location.assign("/api/audit/export");
    });
  };

  private async end({ id }: LiveSession): Promise<void> {
    const answer = await this.attempt(() => call<{ sessions: LiveSession[] }>("POST", `/api/sessions/${id}/end`));
    if (answer === undefined) return;
    this.sessions = answer.sessions;
    toast(securityTexts().ended);
  }
}

function nothingYet(): TemplateResult {
  const t = securityTexts();
  return html`<div class="panel empty">
    ${noCertificatePicture}
    <h2>${t.nothing}</h2>
    <p>${t.nothingHow}</p>
  </div>`;
}

customElements.define("portal-security", PortalSecurity);
