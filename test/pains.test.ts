/**
 * What users of copy traders suffer from (../shared/design/pains.md): each row that a test answers is named in the test that
 * answers it, as `(pain 17)` or `(pains 30, 31)` in its title or head. Those that parity stands on name their proofs here, by
 * file and title, and a proof that is gone, renamed or skipped fails.
 */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { hasShared, sharedNote, sharedPath } from "./shared.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const ROWS = 45;

/** File and title of a test. */
type Proof = readonly [string, string];

const RECONCILE = "src/core/reconcile.test.ts";
const BYBIT = "test/conformance/bybit-connector.test.ts";
const MODES = "test/conformance/bybit-position-modes.test.ts";
const BUDGET = "src/exchange/bybit/budget.test.ts";
const STREAM_WATCH = "src/exchange/bybit/stream-watch.test.ts";
const RESTART_TITLE = "is what every order without an answer becomes at a restart (pains 1, 2)";
const PARTLY_TITLE =
  "counts once what was filled of it before a restart: held and open together make the target (pains 2, 3)";
const KILLS_TITLE = "is right again after KILLS kills";

const PROOFS: ReadonlyMap<number, readonly Proof[]> = new Map([
  [
    1,
    [
      [RECONCILE, RESTART_TITLE],
      ["test/kill/kill.test.ts", KILLS_TITLE],
      [
        "test/e2e/acceptance-copying.test.ts",
        "sends nothing for unchanged positions, after SIGTERM and after SIGKILL, and copies what happened meanwhile",
      ],
    ],
  ],
  [
    2,
    [
      [RECONCILE, RESTART_TITLE],
      [RECONCILE, PARTLY_TITLE],
    ],
  ],
  [
    3,
    [
      [RECONCILE, PARTLY_TITLE],
      [
        "src/core/holding.test.ts",
        "counts every execution once, in any order and however often it is told (pains 3, 7)",
      ],
    ],
  ],
  [
    4,
    [
      [RECONCILE, "gives the same plan byte for byte, and told again no other one (pain 4)"],
      ["src/journal/replay.test.ts", "is the one that there was, byte for byte"],
      ["test/simulation/simulation.test.ts", "gives the same history for the same seed (pain 4)"],
    ],
  ],
  [
    5,
    [
      [RECONCILE, "is looked up at once, and nothing is added before the answer (pain 5)"],
      [RECONCILE, "never arrived only when the venue's clock has passed the request's window and a margin"],
      [BYBIT, "an answer lost after acceptance is unknown; the look-up finds the one order (pain 5)"],
      [
        "test/processes/real-faults.test.ts",
        "the exchange: an order whose answer it held back is not sent again",
      ],
    ],
  ],
  [
    6,
    [
      [RECONCILE, "flips in two steps, the second after the first is done (pain 6)"],
      [RECONCILE, "opens, adds, reduces and closes in step, reduce-only on each decrease (pains 14, 16)"],
    ],
  ],
  [
    7,
    [
      [
        "src/core/holding.test.ts",
        "counts every execution once, in any order and however often it is told (pains 3, 7)",
      ],
      [
        "src/core/holding.test.ts",
        "comes to the venue's truth with reports mixed in, in any order, told twice",
      ],
    ],
  ],
  [
    8,
    [
      [
        "src/data-folder.test.ts",
        "lets one of two live processes in, and the next as soon as the first is killed (pain 8)",
      ],
      [
        "test/kill/kill.test.ts",
        "refuses the second with exit code 2, names the folder, and starts anew once the first is killed",
      ],
      ["test/e2e/acceptance-refusals.test.ts", "for a key in two files, naming both"],
    ],
  ],
  [
    9,
    [
      [
        "src/run/watching.test.ts",
        "a leader that nobody confirms: nothing is opened after it, until it is confirmed (pain 9)",
      ],
      [STREAM_WATCH, "a leader whose stream is down is polled"],
      [BYBIT, "a dropped stream comes back and tells what happened meanwhile (pain 9)"],
      [
        "test/e2e/watchdogs.test.ts",
        "a silent stream is seen by a snapshot, reconnected and polled; copies are made meanwhile (pains 9, 10)",
      ],
    ],
  ],
  [
    10,
    [
      [STREAM_WATCH, "is given up for another, and the account is polled until that one carries something"],
      [
        "src/run/watching.test.ts",
        "a silent stream: late, then reconnected and polled, then heard (pain 10)",
      ],
      [
        "src/exchange/bybit/price-watch.test.ts",
        "is seen within seconds, given up for another, and prices are read by REST until one is proven",
      ],
      [BYBIT, "a stream that answers pings but carries nothing is seen through by a snapshot (pain 10)"],
      [
        "test/e2e/watchdogs.test.ts",
        "a silent stream is seen by a snapshot, reconnected and polled; copies are made meanwhile (pains 9, 10)",
      ],
    ],
  ],
  [
    11,
    [
      [
        STREAM_WATCH,
        "many silent streams at once come back within the venue's ceiling, and are read meanwhile (pain 11)",
      ],
      [
        "test/processes/real-faults.test.ts",
        "never takes more connections and requests than the exchange allows, and heals",
      ],
      ["src/engine/engine.test.ts", "stops and says so when not even a reduction can be written"],
    ],
  ],
  [
    12,
    [
      [RECONCILE, "lets a reduction of what is confirmed pass (pain 12)"],
      ["src/core/resting.test.ts", "an entry of unknown fate holds increases up, and no reduction"],
    ],
  ],
  [
    18,
    [
      ["src/core/decide.test.ts", "asks for the market's mode once, then sends half of the leader's size"],
      [RECONCILE, "for the position mode asks for the mode again"],
      [MODES, "is told for each symbol by itself, and orders carry the index of their leg (pain 18)"],
      [MODES, "that is not the order's is refused by the venue and told by its class (pain 18)"],
    ],
  ],
  [
    19,
    [
      [
        "src/core/holding.test.ts",
        "reads each leg by itself: a flat first row does not hide the second (pain 19)",
      ],
      ["src/core/sizing/sizing.test.ts", "hedge on hedge copies each leg by itself"],
    ],
  ],
  [
    20,
    [
      [
        "src/exchange/bybit/connect.test.ts",
        "every list of an account names its settle coin or its symbol, on every page (pain 20)",
      ],
      [
        MODES,
        "a list of positions without settle coin or symbol is refused; ours names the coin and has them all (pain 20)",
      ],
    ],
  ],
  [
    23,
    [
      [
        "src/exchange/bybit/server-clock.test.ts",
        "a clock that was moved is found by the next answer, and followed (pain 23)",
      ],
      [BYBIT, "a server clock an hour away is followed, also when it moves while we run (pain 23)"],
      [
        "src/exchange/bybit/connect.test.ts",
        "a refused time-stamp is certainly no order; the clock is asked again",
      ],
      [
        "test/e2e/watchdogs.test.ts",
        "a venue's clock that is set while we run is followed and told, and copies go on (pain 23)",
      ],
    ],
  ],
  [
    24,
    [
      [BUDGET, "is never passed in any window of the exchange, whatever the line does"],
      [BUDGET, "is never passed in any second, and other keys do not wait for it"],
      [BUDGET, "reductions go before openings, openings before reads, each in order of arrival"],
      [
        "test/processes/real-faults.test.ts",
        "never takes more connections and requests than the exchange allows, and heals",
      ],
      [BYBIT, "a server error (10016) is unknown, and too many visits (10006) a certain refusal (pain 24)"],
    ],
  ],
]);

