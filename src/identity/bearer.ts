/**
 * What somebody shows to be let in: 256 random bits behind a prefix that says of which kind they are. Only their SHA-256 is kept; with so
 * many random bits nothing slower is needed, and finding a row by the hash tells whoever tries nothing by its time.
 */
import { createHmac, hash, randomBytes } from "node:crypto";

export type BearerKind = "session" | "token" | "link";

const PREFIXES: Readonly<Record<BearerKind, string>> = { session: "cts_", token: "ctt_", link: "ctl_" };
const RANDOM_BYTES = 32;
const FORM = /^ct[stl]_[A-Za-z0-9_-]{43}$/;
/** So much of an API token is kept to tell it by: its kind and 36 of its bits. */
const HINT_CHARACTERS = 10;

export function mint(kind: BearerKind): { readonly token: string; readonly hash: string } {
  const token = `${PREFIXES[kind]}${randomBytes(RANDOM_BYTES).toString("base64url")}`;
  return { token, hash: hashOf(token) };
}

/** Null for whatever this program cannot have made. */
export function kindOf(text: string): BearerKind | null {
  if (!FORM.test(text)) return null;
  if (text.startsWith(PREFIXES.session)) return "session";
  return text.startsWith(PREFIXES.token) ? "token" : "link";
}

/** Lower-case hexadecimal. */
export function hashOf(token: string): string {
  return hash("sha256", token, "hex");
}

export function hintOf(token: string): string {
  return token.slice(0, HINT_CHARACTERS);
}

/** What a page must send back in a header to prove that it could read it; follows from the session's token and does not give it away. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac("sha256", sessionToken).update("copytrader csrf").digest("base64url");
}
