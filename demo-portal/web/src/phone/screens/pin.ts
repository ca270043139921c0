import { html, nothing, type TemplateResult } from "lit";
import type { Failure } from "../core-types";
import { texts } from "../texts";
import { left } from "./review";

const LONGEST = 12;
const SHORTEST = 6;

/** What the PIN is typed for. */
export interface PinEntry {
  what: string;
  /** Said before the PIN is typed. */
  warning?: string | undefined;
  /** After a wrong PIN. */
  failure: Failure | null;
  /** Milliseconds since 1970 until which it can be typed, if that matters. */
  until: number | null;
}

/** The PIN pad: large keys for a thumb, an ordinary password field for a keyboard or a screen reader. */
export function pinScreen(
  { what, warning, failure, until }: PinEntry,
  now: number,
  on: { confirm: (pin: string) => void; back: () => void },
): TemplateResult {
  const t = texts();
  const input = (event: Event): HTMLInputElement => {
    const form = (event.currentTarget as HTMLElement).closest("form");
    return form?.elements.namedItem("pin") as HTMLInputElement;
  };
  const changed = (field: HTMLInputElement): void => {
    field.value = field.value.replace(/[^0-9]/g, "").slice(0, LONGEST);
    const form = field.form;
    form?.style.setProperty("--digits", String(field.value.length));
    form?.querySelector("[data-count]")?.replaceChildren(t.digits(field.value.length));
    form?.querySelectorAll<HTMLElement>(".dots i").forEach((dot, index) => {
      dot.toggleAttribute("data-on", index < field.value.length);
      dot.hidden = index >= Math.max(SHORTEST, field.value.length);
    });
    form?.querySelector(".confirm")?.toggleAttribute("disabled", field.value.length < SHORTEST);
  };
  const press =
    (digit: string) =>
    (event: Event): void => {
      const field = input(event);
      field.value += digit;
      changed(field);
    };
  const erase = (event: Event): void => {
    const field = input(event);
    field.value = field.value.slice(0, -1);
    changed(field);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = input(event);
    if (field.value.length < SHORTEST) return;
    const pin = field.value;
    field.value = "";
    on.confirm(pin);
  };
  return html`
    <form class="pin" autocomplete="off" @submit=${submit}>
      <h1><label for="pin">${t.enterPin}</label></h1>
      <p class="quiet">${t.forWhat(what)}</p>
      ${warning ? html`<p class="notice warn" role="note">${warning}</p>` : nothing}
      ${failure ? html`<p class="notice bad" role="alert">${t.attemptsLeft(failure.attempts ?? 0)}</p>` : nothing}
      <div class="entry">
        <input
          id="pin"
          name="pin"
          type="password"
          inputmode="none"
          autocomplete="off"
          maxlength=${LONGEST}
          data-focus
          @input=${(event: Event) => changed(event.currentTarget as HTMLInputElement)}
        />
        <div class="dots" aria-hidden="true">${Array.from({ length: LONGEST }, (_, index) => html`<i ?hidden=${index >= SHORTEST}></i>`)}</div>
      </div>
      <p class="visually-hidden" role="status" data-count></p>
      <div class="keys">
        ${["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => html`<button type="button" @click=${press(digit)}>${digit}</button>`)}
        <button type="button" class="side" @click=${on.back}>${t.back}</button>
        <button type="button" @click=${press("0")}>0</button>
        <button type="button" class="side" aria-label=${t.erase} @click=${erase}>⌫</button>
      </div>
      <button class="button primary wide confirm" disabled>${t.confirm}</button>
      ${until === null ? nothing : html`<p class="quiet left" role="timer">${t.expiresIn(left(until, now))}</p>`}
    </form>
  `;
}
