/**
 * Shows the cards as their sources are now, in front of a Home Assistant that runs:
 *
 *     npm run serve [http://127.0.0.1:8123 [8125]]
 *
 * All but the cards' files is handed on, web sockets too, so that one logs in as ever; the files are
 * built when the page asks for them: after a change it is enough to load the page anew.
 */

import { createServer, request } from "node:http";
import { connect } from "node:net";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

import { built } from "./build.js";

const FILE = /^\/smart_parking\/[\da-f]{16}\/([\w-]+\.js)$/;

/**
 * Return a server in front of another one.
 * @param {URL} home
 * @param {() => Promise<Map<string, string>>} [build]
 */
export function front(home, build = built) {
  const server = createServer((asked, answer) => {
    const [, name = ""] = FILE.exec(asked.url ?? "") ?? [];
    if (name) void send(name, answer);
    else pass(asked, answer);
  });

  /** @param {string} name @param {import("node:http").ServerResponse} answer */
  async function send(name, answer) {
    try {
      const text = (await build()).get(name);
      const headers = { "Cache-Control": "no-store", "Content-Type": "text/javascript" };
      answer.writeHead(text === undefined ? 404 : 200, headers).end(text);
    } catch (error) {
      // What is wrong with the sources has been said by the build; the page hears of it, too.
      answer.writeHead(500, { "Content-Type": "text/plain" }).end(String(error));
    }
  }

  /**
   * @param {import("node:http").IncomingMessage} asked
   * @param {import("node:http").ServerResponse} answer
   */
  function pass(asked, answer) {
    const { method, headers } = asked;
    const onwards = request(new URL(asked.url ?? "/", home), { method, headers }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(answer);
    });
    onwards.on("error", (error) => answer.writeHead(502).end(String(error)));
    answer.on("close", () => onwards.destroy());
    asked.pipe(onwards);
  }

  server.on("upgrade", (asked, socket, head) => {
    const onwards = connect(Number(home.port || 80), home.hostname, () => {
      const headers = asked.rawHeaders.flatMap((name, at) =>
        at % 2 ? [] : [`${name}: ${asked.rawHeaders[at + 1]}`],
      );
      onwards.write([`GET ${asked.url} HTTP/1.1`, ...headers, "", ""].join("\r\n"));
      onwards.write(head);
      onwards.pipe(socket).pipe(onwards);
    });
    onwards.on("error", () => socket.destroy());
    socket.on("error", () => onwards.destroy());
  });
  return server;
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const [home = "http://127.0.0.1:8123", port = "8125"] = argv.slice(2);
  front(new URL(home)).listen(Number(port), "127.0.0.1", () => {
    console.log(`The cards of ${home}, as their sources are now: http://127.0.0.1:${port}`);
  });
}
