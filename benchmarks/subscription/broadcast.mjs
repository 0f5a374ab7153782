// The way to beat: a server that sends the whole lot to everybody, every 500 ms.
//
// usage: node broadcast.mjs BAYS, with the package ws within reach. It prints its port, and answers
// each line that it reads: `cpu` with the processor time it has used, in ms; `rss` with its memory, in
// MB; `timed N PER_S` by letting N bays change, with the times at which they did, in seconds of the
// machine's monotonic clock.

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

const timed = (count, perSecond, times = []) => {
  if (times.length === count) {
    console.log(JSON.stringify(times));
    return;
  }
  const bay = bays[Math.floor(Math.random() * bays.length)];
  bay.state = bay.state === "vacant" ? "occupied" : "vacant";
  times.push(Number(process.hrtime.bigint()) / 1e9);
  setTimeout(timed, 1000 / perSecond, count, perSecond, times);
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [command, count, perSecond] = line.split(" ");
    if (command === "timed") {
      timed(Number(count), Number(perSecond));
    } else if (command === "rss") {
      console.log(process.memoryUsage().rss / 1e6);
    } else {
      const { user, system } = process.cpuUsage();
      console.log((user + system) / 1000);
    }
  })
  .on("close", () => process.exit());
