/** When certificates are made without being asked for. */
import { beforeEach, describe, expect, test } from "vitest";
import { first, lead, playInto } from "../../test/journal-fixture.ts";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import { parityStatement } from "../control/parity-certificate.ts";
import type { State } from "../core/state.ts";
import { MemoryJournal } from "../journal/memory.ts";
import { silentLog } from "../log.ts";
import { ParityWatch } from "./parity-watch.ts";

let clock: VirtualClock;
let state: State;
let issued: string[];
let watch: ParityWatch;

beforeEach(() => {
  state = playInto(new MemoryJournal(), [
    { kind: "trade", symbol: 0, side: "buy", quantity: 10 },
    { kind: "settle" },
  ]).state;
  clock = new VirtualClock(state.nowMs);
  issued = [];
  watch = new ParityWatch({
    certifier: {
      issue: async (cause) => {
        issued.push(cause);
        const atMs = clock.nowMs();
        const engine = { running: true, asOf: atMs };
        return {
          certificate: parityStatement(state, { cause, atMs, engine, journal: null }),
          unrecorded: "",
        };
      },
    },
    state: () => state,
    clock,
    log: silentLog,
  });
});

function seconds(count: number): readonly string[] {
  clock.runUntil(clock.nowMs() + count * 1_000);
  return issued;
}

function confirm(): void {
  for (const account of [...state.leaders.values(), ...state.followers.values()])
    account.confirmedAtMs = clock.nowMs();
}

describe("certificates without being asked for", () => {
  test("begin with the one of the start; the connections before it were its own", () => {
    watch.connected(lead);
    expect(seconds(100)).toEqual([]);
    watch.ready();
    expect(seconds(100)).toEqual(["start"]);
  });

  test("follow a reconnect once the account was read again", () => {
    watch.ready();
    seconds(5);
    watch.connected(first);
    expect(seconds(10)).toEqual(["start"]);
    confirm();
    expect(seconds(2)).toEqual(["start", "reconnect"]);
    expect(seconds(100)).toEqual(["start", "reconnect"]);
  });

  test("follow a reconnect also when nothing is read any more", () => {
    watch.ready();
    watch.connected(first);
    expect(seconds(29)).toEqual(["start"]);
    expect(seconds(3)).toEqual(["start", "reconnect"]);
  });

  test("are one for reconnects that come together, and none follows too soon", () => {
    watch.ready();
    for (const account of [lead, first]) watch.connected(account);
    confirm();
    expect(seconds(3)).toEqual(["start", "reconnect"]);
    watch.connected(first);
    confirm();
    expect(seconds(20)).toEqual(["start", "reconnect"]);
    expect(seconds(12)).toEqual(["start", "reconnect", "reconnect"]);
  });

  test("end with the run", () => {
    watch.ready();
    watch.connected(first);
    watch.stop();
    watch.connected(lead);
    expect(seconds(100)).toEqual(["start"]);
  });
});
