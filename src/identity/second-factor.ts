/**
 * The second factor: time-based codes (RFC 6238, 6 digits, 30 seconds, SHA-1 as every authenticator takes it), and recovery codes for
 * whoever lost the device. The only place that knows the library.
 */
import { randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { hashOf } from "./bearer.ts";
import type { Enrolment } from "./identity.ts";

const PERIOD_MS = 30_000;
/** Steps that a device's clock may be off. */
const WINDOW = 1;
/** RFC 4226 (section 4) recommends 160 bits. */
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** 80 bits: nobody finds one by hashing all. */
const RECOVERY_BYTES = 10;
const ISSUER = "Copytrader";

/** Base32. */
export function newFactorSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

export function enrolmentOf(secret: string, name: string): Enrolment {
  return { secret, uri: totp(secret, name).toString() };
}

/** The time step that a code belongs to; null where it is wrong, or of a step that is not after `usedStep`. */
export function stepOf(
  secret: string,
  code: string,
  { nowMs, usedStep }: { readonly nowMs: number; readonly usedStep: number },
): number | null {
  const digits = code.replace(/\s/g, "");
  if (!/^\d{6}$/.test(digits)) return null;
  const delta = totp(secret, "").validate({ token: digits, timestamp: nowMs, window: WINDOW });
  if (delta === null) return null;
  const step = Math.floor(nowMs / PERIOD_MS) + delta;
  return step > usedStep ? step : null;
}

function totp(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: ISSUER,
    label: label === "" ? ISSUER : label,
    secret: Secret.fromBase32(secret),
    algorithm: "SHA1",
    digits: 6,
    period: PERIOD_MS / 1_000,
  });
}

/** Shown once: `ABCD-EFGH-JKLM-NPQR`, ten of them; kept are the hashes. */
export function newRecoveryCodes(): readonly { readonly code: string; readonly hash: string }[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const text = new Secret({ buffer: bufferOf(randomBytes(RECOVERY_BYTES)) }).base32;
    const code = text.match(/.{4}/g)?.join("-") ?? text;
    return { code, hash: recoveryHashOf(code) };
  });
}

/** The same for small letters, blanks and missing dashes. */
export function recoveryHashOf(code: string): string {
  return hashOf(code.toUpperCase().replace(/[^A-Z2-7]/g, ""));
}

function bufferOf(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
