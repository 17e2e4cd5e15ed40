/** Hashes of passwords: their form, what they cost, how many are computed at once. */
import { describe, expect, it } from "vitest";
import { IdentityError } from "./identity-error.ts";
import { PasswordHasher } from "./password.ts";

describe("a password", () => {
  it("is kept as argon2id with 19 MiB and two passes, salted, and matches only itself", async () => {
    const hasher = new PasswordHasher();
    const [one, two] = await Promise.all([hasher.hash("a fine sentence"), hasher.hash("a fine sentence")]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify("a fine sentence", one)).toEqual({ matches: true, outdated: false });
    expect(await hasher.verify("a fine sentencE", one)).toEqual({ matches: false, outdated: false });
    expect(await hasher.verify("a fine sentence", null)).toEqual({ matches: false, outdated: false });
  });

  it("of the reference implementation is read, and told to be of other parameters", async () => {
    // `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1`, as in test.c of the Argon2 reference implementation.
    const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    const verdict = await new PasswordHasher().verify("password", phc);
    expect(verdict).toEqual({ matches: true, outdated: true });
  });
});

describe("log-ins at once", () => {
  it("are refused beyond those that can wait, and the others have their turn", async () => {
    const hasher = new PasswordHasher();
    const all = await Promise.allSettled(Array.from({ length: 40 }, () => hasher.verify("x", null)));
    const refused = all.filter((one) => one.status === "rejected");
    expect(refused).toHaveLength(6);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(IdentityError);
    expect((await hasher.verify("x", null)).matches).toBe(false);
  });
});
