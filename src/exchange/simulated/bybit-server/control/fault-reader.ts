/**
 * The body of `PUT /control/faults` as a fault set. It replaces the whole set; what is absent is off.
 */
import { type FaultSet, NO_FAULTS } from "../faults.ts";
import { ControlReader } from "./reader.ts";

const LATENCY_MAX_MS = 600_000;
const SKEW_MAX_MS = 86_400_000;
const SEED_MAX = 2 ** 53 - 1;

const KEYS = Object.keys(NO_FAULTS);

export function readFaults(body: unknown): FaultSet {
  const reader = new ControlReader(body, KEYS);
  const chance = (key: keyof FaultSet): number => reader.number(key, 0, 1) ?? 0;
  return {
    seed: reader.number("seed", 0, SEED_MAX) ?? NO_FAULTS.seed,
    requestLost: chance("requestLost"),
    responseLost: chance("responseLost"),
    http5xx: chance("http5xx"),
    retCode10006: chance("retCode10006"),
    retCode10016: chance("retCode10016"),
    partialFills: chance("partialFills"),
    latencyMs: reader.range("latencyMs", LATENCY_MAX_MS) ?? [0, 0],
    streamDropped: chance("streamDropped"),
    streamDuplicated: chance("streamDuplicated"),
    streamReordered: chance("streamReordered"),
    streamDelayMs: reader.range("streamDelayMs", LATENCY_MAX_MS) ?? [0, 0],
    streamSilent: reader.flag("streamSilent") ?? false,
    streamDisconnect: reader.flag("streamDisconnect") ?? false,
    clockSkewMs: reader.number("clockSkewMs", -SKEW_MAX_MS, SKEW_MAX_MS) ?? 0,
    accounts: reader.texts("accounts"),
  };
}
