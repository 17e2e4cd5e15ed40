/**
 * API key and signature. The secret stays inside its object: it is in no property, log line, error or JSON text.
 * Strings to sign per the V5 documentation ("Integration Guidance", "Connect").
 */
import { createHmac } from "node:crypto";
import { inspect } from "node:util";

export interface Credentials {
  readonly apiKey: string;
  /** Lower-case hex HMAC-SHA256 of the text. */
  sign(text: string): string;
}

class HmacCredentials implements Credentials {
  readonly apiKey: string;
  readonly #secret: string;

  constructor(apiKey: string, secret: string) {
    this.apiKey = apiKey;
    this.#secret = secret;
  }

  sign(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("hex");
  }

  toJSON(): string {
    return this.toString();
  }

  toString(): string {
    return `credentials of key ${this.apiKey.slice(0, 4)}...`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

export function bybitCredentials(apiKey: string, secret: string): Credentials {
  return new HmacCredentials(apiKey, secret);
}

/** Signature of a REST request; `payload` is the query exactly as sent (GET) or the body's text (POST). */
export function requestSignature(
  credentials: Credentials,
  stampMs: number,
  windowMs: number,
  payload: string,
): string {
  return credentials.sign(`${stampMs}${credentials.apiKey}${windowMs}${payload}`);
}

/** The login message of private and order-entry streams; `expiresMs` lies in the future on the server's clock. */
export function loginMessage(credentials: Credentials, expiresMs: number): string {
  const signature = credentials.sign(`GET/realtime${expiresMs}`);
  return JSON.stringify({ op: "auth", args: [credentials.apiKey, expiresMs, signature] });
}