/** Those that have to be named; a row that is named for the first time is added here, and none is taken away. */
const ANSWERED: readonly number[] = [
  ...PROOFS.keys(),
  ...[13, 14, 15, 16, 17, 21, 22, 25, 26, 27, 28, 29, 30],
  ...[31, 32, 33, 34, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45],
];

const files = globSync(["src/**/*.test.ts", "test/**/*.test.ts"], { cwd: ROOT })
  .filter((file) => !file.endsWith("pains.test.ts"))
  .map((file) => ({ file, text: readFileSync(`${ROOT}/${file}`, "utf8") }));

function rowsIn(text: string): readonly number[] {
  const named = text.matchAll(/\bpains? (\d+(?:(?:, | and )\d+)*)/g);
  return [...named].flatMap(([, rows = ""]) => (rows.match(/\d+/g) ?? []).map(Number));
}

const CALL = /\b(?:it|test)(?:\.(?:concurrent|each|for))*(?:\((?:[^()]|\([^()]*\))*\))?\(\s*(["`])(.*?)\1,/gs;

/** The titles of the tests that run, without the signs round what is put into them; a skipped one has none. */
function titlesIn(text: string): ReadonlySet<string> {
  const titles = [...text.matchAll(CALL)].map(([, , title = ""]) => title);
  return new Set(titles.map((title) => title.replaceAll(/\$\{(\w+)\}/g, "$1")));
}

describe("a proof", () => {
  const proofs = [...PROOFS].flatMap(([row, list]) => list.map(([file, title]) => ({ row, file, title })));

  test.each(proofs)("of pain $row: $file, $title", ({ file, title }) => {
    const found = files.find((one) => one.file === file);
    expect(titlesIn(found?.text ?? "")).toContain(title);
  });

  test("that is gone, renamed or skipped is none", () => {
    const text = 'it("stays", () => {});\ntest.skip("is skipped", () => {});\ndescribe("holds", () => {});';
    expect([...titlesIn(text)]).toEqual(["stays"]);
  });
});

describe("a row of the pains", () => {
  const named = new Map<number, string[]>();
  for (const { file, text } of files)
    for (const row of rowsIn(text)) named.set(row, [...(named.get(row) ?? []), file]);

  test("that parity stands on has its proofs here", () => {
    const rows = [...Array.from({ length: 12 }, (_, index) => index + 1), 18, 19, 20, 23, 24];
    expect([...PROOFS.keys()]).toEqual(rows);
  });

  test.each(ANSWERED)("%i is named in a test that answers it", (row) => {
    expect(named.get(row) ?? []).not.toEqual([]);
  });

  test("that is named is on the list", () => {
    const strange = [...named].filter(([row]) => !ANSWERED.includes(row));
    expect(strange).toEqual([]);
  });

  test.skipIf(!hasShared)(`is one of the table${sharedNote}`, () => {
    const table = readFileSync(sharedPath("design/pains.md"), "utf8");
    const rows = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, row]) => Number(row));
    expect(rows).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
  });
});
