/** The login page: a password form, with the scan login behind the corner of its card. */
import "../styles/base.css";
import "../styles/frame.css";
import "../styles/login.css";
import "scanseal/element";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { type ApiError, asApiError, call, session } from "../lib/api";
import { locale } from "../lib/locale";
import { Page } from "../lib/page";
import { PortalScan } from "../lib/scan";
import { afterLogin, loginReason } from "../lib/visit";
import { type FieldErrors, field, focusFirstWrong, values } from "./field";
import { brand, languageSwitch } from "./frame";
import { explainError, texts } from "./texts";
import { loginTexts } from "./texts-login";

interface LoggedIn {
  next: string;
}

type Kind = "platform" | "mutual";
const KINDS: Kind[] = ["platform", "mutual"];
/** Where a person goes who logs in by password to bind the certificate just scanned. */
const BIND = "/home#bind";

class PortalLogin extends Page {
  static override properties = {
    view: { state: true },
    codes: { state: true },
    kind: { state: true },
    known: { state: true },
    busy: { state: true },
    failure: { state: true },
    errors: { state: true },
  };

  declare view: "password" | "scan";
  /** How many codes the platform shows; `null` until it has said so. */
  declare codes: "one" | "two" | null;
  declare kind: Kind;
  /** The certificate just scanned is good, and its enterprise has accounts here. */
  declare known: boolean;
  declare busy: boolean;
  declare failure: ApiError | null;
  declare errors: FieldErrors;

  #scan = new PortalScan<LoggedIn>({ op: "login" });
  #next = "/home";

  constructor() {
    super();
    this.view = location.hash === "#scan" ? "scan" : "password";
    this.codes = null;
    this.kind = "platform";
    this.known = false;
    this.busy = false;
    this.failure = null;
    this.errors = {};
  }

  override firstUpdated(): void {
    void this.load();
  }

  protected override updated(changed: PropertyValues): void {
    document.title = `${loginTexts().loginTitle} · ${texts().platformShort}`;
    // The person pressed the corner, or scanned: take them to what came of it.
    if (changed.get("view") || (changed.has("known") && this.known)) {
      this.querySelector<HTMLElement>("#card-title")?.focus();
    }
  }

  protected override render(): TemplateResult {
    const t = loginTexts();
    const title = this.known ? t.knownTitle : this.view === "scan" ? t.scanTitle : t.loginTitle;
    return html`
      <a class="button skip" href="#card-title">${texts().skip}</a>
      <div class="login">
        <header>${brand()} ${languageSwitch()}</header>
        <section class="stage" aria-label=${texts().platform}>
          <p class="slogan">${t.slogan}</p>
          <p class="more">${t.sloganMore}</p>
          <ul>
            <li>${t.promise1}</li>
            <li>${t.promise2}</li>
            <li>${t.promise3}</li>
          </ul>
        </section>
        <main class="card" data-view=${this.known ? "known" : this.view}>
          ${this.known ? nothing : this.corner()}
          <h1 id="card-title" tabindex="-1">${title}</h1>
          ${this.known ? this.enterpriseKnown() : this.view === "scan" ? this.scan() : this.form()}
        </main>
        <footer>
          <p><a href="/verify">${loginTexts().verify}</a></p>
          <p>${texts().support}</p>
        </footer>
      </div>
    `;
  }

  private corner(): TemplateResult {
    const t = loginTexts();
    const toScan = this.view === "password";
    return html`
      ${toScan ? html`<span class="bubble" aria-hidden="true">${t.scanBubble}</span>` : nothing}
      <button
        class="corner"
        type="button"
        aria-label=${toScan ? t.toScan : t.toPassword}
        title=${toScan ? t.toScan : t.toPassword}
        @click=${() => this.turn(toScan ? "scan" : "password")}
      >
        ${toScan ? codeGlyph : deskGlyph}
      </button>
    `;
  }

  private form(): TemplateResult {
    const t = loginTexts();
    const reason = loginReason();
    return html`
      <form novalidate @submit=${this.submit}>
        ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : reason ? html`<p class="notice">${t[reason]}</p>` : nothing}
        ${field({ name: "login", label: t.login, errors: this.errors, autocomplete: "username" })}
        ${field({ name: "password", label: t.password, errors: this.errors, type: "password", autocomplete: "current-password", maxlength: 128 })}
        <button class="button primary wide" aria-busy=${this.busy}>${this.busy ? t.submitting : t.submit}</button>
        <p class="aside">${t.notMember}</p>
      </form>
    `;
  }

