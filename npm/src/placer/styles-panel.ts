// The panel beside the document.

import { css } from "lit";

/** From top to bottom; a sheet from below where there is little room. */
export const panelStyles = css`
  .panel {
    flex: none;
    display: flex;
    flex-direction: column;
    inline-size: 18.5rem;
    border-inline-start: 1px solid var(--_line);
    background: var(--_surface);
    overflow: hidden;
  }
  .panel-body {
    flex: 1;
    overflow: hidden auto;
    overscroll-behavior: contain;
  }
  .panel-body section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.625rem;
    padding: 1.125rem 1rem;
  }
  .panel-body section + section {
    border-block-start: 1px solid var(--_line);
  }
  h2 {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    font-size: 0.9375em;
    font-weight: 600;
  }
  h2 + .muted {
    margin-block-start: -0.5rem;
  }
  .count {
    min-inline-size: 1.375rem;
    padding-inline: 0.375rem;
    border-radius: 1rem;
    background: var(--_tint);
    color: var(--_accent);
    font-size: 0.75rem;
    font-weight: 600;
    line-height: 1.375rem;
    text-align: center;
    font-variant-numeric: tabular-nums;
  }

  /* The seal to drag. */
  .panel-body .palette {
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: 0.875rem;
  }
  .palette-seal {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 6.5rem;
    block-size: 6.5rem;
    border: 1px solid var(--_line);
    border-radius: 0.75rem;
    background: #fff;
    cursor: grab;
    touch-action: none;
    -webkit-user-select: none;
    user-select: none;
    transition:
      border-color 0.15s,
      box-shadow 0.15s;
  }
  .palette-seal:hover {
    border-color: var(--_strong-line);
    box-shadow: var(--_shadow);
  }
  .palette-seal:active {
    cursor: grabbing;
  }
  .palette-seal canvas {
    max-inline-size: 4.75rem;
    max-block-size: 4.75rem;
    pointer-events: none;
  }
  .palette-seal .no-picture {
    inline-size: 4.75rem;
    block-size: 4.75rem;
  }
  /* Six dots: something to grip. */
  .grip {
    position: absolute;
    inset-block-start: 0.5rem;
    inset-inline-start: 0.375rem;
    inline-size: 0.5rem;
    block-size: 0.8125rem;
    background: radial-gradient(circle, #8391a5 1.25px, transparent 1.5px) 0 0 / 0.25rem 0.3125rem;
  }
  .palette .whole {
    grid-column: 1 / -1;
  }
  .main .icon,
  .quiet .icon {
    inline-size: 1.125rem;
    block-size: 1.125rem;
  }

  /* Places. */
  .nothing {
    padding: 0.875rem 1rem;
    border: 1px dashed var(--_line);
    border-radius: 0.625rem;
    text-align: center;
  }
  .places {
    display: grid;
    gap: 0.375rem;
  }
  .place {
    border: 1px solid var(--_line);
    border-radius: 0.625rem;
    transition: border-color 0.15s;
  }
  .place:hover {
    border-color: var(--_strong-line);
  }
  .place.selected {
    border-color: var(--_accent);
    box-shadow: 0 0 0 1px var(--_accent);
  }
  .place.wrong {
    border-color: var(--_danger);
  }
  .place > .problem {
    padding: 0 0.75rem 0.625rem;
  }
  .place-line {
    display: flex;
    align-items: center;
    padding-inline-end: 0.375rem;
  }
  .place-line .tool {
    color: var(--_muted);
  }
  .place-line .tool:hover {
    color: var(--_danger);
  }
  .place-line [data-tip]::after {
    inset-inline: auto 0;
    transform: none;
  }
  .place-main {
    flex: 1;
    display: flex;
    align-items: center;
    gap: 0.625rem;
    min-inline-size: 0;
    padding: 0.625rem 0.375rem 0.625rem 0.625rem;
    border: 0;
    border-radius: 0.5rem;
    background: none;
    text-align: start;
  }
  .place-icon {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 2rem;
    block-size: 2rem;
    border-radius: 0.5rem;
    background: var(--_tint);
    color: var(--_accent);
  }
  .place-text {
    display: grid;
    min-inline-size: 0;
    font-size: 0.9375em;
    line-height: 1.4;
  }
  .place-text span {
    overflow-wrap: anywhere;
  }

  .fields {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 0.625rem;
  }
  .place .fields {
    padding: 0.125rem 0.75rem 0.75rem;
  }
  .field {
    display: grid;
    align-content: start;
    gap: 0.25rem;
    font-size: 0.8125em;
  }
  .field.whole,
  .fields > .whole {
    grid-column: 1 / -1;
  }
  .field > span:first-child {
    display: flex;
    justify-content: space-between;
    color: var(--_muted);
  }
  .field input:not([type="range"], [type="radio"]) {
    min-block-size: 2.25rem;
    font-size: 1.0769em;
  }
  .with-unit {
    position: relative;
  }
  .field .with-unit input {
    padding-inline-end: 2.75rem;
  }
  .unit {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 0.625rem;
    display: grid;
    align-items: center;
    color: var(--_muted);
    pointer-events: none;
  }

  /* Keywords. */
  .search {
    display: flex;
    gap: 0.375rem;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 0.375rem;
    min-block-size: 2rem;
    max-inline-size: 100%;
    padding: 0.125rem 0.75rem;
    border: 1px solid var(--_line);
    border-radius: 2rem;
    background: var(--_surface);
    font-size: 0.875em;
    overflow-wrap: anywhere;
  }
  .chip:hover {
    border-color: var(--_strong-line);
  }
  .chip[aria-pressed="true"] {
    border-color: var(--_accent);
    background: var(--_tint);
    color: var(--_accent);
  }
  .chip .count {
    margin-inline-end: -0.375rem;
    line-height: 1.25rem;
  }
  .chip.idle {
    color: var(--_muted);
  }
  .waiting {
    display: flex;
    align-items: center;
    gap: 0.5rem;
  }
  .hits {
    border: 1px solid var(--_line);
    border-radius: 0.625rem;
    overflow: hidden;
  }
  .hits-head,
  .hit {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0 0.5rem;
    padding: 0.375rem 0.5rem 0.375rem 0.75rem;
  }
  .hits ul {
    max-block-size: 13rem;
    overflow: hidden auto;
  }
  .hit {
    border-block-start: 1px solid var(--_line);
    font-size: 0.875em;
  }
  .hit .plain {
    color: inherit;
  }

  /* Across pages. */
  .segments {
    display: flex;
    padding: 0.1875rem;
    border-radius: 0.5rem;
    background: var(--_tint);
  }
  .segment {
    position: relative;
    flex: 1;
  }
  .segment span {
    display: grid;
    place-items: center;
    min-block-size: 2rem;
    border-radius: 0.375rem;
    font-size: 1.0769em;
    cursor: pointer;
  }
  .segment input:checked + span {
    background: var(--_surface);
    color: var(--_accent);
    font-weight: 600;
    box-shadow: 0 1px 3px rgb(16 32 56 / 18%);
  }
  .segment input:focus-visible + span {
    outline: 2px solid var(--_accent);
    outline-offset: 1px;
  }
  .slider {
    inline-size: 100%;
    block-size: 1.75rem;
    margin: 0;
    accent-color: var(--_accent);
    cursor: pointer;
  }

  /* Refused just now. */
  .refusal {
    position: absolute;
    inset-block-end: 1rem;
    inset-inline: 1rem;
    z-index: 3;
    display: flex;
    align-items: center;
    gap: 0.625rem;
    inline-size: fit-content;
    max-inline-size: calc(100% - 2rem);
    margin-inline: auto;
    padding: 0.375rem 0.5rem 0.375rem 0.875rem;
    border: 1px solid var(--_danger);
    border-radius: 0.625rem;
    background: var(--_surface);
    font-size: 0.875em;
    box-shadow: var(--_shadow);
    animation: appear 0.2s ease-out;
  }
  .refusal > .icon {
    color: var(--_danger);
  }

  /* Where there is little room. */
  .dock {
    position: relative;
    z-index: 3;
    display: flex;
    gap: 0.5rem;
    padding: 0.625rem;
    padding-block-end: max(0.625rem, env(safe-area-inset-bottom));
    border-block-start: 1px solid var(--_line);
    background: var(--_surface);
  }
  .dock button {
    flex: 1 1 auto;
    min-inline-size: 0;
    padding-inline: 0.5rem;
    white-space: nowrap;
  }
  .veil {
    position: absolute;
    inset: 0;
    z-index: 4;
    border: 0;
    background: rgb(10 18 30 / 38%);
  }
  .narrow .panel {
    position: absolute;
    inset-block-end: 0;
    inset-inline: 0;
    z-index: 5;
    inline-size: auto;
    max-block-size: 85%;
    border: 0;
    border-radius: 1rem 1rem 0 0;
    box-shadow: 0 -8px 32px rgb(10 18 30 / 25%);
    animation: rise 0.22s ease-out;
  }
  .sheet-head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding: 0.625rem 0.625rem 0.625rem 1rem;
    border-block-end: 1px solid var(--_line);
  }
`;
