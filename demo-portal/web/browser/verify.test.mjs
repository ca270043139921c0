// The public verify page in Chromium, under the portal's policy. With SHOTS=FOLDER it keeps pictures.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { inspect, LOOKS, launch, openPage, settled } from "./chromium.mjs";
import { trustOf } from "./mock.mjs";
import { chosen, NOW, startVerify } from "./verify.mjs";

const shots = process.env.SHOTS;
let browser;
let portal;
let url;

before(async () => {
  if (shots) mkdirSync(shots, { recursive: true });
  [browser, portal] = await Promise.all([launch(), startVerify()]);
  url = `${portal.mock.url}/verify`;
});

after(async () => {
  await browser?.close();
  await portal?.mock.close();
});

const shot = async (page, name, fullPage = true) => {
  await settled(page);
  if (shots) await page.screenshot({ path: path.join(shots, `verify-${name}.png`), fullPage });
};
const choose = (page, ...files) => page.locator("input.chooser").setInputFiles(files);
const headline = (page, at = 0) => page.locator("scanseal-report h2").nth(at);
const open = async (t, options = {}) => {
  const opened = await openPage(browser, { now: NOW, ...options });
  t.after(() => opened.context.close());
  await opened.page.goto(url);
  await opened.page.locator(".basis, .renewal").first().waitFor();
  return opened;
};

describe("somebody without an account", () => {
  for (const { name, ...look } of LOOKS) {
    test(`looks at the page and at reports: ${name}`, async (t) => {
      const { page, check } = await open(t, look);
      await inspect(page, "the empty page");
      await shot(page, `${name}-1-empty`);
      await choose(page, chosen("设备采购合同.pdf", portal.files.sealed));
      await headline(page).waitFor();
      await page.locator("scanseal-report canvas.crop").first().scrollIntoViewIfNeeded();
      await page.locator("scanseal-report canvas.crop.ready").first().waitFor();
      await inspect(page, "one report");
      await shot(page, `${name}-2-passed`);
      await choose(
        page,
        chosen("补充协议 2026-11（双方盖章）.pdf", portal.files.changed),
        chosen("报价单.docx", Buffer.from("PK\u0003\u0004")),
        chosen("保密协议.pdf", portal.files.protected),
        chosen("未盖章.pdf", portal.files.unsigned),
      );
      await page.getByText(look.lang === "en" ? /without a conclusion/ : /没有结论/).waitFor();
      await page
        .locator(".results-head [role=status]")
        .filter({ hasNotText: /在检查|still/ })
        .waitFor();
      await inspect(page, "several reports");
      await shot(page, `${name}-3-several`);
      check();
    });
  }

  test("reads that a file is genuine, and by what it was judged", async (t) => {
    const { page, check } = await open(t);
    await choose(page, chosen("设备采购合同.pdf", portal.files.sealed));
    await headline(page).filter({ hasText: "签章真实有效，文件未被改动" }).waitFor();
    await page.getByText("示例认证中心（演示）").waitFor();
    assert.equal(await page.locator(".results-head [role=status]").textContent(), "1 个通过");
    assert.equal(await page.title(), "验证文件 · 云岭公共资源交易");
    check();
  });

  test("gives the root certificates that other programs have to trust", async (t) => {
    const { page, check } = await open(t);
    await page.getByText("请先把这些根证书导入并设为信任").waitFor();
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "下载根证书：示例认证中心（演示）" }).click(),
    ]);
    assert.match(saved.suggestedFilename(), /-root\.cer$/);
    assert.ok(
      readFileSync(await saved.path()).equals(portal.root),
      "the certificate that signatures are judged by, DER",
    );
    check();
  });

  test("never sends a byte of a file: the server is asked for files and the trust list alone", async (t) => {
    const { page } = await open(t);
    portal.mock.calls.splice(0);
    await choose(page, chosen("设备采购合同.pdf", portal.files.sealed));
    await headline(page).waitFor();
    assert.deepEqual(
      portal.mock.calls.filter(({ method, body }) => method !== "GET" || body.length > 0),
      [],
    );
  });

  test("is told why something is not checked", async (t) => {
    const { page } = await open(t);
    await choose(
      page,
      chosen("空.pdf", Buffer.alloc(0)),
      chosen("照片.pdf", Buffer.from([0xff, 0xd8, 0xff])),
      chosen("保密协议.pdf", portal.files.protected),
    );
    await page.getByText("这个文件是空的").waitFor();
    await page.getByText("这不是 PDF 文件").waitFor();
    await headline(page).filter({ hasText: "无法读取此文件" }).waitFor();
    // The report asks for the password, and the file is checked with it.
    await page.locator("scanseal-report #password").fill("user");
    await page.keyboard.press("Enter");
    await headline(page).filter({ hasText: "此文件没有电子签章" }).waitFor();
  });

  test("chooses a folder: its PDFs are checked by their paths, and nothing is sent of them either", async (t) => {
    const { page } = await open(t);
    const folder = mkdtempSync(path.join(tmpdir(), "scanseal-web-"));
    t.after(() => rmSync(folder, { recursive: true }));
    mkdirSync(path.join(folder, "合同/附件"), { recursive: true });
    writeFileSync(path.join(folder, "合同/甲.pdf"), portal.files.sealed);
    writeFileSync(path.join(folder, "合同/附件/乙.pdf"), portal.files.changed);
    writeFileSync(path.join(folder, "合同/说明.txt"), "no PDF");
    portal.mock.calls.splice(0);
    await page.locator("input.folder-chooser").setInputFiles(path.join(folder, "合同"));
    await page.locator(".results-head [role=status]").filter({ hasText: "1 个通过，1 个不通过" }).waitFor();
    assert.deepEqual(await page.locator("article .name").allTextContents(), ["合同/甲.pdf", "合同/附件/乙.pdf"]);
    assert.deepEqual(
      portal.mock.calls.filter(({ method, body }) => method !== "GET" || body.length > 0),
      [],
    );
  });

  test("saves what came of all files, with the trust list it rests on", async (t) => {
    const { page } = await open(t);
    await choose(page, chosen("甲.pdf", portal.files.sealed), chosen("乙.docx", Buffer.from("PK")));
    await page.locator(".results-head [role=status]").filter({ hasText: "1 个通过，1 个没有结论" }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "导出 JSON" }).first().click(),
    ]);
    assert.match(download.suggestedFilename(), /^验证结果-2027-01-01\.json$/);
    const { trust, files } = JSON.parse(readFileSync(await download.path(), "utf8"));
    assert.deepEqual([trust.operator, trust.version, trust.kept], ["云岭公共资源交易平台（演示）", 12, false]);
    assert.deepEqual(
      files.map(({ name, report, notChecked }) => [name, report?.document.verdict ?? notChecked]),
      [
        ["甲.pdf", "passed"],
        ["乙.docx", "not-pdf"],
      ],
    );
  });

  test("drops files anywhere, a folder among them", async (t) => {
    const { page } = await open(t);
    const transfer = await page.evaluateHandle(
      (bytes) => {
        const made = new DataTransfer();
        made.items.add(new File([new Uint8Array(bytes)], "合同.pdf", { type: "application/pdf" }));
        return made;
      },
      [...portal.files.sealed],
    );
    await page.dispatchEvent("footer, body", "dragover", { dataTransfer: transfer });
    await page.getByText("松开鼠标，开始检查").waitFor();
    await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
    await headline(page).filter({ hasText: "签章真实有效" }).waitFor();
  });

  test("does it all by keyboard, and takes files off again", async (t) => {
    const { page } = await open(t);
    await choose(page, chosen("甲.pdf", portal.files.sealed), chosen("乙.pdf", portal.files.changed));
    await page.locator(".results-head [role=status]").filter({ hasText: "1 个通过，1 个不通过" }).waitFor();
    // Of several, the one that failed is open.
    assert.deepEqual(await page.locator(".fold").evaluateAll((all) => all.map((one) => one.ariaExpanded)), [
      "false",
      "true",
    ]);
    const first = page.locator(".fold").first();
    await first.focus();
    await page.keyboard.press("Enter");
    await headline(page).waitFor();
    await page.getByRole("button", { name: "移除 甲.pdf" }).focus();
    await page.keyboard.press("Enter");
    await page
      .locator(".results-head [role=status]")
      .filter({ hasText: /^1 个不通过$/ })
      .waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), "再选文件");
  });

  test("prints every report, folded ones too", async (t) => {
    const { page } = await open(t, { viewport: { width: 794, height: 1123 } });
    await choose(page, chosen("甲.pdf", portal.files.sealed), chosen("乙.pdf", portal.files.changed));
    await page.locator(".results-head [role=status]").filter({ hasText: "1 个通过，1 个不通过" }).waitFor();
    await page.emulateMedia({ media: "print" });
    assert.deepEqual(
      await page.locator("scanseal-report").evaluateAll((all) => all.map((one) => one.offsetHeight > 100)),
      [true, true],
    );
    assert.equal(await page.locator(".drop").isVisible(), false);
    await shot(page, "print");
  });
});

