/** Whatever is thrown on the way to an answer, as a problem of the catalogue. What nobody expected says nothing of its inside. */
import type { FastifyError } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { ControlError, type ControlFailure } from "../control/control.ts";
import { TradersError } from "../control/traders.ts";
import { DataFolderError } from "../data-folder.ts";
import { IdentityError, type IdentityFailure } from "../identity/identity-error.ts";
import { masked } from "../security/secrets.ts";
import { ApiProblem, type ProblemCode } from "./contract/problems.ts";

const OF_CONTROL: Readonly<Record<ControlFailure, ProblemCode>> = {
  "bad-request": "bad-request",
  "unknown-follower": "unknown-follower",
  "unknown-leader": "unknown-leader",
  "unknown-relation": "unknown-relation",
  "unknown-proposal": "unknown-proposal",
  "unknown-alert": "unknown-alert",
  "bad-settings": "bad-settings",
  conflict: "changed-meanwhile",
  "nothing-to-close": "nothing-to-close",
  "not-running": "engine-stopped",
  starting: "engine-starting",
  unreachable: "engine-unreachable",
  version: "engine-unreachable",
  failure: "engine-failed",
};

const OF_IDENTITY: Readonly<Record<IdentityFailure, ProblemCode>> = {
  "bad-credentials": "bad-credentials",
  throttled: "throttled",
  busy: "busy",
  "not-allowed": "forbidden",
  "second-factor-needed": "second-factor-needed",
  "bad-request": "bad-request",
  "weak-password": "weak-password",
  "name-taken": "name-taken",
  "unknown-user": "unknown-user",
  "unknown-token": "unknown-token",
  "unknown-session": "unknown-session",
  "last-owner": "last-owner",
  "too-many": "too-many",
  "no-key": "no-key",
};

const OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: "bad-request",
  404: "not-found",
  413: "too-large",
  415: "unsupported-media-type",
  429: "too-many-requests",
};

/** Failures of what lies on the disk, by their names. */
const NOT_READABLE: ReadonlySet<string> = new Set([
  "JournalError",
  "StoreError",
  "MarketDataError",
  "DevicesError",
  "DiskError",
]);

/** Null for what nobody expected. `isAllSeen`: whether whoever is told sees every account. */
export function problemFrom(error: unknown, isAllSeen: boolean): ApiProblem | null {
  if (error instanceof ApiProblem) return error;
  if (error instanceof ControlError) return fromControl(isAllSeen ? error : withoutNames(error));
  if (error instanceof TradersError) return new ApiProblem(error.failure, masked(error.message));
  if (error instanceof IdentityError) return fromIdentity(error);
  if (error instanceof DataFolderError) return new ApiProblem("busy", masked(error.message));
  if (error instanceof Error && NOT_READABLE.has(error.name))
    return new ApiProblem("not-readable", masked(error.message));
  if (hasZodFastifySchemaValidationErrors(error)) return fromValidation(error);
  return fromFastify(error);
}

/** What the facade says to whom names nobody: it adds those that there are, which are not for everybody. */
function withoutNames({ failure, message }: ControlError): ControlError {
  const isOfNames = failure === "bad-request" || failure.startsWith("unknown-");
  if (!isOfNames || message.includes("\n")) return new ControlError(failure, message);
  return new ControlError(failure, message.replace(/ \(did you mean ".*|; .*/, ""));
}

function fromControl({ failure, message }: ControlError): ApiProblem {
  const [first = "", ...more] = masked(message).split("\n");
  if (more.length === 0) return new ApiProblem(OF_CONTROL[failure], first);
  const errors = [first, ...more].map((text) => ({ field: text.split(" ")[0] ?? "", message: text }));
  return new ApiProblem(OF_CONTROL[failure], "several settings are wrong", { errors });
}

function fromIdentity({ failure, message, field, retryAfterMs }: IdentityError): ApiProblem {
  return new ApiProblem(OF_IDENTITY[failure], message, {
    ...(field === null ? {} : { errors: [{ field, message }] }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}

type ValidationFound = Omit<FastifyError, "validation"> & {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string | undefined }[];
  readonly validationContext?: string | undefined;
};

function fromValidation({ validation, validationContext }: ValidationFound): ApiProblem {
  const errors = validation.slice(0, 20).map(({ instancePath, message }) => ({
    field: fieldOf(validationContext, instancePath),
    message: message ?? "is wrong",
  }));
  const [first] = errors;
  const detail = first === undefined ? "the request is wrong" : `${first.field}: ${first.message}`;
  return new ApiProblem("bad-request", detail, { errors });
}

function fieldOf(context: string | undefined, path: string): string {
  const name = path.split("/").filter((part) => part !== "");
  return name.length === 0 ? (context ?? "body") : name.join(".");
}

/** The framework's own: bodies that are no JSON, too large, of another type. */
function fromFastify(error: unknown): ApiProblem | null {
  if (!(error instanceof Error) || !("statusCode" in error)) return null;
  const status = Number(error.statusCode);
  const code = OF_STATUS[status] ?? (status >= 400 && status < 500 ? "bad-request" : null);
  return code === null ? null : new ApiProblem(code, masked(error.message));
}
