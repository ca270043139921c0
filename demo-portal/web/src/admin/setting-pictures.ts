/** The login card in small: with one code, and with a tab for each kind of certificate. */
import { html, svg, type TemplateResult } from "lit";
import type { Settings } from "./model";

const code = (x: number, y: number) => svg`<g class="code" transform="translate(${x} ${y})">
  <path d="M0 0h12v12H0zM3 3v6h6V3zM24 0h12v12H24zM27 3v6h6V3zM0 24h12v12H0zM3 27v6h6v-6z" fill-rule="evenodd" />
  <path d="M15 0h3v6h-3zM19 4h3v5h-3zM15 10h6v3h-6zM0 15h6v3H0zM9 15h4v5H9zM16 16h5v5h-5zM24 15h4v3h-4zM31 14h5v5h-5zM15 24h3v7h-3zM20 27h4v3h-4zM26 22h4v4h-4zM32 24h4v4h-4zM26 30h4v6h-4zM15 33h6v3h-6zM32 32h4v4h-4z" />
</g>`;

const card = svg`<rect class="card-shape" x="8" y="6" width="104" height="84" rx="7" />`;

export const settingPictures: Record<Settings["codes"], TemplateResult> = {
  one: html`<svg class="login-picture" viewBox="0 0 120 96" aria-hidden="true">
    ${card}
    <path class="ruled" d="M20 18h34" />
    ${code(42, 32)}
    <path class="ruled thin" d="M40 78h40" />
  </svg>`,
  two: html`<svg class="login-picture" viewBox="0 0 120 96" aria-hidden="true">
    ${card}
    <path class="tab-chosen" d="M20 24h34" /><path class="ruled" d="M24 17h26M70 17h26" /><path class="thin ruled" d="M8 25h104" />
    ${code(42, 34)}
    <path class="ruled thin" d="M40 79h40" />
  </svg>`,
};
