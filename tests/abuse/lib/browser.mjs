/** A browser as an attacker has it: cookies, pages' headers, and whatever else shall be sent instead. */
import assert from "node:assert/strict";
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let addresses = 0;
/** Longer bodies than this may be cut off by a server that refuses them. */
const CUT_OFF_BYTES = 64 * 1024;

export class Browser {
  /** Cookies by name. */
  cookies = new Map();
  /** Every `Set-Cookie` that came. */
  setCookies = [];
  csrf = "";

  /** `base` is the platform's origin. Each browser has an address of its own, so that limits per address stay out of the way. */
  constructor(base) {
    this.base = base;
    addresses += 1;
    this.address = `198.18.${addresses >> 8}.${addresses & 255}`;
  }

  /** Opens the page: gets a session and its token. Returns the account that is logged in, or null. */
  async open() {
    const answer = await this.get("/api/session");
    assert.equal(answer.status, 200, answer.text);
    this.csrf = answer.json.csrf;
    return answer.json.account;
  }

  get(path, headers = {}) {
    return this.#send("GET", path, headers);
  }

  /** What a page of the platform sends; `headers` replace its own, null leaves one out. `raw` is a body as it is. */
  post(path, body, { headers = {}, raw } = {}) {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const type = text === undefined ? {} : { "content-type": "application/json" };
    const page = { origin: this.base, "sec-fetch-site": "same-origin", "x-csrf-token": this.csrf };
    return this.#send("POST", path, { ...page, ...type, ...headers }, text);
  }

  /** As {@link post}, and the answer must be a success. */
  async succeed(path, body) {
    const answer = await this.post(path, body);
    assert.ok(answer.status < 300, `${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** The same cookies in another object: what somebody has who copied them. */
  copy() {
    const copy = new Browser(this.base);
    copy.cookies = new Map(this.cookies);
    copy.csrf = this.csrf;
    return copy;
  }

  #send(method, path, headers, body) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const all = { "x-forwarded-for": this.address, ...(cookie && { cookie }), ...headers };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    const { hostname, port, host } = new URL(this.base);
    const sent = { hostname, port, path, method, agent, headers: { host, ...given } };
    return new Promise((resolve, reject) => {
      const call = request(sent, (response) => {
        const pieces = [];
        response.on("data", (piece) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => resolve(this.#take(response, Buffer.concat(pieces).toString())));
      });
      call.on("error", (error) => {
        if (!["EPIPE", "ECONNRESET"].includes(error.code)) return reject(error);
        // The server had closed this connection after the call before: nothing of this one was read.
        if (call.reusedSocket) return resolve(this.#send(method, path, headers, body));
        // A server that will not read a body to its end may cut the connection while it is still being sent.
        if (body?.length > CUT_OFF_BYTES) return resolve({ status: 0, headers: {}, rawHeaders: [], text: "" });
        return reject(error);
      });
      call.end(body);
    });
  }

  #take({ statusCode, headers, rawHeaders }, text) {
    for (const line of headers["set-cookie"] ?? []) {
      this.setCookies.push(line);
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const json =
      /json$/.test((headers["content-type"] ?? "").split(";")[0]) && text !== "" ? JSON.parse(text) : undefined;
    return { status: statusCode, headers, rawHeaders, text, json };
  }
}

/** The answer must be a refusal in the project's form. Returns the problem. */
export function refused(answer, status, code) {
  const got = `${answer.status} ${answer.json?.code ?? answer.text.slice(0, 200)}`;
  assert.equal(got, `${status} ${code}`, answer.json?.detail);
  assert.match(answer.headers["content-type"], /^application\/problem\+json/);
  assert.equal(answer.json.type, `urn:scanseal:error:${code}`);
  assert.equal(answer.json.status, status);
  return answer.json;
}
