/** Holds the secrets that it is given, and dies of an error that quotes them; the test reads what it leaves behind. */
import { endOnUncaught } from "../../src/cli/main.ts";
import { FernetKey } from "../../src/security/fernet.ts";
import { Credentials } from "../../src/security/secrets.ts";
import { Vault } from "../../src/security/vault.ts";

const [secret = "", keyText = "", how = ""] = process.argv.slice(2);
const key = FernetKey.parse(keyText);
if (key === null) throw new Error("no key");
const held = { pair: new Credentials("THE-API-KEY", secret), vault: new Vault(key) };

endOnUncaught();
const cause = new TypeError(`header value ${secret}`, { cause: { secret, held } });
const error = Object.assign(new Error(`sent ${secret} under ${keyText}`, { cause }), held, { secret });
if (how === "rejected") void Promise.reject(error);
else
  setImmediate(() => {
    throw error;
  });
setTimeout(() => console.log("still alive", held), 2_000);
