/** `/admin logs N`: the newest lines of the log that matter; owners only, as it tells of every account. */
import { ApiProblem } from "../../api/contract/problems.ts";
import { logsAt } from "../../control/logs.ts";
import { LOG_LEVELS } from "../../log/channels.ts";
import { masked } from "../../security/secrets.ts";
import { type Call, CallError } from "../call.ts";
import { code, html, lines } from "../html.ts";

const USUAL = 20;
const MOST = 100;
const OWN = new Set(["time", "level", "channel", "message", "stack"]);

export async function showLogs(call: Call, args: readonly string[]): Promise<void> {
  if (call.principal.role !== "owner") throw new ApiProblem("forbidden", "only an owner may read the log");
  const [count = String(USUAL), word] = args;
  const level = LOG_LEVELS.find((one) => one === (word ?? "info"));
  if (!/^\d{1,3}$/.test(count) || Number(count) < 1 || Number(count) > MOST || level === undefined)
    throw new CallError(
      `write how many, from 1 to ${MOST}, and perhaps the least of ${LOG_LEVELS.join(", ")}`,
    );
  const { lines: found } = await logsAt(call.parts.dataDir, { limit: Number(count), level });
  const rows = found.map(({ time, level: of, channel, message, ...fields }) => {
    const told = Object.entries(fields).filter(([name]) => !OWN.has(name));
    const more = told.map(
      ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    return html`${time.slice(5, 19).replace("T", " ")} ${of} ${channel}: ${masked(message)} ${code(masked(more.join(" ")).slice(0, 300))}`;
  });
  await call.say(lines(rows.length === 0 ? [html`There is no such line.`] : rows));
}
