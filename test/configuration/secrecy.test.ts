/** No secret ever appears in what loading gives, whatever is wrong and wherever the secret stood. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { FernetKey } from "../../src/security/fernet.ts";
import { Vault } from "../../src/security/vault.ts";
import { follower, leader, load, shown } from "./folder.ts";

const KEY = "Kx7QpZ2vKEYMARK0";
const SECRET = "Sw9RtY4uSECRETMARK1aB3dE5fG7hJ9kL2m";
const secretLeader = { ...leader, api_key: KEY, api_secret: SECRET };

const printed = (result: ReturnType<typeof load>) => {
  const text = shown(result);
  expect(text).not.toContain("KEYMARK");
  expect(text).not.toContain("SECRETMARK");
};

test("not in a configuration that loads, from file, .env or environment", () => {
  const sound = { "data/accounts/a.json": secretLeader, "data/accounts/b.json": follower };
  const env = { MASTER_API_KEY: KEY, MASTER_API_SECRET: SECRET, TELEGRAM_BOT_TOKEN: `123456:${SECRET}` };
  const dotEnv = `MASTER_API_KEY=${KEY}\nMASTER_API_SECRET="${SECRET}"\n`;
  for (const result of [load(sound), load(sound, { env }), load({ ...sound, ".env": dotEnv })]) {
    expect(result.ok).toBe(true);
    printed(result);
  }
});

test("not the encryption key either, whether it is one or a passphrase, nor what it opens", () => {
  const key = FernetKey.generate();
  const vault = new Vault(key);
  const tokens = { api_key: vault.encrypt(KEY), api_secret: vault.encrypt(SECRET) };
  const sound = { "data/accounts/a.json": { ...leader, ...tokens }, "data/accounts/b.json": follower };
  const keys = [key.reveal(), `${FernetKey.generate().reveal()},${key.reveal()}`];
  const wrong = [FernetKey.generate().reveal(), SECRET, `${key.reveal()},${SECRET}`];
  for (const value of [...keys, ...wrong]) {
    const env = { COPYTRADER_ENCRYPTION_KEY: value };
    const dotEnv = { ...sound, ".env": `COPYTRADER_ENCRYPTION_KEY=${value}\n` };
    for (const result of [load(sound, { env }), load(dotEnv), load(sound, { env, purpose: "inspect" })]) {
      printed(result);
      for (const part of value.split(",")) expect(shown(result)).not.toContain(part);
    }
    expect(load(sound, { env }).ok).toBe(keys.includes(value));
  }
});

test("not when an account file is cut anywhere or a piece is torn out", () => {
  const whole = JSON.stringify(secretLeader, null, 2);
  const place = fc.nat(whole.length);
  fc.assert(
    fc.property(place, place, fc.constantFrom("", '"', "}", "\n", ","), (from, length, filling) => {
      const torn = whole.slice(0, from) + filling + whole.slice(from + length);
      fc.pre(!isNamedAfterSecret(torn));
      printed(load({ "data/accounts/a.json": torn, "data/accounts/b.json": follower }));
    }),
    { numRuns: 600 },
  );
});

/** A tear that moves the secret into the nickname gives the account a public name: messages must be able to say it. */
function isNamedAfterSecret(torn: string): boolean {
  try {
    return /KEYMARK|SECRETMARK/.test(String(JSON.parse(torn).nickname));
  } catch {
    return false;
  }
}

test("not when the secret stands under any key, as a key, or in any form", () => {
  const names = [
    "url",
    "stream_url",
    "role",
    "account_type",
    "sizing",
    "leader_",
    "api_secret",
    "copy_multiplier",
    SECRET,
  ];
  const forms = [
    SECRET,
    [SECRET],
    { [SECRET]: SECRET },
    `https://u:${SECRET}@api.bybit.com`,
    `https://x/${SECRET}`,
    `${SECRET} `,
  ];
  for (const name of names) {
    for (const form of forms) {
      printed(
        load({ "data/accounts/a.json": { ...secretLeader, [name]: form }, "data/accounts/b.json": follower }),
      );
    }
  }
});

test("not when a variable holds what cannot be a key, or the wrong thing", () => {
  const sound = { "data/accounts/a.json": leader, "data/accounts/b.json": follower };
  for (const env of [{ MASTER_API_SECRET: `${SECRET} x` }, { LOG_LEVEL: SECRET }, { DEBUG_MODE: SECRET }]) {
    const result = load(sound, { env });
    expect(result.ok).toBe(false);
    printed(result);
  }
});

test("not when YAML is broken or holds it under a key that is unknown", () => {
  const accounts = { "data/accounts/a.json": leader, "data/accounts/b.json": follower };
  printed(load({ ...accounts, "config/a.yaml": `api_secret: ${SECRET}\n` }));
  printed(load({ ...accounts, "config/a.yaml": `a: [${SECRET}\n b: *${SECRET}` }));
  printed(load({ ...accounts, "config/telegram_auth.json": `{"authorized_users": "${SECRET}"}` }));
});
