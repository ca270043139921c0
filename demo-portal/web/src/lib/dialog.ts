/** Modal dialogs: the browser's own `<dialog>`, so focus stays inside, Esc closes, and focus returns afterwards. */
import { html, nothing, render, type TemplateResult } from "lit";
import { catalogue } from "./catalogue";
import { keepFocus } from "./focus";
import { showModal } from "./modal";

/** Buttons of dialogs. */
export const dialogTexts = catalogue(
  { close: "关闭", cancel: "取消", understood: "知道了" },
  { close: "Close", cancel: "Cancel", understood: "OK" },
);

let count = 0;

/** What a dialog shows. */
export interface DialogOptions<T> {
  title: string;
  /** What it holds below its title. Closing with a value resolves the promise with it. */
  content: (close: (value: T) => void) => TemplateResult;
  /** Room for two columns. */
  wide?: boolean;
  /** As large as the window, for something to look at. */
  size?: "full";
}

/** Opens a dialog; resolves with the value it was closed with, `undefined` when the person left it. */
export function openDialog<T>({ title, content, wide = false, size }: DialogOptions<T>): Promise<T | undefined> {
  const host = document.createElement("div");
  document.body.append(host);
  count += 1;
  const label = `dialog-title-${count}`;
  return new Promise((resolve) => {
    let answer: T | undefined;
    const dialog = (): HTMLDialogElement => host.querySelector("dialog") as HTMLDialogElement;
    const close = (value?: T): void => {
      answer = value;
      dialog().close();
    };
    const closed = (): void => {
      host.remove();
      // Whoever opened it may be gone: the paper of a certificate that was replaced, for one.
      keepFocus();
      resolve(answer);
    };
    render(
      html`<dialog class="dialog ${wide ? "wide" : ""} ${size ?? ""}" aria-labelledby=${label} @close=${closed}>
        <header>
          <h2 id=${label} tabindex="-1">${title}</h2>
          <button class="icon" type="button" aria-label=${dialogTexts().close} @click=${() => close()}>${cross}</button>
        </header>
        ${content(close)}
      </dialog>`,
      host,
    );
    showModal(dialog());
  });
}

/** A question before something is done. */
export interface Question {
  title: string;
  /** What will happen, in full sentences. */
  body: string | TemplateResult;
  /** The word on the button that does it. */
  action: string;
  /** It cannot be undone by the same person, or takes something away. */
  danger?: boolean;
}

/** Asks; `true` only if the person pressed the action. The safe button has the focus where there is danger. */
export async function confirmDialog({ title, body, action, danger = false }: Question): Promise<boolean> {
  const answer = await openDialog<boolean>({
    title,
    content: (close) => html`<div class="dialog-body">${typeof body === "string" ? html`<p>${body}</p>` : body}</div>
      <footer>
        <button class="button" type="button" ?autofocus=${danger} @click=${() => close(false)}>${dialogTexts().cancel}</button>
        <button
          class="button ${danger ? "danger" : "primary"}"
          type="button"
          ?autofocus=${!danger}
          @click=${() => close(true)}
        >
          ${action}
        </button>
      </footer>`,
  });
  return answer === true;
}

/** Tells something that has been done and what to do next; one button. */
export async function tellDialog(title: string, body: TemplateResult, picture?: TemplateResult): Promise<void> {
  await openDialog<void>({
    title,
    content: (close) => html`<div class="dialog-body">${picture ?? nothing}${body}</div>
      <footer><button class="button primary" type="button" autofocus @click=${() => close()}>${dialogTexts().understood}</button></footer>`,
  });
}

const cross = html`<svg viewBox="0 0 24 24" class="line" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18" /></svg>`;
