/** Who is signed in, users, sessions, tokens, the audit log. Nothing secret but what is shown once. */
import { z } from "zod";
import { PERMISSIONS, ROLES } from "../../identity/permissions.ts";
import { largePage, nextCursor, nickname, page, timeMs } from "./common.ts";

export const role = z.enum(ROLES).meta({ id: "Role" });
export const permission = z.enum(PERMISSIONS).meta({ id: "Permission" });

export const accounts = z
  .union([z.literal("all"), z.array(nickname)])
  .meta({ id: "SeenAccounts", description: "`all`, or these." });

const userName = z.string().min(1).max(100);
/** Whether it is good enough is identity's to say. */
const password = z.string().min(1).max(1_000);
const code = z.string().min(1).max(100).meta({ description: "Of the second factor, or a recovery code." });

export const signedIn = z
  .object({
    kind: z.enum(["session", "token"]),
    name: userName,
    role,
    permissions: z.array(permission),
    accounts,
    second_factor_on: z.boolean(),
    second_factor_until_ms: timeMs
      .nullable()
      .meta({ description: "Until when a given code counts; null where none does." }),
    expires_ms: timeMs,
    csrf_token: z
      .string()
      .meta({ description: 'For X-CSRF-Token of a session; "" for a token, which needs none.' }),
  })
  .meta({ id: "SignedIn" });

export const signInForm = z.strictObject({ name: userName, password, code: code.exactOptional() });

export const setUpForm = z.strictObject({
  secret: z
    .string()
    .min(1)
    .max(500)
    .meta({ description: "What stands after `#setup=` in the one-time link." }),
  name: userName.exactOptional().meta({ description: "Of the owner to be made; an invitation has one." }),
  password,
});

export const codeForm = z.strictObject({ code });
export const passwordForm = z.strictObject({ password });

export const session = z
  .object({
    id: z.int(),
    user_id: z.int(),
    user_name: z.string(),
    created_ms: timeMs,
    expires_ms: timeMs,
    address: z.string(),
    agent: z.string(),
    current: z.boolean(),
  })
  .meta({ id: "Session" });

export const user = z
  .object({
    id: z.int(),
    name: z.string(),
    role,
    listed: z.array(permission).meta({ description: "Beside what the role gives." }),
    permissions: z.array(permission),
    given: z.array(nickname),
    accounts,
    telegram_id: z.string().nullable(),
    has_password: z.boolean(),
    second_factor_on: z.boolean(),
    created_ms: timeMs,
  })
  .meta({ id: "User" });

const userFields = {
  listed: z.array(permission).max(20).exactOptional(),
  given: z.array(nickname).max(1_000).exactOptional(),
  telegram_id: z
    .string()
    .regex(/^\d{1,20}$/)
    .nullable()
    .exactOptional(),
};

export const userQuery = z.object({ role: role.optional(), ...largePage });
export const userPage = z.object({ users: z.array(user), next_cursor: nextCursor }).meta({ id: "Users" });

export const newUser = z.strictObject({
  name: userName,
  role,
  ...userFields,
  password: password.exactOptional(),
});
export const userChange = z.strictObject({
  name: userName.exactOptional(),
  role: role.exactOptional(),
  ...userFields,
});
export const newPassword = z.strictObject({
  password,
  current: password.exactOptional(),
  keep_tokens: z.boolean().default(false).meta({ description: "His API tokens go on working." }),
});

export const link = z
  .object({
    secret: z.string().meta({ description: "Shown once: the address is /#setup=SECRET." }),
    expires_ms: timeMs,
    user_name: z.string().nullable(),
  })
  .meta({ id: "OneTimeLink" });

export const token = z
  .object({
    id: z.int(),
    user_id: z.int(),
    user_name: z.string(),
    name: z.string(),
    hint: z.string(),
    scopes: z.array(permission),
    created_ms: timeMs,
    expires_ms: timeMs,
    last_used_ms: timeMs.nullable(),
  })
  .meta({ id: "Token" });

export const newToken = z.strictObject({
  name: userName,
  scopes: z.array(permission).min(1).max(20),
  expires_in_days: z.int().min(1).max(366),
});

export const madeToken = z
  .object({ token: z.string().meta({ description: "Shown once." }), view: token })
  .meta({ id: "MadeToken" });

export const enrolment = z
  .object({
    secret: z.string(),
    uri: z.string().meta({ description: "otpauth://totp/..., to be shown as a QR code." }),
  })
  .meta({ id: "Enrolment" });

export const auditEntry = z
  .object({
    id: z.int(),
    at_ms: timeMs,
    actor: z.string(),
    actor_kind: z.enum(["session", "token", "local", "nobody"]),
    action: z.string(),
    subject: z.string(),
    before: z.unknown(),
    after: z.unknown(),
    address: z.string().nullable(),
  })
  .meta({ id: "AuditEntry" });

const owned = { user: z.string().max(200).optional().meta({ description: "Name of the user." }) };
export const ownedQuery = z.object({ ...owned, ...largePage });
export const tokenPage = z.object({ tokens: z.array(token), next_cursor: nextCursor }).meta({ id: "Tokens" });
export const sessionPage = z
  .object({ sessions: z.array(session), next_cursor: nextCursor })
  .meta({ id: "Sessions" });

export const auditQuery = z.object({
  action: z.string().min(1).max(100).optional(),
  actor: z.string().min(1).max(100).optional(),
  ...page,
});

export const auditPage = z
  .object({ items: z.array(auditEntry), next_cursor: nextCursor })
  .meta({ id: "AuditPage" });
