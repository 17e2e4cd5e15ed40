import { describe, expect, test } from "vitest";
import { type ShownPosition, StreamHeartbeat } from "./stream-heartbeat.ts";

const LATE_MS = 3_000;
const CALM_MS = 60_000;

/** One thing that happens at a second: `up`, `down`, `told SYMBOL SEQUENCE`, `shows SYMBOL:LEG:QUANTITY:SEQUENCE ...`. */
type Script = readonly (readonly [second: number, what: string])[];

function positionsIn(words: readonly string[]): readonly ShownPosition[] {
  return words.map((word) => {
    const [symbol = "", leg = "", quantity = "", sequence = ""] = word.split(":");
    return { symbol, leg, quantity, sequence: Number(sequence) };
  });
}

/** Looks every second as its holder does, up to the last line of the script and `more` seconds beyond: what changed, and when. */
function watched(script: Script, more = 5): readonly string[] {
  const heartbeat = new StreamHeartbeat({ lateMs: LATE_MS, calmMs: CALM_MS });
  const seen: string[] = [];
  let before = "sound 0";
  const end = (script.at(-1)?.[0] ?? 0) + more;
  for (let second = 0; second <= end; second += 1) {
    const nowMs = second * 1_000;
    for (const [at, what] of script) if (at === second) happen(heartbeat, what, nowMs);
    if (heartbeat.isOverdue(nowMs)) seen.push(`${second} given up`);
    const { state, missed } = heartbeat.health(nowMs);
    if (`${state} ${missed}` !== before) seen.push(`${second} ${state} ${missed}`);
    before = `${state} ${missed}`;
  }
  return seen;
}

function happen(heartbeat: StreamHeartbeat, what: string, nowMs: number): void {
  const [verb, ...words] = what.split(" ");
  if (verb === "up") heartbeat.up(nowMs);
  else if (verb === "down") heartbeat.down();
  else if (verb === "told") heartbeat.told(words[0] ?? "", Number(words[1]));
  else heartbeat.shown(positionsIn(words), nowMs, nowMs);
}

const OPENED: Script = [
  [0, "up"],
  [1, "shows BTC:net:1:5"],
];

test.each<[string, Script, readonly string[]]>([
  ["nothing happens, and nothing is owed", [...OPENED, [16, "shows BTC:net:1:5"]], []],
  ["what was there before it stood is not owed", OPENED, []],
  ["it told before the snapshot", [...OPENED, [5, "told BTC 6"], [16, "shows BTC:net:2:6"]], []],
  [
    "it tells a little later",
    [...OPENED, [16, "shows BTC:net:2:6"], [18, "told BTC 6"]],
    ["16 late 1", "18 sound 0"],
  ],
  ["it tells nothing", [...OPENED, [16, "shows BTC:net:2:6"]], ["16 late 1", "19 given up", "19 silent 1"]],
  [
    "nothing of a new position",
    [...OPENED, [16, "shows BTC:net:1:5 ETH:net:3:9"]],
    ["16 late 1", "19 given up", "19 silent 1"],
  ],
  ["nothing of a close", [...OPENED, [16, "shows"]], ["16 late 1", "19 given up", "19 silent 1"]],
  ["it told of the close", [...OPENED, [15, "told BTC 6"], [16, "shows"]], []],
  [
    "nothing of several",
    [...OPENED, [16, "shows BTC:net:2:6 ETH:net:3:9"]],
    ["16 late 2", "19 given up", "19 silent 2"],
  ],
  ["an older answer overtook a newer one", [...OPENED, [16, "shows BTC:net:0.5:4"]], []],
  [
    "one leg of two",
    [...OPENED, [16, "shows BTC:net:1:5 BTC:short:-1:7"], [17, "told BTC 7"]],
    ["16 late 1", "17 sound 0"],
  ],
  [
    "another symbol's word does not count",
    [...OPENED, [16, "shows BTC:net:2:6"], [17, "told ETH 9"]],
    ["16 late 1", "19 given up", "19 silent 1"],
  ],
  [
    "a snapshot while it is down shows nothing that it owes",
    [...OPENED, [10, "down"], [16, "shows BTC:net:2:6"]],
    [],
  ],
])("%s", (_name, script, seen) => {
  expect(watched(script)).toEqual(seen);
});

describe("a silent stream is over", () => {
  const silent: Script = [
    ...OPENED,
    [16, "shows BTC:net:2:6"],
    [20, "down"],
    [21, "up"],
    [22, "shows BTC:net:2:6"],
  ];
  const before = ["16 late 1", "19 given up", "19 silent 1"];

  test("once another tells something", () => {
    expect(watched([...silent, [30, "told BTC 7"]])).toEqual([...before, "30 sound 0"]);
  });

  test("once another stood for a minute in which nothing was missed", () => {
    expect(watched(silent, 80)).toEqual([...before, "81 sound 0"]);
  });

  test("not while the next one is silent too", () => {
    const seen = watched([...silent, [70, "shows BTC:net:3:8"], [74, "down"], [75, "up"]], 20);
    expect(seen).toEqual([...before, "73 given up", "73 silent 2"]);
  });
});
