/** Asks why a contract is returned. */
import { html, type TemplateResult } from "lit";
import { dialogTexts, openDialog } from "../lib/dialog";
import { Page } from "../lib/page";
import { area, type FieldErrors, focusFirstWrong, values } from "../portal/field";
import { contractTexts } from "./texts-contract";

/** The server takes so many characters. */
const LONGEST = 400;

/** The reason; `undefined` if the person left. */
export function returnDialog(): Promise<string | undefined> {
  return openDialog<string>({
    title: contractTexts().returnTitle,
    content: (close) => html`<portal-return .close=${close}></portal-return>`,
  });
}

class PortalReturn extends Page {
  static override properties = { close: { attribute: false }, errors: { state: true } };

  declare close: (reason?: string) => void;
  declare errors: FieldErrors;

  constructor() {
    super();
    this.errors = {};
  }

  override firstUpdated(): void {
    this.querySelector<HTMLElement>("#reason")?.focus();
  }

  protected override render(): TemplateResult {
    const t = contractTexts();
    const { errors } = this;
    return html`<form novalidate @submit=${this.submit}>
      <div class="dialog-body form">
        <p>${t.returnBody}</p>
        ${area({ name: "reason", label: t.reason, errors, hint: t.reasonHint, maxlength: LONGEST, rows: 4 })}
      </div>
      <footer>
        <button class="button" type="button" @click=${() => this.close()}>${dialogTexts().cancel}</button>
        <button class="button danger">${t.returnAction}</button>
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
