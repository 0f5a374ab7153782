/** Whoever works on the cards sees them as they are, in front of a Home Assistant. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";

const HASH = "0123456789abcdef";
const esbuild = new URL("../../node_modules/esbuild", import.meta.url);
const missing = existsSync(esbuild) ? false : "npm ci has not been run";

/** @param {import("node:http").Server} server @returns {Promise<URL>} */
async function listening(server) {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return new URL(`http://127.0.0.1:${port}`);
}

describe("the server in front", { skip: missing }, () => {
  /** @type {import("node:http").Server} */
  let home;
  /** @type {import("node:http").Server} */
  let server;
  /** @type {URL} */
  let address;
  let source = "1";

  before(async () => {
    home = createServer(async (asked, answer) => {
      let text = "";
      for await (const part of asked) text += part;
      answer.writeHead(201, { "X-Said": asked.headers["x-asked"] ?? "" });
      answer.end(`${asked.method} ${asked.url} ${text}`);
    });
    home.on("upgrade", (asked, socket) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nX-Key: ${asked.headers["x-key"]}\r\n\r\n`);
      socket.on("data", (/** @type {Buffer} */ data) => socket.end(data));
    });
    const { front } = await import("../../scripts/frontend/serve.js");
    server = front(await listening(home), async () => {
      if (source === "wrong") throw new Error("card.js:1: wrong");
      return new Map([["card.js", source]]);
    });
    address = await listening(server);
  });
  after(() => [home, server].forEach((one) => one.close()));

  it("hands on what is not the cards'", async () => {
    const answer = await fetch(new URL("/api/x?y=1", address), {
      method: "POST",
      body: "text",
      headers: { "X-Asked": "so" },
    });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get("X-Said"), "so");
    assert.equal(await answer.text(), "POST /api/x?y=1 text");
  });

  it("builds the cards' files whenever they are asked for", async () => {
    const file = new URL(`/smart_parking/${HASH}/card.js`, address);
    for (source of ["1", "2"]) {
      const answer = await fetch(file);
      assert.equal(answer.headers.get("Cache-Control"), "no-store");
      assert.equal(await answer.text(), source);
    }
    assert.equal((await fetch(new URL("none.js", file))).status, 404);
  });

  it("says what is wrong with the sources", async () => {
    source = "wrong";
    const answer = await fetch(new URL(`/smart_parking/${HASH}/card.js`, address));
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /card\.js:1/);
  });

  it("hands on web sockets", async () => {
    const socket = connect(Number(address.port), address.hostname);
    socket.write("GET /api/websocket HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
    socket.write("X-Key: abc\r\n\r\n");
    const [head] = await once(socket, "data");
    assert.match(String(head), /^HTTP\/1\.1 101 .*\r\nX-Key: abc\r\n/);
    socket.write("said");
    const [said] = await once(socket, "data");
    assert.equal(String(said), "said");
  });

  it("says that nobody is behind it", async () => {
    const { front } = await import("../../scripts/frontend/serve.js");
    const alone = front(new URL("http://127.0.0.1:1"));
    const answer = await fetch(await listening(alone));
    assert.equal(answer.status, 502);
    alone.close();
  });
});
