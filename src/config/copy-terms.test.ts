/** How one follower would copy: tried settings before the files, sizes by capital where nobody said otherwise, and no other account. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { AccountId } from "../core/model/identifiers.ts";
import { loadCopyTerms } from "./copy-terms.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function load(yaml: string, settings: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "copy-terms-"));
  folders.push(folder);
  writeFileSync(join(folder, "a.yaml"), yaml);
  const ids = { leader: AccountId("anna"), follower: AccountId("me") };
  return loadCopyTerms(folder, ids, settings);
}

function terms(yaml: string, settings?: Readonly<Record<string, unknown>>) {
  const loaded = load(yaml, settings);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.terms;
}

describe("how a follower would copy", () => {
  it("is what the files say, and before them what is tried", () => {
    const yaml = `
copy_trading:
  copying: { delay_execution: 3, position_scaling: 2, max_slippage_bps: 15 }
  risk_management: { max_portfolio_exposure: 1.5, max_daily_loss: 0.1 }
paper: { balance: 5000 }
`;
    const tried = {
      position_scaling: 0.5,
      max_symbol_exposure: 0.4,
      symbols_to_copy: ["BTC*"],
      stop_loss: 0.1,
    };
    const { allocation, follower, equity, stated } = terms(yaml, tried);
    expect(allocation).toMatchObject({
      id: "anna>me",
      positionScaling: "0.5",
      delayMs: 3_000,
      slippageBpsMax: "15",
      symbols: ["BTC*"],
      guards: { stopLoss: { share: "0.1" } },
    });
    expect(follower.limits).toMatchObject({
      portfolioExposure: { share: "1.5" },
      symbolExposure: { share: "0.4" },
    });
    expect(equity).toBe("5000");
    expect(stated).toContain("position_scaling 0.5 (tried here)");
    expect(stated).toContain("delay_execution 3 (config/a.yaml)");
    expect(stated.some((text) => text.startsWith("sizing"))).toBe(false);
  });

  it("takes sizes by capital unless a rule or a factor is stated, and says so", () => {
    expect(terms("{}").allocation.sizing.kind).toBe("equity-proportional");
    expect(terms("{}").notes).toEqual([expect.stringContaining("sizing=equity-proportional")]);
    expect(terms("{}", { copy_multiplier: 0.1 })).toMatchObject({
      allocation: { sizing: { kind: "multiplier", multiplier: "0.1" } },
      notes: [],
    });
    expect(terms("copy_trading: { copying: { sizing: multiplier } }").allocation.sizing.kind).toBe(
      "multiplier",
    );
  });

  it("takes a setting back, and copies without asking", () => {
    const { allocation, notes } = terms(
      "copy_trading: { copying: { auto_copy: false, position_scaling: 2 } }",
      {
        position_scaling: null,
      },
    );
    expect(allocation).toMatchObject({ autoCopy: true, positionScaling: "2" });
    expect(notes).toContainEqual(expect.stringContaining("auto_copy false does not act"));
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>, string, RegExp]>([
    ["an unknown key", { position_scalin: 1 }, "position_scalin", /./],
    ["a key", { api_key: "secret" }, "api_key", /./],
    ["a value out of range", { position_scaling: -1 }, "position_scaling", /./],
    [
      "what needs a measurement",
      { sizing: "volatility-target", volatility_target: 0.2 },
      "sizing",
      /volatility-target cannot be tried/,
    ],
  ])("refuses %s", (_, settings, keyPath, message) => {
    const loaded = load("{}", settings);
    const problems = loaded.ok ? [] : loaded.problems;
    expect(problems[0]).toMatchObject({ keyPath, message: expect.stringMatching(message) });
  });
});
