/**
 * Puts each deliberate defect into the copier, runs the simulator on it, and prints a table of what noticed each. Exit code 1 when
 * one went unnoticed.
 */
import { availableParallelism } from "node:os";
import { DEFECTS, type Defect } from "../test/simulation/defects.ts";
import { type Catch, runDefect } from "../test/simulation/run-defect.ts";
import { countOf, readArguments, refuse } from "./arguments.ts";

const HELP = `Puts each deliberate defect into the copier, runs the simulator on it, and prints a table of what noticed each.

  npm run mutate -- [--schedules N] [--events N] [--only TEXT] [--workers N] [--list] [--json]

  --schedules N   histories that may notice a defect (default 160)
  --events N      how long each is (default 200)
  --only TEXT     defects whose name, file or kind of history has this text
  --workers N     processes at once (default: as many as the machine runs at once)
  --list          the defects, tried on nothing
  --json          one JSON object on standard output

Exit code 1 when a defect went unnoticed, 2 when asked for wrongly.`;

const values = readArguments(HELP, {
  schedules: { type: "string", default: "160" },
  events: { type: "string", default: "200" },
  only: { type: "string", default: "" },
  workers: { type: "string", default: String(availableParallelism()) },
  list: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
});
const schedules = countOf("schedules", values.schedules);
const events = countOf("events", values.events);
const workers = countOf("workers", values.workers);
const chosen = DEFECTS.filter((defect) =>
  `${defect.name} ${defect.file} ${historiesOf(defect)}`.includes(values.only),
);
if (chosen.length === 0) refuse(`--only: no defect's name, file or kind of history has "${values.only}"`);

interface Row {
  readonly defect: Defect;
  readonly found: Catch | null;
}

const rows: Row[] = [];
const waiting = [...chosen];
if (values.list) list();
else await tryAll();

function list(): void {
  const defects = chosen.map((defect) => ({
    defect: defect.name,
    file: defect.file,
    histories: historiesOf(defect),
  }));
  if (values.json) process.stdout.write(`${JSON.stringify({ defects })}\n`);
  else for (const { defect, file } of defects) process.stdout.write(`${file}: ${defect}\n`);
}

async function tryAll(): Promise<void> {
  await Promise.all(Array.from({ length: workers }, work));
  rows.sort((left, right) => DEFECTS.indexOf(left.defect) - DEFECTS.indexOf(right.defect));
  const noticed = rows.filter(({ found }) => found !== null).length;
  print(noticed);
  process.exitCode = noticed < rows.length ? 1 : 0;
}

async function work(): Promise<void> {
  for (let defect = waiting.shift(); defect !== undefined; defect = waiting.shift()) {
    const found = await runDefect(defect, schedules, events);
    rows.push({ defect, found });
    const by = found === null ? "UNNOTICED" : `seed ${found.seed}, ${found.invariant}`;
    process.stderr.write(`${rows.length} of ${chosen.length}: ${defect.name}: ${by}\n`);
  }
}

function print(noticed: number): void {
  if (values.json) {
    const defects = rows.map(({ defect, found }) => ({
      defect: defect.name,
      file: defect.file,
      histories: historiesOf(defect),
      seed: found?.seed ?? null,
      invariant: found?.invariant ?? null,
    }));
    process.stdout.write(`${JSON.stringify({ noticed, of: rows.length, schedules, events, defects })}\n`);
    return;
  }
  const lines = rows.map(({ defect, found }) => {
    const by = found === null ? ["**nothing**", ""] : [found.invariant, String(found.seed)];
    return `| ${[defect.name, `\`${defect.file}\``, historiesOf(defect), ...by].map(cellOf).join(" | ")} |`;
  });
  process.stdout.write(
    `| Defect | In \`src/\` | Histories | Noticed by | At seed |\n|---|---|---|---|---|\n${lines.join("\n")}\n`,
  );
  process.stdout.write(`\n${noticed} of ${rows.length} defects noticed\n`);
}

function cellOf(text: string): string {
  return text.replaceAll("|", "\\|");
}

function historiesOf({ histories }: Defect): string {
  return histories ?? "one leader";
}
