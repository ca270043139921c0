/** The user centre: who you are, what the platform has on record, your certificates. */
import "../styles/base.css";
import "../styles/home.css";
import { html, nothing, type TemplateResult } from "lit";
import type { ContractRow } from "../contracts/model";
import { call } from "../lib/api";
import { confirmDialog } from "../lib/dialog";
import { dateTime, day, daysUntil } from "../lib/locale";
import type { Account, BoundCertificate, LoginEvent } from "../lib/model";
import { placeName } from "../lib/place";
import { toast } from "../lib/toast";
import { bindDialog } from "./bind-dialog";
import { type CertificateActions, certificateCard, renewalDue } from "./certificate-card";
import { dueContracts, dueNotice } from "./due-contracts";
import { kindName } from "./frame";
import { key, printer, scan, shield, swap } from "./icons";
import { noCertificatePicture } from "./pictures";
import { PortalPage } from "./portal-page";
import { texts } from "./texts";
import { homeTexts } from "./texts-home";

/** How many logins the page shows; the security record has all. */
const LOGINS = 4;

class PortalHome extends PortalPage {
  static override properties = { ...PortalPage.properties, due: { state: true } };

  /** Contracts that wait for the reader's seal. */
  declare due: readonly ContractRow[];

  protected override readonly page = "home";

  constructor() {
    super();
    this.due = [];
  }

  protected override async fetch(): Promise<void> {
    this.due = await dueContracts();
  }

  protected override async refresh(): Promise<void> {
    this.due = await dueContracts();
  }

  protected override async load(): Promise<void> {
    await super.load();
    // Whoever scanned a certificate that no account holds came here to bind it.
    if (this.account && location.hash === "#bind") {
      history.replaceState(null, "", "/home");
      await this.bind(null);
    }
  }

  protected override content(account: Account): TemplateResult {
    const t = homeTexts();
    const own = account.certificates.filter(({ holder }) => holder === account.login);
    const colleagues = account.certificates.filter(({ holder }) => holder !== account.login);
    return html`
      <header class="page-head">
        <div>
          <p>${t.welcome(account.name)}</p>
          <h1>${account.enterprise.name}</h1>
          <p>${t.lead}</p>
        </div>
        <div class="buttons">
          <button class="button" type="button" @click=${() => window.print()}>${printer} ${texts().print}</button>
          <button class="button primary" type="button" @click=${() => this.bind(null)}>
            ${scan} ${own.length ? t.bindAnother : t.bind}
          </button>
        </div>
      </header>
      ${dueNotice(this.due)} ${own.filter(renewalDue).map((one) => this.renewal(one))} ${own.length ? nudge(account) : nothing}
      <div class="columns">
        <div>
          <section>
            <h2>${t.mine}</h2>
            ${own.length ? this.papers(own, account) : this.empty()}
          </section>
          ${
            account.role === "administrator"
              ? html`<section>
                  <h2>${t.colleagues}</h2>
                  ${colleagues.length ? this.papers(colleagues, account, "small") : html`<p class="quiet">${t.colleaguesNone}</p>`}
                </section>`
              : nothing
          }
        </div>
        <div>
          ${enterpriseCard(account)} ${verifyCard()} ${recentLogins(account.logins)}
        </div>
      </div>
      <p class="print-only">${t.printed(dateTime(Date.now() / 1000))}</p>
    `;
  }

  private papers(certificates: BoundCertificate[], account: Account, size = ""): TemplateResult {
    return html`<ul class="papers ${size}">
      ${certificates.map((one) => certificateCard(one, account, this.actions))}
    </ul>`;
  }

  private empty(): TemplateResult {
    const t = homeTexts();
    return html`<div class="panel empty">
      ${noCertificatePicture}
      <h3>${t.emptyTitle}</h3>
      <p>${t.emptyHow} <a href="/phone" target="scanseal-phone" rel="noopener">${t.openPhone}</a></p>
      <button class="button primary" type="button" @click=${() => this.bind(null)}>${scan} ${t.bind}</button>
    </div>`;
  }

  private renewal(certificate: BoundCertificate): TemplateResult {
    const t = homeTexts();
    const days = daysUntil(certificate.notAfter);
    const end = day(certificate.notAfter);
    const over = certificate.state === "expired";
    return html`<section class="notice warn renewal">
      <div>
        <h2>${t.renewTitle(over ? 0 : days)}</h2>
        <p>${over ? t.renewBodyOver(certificate.commonName, end) : t.renewBody(certificate.commonName, end)}</p>
      </div>
      <button class="button primary" type="button" @click=${() => this.bind(certificate)}>${swap} ${t.renew}</button>
    </section>`;
  }

