/**
 * What somebody may do and which accounts he sees. The permissions carry the names of the earlier Telegram bot, so that its file of
 * users means here what it meant there; `trade` and `manage_copying` are new. Pure.
 */

export const PERMISSIONS = [
  "view_balance",
  "view_positions",
  "view_sync",
  "view_reports",
  "manage_stop_loss",
  "trade",
  "manage_copying",
  "admin",
  "all",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ["owner", "operator", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** Which accounts somebody sees: every one, or these nicknames. */
export type Visible = "all" | ReadonlySet<string>;

const VIEWS = ["view_balance", "view_positions", "view_sync", "view_reports"] as const;

/** What each role may do without anything being listed for its user. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: PERMISSIONS,
  operator: [...VIEWS, "manage_stop_loss", "trade", "manage_copying"],
  viewer: VIEWS,
};

/** What the earlier bot called them. */
const EARLIER_ROLES: ReadonlyMap<string, Role> = new Map([
  ["admin", "owner"],
  ["user", "viewer"],
]);

export function isPermission(word: string): word is Permission {
  return PERMISSIONS.some((permission) => permission === word);
}

/** The role of today's word or the earlier bot's; null for any other. */
export function roleOf(word: string): Role | null {
  return ROLES.find((role) => role === word) ?? EARLIER_ROLES.get(word) ?? null;
}

/** What a role and a list of further permissions come to; `all` stands for every one. */
export function permissionsOf(role: Role, listed: Iterable<Permission>): ReadonlySet<Permission> {
  const together = new Set([...ROLE_PERMISSIONS[role], ...listed]);
  return together.has("all") ? new Set(PERMISSIONS) : together;
}

/** What a token may do: what it was made for, as long as its user may do it himself. */
export function withinScopes(
  permissions: ReadonlySet<Permission>,
  scopes: Iterable<Permission>,
): ReadonlySet<Permission> {
  const wanted = new Set(scopes);
  return wanted.has("all") ? permissions : new Set([...permissions].filter((one) => wanted.has(one)));
}

export function maySee(visible: Visible, account: string): boolean {
  return visible === "all" || visible.has(account);
}

/** Whether whoever has the one may hand out the other. */
export function includesAll<Value>(holder: ReadonlySet<Value>, wanted: Iterable<Value>): boolean {
  return [...wanted].every((one) => holder.has(one));
}
