// What is shown instead of a document: nothing yet, opening, a password, an error.

import { html, nothing, type TemplateResult } from "lit";
import { errorText } from "../error-text.js";
import { box } from "./directives.js";
import * as icons from "./icons.js";
import type { Phase, View } from "./view-model.js";

/** The middle of the element as long as no document is open. */
export function notice(view: View, phase: Exclude<Phase, { state: "open" }>): TemplateResult {
  switch (phase.state) {
    case "empty":
      return frame(html`
        <span class="notice-icon">${icons.stamp}</span>
        <p class="title">${view.messages.noFile}</p>
        <p class="muted">${view.messages.noFileAdvice}</p>
      `);
    case "opening":
      return opening(view, phase.pages, phase.of);
    case "password":
      return password(view, phase.wrong);
    case "failed":
      return failed(view, phase.code);
  }
}

function opening({ messages }: View, pages: number, of: number): TemplateResult {
  // Before the pages are counted, the bar says only that something goes on.
  const share = of > 0 ? `${Math.round((100 * pages) / of)}%` : "";
  return frame(html`
    <div class="paper" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i></div>
    <p class="title">${messages.opening}</p>
    <div
      class="progress ${of > 0 ? "" : "unknown"}"
      role="progressbar"
      aria-label=${messages.opening}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${of > 0 ? Math.round((100 * pages) / of) : nothing}
    >
      <span ${box({ "inline-size": share })}></span>
    </div>
    <p class="muted small">${of > 0 ? messages.openingPages(pages, of) : html`&nbsp;`}</p>
  `);
}

function password({ messages, actions }: View, wrong: boolean): TemplateResult {
  return frame(html`
    <span class="notice-icon">${icons.lock}</span>
    <p class="title">${messages.passwordTitle}</p>
    <p class="muted">${messages.passwordAdvice}</p>
    <form
      class="password"
      @submit=${(event: Event) => {
        event.preventDefault();
        const field = (event.target as HTMLFormElement).querySelector("input");
        if (field?.value) actions.enterPassword(field.value);
      }}
    >
      <input
        part="field"
        type="password"
        autocomplete="off"
        required
        aria-label=${messages.password}
        aria-invalid=${wrong ? "true" : nothing}
        aria-describedby=${wrong ? "password-wrong" : nothing}
      />
      <button part="action" class="main" type="submit">${messages.open}</button>
    </form>
    ${wrong ? html`<p id="password-wrong" class="problem small" role="alert">${icons.warning} ${messages.passwordWrong}</p>` : nothing}
  `);
}

function failed({ locale }: View, code: Extract<Phase, { state: "failed" }>["code"]): TemplateResult {
  const { cause, advice } = errorText(code, locale);
  return frame(html`
    <span class="notice-icon danger">${icons.warning}</span>
    <div role="alert">
      <p class="title">${cause}</p>
      ${advice ? html`<p class="muted">${advice}</p>` : nothing}
    </div>
  `);
}

function frame(content: TemplateResult): TemplateResult {
  return html`<div class="notice"><div class="notice-body">${content}</div></div>`;
}

/** What was refused just now. */
export function refusal({ refusal, locale, messages, actions }: View): unknown {
  if (refusal === undefined) return nothing;
  const { cause, advice } = errorText(refusal, locale);
  return html`
    <div class="refusal" role="alert">
      ${icons.warning}
      <p><span class="strong">${cause}</span> ${advice}</p>
      <button part="tool" class="tool" type="button" aria-label=${messages.close} @click=${actions.closeRefusal}>
        ${icons.close}
      </button>
    </div>
  `;
}
