// Starts the example platform: `node src/main.js`.

import { once } from "node:events";
import { createServer } from "node:http";
import { createApp } from "./app.js";
import { Audit } from "./audit.js";
import { readConfig } from "./config.js";
import { Operator } from "./operator.js";
import { addPeople } from "./people.js";
import { Store } from "./store.js";

const config = readConfig(process.env);
const [store, audit] = [new Store(), new Audit()];
const accounts = await addPeople(store, config.accounts);
const operator = await Operator.connect(config);

const server = createServer(
  // Slow senders must not hold connections; headers larger than a browser's are nobody's.
  { headersTimeout: 10_000, requestTimeout: 20_000, maxHeaderSize: 16 * 1024 },
  createApp({ config, operator, store, audit }),
);
server.listen(config.port, "127.0.0.1");
await once(server, "listening");

console.log(`\n  ${config.origin}\n`);
for (const { login, password, enterprise } of accounts) console.log(`  ${login} / ${password}  ${enterprise}`);
// For programs that start this one; people need no passwords a second time.
if (!process.stdout.isTTY) console.log(`ready ${JSON.stringify({ desktop: `${config.origin}/`, accounts })}`);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    operator.close();
    server.close();
    server.closeIdleConnections();
  });
}
