/** Who may take the place of a leader that is stopped, as it is written, checked and told. */
import { expect, test } from "vitest";
import { describeStartLimits } from "../../src/config.ts";
import { follower, leader, loaded, refusals } from "./folder.ts";

function files(stop_loss: object) {
  return {
    "data/accounts/leader.json": leader,
    "data/accounts/bob.json": { ...leader, nickname: "bob", api_key: "b", api_secret: "bb" },
    "data/accounts/follower.json": { ...follower, leader: "leader", stop_loss },
  };
}

test("replacements reach the core, and start tells of them", () => {
  const configuration = loaded(files({ share: 0.05, action: "replace", replacements: ["bob"] }));
  const [allocation] = configuration.settings.allocations;
  expect(allocation?.guards.stopLoss).toMatchObject({ action: "replace", replacements: ["bob"] });
  expect(describeStartLimits(configuration).join("\n")).toContain(
    "replace by the best of bob, until released",
  );
});

test.each([
  [{ share: 0.05, action: "replace", replacements: ["bobby"] }, 'has "bobby" among its replacements'],
  [{ share: 0.05, action: "close", replacements: ["bob"] }, "which only action replace uses"],
])("%j is refused in words", (stop, words) => {
  expect(refusals(files(stop))).toMatchObject([
    { nickname: "follower", keyPath: "stop_loss", message: expect.stringContaining(words) },
  ]);
});
