/**
 * Loaded into a program before its own code (`--import`): once a second it adds a line to the file named in METER_FILE (MeterLine
 * in meter.ts). The threads of the program do not write.
 */
import { appendFileSync, readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const RESOLUTION_MS = 10;
const file = process.env.METER_FILE;

if (file !== undefined && isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let used = process.threadCpuUsage();
  let busyMs = 0;
  setInterval(() => {
    const now = process.threadCpuUsage();
    busyMs = Math.max(busyMs, (now.user - used.user + now.system - used.system) / 1_000);
    used = now;
  }, RESOLUTION_MS).unref();
  setInterval(() => {
    const { rss, heapUsed } = process.memoryUsage();
    const descriptors = readdirSync("/proc/self/fd").length;
    const stallMs = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
    appendFileSync(file, `${JSON.stringify({ stallMs, busyMs, rss, heapUsed, descriptors })}\n`);
    delay.reset();
    busyMs = 0;
  }, 1_000).unref();
}
