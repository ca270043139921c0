import { LitElement } from "lit";
import { onLocale } from "./locale";

/** A whole page as one element: rendered into the document itself, again after each change of language. */
export class Page extends LitElement {
  #stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = onLocale(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
