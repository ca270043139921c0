/** Cuts a seal out of a photograph. A worker of its own: it takes seconds and much memory, which goes with it. */
import init, { cutOut } from "../../wasm/phone/phone.js";
import wasmUrl from "../../wasm/phone/phone_bg.wasm?url";
import type { CutOutAnswer, CutOutQuestion } from "./cut-out";

self.onmessage = async ({ data: { photo, millimetres } }: MessageEvent<CutOutQuestion>) => {
  let answer: CutOutAnswer;
  try {
    await init({ module_or_path: wasmUrl });
    const { png, width, height, millimetres: size } = cutOut(photo, { millimetres });
    answer = { png, width, height, millimetres: size };
  } catch (error) {
    const { code } = error as { code?: unknown };
    answer = { code: typeof code === "string" ? code : "internal" };
  }
  self.postMessage(answer);
};
