/** Calls of the operator's and the authority's services. */

/** The text of a good answer; every other one is an error with its code. */
export async function reach(url: string, options: RequestInit): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(url, options);
  } catch (cause) {
    throw Object.assign(new Error(String(cause)), { code: "offline" });
  }
  if (answer.ok) return answer.text();
  const type = answer.headers.get("content-type") ?? "";
  const { code, detail } = type.includes("json") ? ((await answer.json()) as { code?: string; detail?: string }) : {};
  const seconds = Number(answer.headers.get("retry-after")) || undefined;
  throw Object.assign(new Error(detail ?? `HTTP ${answer.status}`), { code: code ?? "internal", seconds });
}
