/**
 * The engine as a real process dies at random moments while leaders trade and answers are lost. Afterwards no order is
 * doubled, every follower reaches parity within a bounded time, each intent has an outcome and each change an explanation.
 */
import { afterEach, describe, expect, it } from "vitest";
import { Copier } from "../e2e/copier.ts";
import { killPrograms } from "../e2e/program.ts";
import { startVenue } from "../e2e/venue.ts";
import { killRound } from "./killing.ts";

const KILLS = 50;
const PARITY_MAX_MS = 15_000;

afterEach(killPrograms);

describe("an engine that is killed while leaders trade", () => {
  it(`is right again after ${KILLS} kills`, async () => {
    const round = await killRound(KILLS, 1);
    console.log(JSON.stringify({ ...round, breaches: round.breaches.length }));
    expect(round.breaches).toEqual([]);
    expect(round.kills).toBe(KILLS);
    expect(round.beforeReady).toBeGreaterThan(0);
    expect(round.beforeReady).toBeLessThan(KILLS);
    expect(round.parityMs).toBeLessThan(PARITY_MAX_MS);
    // It was no easy life: a check that saw nothing proves nothing.
    expect(round.followerOrders).toBeGreaterThan(KILLS);
    expect(round.unknownOutcomes).toBeGreaterThan(0);
    expect(round.changes).toBeGreaterThan(KILLS);
  }, 180_000);
});

describe("two processes on one data folder", () => {
  it("refuses the second with exit code 2, names the folder, and starts anew once the first is killed", async () => {
    const venue = await startVenue();
    const copier = new Copier(venue);
    await venue.putAccount("lead");
    await venue.putAccount("one");
    copier.accountFile("lead", "leader");
    copier.accountFile("one", "follower");
    const first = await copier.started();
    const second = await copier.start().exit;
    expect(second.code).toBe(2);
    const [line, ...more] = second.stdout.split("\n").filter((text) => text.includes("error"));
    expect(more).toEqual([]);
    expect(JSON.parse(line ?? "").error).toMatchObject({ kind: "data-folder" });
    expect(line).toContain(copier.data);
    first.kill("SIGKILL");
    await first.exit;
    const third = await copier.started();
    third.kill("SIGTERM");
    expect((await third.exit).code).toBe(0);
    copier.close();
  }, 30_000);
});
