/** Settings of a command line, `key=value` each, as a command of the owner takes them. */
import type { SettingsPlace } from "../../config/run-time-values.ts";
import { usage } from "../output.ts";

/** Throws a CliError for what is no setting at all; keys and values are checked with the rest of the configuration. */
export async function settingsFrom(
  settings: readonly string[],
  place: SettingsPlace,
  example: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { parseSetting } = await import("../../config/run-time-values.ts");
  const entries = settings.map((text) => {
    const found = parseSetting(text, place);
    if (found !== undefined) return [found.key, found.value] as const;
    const message = `"${text}" is no setting: write key=value, such as ${example}`;
    throw usage(message);
  });
  const twice = entries.find(([key], index) => entries.findIndex(([other]) => other === key) < index);
  if (twice !== undefined) throw usage(`${twice[0]} is stated twice`);
  return Object.fromEntries(entries);
}
