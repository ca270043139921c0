/** The dialog in which a certificate is bound to the account, or replaces another, by scan. */
import "scanseal/element";
import "../styles/bind.css";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { errorText, isErrorCode } from "scanseal";
import type { ScanErrorEvent } from "scanseal/element";
import type { ApiError, Mismatch } from "../lib/api";
import { openDialog } from "../lib/dialog";
import { difference } from "../lib/difference";
import { day, locale } from "../lib/locale";
import type { Account, BoundCertificate } from "../lib/model";
import { Page } from "../lib/page";
import { PortalScan } from "../lib/scan";
import { toLogin } from "../lib/visit";
import { donePicture, mismatchPicture, refusedPicture } from "./pictures";
import { explainError } from "./texts";
import { bindTexts } from "./texts-bind";

interface Bound {
  account: Account;
  certificate: BoundCertificate;
  replaced: string | null;
}

/** Opens the dialog. `bound` gets the account as soon as the server has accepted, however the dialog is left. */
export async function bindDialog(
  account: Account,
  replaces: BoundCertificate | null,
  bound: (account: Account) => void,
): Promise<void> {
  const t = bindTexts();
  await openDialog<void>({
    title: replaces ? t.renewTitle : t.bindTitle,
    wide: true,
    content: (close) =>
      html`<portal-bind .account=${account} .replaces=${replaces} .bound=${bound} .leave=${close}></portal-bind>`,
  });
}

/** Why a scan ended without binding. */
interface Failure {
  code: string;
  refusal: ApiError | null;
}

class PortalBind extends Page {
  static override properties = {
    account: { attribute: false },
    replaces: { attribute: false },
    bound: { attribute: false },
    leave: { attribute: false },
    outcome: { state: true },
  };

  declare account: Account;
  declare replaces: BoundCertificate | null;
  declare bound: (account: Account) => void;
  declare leave: () => void;
  declare outcome: { bound: Bound } | { failure: Failure } | null;

  #scan: PortalScan<Bound> | null = null;

  constructor() {
    super();
    this.outcome = null;
  }

  protected override updated(changed: PropertyValues): void {
    // What came of the scan is read out, and the next step is under the finger.
    if (changed.has("outcome") && this.outcome) this.querySelector<HTMLElement>(".button.primary")?.focus();
  }

  protected override render(): TemplateResult {
    if (this.outcome === null) return this.scanning();
    return "bound" in this.outcome ? this.succeeded(this.outcome.bound) : this.failed(this.outcome.failure);
  }

  private scanning(): TemplateResult {
    const t = bindTexts();
    const { enterprise, login } = this.account;
    const scan = this.newScan();
    return html`<div class="dialog-body bind">
      ${keyed(
        scan,
        html`<scanseal-qr
          locale=${locale()}
          .request=${scan.request}
          .submit=${scan.submit}
          @scan-complete=${this.completed}
          @scan-error=${this.scanFailed}
        >
          <span slot="heading" hidden></span>
          <p slot="instructions">${t.help}</p>
        </scanseal-qr>`,
      )}
      <div class="bind-facts">
        <section class="slip">
          <h3>${t.bindTo}</h3>
          <p class="slip-name">${enterprise.name}</p>
          <p class="mono" dir="ltr">${enterprise.creditCode}</p>
          <p class="quiet" dir="ltr">${login}</p>
        </section>
        ${this.replaces ? replacing(this.replaces) : nothing}
        <ol class="numbered">
          ${t.steps.map((step) => html`<li>${step}</li>`)}
        </ol>
        <p class="quiet small">${t.mustMatch}</p>
      </div>
    </div>`;
  }

