/** Asks why a contract is returned, or withdrawn by who drew it up. */
import { html, type TemplateResult } from "lit";
import { dialogTexts, openDialog } from "../lib/dialog";
import { Page } from "../lib/page";
import { area, type FieldErrors, focusFirstWrong, values } from "../portal/field";
import { contractTexts } from "./texts-contract";

/** The server takes so many characters. */
const LONGEST = 400;

/** The reason; `undefined` if the person left. `own`: it is theirs, and they take it back. */
export function returnDialog(own: boolean): Promise<string | undefined> {
  const t = contractTexts();
  return openDialog<string>({
    title: own ? t.withdrawTitle : t.returnTitle,
    content: (close) => html`<portal-return .close=${close} .own=${own}></portal-return>`,
  });
}

class PortalReturn extends Page {
  static override properties = { close: { attribute: false }, own: { attribute: false }, errors: { state: true } };

  declare close: (reason?: string) => void;
  declare own: boolean;
  declare errors: FieldErrors;

  constructor() {
    super();
    this.own = false;
    this.errors = {};
  }

  override firstUpdated(): void {
    this.querySelector<HTMLElement>("#reason")?.focus();
  }

  protected override render(): TemplateResult {
    const t = contractTexts();
    const { errors, own } = this;
    const [label, hint] = own ? [t.withdrawReason, t.withdrawHint] : [t.reason, t.reasonHint];
    return html`<form novalidate @submit=${this.submit}>
      <div class="dialog-body form">
        <p>${own ? t.withdrawBody : t.returnBody}</p>
        ${area({ name: "reason", label, errors, hint, maxlength: LONGEST, rows: 4 })}
      </div>
      <footer>
        <button class="button" type="button" @click=${() => this.close()}>${dialogTexts().cancel}</button>
        <button class="button danger">${own ? t.withdrawAction : t.returnAction}</button>
      </footer>
    </form>`;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const { reason = "" } = values(form);
    if (reason !== "") return this.close(reason);
    this.errors = { reason: "required" };
    await this.updateComplete;
    focusFirstWrong(form);
  };
}

customElements.define("portal-return", PortalReturn);
