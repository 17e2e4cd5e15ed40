/** How the dashboard asks: lists to their end. */
import { afterEach, expect, test, vi } from "vitest";
import { callAll } from "../../web/src/api/client.ts";

afterEach(() => vi.unstubAllGlobals());

test("a list of several pages is read to its end", async () => {
  const asked: string[] = [];
  const pages: Record<string, unknown> = {
    "/api/v1/users?role=owner": { users: ["anna", "ben"], next_cursor: "2" },
    "/api/v1/users?role=owner&cursor=2": { users: ["chloe"], next_cursor: "3" },
    "/api/v1/users?role=owner&cursor=3": { users: [], next_cursor: null },
  };
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return new Response(JSON.stringify(pages[url]));
  });
  const { users } = await callAll<{ users: string[] }>("/users", "users", { query: { role: "owner" } });
  expect(users).toEqual(["anna", "ben", "chloe"]);
  expect(asked).toEqual(Object.keys(pages));
});
