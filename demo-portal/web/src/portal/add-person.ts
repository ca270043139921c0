/** The dialog that adds an operator, and shows the first password once. */
import { html, type TemplateResult } from "lit";
import { asApiError, call } from "../lib/api";
import { dialogTexts, openDialog } from "../lib/dialog";
import type { Person } from "../lib/model";
import { Page } from "../lib/page";
import { toast } from "../lib/toast";
import { toLogin } from "../lib/visit";
import { type FieldErrors, field, focusFirstWrong, values } from "./field";
import { check, copy } from "./icons";
import { explainError } from "./texts";
import { peopleTexts } from "./texts-people";

interface Added {
  person: Person;
  password: string;
}

/** Opens the dialog; `added` is called as soon as the server has the person. */
export async function addPersonDialog(added: (person: Person) => void): Promise<void> {
  await openDialog<void>({
    title: peopleTexts().addTitle,
    content: (close) => html`<portal-add-person .added=${added} .leave=${close}></portal-add-person>`,
  });
}

class PortalAddPerson extends Page {
  static override properties = {
    added: { attribute: false },
    leave: { attribute: false },
    errors: { state: true },
    busy: { state: true },
    result: { state: true },
    copied: { state: true },
  };

  declare added: (person: Person) => void;
  declare leave: () => void;
  declare errors: FieldErrors;
  declare busy: boolean;
  declare result: Added | null;
  declare copied: boolean;

  constructor() {
    super();
    this.errors = {};
    this.busy = false;
    this.result = null;
    this.copied = false;
  }

  override firstUpdated(): void {
    this.querySelector<HTMLElement>("#name")?.focus();
  }

  protected override render(): TemplateResult {
    return this.result ? this.handOver(this.result) : this.form();
  }

  private form(): TemplateResult {
    const t = peopleTexts();
    const { errors } = this;
    return html`<form novalidate @submit=${this.submit}>
      <div class="dialog-body form">
        <p class="quiet">${t.addHow}</p>
        ${field({ name: "name", label: t.name, errors })}
        ${field({ name: "login", label: t.login, errors, hint: t.loginHint })}
        ${field({ name: "phone", label: t.phone, errors, type: "tel", inputmode: "numeric", maxlength: 20 })}
      </div>
      <footer>
        <button class="button" type="button" @click=${() => this.leave()}>${dialogTexts().cancel}</button>
        <button class="button primary" aria-busy=${this.busy}>${this.busy ? t.adding : t.add}</button>
      </footer>
    </form>`;
  }

  private handOver({ person, password }: Added): TemplateResult {
    const t = peopleTexts();
    return html`<div class="dialog-body">
        <p role="status"><strong>${t.addedTitle(person.name)}</strong></p>
        <p>${t.addedBody}</p>
        <div class="slip hand-over">
          <dl>
            <dt>${t.login}</dt>
            <dd class="mono" dir="ltr">${person.login}</dd>
            <dt>${t.password}</dt>
            <dd class="mono secret" dir="ltr">${password}</dd>
          </dl>
          <button class="button small" type="button" @click=${() => this.copy(person.login, password)}>
            ${this.copied ? check : copy} ${this.copied ? t.copied : t.copy}
          </button>
        </div>
        <p class="quiet">${t.addedNext}</p>
      </div>
      <footer><button class="button primary" type="button" @click=${() => this.leave()}>${t.done}</button></footer>`;
  }

  private async copy(login: string, password: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(`${login}\n${password}`);
      this.copied = true;
    } catch (error) {
      // The browser may forbid it, or the page not be secure; what to copy is on the screen.
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      toast(peopleTexts().notCopied, "bad");
    }
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const form = event.currentTarget as HTMLFormElement;
    const person = values(form);
    this.errors = Object.fromEntries(Object.keys(person).flatMap((name) => (person[name] ? [] : [[name, "required"]])));
    if (Object.keys(this.errors).length === 0) await this.send(person);
    await this.updateComplete;
    if (this.result) this.querySelector<HTMLElement>(".slip .button")?.focus();
    else focusFirstWrong(form);
  };

  private async send(person: Record<string, string>): Promise<void> {
    this.busy = true;
    try {
      this.result = await call<Added>("POST", "/api/people", person);
      this.added(this.result.person);
    } catch (error) {
      const refusal = asApiError(error);
      if (refusal.code === "login-required") toLogin("ended");
      else if (refusal.members.fields) this.errors = refusal.members.fields;
      else toast(explainError(refusal), "bad");
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("portal-add-person", PortalAddPerson);
