import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConfiguredAccount } from "../config.ts";
import { AccountId, VenueId } from "../core/model/identifiers.ts";
import type { AccountConnection, KeyInspection } from "../exchange/exchange.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import { admit } from "./admission.ts";
import { VerifiedAccounts } from "./verified-accounts.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "copytrader-admission-"));
  file = join(folder, "verified-accounts.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function configured(venue: string): ConfiguredAccount {
  return {
    account: AccountId("anna"),
    role: "follower",
    execution: "venue",
    accountType: "testnet",
    venue: VenueId(venue),
    url: `https://${venue}`,
    streamUrl: null,
    credentials: null,
    exchange: "bybit",
    publicAddress: null,
    credentialsSource: null,
    telegramId: null,
    source: "accounts/anna.json",
  };
}

function inspection(userId: string | null): KeyInspection {
  return {
    account: AccountId("anna"),
    userId,
    readOnly: false,
    canTrade: true,
    canWithdraw: false,
    permissions: [],
    expiresAtMs: null,
  };
}

/** One start at which the venue says this of the key. */
function start(answer: KeyInspection | ExchangeError, venue = "here") {
  const connection: Pick<AccountConnection, "inspectKey"> = { inspectKey: (done) => done(answer) };
  const verified = new VerifiedAccounts(file);
  const stop = new AbortController().signal;
  return admit(configured(venue), connection, verified, stop, () => {});
}

describe("the account behind a nickname", () => {
  test("is remembered over starts, and may have a new key", async () => {
    expect(await start(inspection("7"))).toMatchObject({ kind: "admitted" });
    expect(await start(inspection("7"))).toMatchObject({ kind: "admitted" });
  });

  test("is refused when it is another one, by name and with what to do", async () => {
    await start(inspection("7"));
    const refused = {
      kind: "refused",
      cause:
        'the API key of "anna" belongs to user 8 of here, but what is recorded under this nickname belongs to user 7; ' +
        "put back a key of user 7, or give the new account a nickname of its own",
    };
    expect(await start(inspection("8"))).toEqual(refused);
    expect(await start(inspection("8"))).toEqual(refused);
    expect(await start(inspection("7"))).toMatchObject({ kind: "admitted" });
  });

  test("is learned at the next start when an earlier version verified it", async () => {
    writeFileSync(file, JSON.stringify({ anna: { venue: "here", atMs: 5 } }));
    expect(await start(inspection("7"))).toMatchObject({ kind: "admitted" });
    expect(new VerifiedAccounts(file).sinceMs("anna")).toBe(5);
    expect(await start(inspection("8"))).toMatchObject({ kind: "refused" });
  });

  test("is not forgotten where the venue does not tell it, nor at another venue", async () => {
    await start(inspection("7"));
    expect(await start(inspection(null))).toMatchObject({ kind: "admitted" });
    expect(await start(inspection("8"), "there")).toMatchObject({ kind: "admitted" });
    expect(await start(inspection("8"))).toMatchObject({ kind: "refused" });
  });

  test("is halted, not refused, when its key is refused today", async () => {
    const refusal = new ExchangeError("give-up", 10003, "the API key is invalid");
    expect(await start(refusal)).toMatchObject({ kind: "refused" });
    await start(inspection("7"));
    expect(await start(refusal)).toMatchObject({ kind: "halted" });
  });
});
