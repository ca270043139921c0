// How `<scanseal-report>` looks: colours, the verdict, the file, the history. Logical properties only; colours follow the
// page's `color-scheme`. The properties are those of `<scanseal-qr>`.

import { css } from "lit";

/** Defaults of the public custom properties, then the parts from top to bottom. */
export const styles = css`
  :host {
    --_radius: var(--scan-radius, 0.875rem);
    --_accent: var(--scan-accent, #17508f);
    --_on-accent: var(--scan-on-accent, #fff);
    --_text: var(--scan-text, #17212f);
    --_muted: var(--scan-muted, #576579);
    --_line: var(--scan-line, #d9e0e9);
    --_surface: var(--scan-surface, #fff);
    --_success: var(--scan-success, #14783f);
    --_warning: var(--scan-warning, #96560a);
    --_danger: var(--scan-danger, #b3261e);
    --_mono: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace;
    display: block;
    color: var(--_text);
    line-height: 1.6;
    text-align: start;
  }
  @supports (color: light-dark(#000, #fff)) {
    :host {
      --_accent: var(--scan-accent, light-dark(#17508f, #8ab8f0));
      --_on-accent: var(--scan-on-accent, light-dark(#fff, #0b1c30));
      --_text: var(--scan-text, light-dark(#17212f, #e7ecf3));
      --_muted: var(--scan-muted, light-dark(#576579, #a3b0c2));
      --_line: var(--scan-line, light-dark(#d9e0e9, #3a4657));
      --_surface: var(--scan-surface, light-dark(#fff, #1b2430));
      --_success: var(--scan-success, light-dark(#14783f, #63cf94));
      --_warning: var(--scan-warning, light-dark(#96560a, #f2b765));
      --_danger: var(--scan-danger, light-dark(#b3261e, #ff9d94));
    }
  }
  :host([hidden]) {
    display: none;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  p,
  h2,
  h3,
  h4,
  h5,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
    overflow-wrap: anywhere;
  }
  h2,
  h3,
  h4,
  h5 {
    line-height: 1.35;
    text-wrap: balance;
  }
  ul,
  ol {
    list-style: none;
  }
  code,
  .code {
    font-family: var(--_mono);
    font-size: 0.875em;
    overflow-wrap: anywhere;
  }
  .base {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.25rem;
  }
  .quiet,
  .when,
  .note {
    color: var(--_muted);
    font-size: 0.875em;
  }
  .when {
    display: block;
  }
  .glyph,
  .status {
    flex: none;
    inline-size: 1.25em;
    block-size: 1.25em;
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .status {
    margin-block-start: 0.175em;
    stroke-width: 1.75;
  }
  .status-passed {
    color: var(--_success);
  }
  .status-noted {
    color: var(--_accent);
  }
  .status-indeterminate {
    color: var(--_warning);
  }
  .status-failed {
    color: var(--_danger);
  }
  .status-skipped {
    color: var(--_muted);
  }

  /* The verdict. */
  .verdict {
    --_tone: var(--_muted);
    display: flex;
    flex-wrap: wrap;
    gap: 1rem 1.5rem;
    padding: 1.5rem;
    border: 1px solid var(--_tone);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  @supports (color: color-mix(in srgb, red, blue)) {
    .verdict {
      border-color: color-mix(in srgb, var(--_tone) 35%, transparent);
      background: color-mix(in srgb, var(--_tone) 8%, var(--_surface));
    }
  }
  .verdict-passed,
  .verdict-passed-with-later-changes {
    --_tone: var(--_success);
  }
  .verdict-indeterminate {
    --_tone: var(--_warning);
  }
  .verdict-failed {
    --_tone: var(--_danger);
  }
  .sign {
    flex: none;
    inline-size: 4.5rem;
    block-size: 4.5rem;
    color: var(--_tone, var(--_muted));
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .sign .fill {
    fill: currentcolor;
  }
  .sign .stroke {
    fill: none;
    stroke: var(--_surface);
    stroke-width: 4.25;
  }
  .sign .line {
    fill: none;
    stroke: currentcolor;
    stroke-width: 2.75;
  }
  .sign .badge {
    fill: var(--_surface);
    stroke: currentcolor;
    stroke-width: 2;
  }
  .sign .badge-stroke {
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.75;
  }
  .verdict-words {
    display: grid;
    align-content: center;
    gap: 0.625rem;
    flex: 1 1 16rem;
    min-inline-size: 0;
  }
  .verdict h2 {
    color: var(--_tone);
    font-size: 1.5em;
    font-weight: 700;
  }
  .verdict-unsigned h2,
  .verdict-unreadable h2 {
    color: var(--_text);
  }
  .sealers {
    display: grid;
    gap: 0.5rem;
  }
  .sealers li {
    display: flex;
    gap: 0.5rem;
  }
  .causes {
    display: grid;
    gap: 0.25rem;
    font-weight: 600;
  }
  .advice {
    padding-inline-start: 0.875rem;
    border-inline-start: 3px solid var(--_tone);
  }
  .kept {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 1rem;
  }
  .own-copy {
    display: grid;
    justify-items: start;
    gap: 0.375rem;
    padding: 0.75rem 0.875rem;
    border: 1px dashed var(--_muted);
    border-radius: calc(var(--_radius) / 2);
  }
  .own-copy.over {
    border-style: solid;
    border-color: var(--_accent);
  }
  @media (pointer: coarse) {
    .drop-hint {
      display: none;
    }
  }
  .advice h3 {
    color: var(--_muted);
    font-size: 0.875em;
    font-weight: 600;
  }

  /* Password. */
  .password {
    display: grid;
    gap: 0.5rem;
    max-inline-size: 28rem;
    margin-block-start: 0.5rem;
  }
  .password > label:first-child {
    font-weight: 600;
  }
  .password-row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  .password-row input {
    flex: 1 1 12rem;
    min-inline-size: 0;
  }
  .check {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    font-size: 0.875em;
  }
  .check input {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    margin: 0;
    accent-color: var(--_accent);
  }
  .wrong {
    color: var(--_danger);
    font-size: 0.875em;
    font-weight: 600;
  }
  .wrong:empty {
    display: none;
  }

  /* The file, and what can be done. */
  .file {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    justify-content: space-between;
    gap: 0.75rem 1.5rem;
    padding-inline: 0.25rem;
  }
  .file-facts {
    display: flex;
    gap: 0.625rem;
    flex: 1 1 18rem;
    min-inline-size: 0;
  }
  .file-facts > .glyph {
    margin-block-start: 0.2em;
    color: var(--_muted);
  }
  .file-name {
    font-weight: 600;
  }
  .digest {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 0.625rem;
    flex-basis: 100%;
    padding-inline-start: 1.875rem;
    color: var(--_muted);
    font-size: 0.875em;
  }
  .digest code {
    font-size: 0.9375em;
  }
  .file .wrong {
    flex-basis: 100%;
  }

  /* What is odd about the file. */
  .findings {
    display: grid;
    gap: 0.5rem;
  }
  .findings ul {
    display: grid;
    gap: 0.75rem;
    padding: 1rem 1.25rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  .findings li {
    display: flex;
    gap: 0.625rem;
  }
  .codes {
    color: var(--_muted);
    font-size: 0.8125em;
  }
  .codes code {
    margin-inline-end: 0.5em;
    font-size: 0.9375em;
  }
  .chip {
    display: inline-block;
    padding-inline: 0.5em;
    border: 1px solid var(--_line);
    border-radius: 0.375rem;
    font-size: 0.8125em;
  }

  /* The history. */
  .history {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.875rem;
  }
  .history > h3,
  .findings > h3 {
    padding-inline: 0.25rem;
    font-size: 1.125em;
  }
  .step {
    position: relative;
    display: grid;
    grid-template-columns: 2.25rem minmax(0, 1fr);
    gap: 0.875rem;
    padding-block-end: 1.25rem;
  }
  .step:last-child {
    padding-block-end: 0;
  }
  .step:not(:last-child)::before {
    content: "";
    position: absolute;
    inset-block: 2.25rem 0;
    inset-inline-start: calc(1.125rem - 1px);
    inline-size: 2px;
    background: var(--_line);
  }
  .mark {
    display: grid;
    place-items: center;
    inline-size: 2.25rem;
    block-size: 2.25rem;
    border: 2px solid var(--_line);
    border-radius: 50%;
    background: var(--_surface);
    color: var(--_muted);
  }
  .mark-passed {
    border-color: var(--_success);
    color: var(--_success);
  }
  .mark-indeterminate {
    border-color: var(--_warning);
    color: var(--_warning);
  }
  .mark-failed {
    border-color: var(--_danger);
    color: var(--_danger);
  }
  .step-body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.5rem;
  }
  .step-name {
    min-block-size: 2.25rem;
    display: flex;
    align-items: center;
  }
  @media (max-width: 30rem) {
    .verdict {
      padding: 1.125rem;
    }
    .sign {
      inline-size: 3.5rem;
      block-size: 3.5rem;
    }
    .verdict h2 {
      font-size: 1.3125em;
    }
    /* A phone has no room beside the marks: the line goes behind the cards. */
    .step {
      grid-template-columns: auto minmax(0, 1fr);
      gap: 0 0.625rem;
    }
    .step-body {
      display: contents;
    }
    .step-body > :not(.step-name) {
      grid-column: 1 / -1;
      margin-block-start: 0.625rem;
    }
  }

  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      animation: none !important;
      transition: none !important;
    }
  }
  @media (forced-colors: active) {
    .mark,
    .chip {
      border-color: CanvasText;
    }
  }
`;
