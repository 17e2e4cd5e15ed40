/** Plans of the owner's commands, what their previews tell, and what lists of proposals and relations say. */
import { describe, expect, test } from "vitest";
import { BTC, FOLLOWER, LEADER, onlyOrder, Story, type StoryOptions } from "../../test/core/story.ts";
import { NO_RUN_TIME } from "../config.ts";
import { followerMarket } from "../core/markets.ts";
import { allocationsOf } from "./allocations-report.ts";
import type { CommandContext } from "./command-plan.ts";
import { planOf } from "./commands.ts";
import { explainState } from "./explain-report.ts";
import type { OwnerCommand, PreviewReport } from "./owner-commands.ts";
import { previewReport } from "./preview-report.ts";
import { proposalReports } from "./proposals-report.ts";
import { parseRequest } from "./protocol.ts";

function contextOf({ state }: Story): CommandContext {
  return { state, runTime: NO_RUN_TIME, reconfigure: () => ({ ok: false, problems: [] }) };
}

function previewOf(story: Story, command: OwnerCommand): PreviewReport {
  const engine = { running: true, asOf: story.nowMs };
  return previewReport(story.state, planOf(contextOf(story), command), engine);
}

function holding(options: StoryOptions = {}): Story {
  const story = new Story(options);
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

describe("a preview", () => {
  test("shows orders with side, quantity, kind and value", () => {
    expect(previewOf(holding(), { kind: "close", follower: FOLLOWER, symbol: "BTCUSDT" })).toMatchObject({
      command: "close",
      followers: [FOLLOWER],
      orders: [
        {
          follower: FOLLOWER,
          symbol: "BTCUSDT",
          side: "sell",
          quantity: "0.5",
          reduceOnly: true,
          value: "30000",
        },
      ],
      isCutOff: false,
    });
  });

  test("of a resume or a release says which stops and kill switches it lifts", () => {
    const story = holding();
    story.command({ kind: "panic" });
    const [since, text] = [story.nowMs, "closed by the kill switch, until resume or release"];
    const { lifted } = previewOf(story, { kind: "resume" });
    expect(lifted).toMatchObject([{ follower: FOLLOWER, guard: "panic", since, text }]);
    expect(previewOf(story, { kind: "release", follower: FOLLOWER }).lifted).toEqual(lifted);
    expect(previewOf(story, { kind: "pause" }).lifted).toEqual([]);
  });

  test("of a hedge account names the leg", () => {
    const story = new Story({ mode: "hedge" });
    story.command({ kind: "pause", account: FOLLOWER });
    story.leaderFill("sell", "1");
    const { orders } = previewOf(story, { kind: "resume", follower: FOLLOWER });
    expect(orders).toMatchObject([{ positionIdx: 2, side: "sell", quantity: "0.5", reduceOnly: false }]);
  });

  test("of a resume is for all followers where none is named, and says what stays denied", () => {
    const story = new Story({ instrument: { minNotional: "40000" } });
    story.command({ kind: "pause" });
    story.leaderFill("buy", "1");
    const { orders, denied } = previewOf(story, { kind: "resume" });
    expect(orders).toEqual([]);
    expect(denied).toMatchObject([
      {
        follower: FOLLOWER,
        leader: LEADER,
        symbol: "BTCUSDT",
        reason: "below-minimum-notional",
        explanation: expect.stringContaining("minimum order value"),
        detail: { lots: 500 },
      },
    ]);
  });

  test("of a release shows what is bought again, and of a pause nothing", () => {
    const story = holding();
    story.fill(onlyOrder(story.command({ kind: "close", account: FOLLOWER })), "0.5", "0");
    expect(previewOf(story, { kind: "release", follower: FOLLOWER }).orders).toMatchObject([
      { side: "buy", quantity: "0.5" },
    ]);
    expect(previewOf(story, { kind: "pause" }).orders).toEqual([]);
  });

  test("is refused where the command would be", () => {
    const story = new Story();
    const refusal = (command: OwnerCommand) => {
      try {
        previewOf(story, command);
        return "nothing";
      } catch (error) {
        return error instanceof Error && "failure" in error ? error.failure : error;
      }
    };
    expect(refusal({ kind: "close", follower: FOLLOWER })).toBe("nothing-to-close");
    expect(refusal({ kind: "release", follower: "nobody" })).toBe("unknown-follower");
    expect(refusal({ kind: "release", follower: FOLLOWER, leader: "nobody" })).toBe("unknown-leader");
    expect(refusal({ kind: "approve", proposal: 1 })).toBe("unknown-proposal");
  });
});

describe("proposals", () => {
  function waiting(): Story {
    const story = holding({ allocation: { autoCopy: true } });
    story.allocate({ autoCopy: false });
    story.leaderFill("buy", "0.4");
    story.price("61000");
    return story;
  }

  test("are listed with what would be added, and the prices of then and now", () => {
    const story = waiting();
    expect(proposalReports(story.state)).toEqual([
      {
        id: 1,
        follower: FOLLOWER,
        leader: LEADER,
        symbol: "BTCUSDT",
        side: "buy",
        quantity: "0.2",
        held: "0.5",
        target: "0.7",
        value: "12200",
        priceThen: "60000",
        priceNow: "61000",
        askedAtMs: story.nowMs,
        expiresAtMs: story.nowMs + 900_000,
      },
    ]);
  });

  test("are approved as far as they were seen", () => {
    const story = waiting();
    story.leaderFill("buy", "0.2");
    const { orders } = previewOf(story, { kind: "approve", proposal: 1, target: "0.7" });
    expect(orders).toMatchObject([{ side: "buy", quantity: "0.2" }]);
    expect(previewOf(story, { kind: "approve", proposal: 1 }).orders).toMatchObject([{ quantity: "0.3" }]);
    expect(previewOf(story, { kind: "decline", proposal: 1 }).orders).toEqual([]);
  });
});

describe("relations", () => {
  test("that ended and still hold something are listed as ending, with their virtual positions", () => {
    const story = holding({ allocation: { stopMode: "with-leader" } });
    story.configure({ ...story.settings, allocations: [] });
    expect(allocationsOf(story.state, [], []).allocations).toEqual([
      {
        leader: LEADER,
        follower: FOLLOWER,
        state: "ending",
        revision: "none",
        settings: [],
        results: [{ coin: "USDT", trades: "0", fees: "0", funding: "0", profit: "0" }],
        positions: [{ symbol: "BTCUSDT", target: "0.5", held: "0.5", value: "30000" }],
      },
    ]);
  });

  test("that a command ended are listed, whatever the files say", () => {
    const ended = { leader: LEADER, follower: FOLLOWER, values: {}, ended: true } as const;
    const { allocations } = allocationsOf(new Story().state, [], [ended]);
    expect(allocations).toMatchObject([{ state: "ended", positions: [], results: [] }]);
  });
});

test("explanations are of the follower and symbol that are asked about, also of what is not copied", () => {
  const story = new Story({ allocation: { symbols: ["ETHUSDT"] } });
  story.leaderFill("buy", "1");
  const [path] = explainState(story.state, { follower: FOLLOWER });
  expect(path?.leaders[0]?.steps.map(({ text }) => text)).toEqual([
    "leader holds 1 of BTCUSDT",
    expect.stringMatching(/^symbol-filtered/),
  ]);
  expect(explainState(story.state, { symbol: "ETHUSDT" })).toEqual([]);
  expect(() => explainState(story.state, { follower: "nobody" })).toThrow(/there is no follower "nobody"/);
  const flat = new Story();
  const follower = flat.state.followers.get(FOLLOWER);
  const instrument = flat.state.instruments.get(BTC);
  if (follower === undefined || instrument === undefined) throw new Error("no follower");
  followerMarket(flat.state, follower, instrument);
  expect(explainState(flat.state, {})).toEqual([]);
});

describe("on the wire", () => {
  const sent = (request: unknown) => parseRequest(JSON.stringify({ version: 1, id: 3, request }));

  test.each<OwnerCommand>([
    { kind: "pause", follower: "one" },
    { kind: "resume" },
    { kind: "close", follower: "one", symbol: "BTCUSDT" },
    { kind: "copy", leader: "lead", follower: "one", values: { max_leverage: 3, inverse: null } },
    { kind: "uncopy", leader: "lead", follower: "one", stopMode: "leave" },
    { kind: "release", follower: "one", leader: "lead" },
    { kind: "approve", proposal: 3, target: "-0.5" },
    { kind: "decline", proposal: 3 },
  ])("$kind and its preview arrive as they were sent", (command) => {
    expect(sent(command)).toEqual({ id: 3, request: command });
    expect(sent({ kind: "preview", command })).toEqual({ id: 3, request: { kind: "preview", command } });
  });

  test.each([
    { kind: "copy", leader: "lead", follower: "one", values: 3 },
    { kind: "uncopy", leader: "lead", follower: "one", stopMode: "burn" },
    { kind: "approve", proposal: "3" },
    { kind: "release" },
    { kind: "preview", command: { kind: "status" } },
    { kind: "preview" },
  ])("%j is refused", (request) => {
    expect(sent(request)).toMatchObject({ error: { failure: "bad-request" } });
  });

  test("what is nested too deep to be written again is refused as well", () => {
    const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
    const messages = [`{"version":${deep},"id":3}`, `{"version":1,"id":3,"request":{"kind":${deep}}}`].map(
      (line) => {
        const read = parseRequest(line);
        return "error" in read ? read.error.message : read;
      },
    );
    expect(messages).toEqual([expect.stringContaining("version a list of"), "there is no request a list"]);
  });
});
