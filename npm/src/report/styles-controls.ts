// How buttons, fields and the states before a report look.

import { css } from "lit";

/** Waiting, then what can be pressed and typed into. */
export const controlStyles = css`
  /* Before there is a report. */
  .waiting {
    display: grid;
    justify-items: center;
    gap: 0.625rem;
    padding: 2.5rem 1.5rem;
    border: 1px dashed var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
    text-align: center;
  }
  .waiting-title {
    font-size: 1.125em;
    font-weight: 600;
  }
  progress {
    appearance: none;
    inline-size: min(24rem, 100%);
    block-size: 0.5rem;
    border: 0;
    border-radius: 1rem;
    background: var(--_line);
    overflow: hidden;
  }
  progress::-webkit-progress-bar {
    background: var(--_line);
  }
  progress::-webkit-progress-value {
    background: var(--_accent);
    transition: inline-size 0.2s;
  }
  progress::-moz-progress-bar {
    background: var(--_accent);
  }

  /* Buttons and fields. */
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  button,
  select,
  input[type="text"],
  input[type="password"] {
    min-block-size: 2.5rem;
    border: 1px solid var(--_line);
    border-radius: 0.5rem;
    background: transparent;
    color: inherit;
    font: inherit;
  }
  select,
  input[type="text"],
  input[type="password"] {
    padding-inline: 0.75rem;
    border-color: var(--_muted);
    background: var(--_surface);
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.4em;
    padding-block: 0.25rem;
    padding-inline: 0.875rem;
    font-weight: 500;
    text-align: start;
    cursor: pointer;
  }
  button:disabled {
    opacity: 0.45;
    cursor: default;
  }
  button.main {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
    font-weight: 600;
  }
  button.quiet-button {
    background: var(--_surface);
  }
  button.quiet-button:hover,
  button.icon-button:hover:not(:disabled),
  button.place:hover {
    border-color: var(--_muted);
  }
  button.link {
    min-block-size: 1.75rem;
    padding: 0 0.25rem;
    border: 0;
    color: var(--_accent);
    font-size: 0.875em;
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  @media (forced-colors: active) {
    button {
      border-color: CanvasText;
    }
    progress::-webkit-progress-value {
      forced-color-adjust: none;
      background: Highlight;
    }
  }
`;
