/** What working large orders saved or cost, in words. */
import type { WorkedSum } from "../control/control.ts";

export function savedText({
  saved,
  savedBps,
  savedToMid,
}: Omit<WorkedSum, "changes" | "fees" | "atTouch">): string {
  const word = saved.startsWith("-") ? "cost" : "saved";
  const amount = saved.replace("-", "");
  const bps = savedBps.replace("-", "");
  const mid = savedToMid.startsWith("-") ? `${savedToMid.slice(1)} worse` : `${savedToMid} better`;
  return `${word} ${amount} USDT (${bps} bps) against crossing at once (${mid} than the middle)`;
}
