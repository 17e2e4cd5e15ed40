/**
 * The one place from which the API is asked. What it answers is trusted as the contract types it: the server validates every answer by
 * the same schemas. Requests that change something carry the session's CSRF token, and an idempotency key where they are given one.
 */
import { strings } from "../strings.ts";
import { Problem, problemOf } from "./problem.ts";
import type { ProblemBody } from "./types.ts";

const BASE = "/api/v1";
const TIMEOUT_MS = 30_000;

type Scalar = string | number | boolean;

export interface CallOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly query?: Readonly<Record<string, Scalar | undefined>>;
  readonly body?: unknown;
  /** The same key again is the same command again: it is carried out once. */
  readonly idempotencyKey?: string;
  /** The version that is changed, as it was read; another one is refused. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
  /** Where an answer takes longer than usual. */
  readonly timeoutMs?: number;
}

export interface Answer<Body> {
  readonly body: Body;
  /** To be given back as `ifMatch`; null where there is none. */
  readonly etag: string | null;
}

let csrfToken = "";
const underWay = new Set<Promise<Response>>();

/** From the session's answer; needed by everything but GET. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** Once all that was asked is answered, or after `maxMs`. */
export async function settled(maxMs: number): Promise<void> {
  await Promise.race([Promise.allSettled(underWay), new Promise((resolve) => setTimeout(resolve, maxMs))]);
}

export async function call<Body>(path: string, options: CallOptions = {}): Promise<Body> {
  return (await callWhole<Body>(path, options)).body;
}

/** Rows of an answer that comes page by page. */
type Rows<Body> = { [Name in keyof Body]: Body[Name] extends readonly unknown[] ? Name : never }[keyof Body] &
  string;

/** More than any list has: what never ends is no list. */
const PAGES_MAX = 1_000;

/** A list to its end, page by page: the last answer, with the rows of all pages as `name`. */
export async function callAll<Body>(
  path: string,
  name: Rows<Body>,
  options: CallOptions = {},
): Promise<Body> {
  const rows: unknown[] = [];
  let cursor: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const body = await call<Body & { readonly next_cursor: string | null }>(path, {
      ...options,
      query: { ...options.query, cursor },
    });
    rows.push(...(body[name] as readonly unknown[]));
    if (body.next_cursor === null || pages === PAGES_MAX) return { ...body, [name]: rows };
    cursor = body.next_cursor;
  }
}

/** Throws a Problem for every answer that is not the one that was asked for. */
export async function callWhole<Body>(path: string, options: CallOptions = {}): Promise<Answer<Body>> {
  const answer = await ask(`${BASE}${path}${queryText(options.query)}`, options);
  const body = await readJson(answer);
  if (!answer.ok) throw problemFrom(answer, body);
  return { body: body as Body, etag: answer.headers.get("etag") };
}

async function ask(url: string, options: CallOptions): Promise<Response> {
  const { method = "GET", body, idempotencyKey, ifMatch, signal, timeoutMs = TIMEOUT_MS } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const asked = fetch(url, {
    method,
    credentials: "same-origin",
    cache: "no-store",
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(method === "GET" ? {} : { "x-csrf-token": csrfToken }),
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  underWay.add(asked);
  try {
    return await asked;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new Problem({ code: "no-connection", status: 0, ...strings.noConnection });
  } finally {
    underWay.delete(asked);
  }
}

async function readJson(answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemFrom({ status }: Response, body: unknown): Problem {
  if (isProblemBody(body)) return problemOf(body);
  return new Problem({ code: "no-problem", status, ...strings.strangeAnswer(status) });
}

function isProblemBody(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "code" in body && "title" in body;
}

function queryText(query: CallOptions["query"] = {}): string {
  const entries = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  return entries.length === 0 ? "" : `?${new URLSearchParams(entries)}`;
}

/** One per command that is given, kept while it is tried again. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}
