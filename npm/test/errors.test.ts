import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generatedFiles } from "../scripts/error-texts.mjs";
import { errorText } from "../src/error-text.js";
import { isErrorCode, ScanSealError } from "../src/errors.js";
import { ERROR_FACTS, type ScanSealErrorCode } from "../src/generated/error-codes.js";

const codes = Object.keys(ERROR_FACTS) as ScanSealErrorCode[];

describe("error codes", () => {
  it("are those of crates/protocol, with its texts", () => {
    for (const { url, content } of generatedFiles()) expect(readFileSync(url, "utf8")).toBe(content);
  });

  it.each(["zh-Hans", "en"] as const)("have a cause in %s, and no gap in cause or advice", (locale) => {
    for (const code of codes) {
      const { cause, advice } = errorText(code, locale);
      expect(cause, code).not.toBe("");
      expect(`${cause}${advice}`, code).not.toMatch(/[{}]/);
    }
  });

  it("lose only the sentence that needs a number which is not known here", () => {
    expect(errorText("pin-wrong", "en").advice).toBe("Type it again.");
    expect(errorText("pin-locked", "zh-Hans", { until: "20:15" }).advice).toBe("请在 20:15 之后再试。");
    expect(errorText("pin-locked", "zh-Hans").advice).toBe("");
  });

  it("are told from other strings", () => {
    expect(isErrorCode("qr-expired")).toBe(true);
    expect(isErrorCode("toString")).toBe(false);
    expect(isErrorCode(undefined)).toBe(false);
  });
});

describe("ScanSealError", () => {
  it("says code and detail in its message", () => {
    const error = new ScanSealError("full", { detail: "why" });
    expect(error.message).toBe("full: why");
    expect(new ScanSealError("full").message).toBe("full");
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("ScanSealError");
  });

  it("takes the code of a problem response", async () => {
    const body = JSON.stringify({ code: "certificate-revoked", detail: "on 1 May" });
    const error = await ScanSealError.fromResponse(new Response(body, { status: 403 }));
    expect(error.code).toBe("certificate-revoked");
    expect(error.detail).toBe("on 1 May");
  });

  it.each(["<html>", "null", "{}", '{"code":"no-such-code"}'])("is internal for the response %s", async (body) => {
    const error = await ScanSealError.fromResponse(new Response(body, { status: 502 }));
    expect(error.code).toBe("internal");
    expect(error.detail).toBe("HTTP status 502");
  });

  it("wraps foreign errors as internal and passes its own on", () => {
    const own = new ScanSealError("full");
    const foreign = new TypeError("no network");
    expect(ScanSealError.from(own)).toBe(own);
    expect(ScanSealError.from(foreign)).toMatchObject({ code: "internal", cause: foreign, detail: "no network" });
  });
});
