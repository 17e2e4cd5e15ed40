/** docs/logs.md says of each channel what the table of channels says. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CHANNEL_MEANING } from "../src/log/channels.ts";

const guide = readFileSync(new URL("../docs/logs.md", import.meta.url), "utf8");

test.each(Object.entries(CHANNEL_MEANING))("the guide tells of %s", (name, meaning) => {
  expect(guide).toMatch(new RegExp(`─ ${name}\\.log +${meaning.replaceAll(/[.*+?()|]/g, "\\$&")}\\n`));
});
