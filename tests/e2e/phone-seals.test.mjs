/** Seals in the phone: those of the authority, a signature by finger, a photographed seal; kept for use without a network. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { PHONE, startBrowser, TARGET } from "./harness.mjs";
import { inspector } from "./inspect.mjs";
import { enrol, PIN, typePin } from "./people.mjs";
import { ENTERPRISE, startStage } from "./stage.mjs";

async function begin(t, context = {}) {
  const stage = await startStage(t);
  const phone = await (await startBrowser(t, { ...PHONE, ...context })).newPage();
  phone.on("console", (message) => ["warning", "error"].includes(message.type()) && t.diagnostic(message.text()));
  await enrol(phone, stage.home);
  await phone.getByRole("button", { name: "我的印章" }).click();
  await phone.getByRole("heading", { name: "我的印章" }).waitFor();
  return { stage, phone };
}

for (const colorScheme of ["light", "dark"])
  test(`seals are listed with what became of them, and one is revoked (${colorScheme})`, async (t) => {
    const { phone } = await begin(t, { colorScheme });
    const look = inspector(colorScheme, "phone");
    for (const [name, status] of [
      ["公章", "有效"],
      ["合同专用章", "有效"],
      ["合同专用章（旧）", "已过期"],
      ["法定代表人章", "已停用"],
      ["公章（2）", "已退回"],
    ])
      await phone.getByRole("button", { name: `${name} ${status}`, exact: true }).waitFor();
    await look(phone, "seals-1-list");
    await phone.getByRole("button", { name: "公章（2） 已退回" }).click();
    await phone.getByText("退回原因：照片不清楚，请重新拍摄。").waitFor();
    await phone.getByRole("button", { name: "返回" }).click();
    await phone.getByRole("button", { name: "法定代表人章 已停用" }).click();
    await phone.getByText("停用原因：印章遗失").waitFor();
    await phone.getByRole("button", { name: "返回" }).click();
    await phone.getByRole("button", { name: "公章 有效", exact: true }).click();
    await look(phone, "seals-2-one");
    await phone.getByRole("button", { name: "停用这枚印章" }).click();
    await phone.getByRole("dialog").getByRole("button", { name: "停用这枚印章" }).click();
    await typePin(phone, "739183");
    await phone.getByRole("alert").filter({ hasText: "还可以试" }).waitFor();
    await typePin(phone, PIN);
    await phone.getByRole("heading", { name: "已停用" }).waitFor();
    await phone.getByRole("button", { name: "我的印章" }).click();
    await phone.getByRole("button", { name: "公章 已停用", exact: true }).waitFor();
    // What is in the phone stays there without the authority.
    await phone.context().setOffline(true);
    await phone.getByRole("button", { name: "更新" }).click();
    await typePin(phone, PIN);
    await phone.getByRole("alert").filter({ hasText: "连不上服务器" }).waitFor();
    await phone.getByRole("button", { name: "返回" }).click();
    await phone.getByRole("button", { name: "合同专用章 有效", exact: true }).waitFor();
  });

for (const colorScheme of ["light", "dark"])
  test(`a signature is written by finger, with undo, or typed (${colorScheme})`, async (t) => {
    const { phone } = await begin(t, { colorScheme });
    const look = inspector(colorScheme, "phone");
    await phone.getByRole("button", { name: "手写签名" }).click();
    assert.ok(await phone.getByRole("button", { name: "还没有内容" }).isDisabled());
    await write(phone, 0);
    await write(phone, 70);
    await phone.getByRole("radio", { name: "蓝" }).check({ force: true });
    await phone.getByRole("button", { name: "保存签名" }).waitFor();
    const two = await inked(phone);
    await phone.getByRole("button", { name: "撤销" }).click();
    await phone.waitForFunction(() => document.querySelector("draw-pad").strokes.length === 1);
    assert.ok((await inked(phone)) < two);
    await write(phone, 90);
    await look(phone, "seals-3-draw");
    await phone.getByRole("radio", { name: "输入姓名" }).check({ force: true });
    await phone.getByLabel("姓名", { exact: true }).fill("李娜");
    await phone.getByRole("img", { name: "手写签名" }).waitFor();
    await look(phone, "seals-4-typed");
    await phone.getByRole("radio", { name: "手写", exact: true }).check({ force: true });
    await phone.getByRole("button", { name: "保存签名" }).click();
    await typePin(phone, PIN);
    await phone.getByRole("heading", { name: "签名已保存" }).waitFor();
    await phone.getByRole("button", { name: "我的印章" }).click();
    const card = phone.getByRole("button", { name: "手写签名 有效", exact: true });
    await card.waitFor();
    const { width, clear, blue } = await pictureOf(card);
    assert.ok(width > 900, `${width} pixels are too few for paper`);
    assert.ok(clear > 0.5 && blue > 0.002, `clear ${clear}, blue ${blue}`);
    await look(phone, "seals-5-with-signature");
  });

test("a seal is photographed, cut out, named and sent for review", async (t) => {
  const { stage, phone } = await begin(t);
  const look = inspector("light", "phone");
  const photo = await photograph(t, stage);
  await phone.getByRole("button", { name: "拍摄印章" }).click();
  await look(phone, "seals-6-photo-empty");
  const [input] = [phone.locator('photo-cut input[type="file"]').last()];
  await input.setInputFiles({ name: "white.png", mimeType: "image/png", buffer: await blank(phone) });
  await phone.getByRole("alert").filter({ hasText: "照片中没有找到清晰的印章" }).waitFor({ timeout: 60_000 });
  await input.setInputFiles({ name: "no-picture.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") });
  await phone.getByRole("alert").filter({ hasText: "印章图片无法读取" }).waitFor();
  await input.setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer: photo });
  await phone.getByRole("img", { name: "抠出的印章" }).waitFor({ timeout: 60_000 });
  await phone.getByRole("button", { name: "提交审核" }).click();
  await phone.getByText("请输入印章名称").waitFor();
  await phone.getByText("请选择印章种类").waitFor();
  // Which kind it is, nobody guesses; the usual size comes with it.
  await phone.locator("photo-cut").getByText("单位公章").click();
  assert.equal(await phone.getByLabel("印章长边（毫米）").inputValue(), "42");
  await phone.getByLabel("印章名称").fill("公章（新）");
  await look(phone, "seals-7-photo-cut");
  await phone.getByRole("button", { name: "提交审核" }).click();
  await typePin(phone, PIN);
  await phone.getByRole("heading", { name: "已提交审核" }).waitFor();
  await phone.getByRole("button", { name: "我的印章" }).click();
  const card = phone.getByRole("button", { name: "公章（新） 审核中", exact: true });
  await card.waitFor();
  // Its picture is there though the authority does not send it back.
  await card.locator("img").waitFor();
});

test("a seal gets another picture: a signature at once, a stamp after review", async (t) => {
  const { stage, phone } = await begin(t);
  const look = inspector("light", "phone");
  await phone.getByRole("button", { name: "手写签名" }).click();
  await save(phone, 0);
  await phone.getByRole("button", { name: "我的印章" }).click();
  await phone.getByRole("button", { name: "手写签名 有效", exact: true }).click();
  await phone.getByRole("button", { name: "重新书写" }).click();
  await phone.getByText("保存后立即取代这个签名").waitFor();
  await look(phone, "seals-8-write-anew");
  await save(phone, 60);
  await phone.getByText("它已取代原来的签名").waitFor();
  await phone.getByRole("button", { name: "我的印章" }).click();
  await phone.getByRole("button", { name: "手写签名 有效", exact: true }).waitFor();
  await phone.getByRole("button", { name: "手写签名 已停用", exact: true }).click();
  await phone.getByText("停用原因：已被新的印章取代").waitFor();
  await phone.getByRole("button", { name: "返回" }).click();

  const photo = await photograph(t, stage);
  await phone.getByRole("button", { name: "公章 有效", exact: true }).click();
  await phone.getByRole("button", { name: "更换图样" }).click();
  const input = phone.locator('photo-cut input[type="file"]').last();
  await input.setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer: photo });
  await phone.getByRole("img", { name: "抠出的印章" }).waitFor({ timeout: 60_000 });
  // Its kind is fixed, name and size are the old one's until somebody changes them.
  assert.equal(await phone.getByRole("radio").count(), 0);
  assert.equal(await phone.getByLabel("印章名称").inputValue(), "公章");
  assert.equal(await phone.getByLabel("印章长边（毫米）").inputValue(), "42");
  await look(phone, "seals-9-replace");
  await phone.getByRole("button", { name: "提交审核" }).click();
  await typePin(phone, PIN);
  await phone.getByText("审核通过后取代原来的印章").waitFor();
  await phone.getByRole("button", { name: "我的印章" }).click();
  await phone.getByRole("button", { name: "公章 审核中", exact: true }).click();
  await phone.getByText("通过后将取代“公章”").waitFor();
  await phone.getByRole("button", { name: "返回" }).click();
  await phone.getByRole("button", { name: "公章 有效", exact: true }).click();
  await phone.getByText("新的图样“公章”正在审核").waitFor();
  await look(phone, "seals-10-being-replaced");
  assert.equal(await phone.getByRole("button", { name: "更换图样" }).count(), 0);
});

/** Writes something and saves it. */
async function save(phone, offset) {
  await write(phone, offset);
  await phone.getByRole("button", { name: "保存签名" }).click();
  await typePin(phone, PIN);
  await phone.getByRole("heading", { name: "签名已保存" }).waitFor();
}

