/** Larger drawings for results and empty places, in the colours of the page. */
import { html, svg, type TemplateResult } from "lit";

function picture(content: TemplateResult, size = "0 0 176 120"): TemplateResult {
  return html`<svg class="picture" viewBox=${size} aria-hidden="true">${content}</svg>`;
}

const sheet = svg`<path class="sheet" d="M46 12h62l22 22v74H46z" /><path class="fold" d="M108 12v22h22" />`;
const lines = svg`<path class="ruled" d="M60 50h42M60 62h54M60 74h34" />`;
const phone = svg`<rect class="device" x="104" y="46" width="36" height="64" rx="6" /><path class="ruled" d="M117 104h10" />`;

/** A blank certificate beside a phone: nothing is bound yet. */
export const noCertificatePicture = picture(svg`
  ${sheet}${lines}${phone}
  <circle class="ring" cx="70" cy="92" r="9" />
  <path class="mark" d="M116 62h4v4h-4zM124 62h4v4h-4zM116 70h4v4h-4zM124 74h4v4h-4zM116 80h8" />
`);

/** A sealed sheet: it is done. */
export const donePicture = picture(svg`
  ${sheet}${lines}
  <circle class="seal" cx="112" cy="88" r="21" />
  <path class="tick" d="M102 88.5l7 7 13.5-14" />
`);

/** Two sheets that do not agree. */
export const mismatchPicture = picture(svg`
  <path class="sheet" d="M22 20h56v80H22z" /><path class="ruled" d="M34 38h30M34 50h32M34 62h20" />
  <path class="sheet" d="M98 20h56v80H98z" /><path class="ruled" d="M110 38h30M110 50h32" /><path class="odd" d="M110 62h26" />
  <path class="gap" d="M83 54h10M83 66h10M92 46L84 74" />
`);

/** A sheet that stopped half-way. */
export const refusedPicture = picture(svg`
  ${sheet}${lines}
  <circle class="stop" cx="112" cy="88" r="21" />
  <path class="tick" d="M112 77v13M112 97.5v.5" />
`);

/** A torn sheet: it could not be read. */
export const brokenPicture = picture(svg`
  <path class="sheet" d="M46 60V12h62l22 22v22l-14 8-12-9-14 10-14-9-16 8z" /><path class="fold" d="M108 12v22h22" />
  <path class="ruled" d="M60 36h36M60 48h20" />
  <path class="sheet" d="M44 74l16-8 16 9 14-10 14 9 12-9 14-6v49H44z" /><path class="ruled" d="M58 92h52" />
`);

/** A certificate in ice: it is frozen. */
export const frozenPicture = picture(svg`
  ${sheet}${lines}
  <circle class="ice" cx="112" cy="88" r="21" />
  <path class="tick" d="M112 75v26M100.7 81.5l22.6 13M100.7 94.5l22.6-13" />
`);

/** Two people and a place for a third. */
export const peoplePicture = picture(svg`
  <circle class="sheet" cx="62" cy="44" r="16" /><path class="sheet" d="M34 100c0-22 12-32 28-32s28 10 28 32z" />
  <circle class="ring" cx="116" cy="48" r="14" /><path class="ring" d="M94 100c0-20 9-28 22-28s22 8 22 28" />
  <path class="mark" d="M150 28v16M142 36h16" />
`);

/** A sheet on its way into a tray, with a seal under a glass: something to check. */
export const dropPicture = picture(svg`
  <path class="tray" d="M26 76v28h124V76" /><path class="tray" d="M26 76h30l8 12h48l8-12h30" />
  <path class="sheet" d="M60 8h44l14 14v54H60z" /><path class="fold" d="M104 8v14h14" />
  <path class="ruled" d="M71 32h30M71 43h36" />
  <circle class="stop" cx="96" cy="60" r="11" /><path class="tick star" d="M96 53l2 4.6 5 .4-3.8 3.3 1.2 4.9-4.4-2.6-4.4 2.6 1.2-4.9-3.8-3.3 5-.4z" />
`);

/** Sheets in a folder: contracts will be here. */
export const noContractsPicture = picture(svg`
  <path class="sheet" d="M52 14h52l16 16v50H52z" /><path class="fold" d="M104 14v16h16" /><path class="ruled" d="M64 42h44M64 53h36" />
  <path class="device" d="M28 52h40l10 12h70v46H28z" />
  <circle class="ring" cx="128" cy="88" r="10" />
`);

/** A sealed sheet beside a clock: it waits to be taken. */
export const waitingPicture = picture(svg`
  ${sheet}${lines}
  <circle class="later" cx="112" cy="88" r="21" />
  <path class="tick" d="M112 75v14l9 6" />
`);