  private async bind(replaces: BoundCertificate | null): Promise<void> {
    if (this.account === null) return;
    await bindDialog(this.account, replaces, (account) => {
      this.account = account;
    });
  }

  private readonly actions: CertificateActions = {
    renew: (certificate) => this.bind(certificate),
    unbind: async (certificate) => {
      const t = homeTexts();
      const body = html`<p>${t.unbindBody(certificate.commonName)}</p>
        <p>${t.unbindKeeps}</p>`;
      if (!(await confirmDialog({ title: t.unbindTitle, body, action: t.unbind, danger: true }))) return;
      await this.change(certificate, "unbind", t.unbound);
    },
    freeze: async (certificate) => {
      const t = homeTexts();
      const own = certificate.holder === this.account?.login;
      const body = html`<p>${t.freezeBody(certificate.commonName)}</p>
        ${own ? html`<p>${t.freezeSelf}</p>` : nothing}
        <p>${t.freezeUndo}</p>`;
      if (!(await confirmDialog({ title: t.freezeTitle, body, action: t.freeze, danger: true }))) return;
      await this.change(certificate, "freeze", t.frozen);
    },
    unfreeze: async (certificate) => {
      const t = homeTexts();
      const question = { title: t.unfreezeTitle, body: t.unfreezeBody(certificate.commonName), action: t.unfreeze };
      if (await confirmDialog(question)) await this.change(certificate, "unfreeze", t.unfrozen);
    },
  };

  private async change({ id }: BoundCertificate, what: string, said: string): Promise<void> {
    const answer = await this.attempt(() => call<{ account: Account }>("POST", `/api/certificates/${id}/${what}`));
    if (answer === undefined) return;
    this.account = answer.account;
    toast(said);
  }
}

function nudge({ logins }: Account): TemplateResult | typeof nothing {
  const current = logins.find(({ current }) => current);
  return current?.method === "password" ? html`<p class="notice">${homeTexts().scanNudge}</p>` : nothing;
}

function enterpriseCard({ enterprise, name, login, phone, role }: Account): TemplateResult {
  const t = homeTexts();
  const shared = texts();
  return html`<section class="panel enterprise">
    <span class="stamp" lang="zh-Hans" aria-hidden="true">${t.stamp[enterprise.kind]}</span>
    <h2>${t.enterprise}</h2>
    <dl class="facts">
      <div class="long"><dt>${shared.enterpriseName}</dt><dd class="strong">${enterprise.name}</dd></div>
      <div class="long"><dt>${shared.creditCode}</dt><dd class="mono" dir="ltr">${enterprise.creditCode}</dd></div>
      <div><dt>${shared.party}</dt><dd>${kindName(enterprise.kind)}</dd></div>
      <div><dt>${t.role}</dt><dd>${shared[role]}</dd></div>
      <div><dt>${shared.contact}</dt><dd>${name}</dd></div>
      <div><dt>${shared.mobile}</dt><dd>${phone ? html`<bdi>${phone}</bdi>` : html`<span class="quiet">${shared.notOnRecord}</span>`}</dd></div>
      <div class="long"><dt>${shared.account}</dt><dd dir="ltr">${login}</dd></div>
    </dl>
    <p class="quiet small">${t.registered}</p>
  </section>`;
}

function verifyCard(): TemplateResult {
  const t = homeTexts();
  return html`<section class="panel verify-card">
    ${shield}
    <div>
      <h2>${t.verifyTitle}</h2>
      <p class="quiet">${t.verifyBody}</p>
      <a href="/verify">${texts().verify}</a>
    </div>
  </section>`;
}

function recentLogins(logins: LoginEvent[]): TemplateResult {
  const t = homeTexts();
  const shared = texts();
  return html`<section class="panel recent">
    <h2>${t.recent}</h2>
    <ul>
      ${logins.slice(0, LOGINS).map(
        (one) => html`<li>
          ${one.method === "scan" ? scan : key}
          <div>
            <p>
              ${dateTime(one.at)} · ${one.method === "scan" ? shared.byScan : shared.byPassword}
              ${one.current ? html`<span class="chip">${t.thisLogin}</span>` : nothing}
            </p>
            <p class="quiet"><bdi>${one.browser}</bdi> · <bdi>${placeName(one.place)}</bdi></p>
          </div>
        </li>`,
      )}
    </ul>
    <a href="/security">${t.allEvents}</a>
  </section>`;
}

customElements.define("portal-home", PortalHome);
