/** Pages: every row once, in order, whatever the client does to the cursor's encoding. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageOf } from "./cursor.ts";

const idOf = (row: string): string => row;

describe("pages", () => {
  it("give every row exactly once, with the cursor as it is, decoded, or encoded once more", () => {
    const rows = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/), { maxLength: 40 });
    const styles = fc.constantFrom("plain" as const, "encoded" as const);
    const mangle = fc.constantFrom(
      (text: string) => text,
      (text: string) => decodeURIComponent(text),
    );
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), styles, mangle, (list, limit, style, change) => {
        const seen: string[] = [];
        let cursor: string | undefined;
        for (let pages = 0; pages < 100; pages += 1) {
          const page = pageOf(list, idOf, { cursor, limit, style });
          if (page === undefined) throw new Error(`cursor ${cursor} was refused`);
          seen.push(...page.rows);
          if (style === "plain") expect(page.cursor).toMatch(/^[A-Za-z0-9_-]*$/);
          if (page.cursor === "") break;
          cursor = change(page.cursor);
        }
        expect(seen).toEqual(list);
      }),
    );
  });

  it("do not shift when rows arrive in front", () => {
    const first = pageOf(["c", "b", "a"], idOf, { cursor: undefined, limit: 1, style: "plain" });
    const second = pageOf(["e", "d", "c", "b", "a"], idOf, {
      cursor: first?.cursor,
      limit: 5,
      style: "plain",
    });
    expect(second).toEqual({ rows: ["b", "a"], cursor: "" });
  });

  it("are refused for a cursor of nothing", () => {
    expect(pageOf(["a"], idOf, { cursor: "nonsense", limit: 1, style: "plain" })).toBeUndefined();
  });
});
