// How signatures, their checks and changes look.

import { css } from "lit";

/** Cards from top to bottom. */
export const signatureStyles = css`
  .card {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.875rem;
    padding: 1.125rem 1.25rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  .signature-failed,
  .card-failed {
    border-color: var(--_danger);
  }
  .signature-indeterminate {
    border-color: var(--_warning);
  }
  .card-row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
  }
  .card-head {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    justify-content: space-between;
    gap: 0.25rem 1rem;
  }
  .kind {
    color: var(--_muted);
    font-size: 0.8125em;
  }
  .card h4 {
    font-size: 1.125em;
    font-weight: 700;
  }
  .outcome {
    display: inline-flex;
    gap: 0.375rem;
    padding: 0.125rem 0.75rem 0.125rem 0.5rem;
    border: 1px solid currentcolor;
    border-radius: 2rem;
    font-size: 0.875em;
    font-weight: 600;
    white-space: nowrap;
  }
  .outcome-passed {
    color: var(--_success);
  }
  .outcome-indeterminate {
    color: var(--_warning);
  }
  .outcome-failed {
    color: var(--_danger);
  }
  .hint {
    display: flex;
    gap: 0.5rem;
    color: var(--_warning);
    font-size: 0.9375em;
    font-weight: 600;
  }

  /* Facts beside pictures of the seal. */
  .card-body {
    display: flex;
    flex-wrap: wrap;
    gap: 1rem 1.5rem;
  }
  .facts {
    display: grid;
    align-content: start;
    gap: 0.375rem;
    flex: 1 1 20rem;
    min-inline-size: 0;
    font-size: 0.9375em;
  }
  .fact {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1rem;
  }
  .fact dt {
    flex: 0 0 11em;
    color: var(--_muted);
  }
  .fact dd {
    flex: 1 1 12em;
    min-inline-size: 0;
  }
  .impressions {
    display: flex;
    flex-wrap: wrap;
    align-content: flex-start;
    gap: 0.75rem;
    max-inline-size: 100%;
  }
  .impressions > p {
    align-self: center;
  }
  figcaption {
    margin-block-start: 0.125rem;
    color: var(--_muted);
    font-size: 0.8125em;
    text-align: center;
  }
  .crop {
    display: block;
    block-size: 7.5rem;
    max-inline-size: 12rem;
    margin-inline: auto;
    border: 1px solid var(--_line);
    border-radius: 0.5rem;
    background: #fff;
    object-fit: contain;
  }
  .crop:not(.ready) {
    inline-size: 7.5rem;
    background: var(--_line);
    opacity: 0.5;
    animation: breathe 1.8s ease-in-out infinite;
  }
  .crop.failed {
    animation: none;
  }
  .crop-failed {
    display: none;
  }
  .crop.failed + figcaption .crop-failed {
    display: inline;
  }
  @keyframes breathe {
    50% {
      opacity: 0.25;
    }
  }

  /* What the file claims: set apart, so that nobody takes it for proven. */
  .claims {
    padding: 0.625rem 0.875rem;
    border: 1px dashed var(--_muted);
    border-radius: 0.5rem;
    font-size: 0.9375em;
  }
  .claims h5 {
    margin-block-end: 0.25rem;
    color: var(--_muted);
    font-size: 0.875em;
    font-weight: 600;
  }

  /* What folds. */
  summary {
    display: flex;
    align-items: flex-start;
    gap: 0.5rem;
    min-block-size: 2.5rem;
    padding-block: 0.375rem;
    border-radius: 0.25rem;
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary::after {
    content: "";
    flex: none;
    inline-size: 0.5em;
    block-size: 0.5em;
    margin-block-start: 0.5em;
    margin-inline: auto 0.375rem;
    border: solid var(--_muted);
    border-width: 0 2px 2px 0;
    transform: rotate(45deg);
    transition: transform 0.15s;
  }
  details[open] > summary::after {
    transform: translateY(0.25em) rotate(225deg);
  }
  .answers {
    border-block-end: 1px solid var(--_line);
  }
  .answer {
    border-block-start: 1px solid var(--_line);
  }
  .asked {
    display: flex;
    flex-wrap: wrap;
    flex: 1;
    gap: 0 0.5rem;
    min-inline-size: 0;
  }
  .question {
    flex: 0 0 8em;
    font-weight: 600;
  }
  .asked .said {
    flex: 1 1 14em;
  }
  .answer-failed .said {
    color: var(--_danger);
    font-weight: 600;
  }
  .answer-indeterminate .said {
    color: var(--_warning);
    font-weight: 600;
  }
  .answer > :not(summary) {
    margin-inline-start: 1.75rem;
    padding-block-end: 0.625rem;
  }
  .reason {
    font-size: 0.9375em;
  }
  .checks {
    display: grid;
    gap: 0.5rem;
    font-size: 0.9375em;
  }
  .checks li {
    display: flex;
    gap: 0.5rem;
  }
  .checks .said {
    color: var(--_muted);
    font-size: 0.875em;
    font-weight: 400;
    white-space: nowrap;
  }
  .checks .said-failed {
    color: var(--_danger);
  }
  .checks .said-indeterminate {
    color: var(--_warning);
  }
  .technical > summary,
  .changes > summary,
  .objects > summary {
    justify-content: flex-start;
    color: var(--_muted);
    font-size: 0.9375em;
  }
  .technical > .facts {
    padding-block: 0.25rem 0.5rem;
    font-size: 0.875em;
  }
  .technical ol {
    padding-inline-start: 1.25em;
    list-style: decimal;
  }

  /* Changes. */
  .changes-by-seal {
    padding-inline: 1.25rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  .changes > ul {
    display: grid;
    gap: 0.75rem;
    padding-block: 0.25rem 0.75rem;
  }
  .change {
    display: flex;
    gap: 0.625rem;
  }
  .change > div {
    flex: 1;
    min-inline-size: 0;
  }
  .places {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem;
    margin-block: 0.25rem;
  }
  button.place {
    min-block-size: 2rem;
    padding-inline: 0.625rem;
    border-radius: 2rem;
    color: var(--_accent);
    font-size: 0.875em;
  }
  .objects > summary {
    min-block-size: 1.75rem;
    padding-block: 0.125rem;
    font-size: 0.8125em;
  }
  .objects > summary::after {
    margin-inline-start: 0.25rem;
  }
  .objects ul {
    padding-inline-start: 1rem;
  }
  @media (max-width: 30rem) {
    .card {
      padding: 1rem;
    }
    .card,
    .changes-by-seal {
      position: relative;
      padding-inline: 1rem;
    }
    .question {
      flex-basis: 100%;
    }
    .fact dt {
      flex-basis: 100%;
      font-size: 0.9375em;
    }
    .answer > :not(summary) {
      margin-inline-start: 0;
    }
    .card-buttons button {
      flex: 1 1 auto;
      white-space: nowrap;
    }
  }
`;
