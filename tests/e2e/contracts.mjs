/** What the parties of a contract do on their pages and their phones. */
import assert from "node:assert/strict";
import { PIN, review, scan, typePin, waitForState } from "./people.mjs";

/** Draws up a contract with this file, and submits it; gives its number. */
export async function drawUp(desktop, portal, { title, amount, party, file }, look = async () => {}) {
  await desktop.goto(`${portal.url}/contracts`);
  await desktop.getByRole("link", { name: "新建合同" }).first().click();
  await desktop.getByLabel("合同名称").fill(title);
  await desktop.getByLabel("合同金额（元）").fill(amount);
  await desktop.getByLabel("查找企业").fill(party.slice(0, 4));
  await desktop.keyboard.press("Enter");
  await desktop.getByRole("button", { name: `添加 ${party}` }).click();
  await desktop.locator("#file").setInputFiles(file);
  await look("form");
  await desktop.getByRole("button", { name: "保存草稿" }).click();
  await desktop.getByRole("heading", { name: title, level: 1 }).waitFor();
  await desktop.getByText("合同已保存。").waitFor();
  await look("draft");
  await desktop.getByRole("button", { name: "提交", exact: true }).click();
  await desktop.getByRole("dialog").getByRole("button", { name: "提交", exact: true }).click();
  await desktop.locator(".number-line").getByText("审核中").waitFor();
  await desktop.getByText("合同已提交。").waitFor();
  return desktop.locator(".number-line .mono").textContent();
}

/** What the seal page has of its placer. */
export const placerOf = (desktop) => {
  const part = (name) => desktop.locator(`scanseal-placer [part~="${name}"]`);
  return {
    part,
    button: (name) => desktop.locator("scanseal-placer").getByRole("button", { name, exact: true }),
    places: () => desktop.evaluate(() => document.querySelector("scanseal-placer").places),
  };
};

/** Opens the page on which this contract is sealed and waits for the document. */
export async function openSealing(desktop) {
  await desktop.getByRole("link", { name: "扫码盖章" }).click();
  await placerOf(desktop).part("page").first().locator("> canvas").waitFor();
  await desktop.getByText("已按关键字").waitFor();
}

/** Drags the seal from beside the document onto a page, to these shares of its width and height. */
export async function dragSeal(desktop, page, [right, down]) {
  const { part } = placerOf(desktop);
  const [from, to] = [await boxOf(part("palette")), await boxOf(page)];
  await desktop.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await desktop.mouse.down();
  await desktop.mouse.move(to.x + to.width * right, to.y + to.height * down, { steps: 12 });
  await desktop.mouse.up();
}

async function boxOf(locator) {
  const box = await locator.boundingBox();
  assert.ok(box, "it is on the screen");
  return box;
}

/** Goes on from the places to the code. */
export async function toCode(desktop) {
  await desktop.getByRole("button", { name: "下一步：手机扫码" }).click();
  await waitForState(desktop, "waiting");
}

/** Scans the code on the desktop with the phone's camera and compares the number on both screens. */
export async function scanToSeal(phone, desktop, camera) {
  await scan(phone, desktop, camera);
  const number = await review(phone);
  const shown = await desktop.locator('scanseal-qr [part="check-number"]').textContent();
  assert.equal(shown.replace(/\s/g, ""), number, "both screens show the same number");
}

/** Has the phone fetch every document and check it. */
export async function fetchAndCheck(phone) {
  await phone.getByRole("button", { name: "取回并核对" }).click();
  await phone.getByRole("heading", { name: "核对完成，可以签章" }).waitFor();
}

/** Types the PIN and waits until both ends say that it is sealed. */
export async function sealByPin(phone, desktop) {
  await phone.getByRole("button", { name: /^继续/ }).click();
  await typePin(phone, PIN);
  await phone.getByRole("heading", { name: "签章完成" }).waitFor();
  await desktop.getByRole("heading", { name: /合同已盖章/ }).waitFor();
}

/** Whether the page that the phone shows has red ink. */
export function redInk(phone) {
  return phone.evaluate(() => {
    const canvas = document.querySelector(".sheet-slot canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let red = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] > 150 && data[at + 1] < 90 && data[at + 2] < 110) red += 1;
    return red > 200;
  });
}

/** Downloads the newest version from the page of its contract. */
export async function download(desktop, to) {
  const [file] = await Promise.all([
    desktop.waitForEvent("download"),
    desktop.getByRole("link", { name: "下载文件" }).click(),
  ]);
  await file.saveAs(to);
  return file.suggestedFilename();
}
