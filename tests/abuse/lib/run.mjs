/** Runs every case against one platform. */
import { after, before, describe } from "node:test";
import audit from "../cases/audit.mjs";
import browsers from "../cases/browsers.mjs";
import certificates from "../cases/certificates.mjs";
import clock from "../cases/clock.mjs";
import forgeries from "../cases/forgeries.mjs";
import input from "../cases/input.mjs";
import order from "../cases/order.mjs";
import pages from "../cases/pages.mjs";
import people from "../cases/people.mjs";
import races from "../cases/races.mjs";
import registration from "../cases/registration.mjs";
import replay from "../cases/replay.mjs";
import { World } from "./world.mjs";

const topics = {
  replay,
  browsers,
  forgeries,
  clock,
  order,
  races,
  certificates,
  registration,
  people,
  pages,
  input,
  audit,
};

export function attack(adapter) {
  describe(adapter.name, { timeout: 240_000 }, () => {
    const world = new World(adapter);
    before(() => world.start());
    after(() => world.stop());
    for (const [topic, define] of Object.entries(topics)) describe(topic, () => define(world));
  });
}
