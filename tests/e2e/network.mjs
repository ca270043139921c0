/** A network that can be cut: a SOCKS5 proxy (RFC 1928, no authentication, CONNECT only) between one browser and this machine. */
import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * Starts it; `cut` drops every connection and lets none through until `mend`. `cutAfter` does so once the browser has
 * received so many bytes more; `received` is how many those are in all.
 */
export async function startNetwork() {
  const sockets = new Set();
  let whole = true;
  let received = 0;
  let limit = Number.POSITIVE_INFINITY;
  const track = (socket) => {
    sockets.add(socket);
    // What is cut is an end, not a fault: browsers reset connections too.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    track(client);
    if (whole) serve(client, track, count);
    else client.destroy();
  });
  const count = (bytes) => {
    received += bytes;
    if (received >= limit) cut();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    whole = false;
    limit = Number.POSITIVE_INFINITY;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: server.address().port,
    cut,
    cutAfter(bytes) {
      limit = received + bytes;
    },
    mend() {
      whole = true;
    },
    get received() {
      return received;
    },
    async stop() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

function serve(client, track, count) {
  client.once("data", () => {
    client.write(Uint8Array.of(5, 0));
    client.once("data", (request) => {
      const [, command, , type, length] = request;
      if (command !== 1 || type !== 3) return client.end(Uint8Array.of(5, 7, 0, 1, 0, 0, 0, 0, 0, 0));
      const port = request.readUInt16BE(5 + length);
      // Only this machine, whatever name was asked for.
      const server = connect(port, "127.0.0.1", () => {
        client.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
        client.pipe(server).pipe(client);
      });
      track(server);
      server.on("data", (chunk) => count(chunk.length));
      server.on("close", () => client.destroy());
      client.on("close", () => server.destroy());
    });
  });
}
