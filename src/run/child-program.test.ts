/** What becomes of a program beside the engine that cannot work. */
import { expect, test } from "vitest";
import { silentLog } from "../log.ts";
import { ChildProgram } from "./child-program.ts";

const REFUSED_AND_HANGS = `
console.log(JSON.stringify({ error: { kind: "refused", message: "the token is not known" } }));
setInterval(() => {}, 1_000);
`;

test("one that says why it cannot work and does not end is ended, and told of as lost", async () => {
  const lost = Promise.withResolvers<string>();
  const child = new ChildProgram({
    program: [process.execPath, "-e", REFUSED_AND_HANGS, "--"],
    command: [],
    log: silentLog,
    channel: "telegram",
    missing: "it is not there",
    heard: () => true,
    lost: lost.resolve,
    giveUpMaxMs: 10,
  });
  child.start();
  try {
    expect(await lost.promise).toBe("the token is not known");
  } finally {
    await child.stop();
  }
});
