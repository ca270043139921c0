// How the window looks in which a version of the file is shown.

import { css } from "lit";

/** The bar at its top, then the page. */
export const dialogStyles = css`
  .viewer {
    inline-size: min(64rem, 100vw - 2rem);
    max-inline-size: none;
    block-size: calc(100vh - 2rem);
    max-block-size: none;
    margin: auto;
    padding: 0;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
    overflow: hidden;
  }
  @supports (block-size: 1dvh) {
    .viewer {
      block-size: calc(100dvh - 2rem);
    }
  }
  .viewer[open] {
    display: flex;
    flex-direction: column;
  }
  .viewer::backdrop {
    background: rgb(9 18 30 / 55%);
  }
  .viewer-bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.75rem;
    padding: 0.75rem 1rem;
    border-block-end: 1px solid var(--_line);
  }
  .viewer-bar h2 {
    font-size: 1.0625em;
  }
  .viewer-version {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    flex: 1 1 14rem;
    min-inline-size: 0;
  }
  .viewer-version select {
    flex: 1 1 auto;
    min-inline-size: 0;
    max-inline-size: 26rem;
    text-overflow: ellipsis;
  }
  .pager {
    display: flex;
    align-items: center;
    gap: 0.375rem;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .pager input {
    inline-size: 3.5rem;
    text-align: center;
  }
  button.icon-button {
    inline-size: 2.5rem;
    padding: 0;
  }
  button.icon-button[aria-pressed="true"] {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .viewer-note {
    min-block-size: 2.25rem;
    padding: 0.25rem 1rem;
    font-size: 0.875em;
    line-height: 1.75rem;
  }
  .viewer-stage {
    flex: 1;
    min-block-size: 0;
    padding: 1rem;
    border-block-start: 1px solid var(--_line);
    background: var(--_line);
    overflow: auto;
  }
  .viewer-stage:focus-visible {
    outline-offset: -2px;
  }
  .sheets {
    display: grid;
    gap: 1rem;
    inline-size: min(100%, 48rem);
    margin-inline: auto;
  }
  .sheets.two {
    grid-template-columns: 1fr 1fr;
    inline-size: 100%;
  }
  .sheets.enlarged {
    inline-size: 200%;
  }
  .sheets.enlarged:not(.two) {
    max-inline-size: 96rem;
  }
  /* Which of the two it is stays to be seen, however far down the difference is. */
  .sheet-caption {
    position: sticky;
    inset-block-start: -1rem;
    z-index: 1;
    padding-block: 0.25rem 0.5rem;
    background: var(--_line);
    font-size: 0.875em;
    font-weight: 600;
    text-align: center;
  }
  .sheet {
    position: relative;
  }
  .sheet.missing canvas {
    visibility: hidden;
  }
  .sides {
    display: none;
    gap: 0.5rem;
    padding: 0 0.75rem 0.5rem;
  }
  .sides button {
    flex: 1;
  }
  .sides button[aria-pressed="true"] {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .sheet canvas {
    display: block;
    inline-size: 100%;
    background: #fff;
    box-shadow: 0 1px 6px rgb(9 18 30 / 25%);
    transition: opacity 0.15s;
  }
  .sheet.opening canvas {
    opacity: 0.5;
  }
  .sheet.failed canvas,
  .sheet.no-page canvas {
    visibility: hidden;
  }
  .outline {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    fill: none;
    overflow: visible;
    pointer-events: none;
  }
  .outline-line,
  .outline-slight {
    vector-effect: non-scaling-stroke;
  }
  /* Paper is white, whatever the rest looks like. */
  .outline-line {
    stroke: #d3241b;
    stroke-width: 2;
    animation: point 0.7s ease-in-out 3;
  }
  .outline-slight {
    stroke: #d3241b;
    stroke-width: 1;
    stroke-dasharray: 3 2;
  }
  .outline-mark {
    fill: #d3241b;
    stroke: #fff;
    stroke-width: 1.5;
  }
  /* It calls for attention without ever being hard to see. */
  @keyframes point {
    50% {
      stroke-width: 4;
    }
  }
  @media (max-width: 40rem) {
    .viewer {
      inline-size: 100vw;
      block-size: 100vh;
      border: 0;
      border-radius: 0;
    }
    @supports (block-size: 1dvh) {
      .viewer {
        block-size: 100dvh;
      }
    }
    .viewer-bar {
      padding: 0.5rem 0.75rem;
    }
    .viewer-bar h2 {
      flex: 1 1 0;
    }
    .viewer-version {
      order: 3;
      flex-basis: 100%;
    }
    .viewer-version select {
      max-inline-size: none;
    }
    .pager {
      order: 4;
      flex: 1 1 100%;
      justify-content: center;
    }
    .viewer-stage {
      padding: 0.5rem;
    }
    .sides {
      display: flex;
    }
    .sheets.two {
      grid-template-columns: 1fr;
    }
    .see-before .after,
    .see-after .before,
    .sheet-caption {
      display: none;
    }
  }
`;
