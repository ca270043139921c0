// What `<scanseal-qr>` draws for each state. Pure: a model in, a template out.

import { html, nothing, svg, type TemplateResult } from "lit";
import { errorText, type Locale } from "../error-text.js";
import { ERROR_FACTS } from "../generated/error-codes.js";
import type { Messages } from "../i18n/messages.js";
import type { ExpiredState, FailedState, ScannedState, ScanState, SubmittingState, WaitingState } from "../states.js";

/** Modules of white that every reader needs around a code (ISO/IEC 18004 clause 6.3.8). */
const QUIET_ZONE = 4;
/** Whole countdown of a code, in seconds. */
const FULL_COUNTDOWN = 180;
/** From here on the countdown is drawn in the warning colour, in seconds. */
const URGENT = 30;
/** What the phone's user goes through, in order. */
const STEPS = ["reviewing", "choosing-certificate", "entering-pin", "signing"] as const;

/** All that the picture depends on. */
export interface ViewModel {
  readonly state: ScanState;
  readonly messages: Messages;
  readonly locale: Locale;
  /** Seconds that the session has left; 0 without a session. */
  readonly secondsLeft: number;
  /** Less motion is wanted: the code can be paused. */
  readonly calm: boolean;
  readonly paused: boolean;
  /** What has been said last to assistive technology. */
  readonly announcement: string;
  readonly onRefresh: () => void;
  readonly onRetry: () => void;
  readonly onNotMe: () => void;
  readonly onPause: () => void;
}

/** The whole element. */
export function view(model: ViewModel): TemplateResult {
  const { messages, state } = model;
  const urgent = state.state === "waiting" && model.secondsLeft <= URGENT;
  return html`
    <div part="base" class="base ${urgent ? "urgent" : ""}" tabindex="-1">
      <slot name="logo"></slot>
      <slot name="heading"><p class="heading">${messages.heading}</p></slot>
      <div class="body">${body(model)}</div>
      <div part="status" class="unseen" role="status">${model.announcement}</div>
    </div>
  `;
}

function body(model: ViewModel): TemplateResult {
  const { state } = model;
  switch (state.state) {
    case "connecting":
      return connecting(model);
    case "waiting":
      return waiting(model, state);
    case "expired":
      return expired(model, state);
    case "submitting":
      return submitting(model, state);
    case "done":
      return done(model);
    case "failed":
      return failed(model, state);
    default:
      return scanned(model, state);
  }
}

function connecting({ messages }: ViewModel): TemplateResult {
  return html`
    <div class="stage"><div class="skeleton" aria-hidden="true">${skeletonPicture}</div></div>
    <p class="muted">${messages.connecting}</p>
  `;
}

function waiting(model: ViewModel, state: WaitingState): TemplateResult {
  const { messages, paused } = model;
  return html`
    <div class="stage">
      ${codePicture(state.code, messages.codeLabel, paused)} ${ring(model.secondsLeft)}
      ${paused ? pausedOverlay(model) : nothing}
    </div>
    ${
      state.reconnecting
        ? html`<p class="hint">${messages.reconnecting}</p>`
        : html`<p part="timer" class="timer muted">${messages.validFor(clock(model.secondsLeft))}</p>`
    }
    <slot name="instructions"><p>${messages.instructions}</p></slot>
    <slot name="fallback">
      <a class="open-here" href=${state.code.text} target="_blank" rel="noopener noreferrer">${messages.openHere}</a>
    </slot>
    ${
      model.calm && !paused
        ? html`<button part="action" class="quiet small" type="button" @click=${model.onPause}>${messages.pause}</button>`
        : nothing
    }
  `;
}

/** A code that does not change is refused after ten seconds, so a paused one is covered rather than shown dead. */
function pausedOverlay({ messages, onPause }: ViewModel): TemplateResult {
  return html`
    <div class="overlay">
      <p class="title">${messages.paused}</p>
      <button part="action" class="main" type="button" @click=${onPause}>${messages.resume}</button>
    </div>
  `;
}

function expired({ messages, onRefresh }: ViewModel, _state: ExpiredState): TemplateResult {
  return html`
    <div class="stage">
      <div class="skeleton" aria-hidden="true">${skeletonPicture}</div>
      <div class="overlay">
        <p class="title">${messages.expired}</p>
        <button part="action" class="main" type="button" @click=${onRefresh}>${messages.refresh}</button>
      </div>
    </div>
    <p class="muted">${messages.expiredAdvice}</p>
  `;
}

