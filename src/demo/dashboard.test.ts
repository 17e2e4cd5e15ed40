/** What the demo says of its dashboard. */
import { expect, test } from "vitest";
import { dashboardIn, dashboardText } from "./dashboard.ts";

const folders = { config: "data/demo/config", data: "data/demo/data" };
const text = (line: object) => {
  const found = dashboardIn([JSON.stringify(line)]);
  return found === null ? null : dashboardText(found, folders);
};

test("a one-time link is told with how long it is good, and how another is made for these folders", () => {
  const listening = { url: "http://127.0.0.1:8001" };
  expect(text({ listening, setup: { url: "http://127.0.0.1:8001/#setup=ctl_x" } })).toBe(
    `Open http://127.0.0.1:8001/#setup=ctl_x
(the link works once, within 30 minutes, on this machine; another one:
 bin/copytrader users setup-link --config data/demo/config --data data/demo/data --address http://127.0.0.1:8001)
`,
  );
  expect(text({ listening })).toBe("Open http://127.0.0.1:8001\n");
});
