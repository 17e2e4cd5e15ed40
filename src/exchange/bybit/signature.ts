/**
 * What is signed, per the V5 documentation ("Integration Guidance", "Connect"). Who signs holds the secret and never shows it.
 */

export interface Credentials {
  readonly apiKey: string;
  /** Lower-case hex HMAC-SHA256 of the text. */
  sign(text: string): string;
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
