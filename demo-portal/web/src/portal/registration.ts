/** Registration of an enterprise that scanned with a good certificate and is not known here yet. */
import "../styles/base.css";
import "../styles/registration.css";
import { html, nothing, type TemplateResult } from "lit";
import { type ApiError, asApiError, call, session } from "../lib/api";
import { confirmDialog } from "../lib/dialog";
import { time } from "../lib/locale";
import { Page } from "../lib/page";
import { toast } from "../lib/toast";
import { type FieldErrors, field, fieldTexts, focusFirstWrong, meter, values, weakPassword } from "./field";
import { brand, languageSwitch } from "./frame";
import { donePicture, noCertificatePicture, peoplePicture, refusedPicture } from "./pictures";
import { failed, skeleton } from "./portal-page";
import { dead, identity, steps, type Ticket } from "./registration-parts";
import { explainError, texts } from "./texts";
import { registerTexts } from "./texts-register";

type Stage =
  | { at: "loading" }
  | { at: "failed"; refusal: ApiError }
  | { at: "none" }
  | { at: "expired" }
  | { at: "known" }
  | { at: "form"; ticket: Ticket }
  | { at: "done"; enterprise: string; next: string };

class PortalRegistration extends Page {
  static override properties = {
    stage: { state: true },
    errors: { state: true },
    busy: { state: true },
    typed: { state: true },
  };

  declare stage: Stage;
  declare errors: FieldErrors;
  declare busy: boolean;
  /** Password and user name as typed so far, for the strength. */
  declare typed: { password: string; login: string };

