/**
 * Drives the running portal by its own description: schemathesis makes up calls, good ones and bad ones, and looks whether
 * the answers are those described. Once as nobody, once as an enterprise's administrator, once as platform staff.
 *
 *     node tests/openapi/run.mjs SCHEMATHESIS [EXAMPLES PER OPERATION]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startPortal, temporaryFolder } from "../e2e/harness.mjs";

const [schemathesis, examples = "8"] = process.argv.slice(2);
// What would end the session that the run itself uses.
const ENDS_THE_RUN = ["/api/logout", "/api/sessions/{id}/end", "/api/admin/sessions/{id}/end"];
// DER, which schemathesis cannot make; the portal's own tests ask by OpenSSL.
const NOT_TEXT = "/(ocsp|timestamp)$";
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];

const ends = [];
let failed = 0;
try {
  const scope = { after: (work) => ends.push(work) };
  const [portal, folder] = [await startPortal(scope), await temporaryFolder(scope)];
  for (const login of [null, "li.na", "admin"]) {
    const headers = login ? await logIn(portal, login) : {};
    console.log(`\n${login ?? "nobody"}: ${examples} calls an operation and kind`);
    if ((await run(folder, portal.url, headers, login ? ENDS_THE_RUN : [])) !== 0) failed += 1;
  }
  const wrong = portal.log.filter((line) => /panicked|internal fault/.test(line));
  if (wrong.length > 0) {
    console.log(`the portal's log tells of faults:\n${wrong.join("\n")}`);
    failed += 1;
  }
} finally {
  for (const end of ends.reverse()) await end();
}
console.log(`openapi: ${3 - failed} of 3 runs passed`);
process.exitCode = failed > 0 ? 1 : 0;

/** The headers of somebody's page. */
async function logIn({ url, accounts }, login) {
  const { password } = accounts.find((account) => account.login === login);
  const before = await session(url, {});
  const headers = {
    "content-type": "application/json",
    origin: url,
    cookie: before.cookie,
    "x-csrf-token": before.csrf,
  };
  const body = JSON.stringify({ login, password });
  const answer = await fetch(`${url}/api/login`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${login} cannot log in: ${answer.status} ${await answer.text()}`);
  const cookie = cookieOf(answer);
  const { csrf } = await session(url, { cookie });
  return { cookie, "x-csrf-token": csrf, origin: url };
}

async function session(url, headers) {
  const answer = await fetch(`${url}/api/session`, { headers });
  const { csrf } = await answer.json();
  return { csrf, cookie: cookieOf(answer) };
}

function cookieOf(answer) {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

async function run(folder, url, headers, excluded) {
  const child = spawn(
    schemathesis,
    [
      "run",
      `${url}/api/openapi.json`,
      `--url=${url}`,
      `--checks=${CHECKS.join(",")}`,
      "--phases=examples,coverage,fuzzing",
      `--max-examples=${examples}`,
      "--continue-on-failure",
      "--seed=20261122",
      "--no-color",
      "--generation-database=none",
      "--warnings=off",
      "--suppress-health-check=all",
      `--exclude-path-regex=${NOT_TEXT}`,
      ...excluded.map((path) => `--exclude-path=${path}`),
      ...Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
    ],
    // It leaves a folder of its own where it runs.
    { cwd: folder, stdio: ["ignore", "inherit", "inherit"] },
  );
  const [status] = await once(child, "close");
  return status;
}
