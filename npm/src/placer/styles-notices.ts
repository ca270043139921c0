// What is shown instead of a document.

import { css } from "lit";

/** Nothing yet, opening, a password, an error. */
export const noticeStyles = css`
  .notice {
    flex: 1;
    display: grid;
    place-items: center;
    padding: 1.5rem;
    background: var(--_stage);
    overflow: auto;
  }
  .notice-body {
    display: grid;
    justify-items: center;
    gap: 0.5rem;
    inline-size: min(24rem, 100%);
    text-align: center;
    animation: appear 0.25s ease-out;
  }
  .notice-icon {
    display: grid;
    place-items: center;
    inline-size: 4rem;
    block-size: 4rem;
    margin-block-end: 0.5rem;
    border-radius: 50%;
    background: var(--_surface);
    color: var(--_accent);
  }
  .notice-icon .icon {
    inline-size: 1.75rem;
    block-size: 1.75rem;
  }
  .danger,
  .problem {
    color: var(--_danger);
  }
  .problem {
    display: flex;
    align-items: flex-start;
    gap: 0.375rem;
  }
  .problem .icon {
    inline-size: 1.125rem;
    block-size: 1.125rem;
  }
  .password {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    inline-size: 100%;
    margin-block-start: 0.75rem;
  }
  .paper {
    display: grid;
    align-content: start;
    gap: 0.625rem;
    inline-size: 7rem;
    aspect-ratio: 1 / 1.3;
    margin-block-end: 1rem;
    padding: 1.125rem 1rem;
    border-radius: 0.25rem;
    background: #fff;
    box-shadow: var(--_shadow);
  }
  .paper i {
    block-size: 0.375rem;
    border-radius: 1rem;
    background: #dfe5ec;
    animation: breathe 1.6s ease-in-out infinite;
  }
  .paper i:first-child {
    inline-size: 55%;
    block-size: 0.5rem;
  }
  .paper i:last-child {
    inline-size: 70%;
  }
  .progress {
    inline-size: min(16rem, 100%);
    block-size: 0.375rem;
    border-radius: 1rem;
    background: var(--_line);
    overflow: hidden;
  }
  .progress span {
    display: block;
    block-size: 100%;
    border-radius: inherit;
    background: var(--_accent);
    transition: inline-size 0.15s;
  }
  .progress.unknown span {
    inline-size: 35% !important;
    animation: pass 1.3s ease-in-out infinite;
  }

  @keyframes breathe {
    50% {
      opacity: 0.45;
    }
  }
  @keyframes pass {
    from {
      transform: translateX(-100%);
    }
    to {
      transform: translateX(300%);
    }
  }
`;
