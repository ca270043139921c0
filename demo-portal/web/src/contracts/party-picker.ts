/** Chooses the other parties among the enterprises that are registered here. */
import { html, nothing, type TemplateResult } from "lit";
import { asApiError, call } from "../lib/api";
import type { Enterprise } from "../lib/model";
import { Page } from "../lib/page";
import { toast } from "../lib/toast";
import { errorWord } from "../portal/field";
import { kindName } from "../portal/frame";
import { bin, plus, search } from "../portal/icons";
import { explainError } from "../portal/texts";
import { formTexts } from "./texts-form";

/** The server takes so many. */
const MOST = 5;

/** `parties` is what is chosen; `change` is fired after each change by the person. */
export class PartyPicker extends Page {
  static override properties = {
    parties: { attribute: false },
    own: { attribute: false },
    wrong: { attribute: false },
    found: { state: true },
    busy: { state: true },
  };

  declare parties: readonly Enterprise[];
  /** Credit code of the enterprise itself, which is no other party. */
  declare own: string;
  /** What is wrong with what is chosen. */
  declare wrong: string | undefined;
  declare found: readonly Enterprise[] | null;
  declare busy: boolean;

  constructor() {
    super();
    this.parties = [];
    this.own = "";
    this.wrong = undefined;
    this.found = null;
    this.busy = false;
  }

  protected override render(): TemplateResult {
    const t = formTexts();
    const { wrong, found } = this;
    return html`<div class="picker">
      ${
        this.parties.length > 0
          ? html`<ol class="picked">
              ${this.parties.map(
                (one, at) => html`<li class="slip">
                  <div>
                    <p class="slip-name">${one.name}</p>
                    <p class="quiet"><span class="mono" dir="ltr">${one.creditCode}</span> · ${kindName(one.kind)}</p>
                  </div>
                  <button class="icon" type="button" aria-label=${t.removeParty(one.name)} title=${t.removeParty(one.name)} @click=${() => this.drop(at)}>
                    ${bin}
                  </button>
                </li>`,
              )}
            </ol>`
          : nothing
      }
      <div class="field">
        <label for="party-word">${t.findParty}</label>
        <div class="find">
          <input
            id="party-word"
            type="search"
            maxlength="80"
            aria-invalid=${wrong !== undefined}
            aria-describedby="party-hint party-wrong"
            @keydown=${this.keyed}
          />
          <button class="button" type="button" aria-busy=${this.busy} @click=${this.search}>${search} ${t.find}</button>
        </div>
        <span class="hint" id="party-hint">${t.findPartyHint}</span>
        <span class="wrong" id="party-wrong">${wrong === undefined ? "" : errorWord(wrong)}</span>
      </div>
      <p class="quiet" role="status">${found === null ? nothing : t.foundParties(found.length)}</p>
      ${
        found && found.length > 0
          ? html`<ul class="candidates">
              ${found.map((one) => this.candidate(one))}
            </ul>`
          : nothing
      }
    </div>`;
  }

  private candidate(one: Enterprise): TemplateResult {
    const t = formTexts();
    const added = this.parties.some(({ creditCode }) => creditCode === one.creditCode);
    return html`<li>
      <div>
        <p>${one.name}</p>
        <p class="quiet"><span class="mono" dir="ltr">${one.creditCode}</span> · ${kindName(one.kind)}</p>
      </div>
      ${
        added
          ? html`<span class="chip good">${t.added}</span>`
          : html`<button class="button small" type="button" aria-label=${t.addParty(one.name)} @click=${() => this.add(one)}>
              ${plus} ${t.addParty("")}
            </button>`
      }
    </li>`;
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    // Enter here means this search, not the whole form.
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    void this.search();
  };

  private readonly search = async (): Promise<void> => {
    const word = this.querySelector<HTMLInputElement>("#party-word")?.value.trim() ?? "";
    if (this.busy) return;
    this.busy = true;
    try {
      const query = new URLSearchParams({ q: word });
      const { enterprises } = await call<{ enterprises: Enterprise[] }>("GET", `/api/enterprises?${query}`);
      this.found = enterprises.filter(({ creditCode }) => creditCode !== this.own);
    } catch (error) {
      toast(explainError(asApiError(error)), "bad");
    } finally {
      this.busy = false;
    }
  };

  private add(one: Enterprise): void {
    if (this.parties.length >= MOST) {
      toast(formTexts().mostParties, "bad");
      return;
    }
    this.set([...this.parties, one]);
    this.found = null;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#party-word")?.focus());
  }

  private drop(at: number): void {
    this.set(this.parties.filter((_, index) => index !== at));
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#party-word")?.focus());
  }

  private set(parties: readonly Enterprise[]): void {
    this.parties = parties;
    this.dispatchEvent(new Event("change"));
  }
}

customElements.define("portal-party-picker", PartyPicker);
