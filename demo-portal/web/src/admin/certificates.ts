/** Certificates: those bound on the platform and those its demo authorities issued, as two tabs. */
import "./bound";
import "./issued";
import { html, type TemplateResult } from "lit";
import { Page } from "../lib/page";
import { sectionHead } from "./parts";
import { certificateWords } from "./words/certificates";

type Tab = "bound" | "issued";

function wanted(): Tab {
  return location.hash === "#certificates/issued" ? "issued" : "bound";
}

class AdminCertificates extends Page {
  static override properties = { tab: { state: true } };

  declare tab: Tab;

  constructor() {
    super();
    this.tab = wanted();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#follow);
  }

  protected override render(): TemplateResult {
    const t = certificateWords();
    return html`${sectionHead("certificates")}
      <div class="tabs" role="tablist" aria-label=${t.tabs} @keydown=${this.#arrows}>
        ${this.#tab("bound", t.boundTab)} ${this.#tab("issued", t.issuedTab)}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby="tab-${this.tab}">
        ${this.tab === "bound" ? html`<admin-bound></admin-bound>` : html`<admin-issued></admin-issued>`}
      </div>`;
  }

  #tab(tab: Tab, text: string): TemplateResult {
    const chosen = tab === this.tab;
    return html`<button
      id="tab-${tab}"
      role="tab"
      aria-selected=${chosen}
      aria-controls="tab-panel"
      tabindex=${chosen ? 0 : -1}
      @click=${() => this.#choose(tab)}
    >${text}</button>`;
  }

  #choose(tab: Tab): void {
    location.hash = tab === "issued" ? "certificates/issued" : "certificates";
  }

  readonly #follow = (): void => {
    this.tab = wanted();
  };

  readonly #arrows = async (event: KeyboardEvent): Promise<void> => {
    if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    this.#choose(this.tab === "bound" ? "issued" : "bound");
    this.tab = wanted();
    await this.updateComplete;
    this.querySelector<HTMLElement>(`#tab-${this.tab}`)?.focus();
  };
}

customElements.define("admin-certificates", AdminCertificates);
