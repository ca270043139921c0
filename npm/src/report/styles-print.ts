// How a report comes out of a printer: all of it, black on white.

import { css } from "lit";

/** What was folded is unfolded by the element itself, before it prints. */
export const printStyles = css`
  @media print {
    :host {
      --_accent: #000;
      --_on-accent: #fff;
      --_text: #000;
      --_muted: #333;
      --_line: #999;
      --_surface: #fff;
      --_success: #000;
      --_warning: #000;
      --_danger: #000;
      color-scheme: only light;
      font-size: 10pt;
    }
    /* Browsers break blocks across pages well, and grids badly. */
    .base,
    .history,
    .findings,
    .step-body,
    .card,
    .changes > ul {
      display: block;
    }
    .base > * + *,
    .history > * + *,
    .findings > * + *,
    .step-body > * + *,
    .card > * + *,
    .change + .change {
      margin-block-start: 3mm;
    }
    .step-name {
      min-block-size: 2.25rem;
      margin: 0;
    }
    .verdict {
      padding: 4mm;
      border: 1.5pt solid #000;
      background: #fff;
      break-inside: avoid;
    }
    .sign {
      print-color-adjust: exact;
    }
    .card,
    .changes-by-seal {
      padding: 3mm 4mm;
      border-color: #999;
    }
    .step {
      padding-block-end: 4mm;
    }
    h2,
    h3,
    h4,
    h5,
    summary,
    .card-head,
    .step-name {
      break-after: avoid;
    }
    .fact,
    .checks li,
    .change,
    .reason,
    figure {
      break-inside: avoid;
    }
    summary {
      min-block-size: 0;
      padding-block: 0.5mm;
    }
    summary::after,
    .buttons,
    .own-copy,
    .unseen,
    .viewer,
    .password,
    button.link {
      display: none;
    }
    /* Too far away to be drawn by now: an empty frame would say that there is no seal. */
    canvas.crop:not(.ready) {
      display: none;
    }
    button.place {
      min-block-size: 0;
      padding: 0;
      border: 0;
      color: #000;
    }
    button.place .glyph {
      display: none;
    }
  }
`;
