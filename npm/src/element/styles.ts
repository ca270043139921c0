// How `<scanseal-qr>` looks. Logical properties only; colours follow the page's `color-scheme`.

import { css } from "lit";

/** Defaults of the public custom properties, then the parts from top to bottom. */
export const styles = css`
  :host {
    --_size: var(--scan-size, 15rem);
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
    display: block;
    inline-size: fit-content;
    max-inline-size: 100%;
    color: var(--_text);
    line-height: 1.5;
    text-align: center;
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
  p {
    margin: 0;
  }
  .base {
    display: grid;
    justify-items: center;
    gap: 0.75rem;
    outline: none;
  }
  .heading {
    font-size: 1.125em;
    font-weight: 600;
  }
  /* One size in every state, so that nothing on the page around it moves. */
  .body {
    display: grid;
    align-content: start;
    justify-items: center;
    gap: 0.625rem;
    inline-size: calc(var(--_size) + 2rem);
    max-inline-size: 100%;
    min-block-size: calc(var(--_size) + 6.5rem);
  }

  /* The code in its frame; the frame is the countdown. */
  .stage {
    position: relative;
    inline-size: min(var(--_size), 100%);
    aspect-ratio: 1;
  }
  .code {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    border-radius: var(--_radius);
    background: #fff;
    color: #0c1726;
    forced-color-adjust: none;
    shape-rendering: crispEdges;
  }
  .code-covered {
    opacity: 0.08;
    filter: blur(2px);
  }
  .ring {
    position: absolute;
    inset: -6px;
    inline-size: calc(100% + 12px);
    block-size: calc(100% + 12px);
    fill: none;
    pointer-events: none;
    overflow: visible;
  }
  .ring rect {
    stroke-width: 3;
  }
  .ring .track {
    stroke: var(--_line);
  }
  .ring .left {
    stroke: var(--_accent);
    stroke-linecap: round;
    stroke-dasharray: 1 1;
    transition:
      stroke-dashoffset 1s linear,
      stroke 0.4s;
  }
  .urgent .ring .left {
    stroke: var(--_warning);
  }
  .skeleton {
    position: absolute;
    inset: 0;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
    overflow: hidden;
    display: grid;
    place-items: center;
    padding: 12%;
  }
  .skeleton svg {
    inline-size: 100%;
    block-size: 100%;
    color: var(--_line);
    animation: breathe 1.8s ease-in-out infinite;
  }
  .overlay {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 0.625rem;
    padding: 1rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: color-mix(in srgb, var(--_surface) 92%, transparent);
    animation: appear 0.25s ease-out;
  }
  @supports not (color: color-mix(in srgb, red, blue)) {
    .overlay {
      background: var(--_surface);
    }
  }

  /* After the scan. */
  .panel {
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 0.75rem;
    inline-size: 100%;
    min-block-size: calc(var(--_size) + 6.5rem);
    padding: 1rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
    animation: appear 0.3s ease-out;
  }
  .title {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .muted {
    color: var(--_muted);
    font-size: 0.875em;
  }
  .digits {
    display: flex;
    gap: 0.375rem;
  }
  .digits span {
    display: grid;
    place-items: center;
    inline-size: 1.75em;
    block-size: 2.125em;
    border: 1px solid var(--_line);
    border-radius: 0.375rem;
    color: var(--_accent);
    font-size: 1.625em;
    font-weight: 700;
    font-variant-numeric: tabular-nums;
    line-height: 1;
  }
  .steps {
    display: flex;
    gap: 0.25rem;
    inline-size: min(12rem, 90%);
  }
  .steps i {
    flex: 1;
    block-size: 0.25rem;
    border-radius: 1rem;
    background: var(--_line);
    transition: background-color 0.4s;
  }
  .steps i.past {
    background: var(--_accent);
  }
  .steps i.now {
    background: var(--_accent);
    animation: breathe 1.6s ease-in-out infinite;
  }
  .mark {
    inline-size: 4rem;
    block-size: 4rem;
    fill: none;
    stroke: currentcolor;
    stroke-width: 3;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .mark-done {
    color: var(--_success);
  }
  .mark-done path,
  .mark-done circle {
    stroke-dasharray: 1 1;
    animation: draw 0.5s ease-out both;
  }
  .mark-done path {
    animation-delay: 0.3s;
  }
  .mark-failed {
    color: var(--_danger);
  }
  .mark-busy {
    color: var(--_accent);
    animation: turn 1.1s linear infinite;
  }

  /* Lines and buttons. */
  .timer {
    font-variant-numeric: tabular-nums;
  }
  .urgent .timer {
    color: var(--_warning);
    font-weight: 600;
  }
  .hint {
    display: inline-flex;
    align-items: center;
    gap: 0.5em;
    color: var(--_warning);
    font-size: 0.875em;
  }
  .hint::before {
    content: "";
    flex: none;
    inline-size: 0.5em;
    block-size: 0.5em;
    border-radius: 50%;
    background: currentcolor;
    animation: breathe 1.2s ease-in-out infinite;
  }
  button {
    min-block-size: 2.5rem;
    padding-block: 0.375rem;
    padding-inline: 1.125rem;
    border: 1px solid transparent;
    border-radius: 0.5rem;
    font: inherit;
    font-weight: 600;
    cursor: pointer;
    transition: filter 0.15s;
  }
  button.main {
    background: var(--_accent);
    color: var(--_on-accent);
  }
  button.quiet {
    border-color: var(--_line);
    background: transparent;
    color: var(--_text);
    font-weight: 500;
  }
  button:hover {
    filter: brightness(1.12);
  }
  button.quiet:hover {
    border-color: var(--_muted);
    filter: none;
  }
  button.small {
    min-block-size: 2rem;
    font-size: 0.8125em;
  }
  button:focus-visible,
  a:focus-visible,
  .base:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 3px;
  }
  a {
    color: var(--_accent);
  }
  /* Who looks at the page on the phone itself cannot scan its screen. */
  .open-here {
    display: none;
  }
  @media (pointer: coarse) {
    .open-here {
      display: inline;
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

  @keyframes breathe {
    50% {
      opacity: 0.45;
    }
  }
  @keyframes appear {
    from {
      opacity: 0;
      transform: translateY(4px);
    }
  }
  @keyframes draw {
    from {
      stroke-dashoffset: 1;
    }
    to {
      stroke-dashoffset: 0;
    }
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    ::before {
      animation: none !important;
      transition: none !important;
    }
  }
  @media (forced-colors: active) {
    .ring .left,
    .steps i.past,
    .steps i.now {
      forced-color-adjust: none;
      stroke: Highlight;
      background: Highlight;
    }
    .ring .track {
      stroke: CanvasText;
      opacity: 0.25;
    }
    .steps i {
      outline: 1px solid CanvasText;
    }
    button {
      border-color: ButtonText;
    }
  }
`;
