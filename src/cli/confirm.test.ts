/** Who is asked, what counts as a yes, and how a no is told. */
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { confirm } from "./confirm.ts";
import { Output } from "./output.ts";

const problems = [{ message: "would sell" }];
const asking = { isSure: false, question: "Sell?", declined: "nothing was sold", problems };

function terminal(isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY });
  return { input, output: new PassThrough() };
}

async function answered(answer: string): Promise<unknown> {
  const at = terminal();
  const asked = confirm(new Output(false), asking, at);
  at.input.write(answer);
  return asked.catch((error: unknown) => error);
}

describe("a question on a terminal", () => {
  it.each(["y\n", "Y\n", "yes\n", " yes \n"])("takes %j for a yes", async (answer) => {
    expect(await answered(answer)).toBeUndefined();
  });

  it.each(["n\n", "\n", "no\n", "yess\n", "later\n"])("takes %j for a no: exit code 3", async (answer) => {
    expect(await answered(answer)).toMatchObject({
      kind: "declined",
      message: "nothing was sold",
      exitCode: 3,
    });
  });

  it("takes the end of the input for a no", async () => {
    const at = terminal();
    const asked = confirm(new Output(false), asking, at).catch((error: unknown) => error);
    at.input.end();
    expect(await asked).toMatchObject({ kind: "declined", exitCode: 3 });
  });

  it("is shown where errors go, so that stdout is the result alone", async () => {
    const at = terminal();
    const asked = confirm(new Output(false), asking, at);
    at.input.write("y\n");
    await asked;
    expect(String(at.output.read())).toContain("Sell? [y/N] ");
  });
});

describe("nobody to ask", () => {
  it.each([
    ["no terminal", new Output(false), terminal(false)],
    ["--json", new Output(true), terminal(true)],
  ])("%s: exit code 2, with what would have been done", async (_, output, at) => {
    await expect(confirm(output, asking, at)).rejects.toMatchObject({
      kind: "not-confirmed",
      message: "nothing was sold: add --yes to confirm",
      exitCode: 2,
      problems,
    });
  });

  it("and --yes: done", async () => {
    await expect(confirm(new Output(true), { ...asking, isSure: true }, terminal())).resolves.toBeUndefined();
  });
});
