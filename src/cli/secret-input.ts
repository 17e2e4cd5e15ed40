/**
 * Key and secret of a new account as a person or a script gives them: typed without being shown, or as two lines or JSON on
 * stdin. Never from the command line, which every process of the machine can read.
 */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { type CliError, usage } from "./output.ts";

export interface SecretPair {
  readonly apiKey: string;
  readonly apiSecret: string;
}

const INPUT_BYTES_MAX = 64 * 1024;

/** Throws a CliError where stdin holds something else. */
export async function readSecretPair(): Promise<SecretPair> {
  return process.stdin.isTTY ? typed() : pairIn(await piped());
}

async function typed(): Promise<SecretPair> {
  process.stderr.write("API key and secret; neither is shown.\n");
  return { apiKey: await hidden("api_key: "), apiSecret: await hidden("api_secret: ") };
}

async function hidden(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return (await lines.question("")).trim();
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

async function piped(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > INPUT_BYTES_MAX) throw unusable();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** `{"api_key": ..., "api_secret": ...}`, or the key on one line and the secret on the next. */
function pairIn(text: string): SecretPair {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const [apiKey, apiSecret, ...rest] = lines.filter((line) => line !== "");
  if (text.trim().startsWith("{")) return pairInJson(text);
  if (apiKey === undefined || apiSecret === undefined || rest.length > 0) throw unusable();
  return { apiKey, apiSecret };
}

function pairInJson(text: string): SecretPair {
  try {
    const { api_key: apiKey, api_secret: apiSecret } = JSON.parse(text);
    if (typeof apiKey === "string" && typeof apiSecret === "string") return { apiKey, apiSecret };
  } catch {
    // Its message would quote what was given.
  }
  throw unusable();
}

function unusable(): CliError {
  const message =
    'stdin must hold the API key on one line and the secret on the next, or {"api_key": ..., "api_secret": ...}';
  return usage(message);
}
