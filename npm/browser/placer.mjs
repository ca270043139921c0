// What the tests and pictures of `<scanseal-placer>` have in common: the page's script, and its files.

import { encryptedPdf, makeContract, makePdf } from "./pdf-files.mjs";
import { sealPng } from "./seal.mjs";

export const files = {
  "contract.pdf": makeContract(12),
  "turned.pdf": makePdf([
    { width: 842, height: 595, rotate: 90 },
    { width: 100, height: 100 },
  ]),
  "large.pdf": makeContract(500, { picture: 450 }),
  "password.pdf": encryptedPdf(),
  "damaged.pdf": Buffer.from("%PDF-1.7\nnothing of it is left"),
  "seal.png": sealPng(),
};

/** Defines `mount(name, prepare)`, which shows a file of `/files/` and waits until it is open, or refused. */
export const script = `
import "/dist/placer.js";
globalThis.file = async (name) => (await fetch("/files/" + name)).blob();
globalThis.mount = async (name, { places = [], words = ["甲方（盖章）", "乙方（盖章）", "法定代表人"], ...rest } = {}) => {
  document.querySelector("scanseal-placer")?.remove();
  const placer = document.createElement("scanseal-placer");
  globalThis.placer = placer;
  globalThis.heard = [];
  for (const type of ["places-change", "placer-ready", "placer-error"])
    placer.addEventListener(type, ({ detail }) => heard.push([type, detail]));
  Object.assign(placer, { picture: await file("seal.png"), keywords: words, places, ...rest });
  document.querySelector("#main").append(placer);
  if (name) placer.file = await file(name);
  const settled = () => placer.shadowRoot.querySelector(".stage, .notice .password, .notice [role=alert]");
  while (name && !settled()) await new Promise((resolve) => setTimeout(resolve, 20));
  await placer.updateComplete;
};
globalThis.ready = true;`;
