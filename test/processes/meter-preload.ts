/**
 * Loaded into a program before its own code (`--import`): once a second it writes down, in the file named in METER_FILE, how
 * long its event loop stood still at most in that second and what it holds. The threads of the program do not write.
 */
import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const RESOLUTION_MS = 10;
const file = process.env.METER_FILE;

if (file !== undefined && isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  setInterval(() => {
    const { rss, heapUsed } = process.memoryUsage();
    const descriptors = readdirSync("/proc/self/fd").length;
    const stallMs = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
    // Whoever reads it meanwhile finds the whole of the second before.
    writeFileSync(`${file}.new`, JSON.stringify({ atMs: Date.now(), stallMs, rss, heapUsed, descriptors }));
    renameSync(`${file}.new`, file);
    delay.reset();
  }, 1_000).unref();
}
