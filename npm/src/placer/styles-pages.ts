// Pages, seals on them, and the small pages.

import { css } from "lit";

/** A page is paper: white in dark mode too, and a seal looks on it as it will when printed. */
export const pageStyles = css`
  .stage {
    /* Places are counted from the left, whichever way the language runs. */
    direction: ltr;
    position: relative;
    flex: 1;
    min-inline-size: 0;
    background: var(--_stage);
    overflow: auto;
    overscroll-behavior: contain;
    scrollbar-gutter: stable;
  }
  .filler {
    position: relative;
  }
  .page {
    position: absolute;
    background: #fff;
    color: #17212f;
    color-scheme: only light;
    box-shadow: var(--_shadow);
    forced-color-adjust: none;
  }
  .page > canvas,
  .page-wait {
    display: block;
    inline-size: 100%;
    block-size: 100%;
  }
  .page-wait {
    background: linear-gradient(100deg, #fff 40%, #f1f4f7 50%, #fff 60%) 0 0 / 300% 100%;
    animation: shimmer 1.6s linear infinite;
  }
  .page-failed {
    display: grid;
    place-items: center;
    block-size: 100%;
    color: #566376;
  }
  @keyframes shimmer {
    from {
      background-position: 100% 0;
    }
    to {
      background-position: 0 0;
    }
  }

  /* Where a word stands that would hold a seal. */
  .mark {
    position: absolute;
    border-radius: 3px;
    background: rgb(255 196 0 / 26%);
    box-shadow: 0 0 0 2px rgb(214 150 0 / 55%);
    pointer-events: none;
  }
  .mark.holds {
    background: rgb(23 80 143 / 18%);
    box-shadow: 0 0 0 2px #17508f;
  }

  .impression {
    position: absolute;
  }
  .impression.selected {
    z-index: 1;
  }
  .impression.held {
    z-index: 2;
    pointer-events: none;
  }
  .seal {
    position: absolute;
    inset: 0;
    border-radius: 2px;
    cursor: grab;
    touch-action: none;
    -webkit-user-select: none;
    user-select: none;
    -webkit-touch-callout: none;
  }
  .seal[role="img"] {
    cursor: default;
    touch-action: auto;
  }
  .seal canvas {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    /* As ink on paper: the text below stays readable. */
    mix-blend-mode: multiply;
    pointer-events: none;
  }
  .seal:focus-visible {
    outline: 2px solid #17508f;
    outline-offset: 4px;
  }
  .seal:hover {
    box-shadow: 0 0 0 1px rgb(195 39 43 / 55%);
  }
  /* Slices are thin: what can be gripped is not. */
  .slice .seal::before {
    content: "";
    position: absolute;
    inset: 0;
  }
  .slice.upright .seal::before {
    inset-inline: min(0px, (100% - 1.5rem) / 2);
  }
  .slice.level .seal::before {
    inset-block: min(0px, (100% - 1.5rem) / 2);
  }
  .slice.upright .seal {
    cursor: ns-resize;
  }
  .slice.level .seal {
    cursor: ew-resize;
  }
  .held .seal {
    cursor: grabbing;
    filter: drop-shadow(0 6px 10px rgb(16 32 56 / 30%));
  }
  .impression.off-page .seal {
    box-shadow: 0 0 0 2px #b3261e;
    background: rgb(179 38 30 / 10%);
  }
  .impression.selected .seal {
    box-shadow: 0 0 0 1px var(--_seal);
  }
  .corners i {
    position: absolute;
    inline-size: 0.75rem;
    block-size: 0.75rem;
    border: 0 solid var(--_seal);
    pointer-events: none;
  }
  .corners i:nth-child(1) {
    top: -3px;
    left: -3px;
    border-width: 3px 0 0 3px;
  }
  .corners i:nth-child(2) {
    top: -3px;
    right: -3px;
    border-width: 3px 3px 0 0;
  }
  .corners i:nth-child(3) {
    bottom: -3px;
    left: -3px;
    border-width: 0 0 3px 3px;
  }
  .corners i:nth-child(4) {
    right: -3px;
    bottom: -3px;
    border-width: 0 3px 3px 0;
  }
  .slice .corners {
    display: none;
  }
  .where {
    position: absolute;
    inset-block-start: calc(100% + 0.625rem);
    left: 50%;
    display: flex;
    gap: 0.5em;
    padding: 0.125rem 0.5rem;
    border-radius: 1rem;
    background: #17212f;
    color: #fff;
    font-size: 0.75rem;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
    pointer-events: none;
    transform: translateX(-50%);
  }
  .label-above .where {
    inset-block: auto calc(100% + 0.625rem);
  }
  .handles {
    position: absolute;
    top: -3px;
    left: calc(100% + 0.625rem);
    z-index: 2;
    display: grid;
    gap: 0.375rem;
  }
  .handle,
  .remove {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 2.125rem;
    block-size: 2.125rem;
    padding: 0;
    border: 1px solid #d9e0e9;
    border-radius: 50%;
    background: #fff;
    color: #b3261e;
    box-shadow: var(--_shadow);
  }
  .handle {
    color: #17508f;
    cursor: grab;
    touch-action: none;
  }
  .remove:hover {
    background: #b3261e;
    color: #fff;
  }
  .handle:hover {
    background: #e8f0fa;
  }
  .handles .icon {
    inline-size: 1.125rem;
    block-size: 1.125rem;
  }
  .near-end .handles {
    left: auto;
    right: calc(100% + 0.625rem);
  }
  .near-start .where {
    left: 0;
    transform: none;
  }
  .near-end .where {
    left: auto;
    right: 0;
    transform: none;
  }
  .no-picture {
    display: grid;
    place-items: center;
    inline-size: 100%;
    block-size: 100%;
    border: 2px dashed var(--_seal);
    border-radius: 50%;
    color: var(--_seal);
    font-weight: 600;
    pointer-events: none;
  }
  /* Drawn, not written: the seal's name says what it is and where. */
  .no-picture::before {
    content: attr(data-word);
  }
  @supports (content: "" / "") {
    .no-picture::before {
      content: attr(data-word) / "";
    }
  }
  .slice .no-picture {
    border-radius: 0;
    background: rgb(195 39 43 / 12%);
  }
  .ghost {
    position: fixed;
    z-index: 9;
    opacity: 0.6;
    pointer-events: none;
  }
  .ghost canvas {
    inline-size: 100%;
    block-size: 100%;
  }

  .thumbnails {
    flex: none;
    inline-size: 8.5rem;
    border-inline-end: 1px solid var(--_line);
    background: var(--_surface);
    overflow: hidden auto;
    overscroll-behavior: contain;
  }
  .thumbnail {
    position: absolute;
    left: 50%;
    transform: translateX(-50%);
  }
  .sheet {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    padding: 0;
    border: 0;
    border-radius: 2px;
    background: #fff;
    box-shadow: 0 0 0 1px var(--_line);
    overflow: hidden;
    forced-color-adjust: none;
  }
  .sheet canvas {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
    object-position: top;
  }
  .sheet .page-wait {
    display: block;
  }
  .dot {
    position: absolute;
    border: 1.5px solid var(--_seal);
    border-radius: 50%;
    background: rgb(195 39 43 / 22%);
  }
  .dot.part {
    border-width: 0;
    border-radius: 0;
    background: var(--_seal);
  }
  .sheet:hover {
    box-shadow: 0 0 0 2px var(--_strong-line);
  }
  .sheet[aria-current] {
    box-shadow: 0 0 0 3px var(--_accent);
  }
  .sheet:focus-visible {
    outline-offset: 5px;
  }
  .number {
    position: absolute;
    inset-block-start: calc(100% + 0.25rem);
    inset-inline: 0;
    color: var(--_muted);
    font-size: 0.75rem;
    line-height: 1.25rem;
    text-align: center;
    font-variant-numeric: tabular-nums;
  }
  .sheet[aria-current] ~ .number {
    color: var(--_accent);
    font-weight: 700;
  }
  .badge {
    position: absolute;
    inset-block-start: -0.375rem;
    inset-inline-end: -0.375rem;
    min-inline-size: 1.25rem;
    padding-inline: 0.25rem;
    border: 2px solid var(--_surface);
    border-radius: 1rem;
    background: var(--_seal);
    color: #fff;
    font-size: 0.6875rem;
    font-weight: 700;
    line-height: 1rem;
    text-align: center;
    font-variant-numeric: tabular-nums;
    pointer-events: none;
  }
  .narrow .thumbnails {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    z-index: 4;
    box-shadow: var(--_shadow);
  }
`;
