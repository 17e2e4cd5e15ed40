/** Becoming somebody, and ceasing to be. */
import { call } from "./client.ts";
import type { SessionBody, SetUpForm, SignInForm } from "./types.ts";

export function signIn(form: SignInForm): Promise<SessionBody> {
  return call("/session", { method: "POST", body: form });
}

export function signOut(): Promise<unknown> {
  return call("/session", { method: "DELETE" });
}

export function setUp(form: SetUpForm): Promise<SessionBody> {
  return call("/setup", { method: "POST", body: form });
}

/** For whatever trades, where a second factor is switched on. */
export function giveSecondFactor(code: string): Promise<unknown> {
  return call("/session/second_factor", { method: "POST", body: { code } });
}