function scanned(model: ViewModel, state: ScannedState): TemplateResult {
  const { messages } = model;
  const device = state.phone.device || state.phone.app || messages.unnamedPhone;
  return html`
    <div class="panel">
      <p class="title"><bdi>${messages.scannedBy(device)}</bdi></p>
      <div part="check-number" class="digits" dir="ltr" role="img" aria-label="${messages.checkNumber} ${spaced(state.checkNumber)}">
        ${[...state.checkNumber].map((digit) => html`<span aria-hidden="true">${digit}</span>`)}
      </div>
      <p class="muted">${messages.compareNumber}</p>
      ${steps(state)}
      <p>${messages.step[state.state]}</p>
      ${
        trouble(model, state) ??
        html`<p part="timer" class="timer muted">${messages.validFor(clock(model.secondsLeft))}</p>`
      }
      <button part="action" class="quiet" type="button" @click=${model.onNotMe}>${messages.notMe}</button>
    </div>
  `;
}

function submitting(model: ViewModel, state: SubmittingState): TemplateResult {
  return html`
    <div class="panel">
      <svg class="mark mark-busy" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="20" opacity="0.2" />
        <path d="M24 4a20 20 0 0 1 20 20" />
      </svg>
      <p class="title">${model.messages.submitting}</p>
      ${trouble(model, state) ?? nothing}
    </div>
  `;
}

function done({ messages }: ViewModel): TemplateResult {
  return html`
    <div class="panel">
      <svg class="mark mark-done" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="20" pathLength="1" />
        <path d="M15 24.5l6.5 6.5L34 18" pathLength="1" />
      </svg>
      <p class="title">${messages.done}</p>
      <p class="muted">${messages.doneAdvice}</p>
    </div>
  `;
}

function failed({ messages, locale, onRetry }: ViewModel, { error }: FailedState): TemplateResult {
  const { cause, advice } = errorText(error.code, locale);
  return html`
    <div class="panel">
      <svg class="mark mark-failed" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="20" />
        <path d="M24 14v12M24 33.5v.01" />
      </svg>
      <div role="alert">
        <p class="title">${cause}</p>
        ${advice ? html`<p class="muted">${advice}</p>` : nothing}
      </div>
      ${
        canRetry(error.code)
          ? html`<button part="action" class="main" type="button" @click=${onRetry}>${messages.retry}</button>`
          : nothing
      }
    </div>
  `;
}

/** Scanning again makes sense if the code says so, or if the person can first change something on the phone. */
function canRetry(code: FailedState["error"]["code"]): boolean {
  const { actor, retry } = ERROR_FACTS[code];
  return retry !== "never" || actor === "phone";
}

function trouble({ messages }: ViewModel, state: ScannedState | SubmittingState): TemplateResult | undefined {
  if (state.reconnecting) return html`<p class="hint">${messages.reconnecting}</p>`;
  if (state.phoneAway) return html`<p class="hint">${messages.phoneAway}</p>`;
  return undefined;
}

function codePicture(code: WaitingState["code"], label: string, covered: boolean): TemplateResult {
  const side = code.size + 2 * QUIET_ZONE;
  return html`
    <svg
      part="code"
      class="code ${covered ? "code-covered" : ""}"
      viewBox="${-QUIET_ZONE} ${-QUIET_ZONE} ${side} ${side}"
      role="img"
      aria-label=${label}
    >
      <path fill="currentcolor" d=${covered ? "" : code.path} />
    </svg>
  `;
}

function ring(secondsLeft: number): TemplateResult {
  const used = 1 - Math.min(1, secondsLeft / FULL_COUNTDOWN);
  return html`
    <svg class="ring" viewBox="0 0 252 252" aria-hidden="true">
      <rect class="track" x="1.5" y="1.5" width="249" height="249" rx="18" />
      <rect class="left" x="1.5" y="1.5" width="249" height="249" rx="18" pathLength="1" stroke-dashoffset=${used} />
    </svg>
  `;
}

function steps(state: ScannedState): TemplateResult {
  const now = (STEPS as readonly string[]).indexOf(state.state);
  const mark = (index: number): string => (index < now ? "past" : index === now ? "now" : "");
  return html`<div class="steps" aria-hidden="true">${STEPS.map((_, index) => html`<i class=${mark(index)}></i>`)}</div>`;
}

/** Minutes and seconds, as `2:41`. */
function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Digits apart, so that a screen reader says them one by one. */
export function spaced(number: string): string {
  return [...number].join(" ");
}

/** The three corners of a code, and nothing that could be scanned. */
const skeletonPicture = html`
  <svg viewBox="0 0 21 21" fill="currentcolor">
    ${["translate(0 0)", "translate(14 0)", "translate(0 14)"].map(
      (place) => svg`<path transform=${place} fill-rule="evenodd" d="M0 0h7v7H0zM1 1v5h5V1zM2 2h3v3H2z" />`,
    )}
    <path opacity="0.6" d="M9 1h3v2H9zM9 5h1v4H9zM12 8h3v2h-3zM1 9h5v1H1zM9 12h4v3H9zM15 15h5v2h-5zM17 9h3v3h-3zM10 18h3v2h-3z" />
  </svg>
`;
