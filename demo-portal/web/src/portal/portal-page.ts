/** A page behind the login: it knows the account, frames itself, and says what went wrong. */
import "./bell";
import { html, type PropertyValues, type TemplateResult } from "lit";
import { type ApiError, asApiError, call, session } from "../lib/api";
import { keepFocus } from "../lib/focus";
import type { Account } from "../lib/model";
import { Page } from "../lib/page";
import { toast } from "../lib/toast";
import { forgetVisit, toLogin } from "../lib/visit";
import { Watch } from "../lib/watch";
import { type PageName, pageHeader } from "./frame";
import { brokenPicture } from "./pictures";
import { explainError, texts } from "./texts";

/** Subclasses say which page they are and what it holds. */
export abstract class PortalPage extends Page {
  static override properties = { account: { state: true }, failure: { state: true } };

  declare account: Account | null;
  declare failure: ApiError | null;
  /** Something of the content had the focus before it was drawn again. */
  #focused = false;
  #watch: Watch | undefined;

  constructor() {
    super();
    this.account = null;
    this.failure = null;
  }

  protected abstract readonly page: PageName;
  protected abstract content(account: Account): TemplateResult;

  /** Fetches what the page shows besides the account. */
  protected async fetch(_account: Account): Promise<void> {}

  /** Asks again what is shown, and changes it without disturbing who reads it. Only pages that others can change have it. */
  protected refresh?(): Promise<void>;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.refresh === undefined) return;
    this.#watch = new Watch(
      () => this.#again(),
      () => this.account !== null && this.failure === null,
    );
    this.#watch.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch?.stop();
  }

  override firstUpdated(): void {
    void this.load();
    // A page that the browser kept from before a logout must not show what it held.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  protected override willUpdate(): void {
    this.#focused = this.querySelector("#main")?.contains(document.activeElement) ?? false;
  }

  protected override updated(changed: PropertyValues): void {
    document.title = `${texts()[this.page]} · ${texts().platformShort}`;
    if (this.#focused) keepFocus();
    // On a narrow screen the navigation is longer than the screen is wide.
    if (changed.get("account") === null) this.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): TemplateResult {
    const t = texts();
    const busy = this.account === null && this.failure === null;
    return html`
      ${pageHeader(this.page, this.account, this.logout)}
      <main id="main" class="page ${this.page}-page" tabindex="-1" aria-busy=${busy}>
        ${
          this.failure
            ? this.page === "contracts" && this.failure.status === 404
              ? missing()
              : failed(this.failure, () => this.load())
            : this.account
              ? this.content(this.account)
              : html`<p class="visually-hidden" role="status">${t.loading}</p>
                  ${skeleton(3)} ${skeleton(6)}`
        }
      </main>
    `;
  }

  /** Fetches everything anew. */
  protected async load(): Promise<void> {
    this.failure = null;
    try {
      const { account } = await session();
      if (account === null) return toLogin(this.account === null ? "needed" : "ended");
      try {
        await this.fetch(account);
      } finally {
        // Whoever may not see this page still finds the way to the others.
        this.account = account;
      }
    } catch (error) {
      const refusal = asApiError(error);
      if (refusal.code === "login-required") toLogin("ended");
      else this.failure = refusal;
    }
  }

  async #again(): Promise<void> {
    try {
      await this.refresh?.();
    } catch (error) {
      const refusal = asApiError(error);
      if (refusal.code === "login-required") toLogin("ended");
      // It is gone: a draft that was deleted, a right that was taken.
      else if (refusal.status === 404 || refusal.status === 403) this.failure = refusal;
      else throw refusal;
    }
  }

  /** Does something for the person. A refusal is said in plain words, and the answer is then `undefined`. */
  protected async attempt<T>(work: () => Promise<T>, explain = explainError): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const refusal = asApiError(error);
      if (refusal.code === "login-required") toLogin("ended");
      else toast(explain(refusal), "bad");
      return undefined;
    }
  }

  protected readonly logout = async (): Promise<void> => {
    await this.attempt(async () => {
      await call("POST", "/api/logout");
      forgetVisit();
      location.assign("/");
    });
  };
}

/** A contract that is not there: nothing to try again. */
function missing(): TemplateResult {
  const t = texts();
  return html`<div class="panel empty" role="alert">
    ${brokenPicture}
    <h2>${t.missingTitle}</h2>
    <p>${t.missingBody}</p>
    <a class="button primary" href="/contracts">${t.toContracts}</a>
  </div>`;
}

/** What could not be fetched, and the one thing to do about it. */
export function failed(refusal: ApiError, retry: () => void): TemplateResult {
  const t = texts();
  return html`<div class="panel empty" role="alert">
    ${brokenPicture}
    <h2>${refusal.code === "not-allowed" ? t.notAllowedTitle : t.failedTitle}</h2>
    <p>${explainError(refusal)}</p>
    ${
      refusal.code === "not-allowed"
        ? html`<a class="button" href="/home">${t.home}</a>`
        : html`<button class="button" type="button" @click=${retry}>${t.retry}</button>`
    }
  </div>`;
}

/** The place of content that is on its way. */
export function skeleton(lines: number): TemplateResult {
  return html`<div class="panel skeleton" aria-hidden="true">${Array.from({ length: lines }, () => html`<i></i>`)}</div>`;
}
