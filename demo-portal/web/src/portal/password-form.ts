/** The form that changes the password of the account. */
import { html, type TemplateResult } from "lit";
import { asApiError, call } from "../lib/api";
import { Page } from "../lib/page";
import { toast } from "../lib/toast";
import { toLogin } from "../lib/visit";
import { type FieldErrors, field, fieldTexts, focusFirstWrong, meter, values, weakPassword } from "./field";
import { explainError } from "./texts";
import { securityTexts } from "./texts-security";

class PortalPassword extends Page {
  static override properties = {
    login: { type: String },
    errors: { state: true },
    busy: { state: true },
    typed: { state: true },
  };

  /** The user name; part of what a password must not contain. */
  declare login: string;
  declare errors: FieldErrors;
  declare busy: boolean;
  declare typed: string;

  constructor() {
    super();
    this.login = "";
    this.errors = {};
    this.busy = false;
    this.typed = "";
  }

  protected override render(): TemplateResult {
    const t = securityTexts();
    const { errors } = this;
    return html`<form class="form" novalidate @submit=${this.submit}>
      <input class="visually-hidden" type="text" autocomplete="username" .value=${this.login} tabindex="-1" aria-hidden="true" readonly />
      ${field({ name: "password", label: t.current_, errors, type: "password", autocomplete: "current-password", maxlength: 128 })}
      ${field({
        name: "nextPassword",
        label: t.next,
        errors,
        type: "password",
        autocomplete: "new-password",
        maxlength: 128,
        hint: fieldTexts().passwordHint,
        onInput: this.type,
      })}
      ${meter(this.typed, this.login)}
      ${field({ name: "repeatPassword", label: t.repeat, errors, type: "password", autocomplete: "new-password", maxlength: 128 })}
      <p><button class="button" aria-busy=${this.busy}>${this.busy ? t.changing : t.change}</button></p>
    </form>`;
  }

  private readonly type = (event: InputEvent): void => {
    this.typed = (event.target as HTMLInputElement).value;
  };

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const form = event.currentTarget as HTMLFormElement;
    const { password = "", nextPassword = "", repeatPassword = "" } = values(form);
    this.errors = {
      ...(password === "" && { password: "required" }),
      ...(weakPassword(nextPassword, this.login) && { nextPassword: nextPassword === "" ? "required" : "weak" }),
      ...(nextPassword !== repeatPassword && { repeatPassword: "differs" }),
    };
    if (Object.keys(this.errors).length === 0) await this.change(form, password, nextPassword);
    await this.updateComplete;
    focusFirstWrong(form);
  };

  private async change(form: HTMLFormElement, current: string, next: string): Promise<void> {
    this.busy = true;
    try {
      await call("POST", "/api/password", { current, next });
      form.reset();
      this.typed = "";
      toast(securityTexts().changed);
    } catch (error) {
      const refusal = asApiError(error);
      const { fields } = refusal.members;
      if (refusal.code === "login-required") toLogin("ended");
      else if (refusal.code === "login-failed") this.errors = { password: "wrong" };
      else if (fields) this.errors = named(fields);
      else toast(explainError(refusal), "bad");
    } finally {
      this.busy = false;
    }
  }
}

/** The server's names of the fields in those of this form. */
function named({ current, next }: Record<string, string>): FieldErrors {
  return { ...(current && { password: current }), ...(next && { nextPassword: next }) };
}

customElements.define("portal-password", PortalPassword);
