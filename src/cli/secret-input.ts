/**
 * Key and secret of a new account, or a password, as a person or a script gives them: typed without being shown, or as lines or
 * JSON on stdin. Never from the command line, which every process of the machine can read.
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
  const [apiKey, apiSecret] = [await hidden("api_key: "), await hidden("api_secret: ")];
  return { apiKey: apiKey.trim(), apiSecret: apiSecret.trim() };
}

/** Typed twice, or one line on stdin; blanks at its ends belong to it. Throws a CliError where there is something else. */
export async function readPassword(name: string): Promise<string> {
  if (process.stdin.isTTY) {
    process.stderr.write(`A new password for ${name}, of 12 characters or more; it is not shown.\n`);
    const password = await hidden("password: ");
    if ((await hidden("once more: ")) !== password) throw usage("the two passwords are not the same");
    return password;
  }
  return pipedLine("the password");
}

/** Typed without being shown, or one line on stdin. Throws a CliError where there is something else. */
export async function readSecretLine(what: string): Promise<string> {
  return (process.stdin.isTTY ? await hidden(`${what}: `) : await pipedLine(`the ${what}`)).trim();
}

async function pipedLine(what: string): Promise<string> {
  const [line = "", ...rest] = (await piped()).split(/\r?\n/);
  if (line === "" || rest.some((other) => other !== "")) throw usage(`stdin must hold ${what} on one line`);
  return line;
}

async function hidden(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await lines.question("");
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
