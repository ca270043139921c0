/** The login page: a password form, with the scan login behind the corner of its card. */
import "../styles/base.css";
import "../styles/login.css";
import "scanseal/element";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { isErrorCode, type ScanAnswer, type ScanRequest, ScanSealError } from "scanseal";
import { ApiError, call, session } from "../lib/api";
import { locale } from "../lib/locale";
import { Page } from "../lib/page";
import { brand, languageSwitch } from "./frame";
import { texts } from "./texts";

interface LoggedIn {
  next: string;
}

class PortalLogin extends Page {
  static override properties = {
    view: { state: true },
    busy: { state: true },
    failure: { state: true },
    missing: { state: true },
    shown: { state: true },
  };

  declare view: "password" | "scan";
  declare busy: boolean;
  declare failure: ApiError | null;
  declare missing: { login: boolean; password: boolean };
  declare shown: boolean;

  constructor() {
    super();
    this.view = location.hash === "#scan" ? "scan" : "password";
    this.busy = false;
    this.failure = null;
    this.missing = { login: false, password: false };
    this.shown = false;
  }

  override async firstUpdated(): Promise<void> {
    try {
      const { account } = await session();
      if (account) location.replace("/home");
    } catch (error) {
      this.failure = asApiError(error);
    }
  }

  protected override updated(changed: PropertyValues): void {
    document.title = `${texts().loginTitle} · ${texts().platformShort}`;
    // The person pressed the corner: take them to what it unfolded.
    if (changed.get("view")) this.querySelector<HTMLElement>("#card-title")?.focus();
  }

  protected override render(): TemplateResult {
    const t = texts();
    return html`
      <a class="button skip" href="#card-title">${t.skip}</a>
      <div class="login">
        <header>${brand()} ${languageSwitch()}</header>
        <section class="stage" aria-label=${t.platform}>
          <p class="slogan">${t.slogan}</p>
          <p class="more">${t.sloganMore}</p>
          <ul>
            <li>${t.promise1}</li>
            <li>${t.promise2}</li>
            <li>${t.promise3}</li>
          </ul>
        </section>
        <main class="card" data-view=${this.view}>
          ${this.corner()}
          <h1 id="card-title" tabindex="-1">${this.view === "scan" ? t.scanTitle : t.loginTitle}</h1>
          ${this.view === "scan" ? this.scan() : this.form()}
        </main>
        <footer>${t.support}</footer>
      </div>
    `;
  }

  private corner(): TemplateResult {
    const t = texts();
    const toScan = this.view === "password";
    return html`
      ${toScan ? html`<span class="bubble" aria-hidden="true">${t.scanBubble}</span>` : nothing}
      <button
        class="corner"
        aria-label=${toScan ? t.toScan : t.toPassword}
        title=${toScan ? t.toScan : t.toPassword}
        @click=${() => {
          this.failure = null;
          this.view = toScan ? "scan" : "password";
        }}
      >
        ${toScan ? codeGlyph : deskGlyph}
      </button>
    `;
  }

  private form(): TemplateResult {
    const t = texts();
    return html`
      <form novalidate @submit=${this.submit}>
        ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : nothing}
        <div class="field">
          <label for="login">${t.login}</label>
          <input
            id="login"
            name="login"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            maxlength="64"
            aria-invalid=${this.missing.login}
            aria-describedby="login-wrong"
          />
          <span class="wrong" id="login-wrong">${this.missing.login ? t.needLogin : ""}</span>
        </div>
        <div class="field">
          <label for="password">${t.password}</label>
          <div class="reveal">
            <input
              id="password"
              name="password"
              type=${this.shown ? "text" : "password"}
              autocomplete="current-password"
              maxlength="128"
              aria-invalid=${this.missing.password}
              aria-describedby="password-wrong"
            />
            <button
              type="button"
              aria-label=${this.shown ? t.hidePassword : t.showPassword}
              aria-pressed=${this.shown}
              @click=${() => {
                this.shown = !this.shown;
              }}
            >
              ${this.shown ? eyeOff : eye}
            </button>
          </div>
          <span class="wrong" id="password-wrong">${this.missing.password ? t.needPassword : ""}</span>
        </div>
        <button class="button primary wide" aria-busy=${this.busy}>${this.busy ? t.submitting : t.submit}</button>
      </form>
    `;
  }

  private scan(): TemplateResult {
    const t = texts();
    return html`
      <scanseal-qr
        locale=${locale()}
        .request=${requestLogin}
        .submit=${submitLogin}
        @scan-complete=${(event: CustomEvent<{ result: LoggedIn }>) => location.assign(event.detail.result.next)}
      >
        <span slot="heading" hidden></span>
        <p slot="instructions">${t.scanHelp}</p>
      </scanseal-qr>
      <p class="no-phone">${t.noPhone} <a href="/phone" target="scanseal-phone" rel="noopener">${t.openPhone}</a></p>
    `;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const form = event.currentTarget as HTMLFormElement;
    const login = (form.elements.namedItem("login") as HTMLInputElement).value.trim();
    const password = (form.elements.namedItem("password") as HTMLInputElement).value;
    this.missing = { login: login === "", password: password === "" };
    if (login === "" || password === "") {
      form.querySelector<HTMLElement>(login === "" ? "#login" : "#password")?.focus();
      return;
    }
    this.busy = true;
    this.failure = null;
    try {
      await call("POST", "/api/login", { login, password });
      location.assign("/home");
    } catch (error) {
      this.failure = asApiError(error);
      this.busy = false;
    }
  };
}

function requestLogin(): Promise<ScanRequest> {
  return told(call<ScanRequest>("POST", "/api/scan/requests", { op: "login" }));
}

function submitLogin(answer: ScanAnswer): Promise<LoggedIn> {
  return told(call<LoggedIn>("POST", "/api/scan/assertions", answer));
}

/** The element, and through it the phone, shows the server's reason by its code. */
async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { code, message } = asApiError(error);
    throw new ScanSealError(isErrorCode(code) ? code : "internal", { detail: message });
  }
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

function explain(error: ApiError): string {
  const t = texts();
  switch (error.code) {
    case "login-failed":
      return t.loginFailed;
    case "rate-limited":
      return t.rateLimited(error.retryAfter ?? 60);
    case "offline":
      return t.offline;
    default:
      return t.otherError(error.code);
  }
}

const codeGlyph = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="M3 3h7v7H3zm2 2v3h3V5zm9-2h7v7h-7zm2 2v3h3V5zM3 14h7v7H3zm2 2v3h3v-3zm9-2h3v3h-3zm4 0h3v3h-3zm-4 4h3v3h-3zm4 0h3v3h-3z" />
</svg>`;
const deskGlyph = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="M3 4h18v12H3zm2 2v8h14V6zM9 18h6l1 2H8z" />
</svg>`;
const eye = html`<svg viewBox="0 0 24 24" aria-hidden="true" class="line">
  <path d="M2.5 12s3.5-6.5 9.5-6.5 9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12z" />
  <circle cx="12" cy="12" r="3" />
</svg>`;
const eyeOff = html`<svg viewBox="0 0 24 24" aria-hidden="true" class="line">
  <path d="M2.5 12s3.5-6.5 9.5-6.5 9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12zM4 20L20 4" />
</svg>`;

customElements.define("portal-login", PortalLogin);
