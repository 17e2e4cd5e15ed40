/** Lists as options of the commands for users and tokens take them, and times and links as they show them. */

import { InvalidArgumentError } from "commander";
import type { OneTimeLink } from "../../identity/identity.ts";
import { isPermission, PERMISSIONS, type Permission, ROLES, type Role } from "../../identity/permissions.ts";

/** Words between commas; `none` for an empty list. */
export function words(text: string): readonly string[] {
  if (text === "none") return [];
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

export function permissionList(text: string): readonly Permission[] {
  const wrong = () => new InvalidArgumentError(`It must be some of ${PERMISSIONS.join(",")}, or none.`);
  return words(text).map((word) => {
    if (!isPermission(word)) throw wrong();
    return word;
  });
}

export function roleName(text: string): Role {
  const role = ROLES.find((known) => known === text);
  if (role === undefined) throw new InvalidArgumentError(`It must be one of ${ROLES.join(", ")}.`);
  return role;
}

/** To the minute, UTC. */
export function minuteText(atMs: number | null): string {
  return atMs === null ? "never" : new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
}

/** The token stands in the fragment, which no browser sends and no server logs. */
export function linkText(address: string, { token }: OneTimeLink): string {
  return `${address.replace(/\/+$/, "")}/#setup=${token}`;
}
