/**
 * What was decided while running: settings of a relation that come before every file, relations that no account file names, and
 * relations that ended. Kept in one file of the data folder, so that it holds from start to start, and can be read and removed
 * by its owner. It holds no secrets.
 */
import { join } from "node:path";
import { z } from "zod";
import { checkForm } from "./check-form.ts";
import { nickname } from "./forms.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { readJson } from "./read-json.ts";
import { writeJson } from "./write-json.ts";

/** What was decided while running, by command or by a strategy; it comes before every file. */
export interface RunTimeAllocation {
  readonly leader: string;
  readonly follower: string;
  /** The same keys as in an account file. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The follower does not copy this leader, whatever its file says. */
  readonly ended?: true | undefined;
}

const ALLOCATIONS_MAX = 100_000;

const fileSchema = z.strictObject({
  version: z.literal(1, { error: "must be 1: another version of copytrader wrote it" }),
  allocations: z
    .array(
      z.strictObject({
        leader: nickname(),
        follower: nickname(),
        values: z.record(z.string(), z.unknown()),
        ended: z.literal(true).optional(),
      }),
    )
    .max(ALLOCATIONS_MAX),
});

export interface RunTimeFile {
  readonly allocations: readonly RunTimeAllocation[];
  readonly problems: readonly ConfigurationProblem[];
}

export function runTimeFile(dataDir: string): string {
  return join(dataDir, "run-time-allocations.json");
}

export function readRunTimeAllocations(dataDir: string): RunTimeFile {
  const file = readJson(runTimeFile(dataDir));
  if (file.kind === "absent") return { allocations: [], problems: [] };
  if (file.kind === "broken") return { allocations: [], problems: file.problems };
  const form = checkForm(fileSchema, file.content, { placeOf: file.placeOf, quotesValues: true });
  return form.ok
    ? { allocations: form.value.allocations, problems: [] }
    : { allocations: [], problems: form.problems };
}

/** Durable on return, whole or not at all; throws an Error that names the file when it cannot be written. */
export function writeRunTimeAllocations(dataDir: string, allocations: readonly RunTimeAllocation[]): void {
  writeJson(runTimeFile(dataDir), { version: 1, allocations });
}

/** A relation as it is told anew: `null` takes a value back, so that the files decide it again. */
export interface RunTimeChange {
  readonly leader: string;
  readonly follower: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly ended?: true;
}

/** What is decided once `change` is. A relation that ended begins anew without its old values. */
export function withChange(
  known: readonly RunTimeAllocation[],
  { leader, follower, values = {}, ended }: RunTimeChange,
): readonly RunTimeAllocation[] {
  const others = known.filter((one) => one.leader !== leader || one.follower !== follower);
  if (ended === true) return [...others, { leader, follower, values: {}, ended }];
  const before = known.find((one) => one.leader === leader && one.follower === follower);
  const merged = { ...(before?.ended === true ? {} : before?.values), ...values };
  const stated = Object.entries(merged).filter(([, value]) => value !== null);
  return [...others, { leader, follower, values: Object.fromEntries(stated) }];
}
