// The way to beat: a server that sends the whole lot to everybody, every 500 ms.
//
// usage: node broadcast.mjs BAYS, with the package ws within reach. It prints its port, and on every
// line that it reads the processor time it has used, in ms.

import { createInterface } from "node:readline";
import { WebSocketServer } from "ws";

const PERIOD_MS = 500;

const bays = Array.from({ length: Number(process.argv[2]) }, (_, index) => ({
  id: `A${String(index + 1).padStart(4, "0")}`,
  state: index % 3 ? "occupied" : "vacant",
}));
const server = new WebSocketServer({ host: "127.0.0.1", port: 0 }, () => {
  console.log(server.address().port);
});
setInterval(() => {
  const message = JSON.stringify(bays);
  for (const client of server.clients) client.send(message);
}, PERIOD_MS);

createInterface({ input: process.stdin })
  .on("line", () => {
    const { user, system } = process.cpuUsage();
    console.log((user + system) / 1000);
  })
  .on("close", () => process.exit());
