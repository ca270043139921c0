/** An enterprise registers once, in the browser whose scan opened the door. */
import assert from "node:assert/strict";
import { refused } from "../lib/browser.mjs";
import { Phone } from "../lib/phone.mjs";

const needs = ["registration"];
const PASSWORD = "correct-horse-7-battery";
/** Invented, with check characters that are right. */
const CODES = ["91650100MA7ABCDE02", "91650100MA7ABCDE15", "91650100MA7ABCDE28", "91650100MA7ABCDE3B"];

export default (world) => {
  const form = (login) => ({
    login,
    name: "马洛",
    phone: "13900000000",
    kind: "supplier",
    password: PASSWORD,
    agreed: true,
  });

  /** A browser in which a phone of an unknown enterprise was scanned. */
  const withTicket = async (phone) => {
    const browser = await world.browser();
    const problem = refused(
      await world.submit(browser, phone.answer(await world.ask(browser))),
      403,
      "certificate-not-bound",
    );
    assert.equal(problem.next, "/register");
    return browser;
  };

  world.case(
    "nobody registers without the ticket of a scan",
    async () => {
      const browser = await world.browser();
      await world.ask(browser);
      refused(await browser.get("/api/registration"), 404, "not-found");
      const answer = await browser.post("/api/registration", form("mallory"));
      assert.ok([404, 410].includes(answer.status), answer.text);
      assert.equal(await browser.open(), null);
      return [["account.registered", {}, 0]];
    },
    { needs },
  );

  world.case(
    "the ticket is worth nothing in another browser, and used by twenty calls it makes one account",
    async () => {
      const phone = await Phone.enrol(world.operator, { enterprise: "云岭山川贸易有限公司", creditCode: CODES[0] });
      const [browser, other] = [await withTicket(phone), await world.browser()];
      await world.ask(other);
      refused(await other.get("/api/registration"), 404, "not-found");
      assert.ok([404, 410].includes((await other.post("/api/registration", form("mallory"))).status));
      const calls = Array.from({ length: 20 }, (_, index) =>
        browser.copy().post("/api/registration", form(`shan.${index}`)),
      );
      const statuses = (await Promise.all(calls)).map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === 201).length, 1, String(statuses));
      assert.ok(
        statuses.every((status) => [201, 404, 409, 410, 429].includes(status)),
        String(statuses),
      );
      return [["account.registered", {}, 1]];
    },
    { needs },
  );

  world.case(
    "of two browsers with tickets for one enterprise the first registers",
    async () => {
      const enterprise = { enterprise: "云岭河谷物流有限公司", creditCode: CODES[1] };
      const phones = [await Phone.enrol(world.operator, enterprise), await Phone.enrol(world.operator, enterprise)];
      const browsers = [await withTicket(phones[0]), await withTicket(phones[1])];
      assert.equal((await browsers[0].post("/api/registration", form("he.gu"))).status, 201);
      const second = await browsers[1].post("/api/registration", form("he.gu.2"));
      assert.ok([403, 409, 410].includes(second.status), second.text);
      assert.equal(await browsers[1].open(), null);
      return [["account.registered", {}, 1]];
    },
    { needs },
  );

  world.case(
    "a certificate that names the registered enterprise otherwise cannot be bound",
    async () => {
      const [name, other] = ["云岭草原乳业有限公司", "云岭草原食品有限公司"];
      const first = await Phone.enrol(world.operator, { enterprise: name, creditCode: CODES[2] });
      const renamed = await Phone.enrol(world.operator, { enterprise: other, creditCode: CODES[2] });
      const browser = await withTicket(first);
      assert.equal((await browser.post("/api/registration", form("cao.yuan"))).status, 201);
      await browser.open();
      const bind = renamed.answer(await world.ask(browser, { op: "bind" }));
      const problem = refused(await world.submit(browser, bind), 403, "certificate-name-mismatch");
      assert.deepEqual(problem.mismatch, [{ field: "name", certificate: other, account: name }]);
      return [["certificate.bind-refused", { code: "certificate-name-mismatch" }, 1]];
    },
    { needs },
  );

  world.case(
    "a form with odd texts is refused field by field, and registers nobody",
    async () => {
      const phone = await Phone.enrol(world.operator, { enterprise: "云岭高原机械有限公司", creditCode: CODES[3] });
      const browser = await withTicket(phone);
      // From another address each time: the form has a limit per address.
      const send = (body) => browser.copy().post("/api/registration", body);
      const odd = ["", " ", "<script>", "a\u0000b", "\u202eadmin", "x'--", "a\r\nb", "A".repeat(500)];
      for (const login of odd) {
        const problem = refused(await send(form(login)), 422, "malformed");
        assert.ok(problem.fields.login, JSON.stringify(problem));
      }
      for (const [member, texts] of Object.entries({
        name: ["", "a\u0000b", "马\u202e洛", "a\r\nb", "A".repeat(500)],
        phone: ["", "' OR 1=1 --", "1390000000x", "+86\r\n139", "9".repeat(500)],
        password: ["", "short", "A".repeat(5_000)],
      })) {
        for (const text of texts) {
          const problem = refused(await send({ ...form("gao.yuan"), [member]: text }), 422, "malformed");
          assert.ok(problem.fields[member], `${member} ${JSON.stringify(text)}: ${JSON.stringify(problem)}`);
        }
      }
      const taken = await send(form("li.na"));
      assert.equal(taken.status, 409, taken.text);
      assert.equal(taken.json.fields.login, "taken");
      const weak = refused(await send({ ...form("gao.yuan"), password: "123456" }), 422, "malformed");
      assert.ok(weak.fields.password);
      refused(await send({ ...form("gao.yuan"), kind: "platform" }), 400, "malformed");
      return [["account.registered", {}, 0]];
    },
    { needs },
  );
};
