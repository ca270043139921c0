// How `<scanseal-placer>` looks: the frame, its colours, buttons and fields. Logical properties only.

import { css } from "lit";
import { noticeStyles } from "./styles-notices.js";
import { pageStyles } from "./styles-pages.js";
import { panelStyles } from "./styles-panel.js";

/** Defaults of the public custom properties, and what every part shares. */
const frameStyles = css`
  :host {
    --_accent: var(--placer-accent, #17508f);
    --_on-accent: var(--placer-on-accent, #fff);
    --_tint: var(--placer-tint, #e8f0fa);
    --_seal: var(--placer-seal, #c3272b);
    --_text: var(--placer-text, #17212f);
    --_muted: var(--placer-muted, #566376);
    --_line: var(--placer-line, #d9e0e9);
    --_strong-line: var(--placer-strong-line, #8391a5);
    --_surface: var(--placer-surface, #fff);
    --_stage: var(--placer-stage, #e6eaf0);
    --_danger: var(--placer-danger, #b3261e);
    --_radius: var(--placer-radius, 0.75rem);
    --_shadow: 0 1px 2px rgb(16 32 56 / 12%), 0 6px 20px -8px rgb(16 32 56 / 28%);
    display: block;
    block-size: var(--placer-height, min(46rem, 88vh));
    min-block-size: 22rem;
    color: var(--_text);
    line-height: 1.5;
    text-align: start;
  }
  @supports (color: light-dark(#000, #fff)) {
    :host {
      --_accent: var(--placer-accent, light-dark(#17508f, #8ab8f0));
      --_on-accent: var(--placer-on-accent, light-dark(#fff, #0b1c30));
      --_tint: var(--placer-tint, light-dark(#e8f0fa, #22344b));
      --_seal: var(--placer-seal, light-dark(#c3272b, #c3272b));
      --_text: var(--placer-text, light-dark(#17212f, #e7ecf3));
      --_muted: var(--placer-muted, light-dark(#566376, #a3b0c2));
      --_line: var(--placer-line, light-dark(#d9e0e9, #364253));
      --_strong-line: var(--placer-strong-line, light-dark(#8391a5, #72819a));
      --_surface: var(--placer-surface, light-dark(#fff, #1b2430));
      --_stage: var(--placer-stage, light-dark(#e6eaf0, #10161e));
      --_danger: var(--placer-danger, light-dark(#b3261e, #ff9d94));
    }
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  p,
  h2,
  ul {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  .base {
    position: relative;
    display: flex;
    flex-direction: column;
    block-size: 100%;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
    overflow: hidden;
  }
  .body {
    position: relative;
    flex: 1;
    display: flex;
    min-block-size: 0;
  }
  .middle {
    position: relative;
    flex: 1;
    display: flex;
    min-inline-size: 0;
  }

  /* The line of tools. */
  .toolbar {
    position: relative;
    z-index: 3;
    display: flex;
    align-items: center;
    gap: 0.375rem;
    padding: 0.5rem 0.625rem;
    border-block-end: 1px solid var(--_line);
    background: var(--_surface);
  }
  .group {
    display: flex;
    align-items: center;
    gap: 0.125rem;
  }
  .group + .group {
    margin-inline-start: 0.375rem;
    padding-inline-start: 0.5rem;
    border-inline-start: 1px solid var(--_line);
  }
  .spring {
    flex: 1;
  }
  .page-number {
    display: flex;
    align-items: center;
    gap: 0.375rem;
    padding-inline: 0.25rem;
    white-space: nowrap;
    font-size: 0.875em;
    font-variant-numeric: tabular-nums;
  }
  .page-number input {
    inline-size: 3.25rem;
    min-block-size: 2.125rem;
    padding-inline: 0.375rem;
    text-align: center;
  }
  .percent {
    inline-size: 3.75rem;
    font-size: 0.875em;
    font-weight: 500;
    font-variant-numeric: tabular-nums;
  }

  /* Buttons. */
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  .icon {
    flex: none;
    inline-size: 1.25rem;
    block-size: 1.25rem;
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .tool {
    position: relative;
    flex: none;
    display: inline-grid;
    place-items: center;
    min-inline-size: 2.25rem;
    block-size: 2.25rem;
    padding: 0;
    border: 0;
    border-radius: 0.5rem;
    background: transparent;
    transition: background-color 0.12s;
  }
  .tool:hover {
    background: var(--_tint);
  }
  .tool[aria-pressed="true"] {
    background: var(--_tint);
    color: var(--_accent);
  }
  .tool[aria-disabled="true"] {
    opacity: 0.38;
    background: transparent;
    cursor: default;
  }
  .main,
  .quiet {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    flex: none;
    min-block-size: 2.5rem;
    padding: 0.375rem 1rem;
    border: 1px solid transparent;
    border-radius: 0.5rem;
    font-weight: 600;
    white-space: nowrap;
    transition:
      filter 0.15s,
      border-color 0.15s;
  }
  .main {
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .main:hover {
    filter: brightness(1.12);
  }
  .quiet {
    border-color: var(--_line);
    background: var(--_surface);
    font-weight: 500;
  }
  .quiet:hover {
    border-color: var(--_strong-line);
  }
  .quiet.small {
    min-block-size: 2rem;
    padding: 0.125rem 0.625rem;
    gap: 0.25rem;
    font-size: 0.8125em;
  }
  .quiet.small .icon {
    inline-size: 1rem;
    block-size: 1rem;
  }
  .quiet.square {
    flex: none;
    inline-size: 2.5rem;
    padding: 0;
  }
  .quiet[aria-disabled="true"] {
    opacity: 0.5;
    cursor: default;
  }
  .whole {
    inline-size: 100%;
  }
  .link {
    padding: 0.25rem 0;
    border: 0;
    background: none;
    color: var(--_accent);
    text-align: start;
  }
  .link:hover {
    text-decoration: underline;
  }

  /* What a button of one drawing does, in words, for those who see. */
  [data-tip]::after {
    content: attr(data-tip);
    position: absolute;
    inset-block-start: calc(100% + 0.375rem);
    inset-inline-start: 50%;
    z-index: 5;
    padding: 0.25rem 0.5rem;
    border-radius: 0.375rem;
    background: #17212f;
    color: #fff;
    font-size: 0.75rem;
    font-weight: 400;
    line-height: 1.4;
    white-space: nowrap;
    pointer-events: none;
    opacity: 0;
    transform: translateX(-50%);
    transition: opacity 0.12s 0s;
    visibility: hidden;
  }
  .tip-start[data-tip]::after {
    inset-inline-start: 0;
    transform: none;
  }
  .group:last-child > :last-child[data-tip]::after {
    inset-inline: auto 0;
    transform: none;
  }
  @media (hover: hover) {
    [data-tip]:hover::after {
      opacity: 1;
      visibility: visible;
      transition-delay: 0.35s;
    }
  }
  [data-tip]:focus-visible::after {
    opacity: 1;
    visibility: visible;
  }

  /* Fields. */
  input {
    font: inherit;
    color: inherit;
  }
  input:not([type="range"], [type="radio"]) {
    inline-size: 100%;
    min-inline-size: 0;
    min-block-size: 2.5rem;
    padding: 0.25rem 0.625rem;
    border: 1px solid var(--_strong-line);
    border-radius: 0.5rem;
    background: var(--_surface);
  }
  .page-number input:not([type="range"], [type="radio"]) {
    inline-size: 3.25rem;
    min-block-size: 2.125rem;
    padding-inline: 0.25rem;
  }
  input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  input[type="number"] {
    appearance: textfield;
  }
  input[type="number"]::-webkit-inner-spin-button,
  input[type="search"]::-webkit-search-cancel-button {
    appearance: none;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  .stage:focus-visible,
  input:focus-visible {
    outline-offset: -1px;
  }

  .muted {
    color: var(--_muted);
  }
  .small {
    font-size: 0.8125em;
  }
  .strong {
    font-weight: 600;
  }
  .title {
    font-size: 1.0625em;
    font-weight: 600;
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .spinner {
    inline-size: 0.875rem;
    block-size: 0.875rem;
    border: 2px solid var(--_line);
    border-block-start-color: var(--_accent);
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }

  /* Where there is little room. */
  .narrow .toolbar {
    gap: 0;
    padding: 0.375rem;
  }
  .narrow .wide {
    display: none;
  }
  .narrow .group + .group {
    margin-inline-start: 0.125rem;
    padding-inline-start: 0.125rem;
    border: 0;
  }
  .narrow .percent {
    inline-size: 3rem;
  }
  .narrow .page-number input:not([type="range"], [type="radio"]) {
    inline-size: 2.75rem;
  }

  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @keyframes appear {
    from {
      opacity: 0;
      transform: translateY(4px);
    }
  }
  @keyframes rise {
    from {
      transform: translateY(100%);
    }
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
    .main,
    .tool,
    .chip,
    .segment span {
      border: 1px solid ButtonText;
    }
    .tool[aria-pressed="true"],
    .chip[aria-pressed="true"],
    .segment input:checked + span {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;

/** All styles of the element. */
export const styles = [frameStyles, noticeStyles, pageStyles, panelStyles];