  private scan(): TemplateResult {
    const t = loginTexts();
    // Without the server's word on it, no code: its request would lack the token that every change needs.
    if (this.codes === null) {
      return this.failure
        ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>
            <p><button class="button" type="button" @click=${() => this.load()}>${texts().retry}</button></p>`
        : html`<p class="quiet" role="status">${texts().loading}</p>`;
    }
    return html`
      ${this.codes === "two" ? this.tabs() : this.code()}
      <p class="aside">${t.noPhone} <a href="/phone" target="scanseal-phone" rel="noopener">${t.openPhone}</a></p>
    `;
  }

  private tabs(): TemplateResult {
    const t = loginTexts();
    return html`
      <div class="tabs" role="tablist" aria-label=${t.kinds} @keydown=${this.moveTab}>
        ${KINDS.map(
          (kind) => html`<button
            type="button"
            role="tab"
            id="tab-${kind}"
            aria-controls="code-panel"
            aria-selected=${kind === this.kind}
            tabindex=${kind === this.kind ? 0 : -1}
            @click=${() => kind !== this.kind && this.choose(kind)}
          >
            ${kind === "platform" ? t.platformKind : t.mutualKind}
          </button>`,
        )}
      </div>
      <div id="code-panel" role="tabpanel" aria-labelledby="tab-${this.kind}">
        <p class="quiet kind-hint">${this.kind === "platform" ? t.platformHint : t.mutualHint}</p>
        ${this.code()}
      </div>
    `;
  }

  private code(): TemplateResult {
    // Another kind of certificate is another request, so another scan.
    return html`${keyed(
      this.#scan,
      html`<scanseal-qr
        locale=${locale()}
        .request=${this.#scan.request}
        .submit=${this.#scan.submit}
        @scan-complete=${(event: CustomEvent<{ result: LoggedIn }>) => location.assign(afterLogin(event.detail.result.next))}
        @scan-error=${this.scanFailed}
      >
        <span slot="heading" hidden></span>
        <p slot="instructions">${loginTexts().scanHelp}</p>
      </scanseal-qr>`,
    )}`;
  }

  private enterpriseKnown(): TemplateResult {
    const t = loginTexts();
    return html`<div class="known">
      <p>${t.knownBody}</p>
      <section>
        <h2>${t.knownHave}</h2>
        <p>${t.knownHaveHow}</p>
        <button
          class="button primary wide"
          type="button"
          @click=${() => {
            this.#next = BIND;
            this.turn("password");
          }}
        >
          ${t.knownBind}
        </button>
      </section>
      <section>
        <h2>${t.knownNone}</h2>
        <p>${t.knownNoneHow}</p>
      </section>
      <button class="button plain" type="button" @click=${() => this.turn("scan")}>${t.scanAgain}</button>
    </div>`;
  }

  private async load(): Promise<void> {
    this.failure = null;
    try {
      const { account, codes } = await session();
      if (account) return location.replace("/home");
      this.codes = codes;
      this.choose(this.kind);
    } catch (error) {
      this.failure = asApiError(error);
    }
  }

  private turn(view: "password" | "scan"): void {
    if (this.codes !== null) this.failure = null;
    this.known = false;
    this.view = view;
    if (view === "scan") this.choose(this.kind);
  }

  private choose(kind: Kind): void {
    this.kind = kind;
    this.#scan = new PortalScan(this.codes === "two" ? { op: "login", kinds: [kind] } : { op: "login" });
    this.requestUpdate();
  }

  /** Arrow keys move between the tabs and choose at once, as in any tab list. */
  private readonly moveTab = (event: KeyboardEvent): void => {
    const at = KINDS.indexOf(this.kind);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: KINDS.length - 1 }[event.key];
    const kind = to === undefined ? undefined : KINDS[(to + KINDS.length) % KINDS.length];
    if (kind === undefined) return;
    event.preventDefault();
    this.choose(kind);
    this.querySelector<HTMLElement>(`#tab-${kind}`)?.focus();
  };

  private readonly scanFailed = (event: CustomEvent): void => {
    this.#scan.failed(event);
    const { refusal } = this.#scan;
    if (refusal?.code !== "certificate-not-bound") return;
    if (refusal.members.next === "/register") location.assign("/register");
    else if (refusal.members.enterpriseKnown) this.known = true;
  };

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const form = event.currentTarget as HTMLFormElement;
    const { login = "", password = "" } = values(form);
    this.errors = { ...(login === "" && { login: "no-login" }), ...(password === "" && { password: "no-password" }) };
    if (Object.keys(this.errors).length > 0) {
      await this.updateComplete;
      return focusFirstWrong(form);
    }
    this.busy = true;
    this.failure = null;
    try {
      await call("POST", "/api/login", { login, password });
      location.assign(this.#next === BIND ? BIND : afterLogin("/home"));
    } catch (error) {
      this.failure = asApiError(error);
      this.busy = false;
    }
  };
}

function explain(error: ApiError): string {
  return error.code === "login-failed" ? loginTexts().loginFailed : explainError(error);
}

const codeGlyph = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="M3 3h7v7H3zm2 2v3h3V5zm9-2h7v7h-7zm2 2v3h3V5zM3 14h7v7H3zm2 2v3h3v-3zm9-2h3v3h-3zm4 0h3v3h-3zm-4 4h3v3h-3zm4 0h3v3h-3z" />
</svg>`;
const deskGlyph = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="M3 4h18v12H3zm2 2v8h14V6zM9 18h6l1 2H8z" />
</svg>`;

customElements.define("portal-login", PortalLogin);
