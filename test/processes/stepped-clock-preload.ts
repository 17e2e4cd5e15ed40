/**
 * Loaded into a program before its own code (`--import`): its wall clock is off by as many milliseconds as the file named in
 * STEPPED_CLOCK_FILE says, looked up twenty times a second. Only the wall clock: what is measured since the start stays.
 */
import { readFileSync } from "node:fs";

const LOOK_MS = 50;
const file = process.env.STEPPED_CLOCK_FILE;
const realNow = Date.now;
let offMs = 0;

Date.now = () => realNow() + offMs;
setInterval(() => {
  if (file === undefined) return;
  const told = Number(readFileSync(file, "utf8"));
  if (Number.isFinite(told)) offMs = told;
}, LOOK_MS).unref();
