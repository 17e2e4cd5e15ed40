/** Where the demo's dashboard is, as the engine tells it: its address with the one-time link, or why there is none. */
import { createServer } from "node:net";

export interface Dashboard {
  /** The one-time link where nobody can sign in yet. */
  readonly url: string;
}

const HOST = "127.0.0.1";
/** The usual one of an engine. */
const PORT = 8_000;

/** As it is called where this lies: from a clone, or installed. */
export const PROGRAM = import.meta.filename.endsWith(".ts") ? "bin/copytrader" : "copytrader";

/** What is said of it; `config` and `data` are the demo's folders. */
export function dashboardText(
  { url }: Dashboard,
  { config, data }: { readonly config: string; readonly data: string },
): string {
  const { origin, hash } = new URL(url);
  if (hash === "") return `Open ${url}\n`;
  return `Open ${url}
(the link works once, within 30 minutes, on this machine; another one:
 ${PROGRAM} users setup-link --config ${config} --data ${data} --address ${origin})
`;
}

/** `wanted`, or the usual port, or any other where that one is taken. */
export async function dashboardPort(wanted: number | "any"): Promise<number> {
  if (wanted !== "any") return wanted;
  return (await isFree(PORT)) ? PORT : 0;
}

/** Of what the engine prints; null while it has not said. */
export function dashboardIn(lines: readonly string[]): Dashboard | null {
  for (const line of lines) {
    if (!line.startsWith('{"listening":')) continue;
    const told = JSON.parse(line) as {
      readonly listening: { readonly url: string };
      readonly setup?: { readonly url: string };
    };
    return { url: told.setup?.url ?? told.listening.url };
  }
  return null;
}

/** Why it cannot be had, by the alert that says so; null where none does. */
export function dashboardTrouble(lines: readonly string[]): string | null {
  for (const line of lines) {
    if (!line.includes('"api-lost"')) continue;
    const { alert } = JSON.parse(line) as { readonly alert: { readonly cause?: string } };
    return alert.cause ?? "the API ended";
  }
  return null;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: HOST }, () => server.close(() => resolve(true)));
  });
}
