/** What a run is told of its health: the watchdogs every second, the rest every five, errors by kind, and figures of this very process. */
import { expect, it } from "vitest";
import { FOLLOWER, onlyOrder, Story } from "../../test/core/story.ts";
import { Health, processFigures } from "./health.ts";

const FIGURES = { processorPercent: 5, machineProcessorPercent: 5, heapPercent: 5, machineMemoryPercent: 5 };

it("looks at accounts, limits, process and errors every five seconds, at what watchdogs read each time", () => {
  const story = new Story();
  let [logged, asked] = [0, 0];
  const figures = () => {
    asked += 1;
    return FIGURES;
  };
  const health = new Health({ figures, loggedErrors: () => logged });
  const limits = [{ subject: "bybit", used: 60, most: 600, waiting: 0, restUntilMs: 0 }];
  const look = (second: number, value = 0) => {
    const state = value > 250 ? "warning" : "ok";
    const delay = {
      name: "event-loop",
      subject: "process",
      state,
      value,
      threshold: 250,
      actions: [],
    } as const;
    health.look({ readings: [delay], state: story.state, limits }, second * 1_000);
  };
  const found = (check: string, subject: string) =>
    health.report({}).checks.find((row) => row.check === check && row.subject === subject)?.value;

  look(100);
  const decision = story.leaderFill("buy", "2");
  story.reject(onlyOrder(decision), "try-again");
  for (const [index, event] of story.events.entries())
    health.note(event, story.decisions[index] ?? { refusal: null }, 101_000);
  logged = 3;
  look(101, 300);
  expect([found("event-loop", "process"), found("errors", "order-rejected"), asked]).toEqual([300, 0, 1]);
  for (const second of [102, 103, 104, 105]) look(second);
  expect([found("errors", "order-rejected"), found("errors", "logged"), asked]).toEqual([1, 3, 2]);
  expect([found("rate-limit", "bybit"), found("memory", "heap"), found("restriction", FOLLOWER)]).toEqual([
    10, 5, 0,
  ]);
  expect(
    health.report({ history: true }).checks.find(({ check }) => check === "event-loop")?.history,
  ).toEqual([{ at: 60_000, value: 300 }]);
  // The clock was set back: nothing waits for it to come round again.
  look(50);
  expect(asked).toBe(3);
});

it("has figures of this process that can be true", () => {
  const ask = processFigures();
  const until = performance.now() + 60;
  while (performance.now() < until);
  const figures = ask();
  expect(figures.processorPercent).toBeGreaterThan(1);
  for (const percent of [figures.heapPercent, figures.machineMemoryPercent]) {
    expect(percent).toBeGreaterThan(0);
    expect(percent).toBeLessThan(100);
  }
  expect(figures.machineProcessorPercent).toBeGreaterThanOrEqual(0);
});
