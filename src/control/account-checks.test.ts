/** What `accounts check` advises: about the key only when the venue was heard. */
import { expect, test } from "vitest";
import { checkAccount, type Sighting } from "./account-checks.ts";

const account = { account: "f", role: "follower", venue: "v", accountType: "demo" } as const;

function keyMessage(seen: Pick<Sighting, "instruments" | "inspection">): string | undefined {
  const { checks } = checkAccount({ account, stream: null, ...seen }, 0);
  return checks.find(({ check }) => check === "key")?.message;
}

test("a venue that answers and refuses the key sends the owner to the key", () => {
  expect(keyMessage({ instruments: 500, inspection: "key is invalid" })).toMatch(
    /^key is invalid; check api_key and api_secret/,
  );
});

test("a venue that does not answer says nothing about the key", () => {
  expect(keyMessage({ instruments: "connection refused", inspection: "connection refused" })).toBe(
    "connection refused; the key can be judged once the venue answers",
  );
});

test("an account without a key is told why and where to put one, whatever the venue says", () => {
  for (const instruments of [500, "connection refused"]) {
    const noKey = ["api_key: is missing; write it into the file", "api_secret: is missing"];
    expect(keyMessage({ instruments, inspection: { noKey } })).toBe(noKey.join("; "));
  }
});

test("a paper follower needs no key", () => {
  expect(keyMessage({ instruments: 500, inspection: null })).toBe("paper: filled inside, needs no key");
});