describe("without a network", () => {
  test("the page that was open once opens, checks, and trusts whom it knows", async (t) => {
    const { page, context } = await open(t);
    await page.getByText("本页已保存在浏览器里").waitFor();
    await context.setOffline(true);
    portal.reach.server = false;
    t.after(() => {
      portal.reach.server = true;
    });
    await page.reload();
    await page.getByText("用的是上次保存的名单").waitFor();
    await choose(page, chosen("设备采购合同.pdf", portal.files.sealed));
    await headline(page).filter({ hasText: "签章真实有效，文件未被改动" }).waitFor();
    await page.locator("scanseal-report canvas.crop.ready").first().waitFor();
  });
});

describe("a trust list that is no good", () => {
  for (const [what, forge, words] of [
    ["signed by another key", (trust) => ({ ...trust, operator: { ...trust.operator, listKeys: ["AAAA"] } }), "不正确"],
    [
      "changed after it was signed",
      (trust) => {
        const [head, claims, signature] = trust.list.split(".");
        const changed = Buffer.from(claims, "base64url").toString().replace("演示", "真的");
        return { ...trust, list: [head, Buffer.from(changed).toString("base64url"), signature].join(".") };
      },
      "不正确",
    ],
    ["that has expired", (_trust, root) => trustOf(root, { now: NOW.getTime() - 30 * 86_400_000 }), "已经过期"],
  ]) {
    test(`${what} vouches for nobody`, async (t) => {
      const { trust } = portal.reach;
      t.after(() => {
        portal.reach.trust = trust;
      });
      portal.reach.trust = forge(trust, "");
      const { page } = await open(t);
      await page.getByText(words).waitFor();
      await choose(page, chosen("设备采购合同.pdf", portal.files.sealed));
      await headline(page).filter({ hasText: "没有验证是谁签章" }).waitFor();
    });
  }
});
