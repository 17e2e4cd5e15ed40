/** The API and the dashboard as a program beside the engine. */
import type { ApiOverrides } from "../config.ts";
import type { Log } from "../log.ts";
import { ChildProgram, textIn } from "./child-program.ts";

export interface ApiProcessParts {
  readonly configDir: string;
  readonly dataDir: string;
  readonly overrides: ApiOverrides;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Each time that it does: where, and with which one-time link while nobody can sign in. */
  readonly listening: (told: ApiListening) => void;
  readonly lost: (cause: string) => void;
  /** It is there again. */
  readonly back: (url: string) => void;
}

export interface ApiListening {
  readonly url: string;
  readonly setup?: string;
}

export function apiProcess({
  configDir,
  dataDir,
  overrides: { host, port },
  listening,
  back,
  ...rest
}: ApiProcessParts): ChildProgram {
  return new ChildProgram({
    ...rest,
    command: [
      ...["api", "--config", configDir, "--data", dataDir],
      ...(host === undefined ? [] : ["--host", host]),
      ...(port === undefined ? [] : ["--port", String(port)]),
    ],
    channel: "api",
    missing: "the API is not there",
    heard: (told, wasLost) => {
      const url = textIn(told.listening, "url");
      if (url === undefined) return false;
      const setup = textIn(told.setup, "url");
      if (wasLost) back(url);
      listening({ url, ...(setup === undefined ? {} : { setup }) });
      return true;
    },
  });
}