  #dirty = false;
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.stage = { at: "loading" };
    this.errors = {};
    this.busy = false;
    this.typed = { password: "", login: "" };
  }

  override firstUpdated(): void {
    window.addEventListener("beforeunload", (event) => {
      if (this.#dirty) event.preventDefault();
    });
    void this.load();
  }

  protected override updated(): void {
    document.title = `${registerTexts().title} · ${texts().platformShort}`;
  }

  protected override render(): TemplateResult {
    return html`
      <a class="button skip" href="#main">${texts().skip}</a>
      <header class="bar short">${brand()}<div class="actions">${languageSwitch()}</div></header>
      <main id="main" class="page registration" tabindex="-1" aria-busy=${this.stage.at === "loading"}>${this.content()}</main>
    `;
  }

  private content(): TemplateResult {
    const t = registerTexts();
    const { stage } = this;
    switch (stage.at) {
      case "loading":
        return html`<p class="visually-hidden" role="status">${texts().loading}</p>${skeleton(4)} ${skeleton(6)}`;
      case "failed":
        return failed(stage.refusal, () => this.load());
      case "none":
        return html`${steps(0)} ${dead(noCertificatePicture, t.noneTitle, t.noneBody)}`;
      case "expired":
        return html`${steps(0)} ${dead(refusedPicture, t.expiredTitle, t.expiredBody)}`;
      case "known":
        return html`${steps(0)} ${dead(peoplePicture, t.knownTitle, t.knownBody, { href: "/", word: t.logIn })}`;
      case "form":
        return html`${steps(1)} ${this.form(stage.ticket)}`;
      case "done":
        return html`${steps(3)}
          <section class="panel empty" role="status">
            ${donePicture}
            <h1>${t.doneTitle}</h1>
            <p>${t.doneBody(stage.enterprise)}</p>
            <a class="button primary" href=${stage.next}>${t.doneNext}</a>
          </section>`;
    }
  }

  private form(ticket: Ticket): TemplateResult {
    const t = registerTexts();
    const { errors } = this;
    const wrong = Object.keys(errors).length;
    return html`
      <header class="page-head">
        <div>
          <h1>${t.title}</h1>
          <p>${t.lead}</p>
        </div>
      </header>
      <form novalidate @submit=${this.submit} @input=${this.typing}>
        ${identity(ticket)}
        <section class="panel">
          <h2>${t.account}</h2>
          <p class="quiet">${t.accountHow}</p>
          ${wrong ? html`<p class="notice bad" role="alert">${t.fix(wrong)}</p>` : nothing}
          <div class="form two">
            ${field({ name: "name", label: t.name, errors, autocomplete: "name" })}
            ${field({ name: "phone", label: t.phone, errors, type: "tel", autocomplete: "tel-national", inputmode: "numeric", maxlength: 20 })}
            ${this.party()}
            <div class="whole narrow">
              ${field({ name: "login", label: t.login, errors, autocomplete: "username", hint: t.loginHint })}
            </div>
            <div class="form">
              ${field({ name: "password", label: t.password, errors, type: "password", autocomplete: "new-password", maxlength: 128, hint: fieldTexts().passwordHint })}
              ${meter(this.typed.password, this.typed.login)}
            </div>
            ${field({ name: "repeatPassword", label: t.repeat, errors, type: "password", autocomplete: "new-password", maxlength: 128 })}
          </div>
        </section>
        <section class="panel agreement">
          <details>
            <summary>${t.terms}</summary>
            <ul class="bullets">
              ${t.termsBody.map((line) => html`<li>${line}</li>`)}
            </ul>
          </details>
          <label class="agree">
            <input type="checkbox" name="agreed" value="yes" aria-invalid=${errors.agreed !== undefined} aria-describedby="agreed-wrong" />
            <span>${t.agree}</span>
          </label>
          <p class="wrong" id="agreed-wrong">${errors.agreed ? t.agreeNeeded : nothing}</p>
          <div class="finish">
            <button class="button primary" aria-busy=${this.busy}>${this.busy ? t.submitting : t.submit}</button>
            <button class="button plain" type="button" @click=${this.leave}>${t.cancel}</button>
            <p class="quiet small">${t.until_(time(ticket.expires))}</p>
          </div>
        </section>
      </form>
    `;
  }

  private party(): TemplateResult {
    const t = registerTexts();
    const wrong = this.errors.kind !== undefined;
    const card = (kind: "purchaser" | "supplier", how: string): TemplateResult =>
      html`<label class="choice">
        <input type="radio" name="kind" value=${kind} aria-invalid=${wrong} aria-describedby="kind-wrong" />
        <span><strong>${texts()[kind]}</strong><small>${how}</small></span>
      </label>`;
    return html`<fieldset class="whole field">
      <legend>${t.party}</legend>
      <div class="choices">${card("supplier", t.supplierHow)} ${card("purchaser", t.purchaserHow)}</div>
      <span class="wrong" id="kind-wrong">${wrong ? fieldTexts().wrong.choose : ""}</span>
    </fieldset>`;
  }

  private async load(): Promise<void> {
    this.stage = { at: "loading" };
    try {
      const { account } = await session();
      if (account) return location.replace("/home");
      const ticket = await call<Ticket>("GET", "/api/registration");
      this.stage = { at: "form", ticket };
      clearTimeout(this.#expiry);
      this.#expiry = setTimeout(this.expire, Math.max(0, ticket.expires * 1000 - Date.now()));
    } catch (error) {
      const refusal = asApiError(error);
      if (refusal.code === "not-found") this.stage = { at: "none" };
      else if (refusal.code === "request-expired") this.stage = { at: "expired" };
      else this.stage = { at: "failed", refusal };
    }
  }

  private readonly expire = (): void => this.giveUp("expired");

  /** The form leads nowhere any more; nothing typed is worth a warning. */
  private giveUp(at: "expired" | "known"): void {
    if (this.stage.at !== "form") return;
    this.#dirty = false;
    this.stage = { at };
  }

  private readonly typing = (event: InputEvent): void => {
    this.#dirty = true;
    const { name, value } = event.target as HTMLInputElement;
    if (name === "password" || name === "login") this.typed = { ...this.typed, [name]: value };
  };

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy || this.stage.at !== "form") return;
    const form = event.currentTarget as HTMLFormElement;
    const filled = values(form);
    this.errors = missing(filled);
    if (Object.keys(this.errors).length === 0) await this.send(this.stage.ticket, filled);
    await this.updateComplete;
    if (form.isConnected) focusFirstWrong(form);
    else this.querySelector<HTMLElement>("#main")?.focus();
  };

  private async send({ enterprise }: Ticket, filled: Record<string, string>): Promise<void> {
    const { login, name, phone, kind, password } = filled;
    this.busy = true;
    try {
      const body = { login, name, phone, kind, password, agreed: true };
      const { next } = await call<{ next: string }>("POST", "/api/registration", body);
      this.#dirty = false;
      this.stage = { at: "done", enterprise, next };
    } catch (error) {
      this.refused(asApiError(error));
    } finally {
      this.busy = false;
    }
  }

  private refused(refusal: ApiError): void {
    if (refusal.members.fields) this.errors = refusal.members.fields;
    else if (refusal.code === "request-expired" || refusal.code === "not-found") this.expire();
    else if (refusal.members.enterpriseKnown) this.giveUp("known");
    else toast(explainError(refusal), "bad");
  }

  private readonly leave = async (): Promise<void> => {
    const t = registerTexts();
    if (
      this.#dirty &&
      !(await confirmDialog({ title: t.leaveTitle, body: t.leaveBody, action: t.leave, danger: true }))
    ) {
      return;
    }
    this.#dirty = false;
    try {
      await call("DELETE", "/api/registration");
      location.assign("/");
    } catch (error) {
      toast(explainError(asApiError(error)), "bad");
    }
  };
}

/** What can be seen without asking the server. */
function missing(filled: Record<string, string>): FieldErrors {
  const { password = "", repeatPassword = "", login = "" } = filled;
  const required = ["name", "phone", "kind", "login", "password", "agreed"].filter((name) => !filled[name]);
  return {
    ...Object.fromEntries(required.map((name) => [name, "required"])),
    ...(password !== "" && weakPassword(password, login) && { password: "weak" }),
    ...(password !== repeatPassword && { repeatPassword: "differs" }),
  };
}

customElements.define("portal-registration", PortalRegistration);