test("a phone that knows the operator from before there were seals asks it again", async (t) => {
  const stage = await startStage(t);
  const phone = await (await startBrowser(t, { ...PHONE, serviceWorkers: "block" })).newPage();
  const described = "**/.well-known/scanseal";
  await phone.route(described, async (route) => {
    const { seals, ...older } = await (await route.fetch()).json();
    assert.ok(seals);
    await route.fulfill({ json: older });
  });
  await enrol(phone, stage.home);
  await phone.unroute(described);
  await phone.getByRole("button", { name: "我的印章" }).click();
  await phone.getByText("还没有从发证机构获取印章").waitFor();
  await phone.getByRole("button", { name: "手写签名" }).click();
  await save(phone, 0);
});

/** Draws a wave on the pad. */
async function write(phone, offset) {
  const box = await phone.locator(".pad canvas").boundingBox();
  const at = (step) => [box.x + 40 + offset + step * 6, box.y + 110 + Math.sin(step / 3) * 60];
  await phone.mouse.move(...at(0));
  await phone.mouse.down();
  for (let step = 1; step < 30; step += 1) await phone.mouse.move(...at(step));
  await phone.mouse.up();
}

/** How many places of the pad have ink. */
function inked(phone) {
  return phone.evaluate(() => {
    const canvas = document.querySelector(".pad canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at] > 0) count += 1;
    return count;
  });
}

/** Size of the picture on a card, and how much of it is clear and blue. */
function pictureOf(card) {
  return card.locator("img").evaluate(async (image) => {
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let [clear, blue] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 0) clear += 1;
      else if (data[at + 2] > data[at] + 60) blue += 1;
    }
    const all = data.length / 4;
    return { width: canvas.width, clear: clear / all, blue: blue / all };
  });
}