  private succeeded({ certificate, replaced }: Bound): TemplateResult {
    const t = bindTexts();
    return html`<div class="dialog-body outcome">
        ${donePicture}
        <div role="status">
          <h3>${replaced ? t.replacedTitle : t.boundTitle}</h3>
          <p>${replaced ? t.replacedBody : t.boundBody}</p>
        </div>
        <section class="slip">
          <h3>${t.certificate}</h3>
          <p class="slip-name">${certificate.commonName}</p>
          <p class="quiet">${t.until(day(certificate.notAfter))}</p>
        </section>
      </div>
      <footer><button class="button primary" type="button" @click=${() => this.leave()}>${t.done}</button></footer>`;
  }

  private failed({ code, refusal }: Failure): TemplateResult {
    const t = bindTexts();
    const mismatch = refusal?.members.mismatch;
    const { cause, advice } = reason(code, refusal);
    return html`<div class="dialog-body outcome">
        ${code.endsWith("-mismatch") ? mismatchPicture : refusedPicture}
        <div role="alert">
          ${
            mismatch
              ? html`<h3>${t.mismatchTitle}</h3>
                <p>${t.mismatchBody}</p>`
              : html`<h3>${cause}</h3>
                <p>${advice}</p>`
          }
        </div>
        ${mismatch ? html`${mismatch.map(comparison)} <p>${t.mismatchNext}</p>` : nothing}
      </div>
      <footer>
        <button class="button" type="button" @click=${() => this.leave()}>${t.close}</button>
        ${this.nextStep(code)}
      </footer>`;
  }

  private nextStep(code: string): TemplateResult | typeof nothing {
    const t = bindTexts();
    if (code === "login-required") {
      return html`<button class="button primary" type="button" @click=${() => toLogin("ended")}>${t.logInAgain}</button>`;
    }
    if (code === "account-disabled" || code === "not-allowed" || code === "not-found") return nothing;
    return html`<button class="button primary" type="button" @click=${this.again}>${t.scanAgain}</button>`;
  }

  private newScan(): PortalScan<Bound> {
    this.#scan ??= new PortalScan<Bound>({ op: "bind", ...(this.replaces && { replaces: this.replaces.id }) });
    return this.#scan;
  }

  private readonly completed = (event: CustomEvent<{ result: Bound }>): void => {
    this.outcome = { bound: event.detail.result };
    this.bound(event.detail.result.account);
  };

  private readonly scanFailed = (event: ScanErrorEvent): void => {
    this.#scan?.failed(event);
    const refusal = this.#scan?.refusal ?? null;
    this.outcome = { failure: { code: refusal?.code ?? event.detail.code, refusal } };
  };

  private readonly again = (): void => {
    this.#scan = null;
    this.outcome = null;
  };
}

/** Cause and advice; codes that are the portal's own have a single sentence. */
function reason(code: string, refusal: ApiError | null): { cause: string; advice: string } {
  if (isErrorCode(code)) return errorText(code, locale());
  return { cause: bindTexts().notBound, advice: refusal ? explainError(refusal) : code };
}

function replacing(certificate: BoundCertificate): TemplateResult {
  const t = bindTexts();
  return html`<section class="slip old">
    <h3>${t.replaces}</h3>
    <p class="slip-name">${certificate.commonName}</p>
    <p class="quiet">${t.until(day(certificate.notAfter))}</p>
  </section>`;
}

/** Certificate above, account below, and in both what is not the same. */
function comparison({ field, certificate, account }: Mismatch): TemplateResult {
  const t = bindTexts();
  const mono = field === "creditCode" ? "mono" : "";
  return html`<table class="comparison">
    <caption>${t[field]}</caption>
    <tbody>
      <tr><th scope="row">${t.inCertificate}</th><td class=${mono} dir="auto">${marked(certificate, account)}</td></tr>
      <tr><th scope="row">${t.onAccount}</th><td class=${mono} dir="auto">${marked(account, certificate)}</td></tr>
    </tbody>
  </table>`;
}

function marked(text: string, other: string): TemplateResult {
  const { before, odd, after } = difference(text, other);
  return html`${before}${odd ? html`<mark>${odd}</mark>` : nothing}${after}`;
}

customElements.define("portal-bind", PortalBind);
