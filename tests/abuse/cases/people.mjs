/** Who looks after whom. */
import assert from "node:assert/strict";
import { refused } from "../lib/browser.mjs";

const needs = ["people"];

export default (world) => {
  world.case(
    "an operator looks after nobody, and nobody after themselves or another enterprise",
    async () => {
      const [operator, administrator] = [await world.login("chen.jing"), await world.login("li.na")];
      refused(await operator.get("/api/people"), 403, "not-allowed");
      refused(
        await operator.post("/api/people", { login: "x.y", name: "徐", phone: "13900000001" }),
        403,
        "not-allowed",
      );
      for (const action of ["disable", "enable", "make-administrator", "make-operator"]) {
        refused(await operator.post(`/api/people/li.na/${action}`), 403, "not-allowed");
        refused(await administrator.post(`/api/people/wang.qiang/${action}`), 404, "not-found");
      }
      assert.equal((await administrator.post("/api/people/li.na/disable")).status, 409);
      assert.equal((await administrator.post("/api/people/li.na/make-operator")).status, 409);
      return [
        ["account.disabled", {}, 0],
        ["account.role-changed", {}, 0],
      ];
    },
    { needs },
  );

  world.case(
    "an account that was closed is out at once, and no way leads in",
    async () => {
      const [operator, administrator] = [await world.login("chen.jing"), await world.login("li.na")];
      const device = await world.enrol("chen.jing");
      const pending = device.answer(await world.ask(operator, { op: "bind" }));
      assert.equal((await administrator.post("/api/people/chen.jing/disable")).status, 200);
      try {
        const bind = await world.submit(operator, pending);
        assert.ok(
          ["401 login-required", "403 account-disabled"].includes(`${bind.status} ${bind.json.code}`),
          bind.text,
        );
        assert.equal(await operator.open(), null);
        const outside = await world.browser();
        const phone = await world.phoneOf("chen.jing");
        refused(await world.submit(outside, phone.answer(await world.ask(outside))), 403, "account-disabled");
        const { login, password } = world.people.get("chen.jing");
        refused(await outside.post("/api/login", { login, password }), 403, "account-disabled");
      } finally {
        assert.equal((await administrator.post("/api/people/chen.jing/enable")).status, 200);
      }
      assert.ok(await (await world.login("chen.jing")).open());
      return [
        ["account.disabled", {}, 1],
        ["account.enabled", {}, 1],
        ["certificate.bound", { certificate: device.id }, 0],
      ];
    },
    { needs },
  );

  world.case(
    "a person with odd texts for a name is not added",
    async () => {
      const administrator = await world.login("li.na");
      const person = { login: "xu.lin", name: "徐林", phone: "13900000002" };
      for (const odd of ["", "<script>", "a\u0000b", "\u202eadmin", "a\r\nb", "A".repeat(500)]) {
        refused(await administrator.post("/api/people", { ...person, login: odd }), 422, "malformed");
        if (odd !== "<script>")
          refused(await administrator.post("/api/people", { ...person, name: odd }), 422, "malformed");
        refused(await administrator.post("/api/people", { ...person, phone: odd }), 422, "malformed");
      }
      refused(await administrator.post("/api/people", { ...person, role: "administrator" }), 400, "malformed");
      return [["account.added", {}, 0]];
    },
    { needs },
  );

  world.case(
    "platform staff's calls are nobody else's",
    async () => {
      const browser = await world.login("li.na");
      for (const path of [
        "summary",
        "accounts",
        "bindings",
        "certificates",
        "sessions",
        "trust-list",
        "keys",
        "settings",
        "security",
        "webhooks",
        "audit",
        "audit/export",
      ]) {
        refused(await browser.get(`/api/admin/${path}`), 403, "not-allowed");
        refused(await (await world.browser()).get(`/api/admin/${path}`), 401, "login-required");
      }
      for (const path of [
        "accounts/li.na/make-administrator",
        "keys/next",
        "keys/switch",
        "trust-list/cas/tianchi/unlist",
      ]) {
        refused(await browser.post(`/api/admin/${path}`), 403, "not-allowed");
      }
    },
    { needs: [...needs, "admin"] },
  );
};
