/** The workbench after login: who you are, your certificates, your latest logins. */
import "../styles/base.css";
import "../styles/home.css";
import { html, nothing, type TemplateResult } from "lit";
import { type Account, ApiError, type BoundCertificate, call, session } from "../lib/api";
import { dateTime, day } from "../lib/locale";
import { Page } from "../lib/page";
import { brand, languageSwitch } from "./frame";
import { texts } from "./texts";

class PortalHome extends Page {
  static override properties = { account: { state: true }, failure: { state: true } };

  declare account: Account | null;
  declare failure: string | null;

  constructor() {
    super();
    this.account = null;
    this.failure = null;
  }

  override firstUpdated(): void {
    void this.load();
  }

  protected override updated(): void {
    document.title = `${texts().home} · ${texts().platformShort}`;
  }

  protected override render(): TemplateResult {
    const t = texts();
    return html`
      <a class="button skip" href="#main">${t.skip}</a>
      <header class="bar">
        ${brand()}
        <nav aria-label=${t.home}><a href="/home" aria-current="page">${t.home}</a></nav>
        <div class="actions">
          ${languageSwitch()} <button class="button" ?hidden=${!this.account} @click=${this.logout}>${t.logout}</button>
        </div>
      </header>
      <main id="main" class="home" aria-busy=${!this.account && !this.failure}>
        ${this.failure ? this.failed(this.failure) : this.account ? this.workbench(this.account) : html`<p class="quiet" role="status">${t.loading}</p>`}
      </main>
    `;
  }

  private failed(code: string): TemplateResult {
    const t = texts();
    return html`<div class="notice bad" role="alert">
        <span>${code === "offline" ? t.offline : t.otherError(code)}</span>
      </div>
      <button class="button" @click=${() => this.load()}>${t.retry}</button>`;
  }

  private workbench(account: Account): TemplateResult {
    const t = texts();
    return html`
      <section class="greeting">
        <p class="quiet">${t.welcome(account.name)}</p>
        <h1>${account.enterprise.name}</h1>
        <p>
          <span class="chip">${account.role === "purchaser" ? t.purchaser : t.supplier}</span>
          <span class="mono quiet" dir="ltr">${account.enterprise.creditCode}</span>
        </p>
      </section>
      ${account.logins.find(({ current }) => current)?.method === "password" ? html`<p class="notice">${t.scanNudge}</p>` : nothing}
      <section class="card panel">
        <h2>${t.certificates}</h2>
        ${account.certificates.length ? html`<ul class="certificates">${account.certificates.map(certificate)}</ul>` : noCertificate()}
      </section>
      <section class="card panel">
        <h2>${t.enterprise}</h2>
        <dl class="facts">
          <div><dt>${t.enterpriseName}</dt><dd>${account.enterprise.name}</dd></div>
          <div><dt>${t.creditCode}</dt><dd class="mono" dir="ltr">${account.enterprise.creditCode}</dd></div>
          <div><dt>${t.account}</dt><dd dir="ltr">${account.login}</dd></div>
        </dl>
      </section>
      <section class="card panel whole">
        <h2>${t.history}</h2>
        ${logins(account)}
      </section>
    `;
  }

  private async load(): Promise<void> {
    this.failure = null;
    try {
      const { account } = await session();
      if (account) this.account = account;
      else location.replace("/");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failure = error.code;
    }
  }

  private readonly logout = async (): Promise<void> => {
    try {
      await call("POST", "/api/logout");
      location.assign("/");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failure = error.code;
    }
  };
}

function certificate(one: BoundCertificate): TemplateResult {
  const t = texts();
  const expired = one.notAfter * 1000 < Date.now();
  return html`<li>
    <div class="head">
      <strong>${one.commonName}</strong>
      <span class="chip ${one.revoked || expired ? "bad" : "good"}">${one.revoked ? t.revoked : expired ? t.expired : t.valid}</span>
    </div>
    <dl class="facts">
      <div><dt>${t.issuedBy}</dt><dd>${one.issuer}</dd></div>
      <div><dt>${t.validUntil}</dt><dd>${day(one.notAfter)}</dd></div>
      <div class="long"><dt>${t.serial}</dt><dd class="mono" dir="ltr">${one.serial}</dd></div>
    </dl>
  </li>`;
}

function noCertificate(): TemplateResult {
  const t = texts();
  return html`<div class="empty">
    <p><strong>${t.certificatesNone}</strong></p>
    <p class="quiet">${t.certificatesHow}</p>
    <a class="button" href="/phone" target="scanseal-phone" rel="noopener">${t.openPhone}</a>
  </div>`;
}

function logins(account: Account): TemplateResult {
  const t = texts();
  return html`<table class="logins">
    <thead><tr><th scope="col">${t.time}</th><th scope="col">${t.method}</th><th scope="col">${t.browser}</th><th scope="col">${t.place}</th></tr></thead>
    <tbody>
      ${account.logins.map(
        (one) => html`<tr>
          <td data-label=${t.time}>${dateTime(one.at)}</td>
          <td data-label=${t.method}>
            <span>${one.method === "scan" ? t.byScan : t.byPassword} ${one.current ? html`<span class="chip">${t.thisLogin}</span>` : nothing}</span>
          </td>
          <td data-label=${t.browser}><bdi>${one.browser}</bdi></td>
          <td data-label=${t.place}><bdi>${one.place}</bdi></td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

customElements.define("portal-home", PortalHome);