/** A sheet with a seal on a table, as a camera sees it. */
async function photograph(t, stage) {
  const seal = join(stage.folder, "photographed.png");
  const program = join(TARGET, "scanseal");
  execFileSync(program, ["seal-picture", "round", ENTERPRISE, "-o", seal], { stdio: "ignore" });
  const { readFile } = await import("node:fs/promises");
  const page = await (await startBrowser(t)).newPage();
  const jpeg = await page.evaluate(
    async (bytes) => {
      const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
      const canvas = new OffscreenCanvas(1600, 1200);
      const context = canvas.getContext("2d");
      context.fillStyle = "#6b5b4a";
      context.fillRect(0, 0, 1600, 1200);
      const light = context.createLinearGradient(0, 0, 1600, 1200);
      light.addColorStop(0, "#f7f4ea");
      light.addColorStop(1, "#d6d2c4");
      context.fillStyle = light;
      context.fillRect(120, 90, 1360, 1020);
      context.fillStyle = "#333";
      context.font = "34px serif";
      for (let line = 0; line < 6; line += 1) context.fillText("兹证明上述内容属实，特此说明。", 200, 200 + line * 60);
      context.globalAlpha = 0.85;
      context.translate(1000, 760);
      context.rotate(0.1);
      context.drawImage(picture, -240, -240, 480, 480);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
      return [...new Uint8Array(await blob.arrayBuffer())];
    },
    [...(await readFile(seal))],
  );
  return Buffer.from(jpeg);
}

/** White paper. */
async function blank(phone) {
  const bytes = await phone.evaluate(async () => {
    const canvas = new OffscreenCanvas(800, 600);
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, 800, 600);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  return Buffer.from(bytes);
}
