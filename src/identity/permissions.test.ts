/** Roles and permissions, row by row; and that no list ever gives less than its role. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { hasFreshSecondFactor, type Principal, SECOND_FACTOR_MS } from "./identity.ts";
import {
  includesAll,
  isPermission,
  maySee,
  PERMISSIONS,
  type Permission,
  permissionsOf,
  ROLES,
  type Role,
  roleOf,
  withinScopes,
} from "./permissions.ts";

/** What each role may do by itself: o owner, p operator, v viewer. */
const TABLE: Readonly<Record<Permission, string>> = {
  view_balance: "opv",
  view_positions: "opv",
  view_sync: "opv",
  view_reports: "opv",
  manage_stop_loss: "op",
  trade: "op",
  manage_copying: "op",
  admin: "o",
  all: "o",
};
const LETTERS: Readonly<Record<Role, string>> = { owner: "o", operator: "p", viewer: "v" };

describe("a role", () => {
  const rows = ROLES.flatMap((role) => PERMISSIONS.map((permission) => ({ role, permission })));
  it.each(rows)("$role and $permission", ({ role, permission }) => {
    expect(permissionsOf(role, []).has(permission)).toBe(TABLE[permission].includes(LETTERS[role]));
  });

  it.each([
    ["admin", "owner"],
    ["user", "viewer"],
    ["owner", "owner"],
    ["operator", "operator"],
    ["viewer", "viewer"],
    ["root", null],
    ["constructor", null],
    ["", null],
  ])("%j is %j", (word, role) => {
    expect(roleOf(word)).toBe(role);
  });
});

const permission = fc.constantFrom(...PERMISSIONS);
const role = fc.constantFrom(...ROLES);

test("listed permissions are added to the role's, and `all` is every one", () => {
  fc.assert(
    fc.property(role, fc.array(permission), (one, listed) => {
      const together = permissionsOf(one, listed);
      expect(includesAll(together, permissionsOf(one, []))).toBe(true);
      expect(includesAll(together, listed)).toBe(true);
      const more = [...together].filter((found) => !permissionsOf(one, []).has(found));
      expect(listed.includes("all") || more.every((found) => listed.includes(found))).toBe(true);
      if (listed.includes("all")) expect(together.size).toBe(PERMISSIONS.length);
    }),
  );
});

test("a token never does more than its user, nor more than it was made for", () => {
  fc.assert(
    fc.property(role, fc.array(permission), fc.array(permission), (one, listed, scopes) => {
      const own = permissionsOf(one, listed);
      const token = withinScopes(own, scopes);
      expect(includesAll(own, token)).toBe(true);
      if (!scopes.includes("all")) expect(includesAll(new Set(scopes), token)).toBe(true);
    }),
  );
});

test("an account is seen when it is given, or when all are", () => {
  expect(maySee("all", "slave1")).toBe(true);
  expect(maySee(new Set(["slave1"]), "slave1")).toBe(true);
  expect(maySee(new Set(["slave1"]), "slave2")).toBe(false);
});

test("only the words of the list are permissions", () => {
  expect(PERMISSIONS.every(isPermission)).toBe(true);
  expect(["", "toString", "View_balance", "everything"].some(isPermission)).toBe(false);
});

describe("a second factor", () => {
  const principal: Principal = {
    kind: "session",
    id: 1,
    userId: 1,
    name: "alice",
    role: "owner",
    permissions: permissionsOf("owner", []),
    accounts: "all",
    secondFactorOn: true,
    secondFactorAtMs: 1_000,
    expiresMs: 1e9,
  };
  it.each([
    ["given now", 1_000, true],
    ["given almost ten minutes ago", 999 + SECOND_FACTOR_MS, true],
    ["given ten minutes ago", 1_000 + SECOND_FACTOR_MS, false],
    ["given in the future", 999, false],
  ])("%s", (_when, nowMs, fresh) => {
    expect(hasFreshSecondFactor(principal, nowMs)).toBe(fresh);
  });

  it("is wanted where it is on and was never given, and not where it is off", () => {
    expect(hasFreshSecondFactor({ ...principal, secondFactorAtMs: null }, 1_000)).toBe(false);
    expect(hasFreshSecondFactor({ ...principal, secondFactorOn: false, secondFactorAtMs: null }, 1)).toBe(
      true,
    );
  });
});
