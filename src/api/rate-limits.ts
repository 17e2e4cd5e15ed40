/** How much one address and one user may ask in a minute: by address before it is known who asks, by user after that. */
import rateLimit from "@fastify/rate-limit";
import type { FastifyRequest } from "fastify";
import { ApiProblem } from "./contract/problems.ts";
import type { ApiServer } from "./parts.ts";

/** Requests in a minute. */
export interface RequestsMax {
  readonly address: number;
  readonly user: number;
  /** Of one address without a session or token: setting up, logging in, and guessing. */
  readonly unknown: number;
}

/** A dashboard asks some tens a minute; programs that ask many times a second have room. */
const USUAL: RequestsMax = { address: 120_000, user: 60_000, unknown: 600 };
const WINDOW_MS = 60_000;
/** Addresses and users that are counted at once; the oldest go first. */
const COUNTED_MAX = 10_000;

export interface Limiters {
  /** Throws an ApiProblem where it was too much. */
  readonly ofAddress: (request: FastifyRequest) => Promise<void>;
  readonly ofUser: (request: FastifyRequest) => Promise<void>;
}

type Check = ReturnType<ApiServer["createRateLimit"]>;

export async function limitersOf(app: ApiServer, most: RequestsMax = USUAL): Promise<Limiters> {
  await app.register(rateLimit, { global: false, cache: COUNTED_MAX });
  const by = (max: number, keyOf: (request: FastifyRequest) => string) =>
    app.createRateLimit({ max, timeWindow: WINDOW_MS, keyGenerator: keyOf });
  const address = by(most.address, ({ ip }) => ip);
  const unknown = by(most.unknown, ({ ip }) => ip);
  const user = by(most.user, ({ principal }) => String(principal?.userId));
  return {
    ofAddress: (request) => assertBelow(address, request, "this address asks"),
    ofUser: (request) => {
      const { principal } = request;
      if (principal !== null) return assertBelow(user, request, `${principal.name} asks`);
      return assertBelow(unknown, request, "this address asks without a session or token");
    },
  };
}

async function assertBelow(check: Check, request: FastifyRequest, who: string): Promise<void> {
  const found = await check(request);
  if (found.isAllowed || !found.isExceeded) return;
  throw new ApiProblem("too-many-requests", `${who} more than ${found.max} times in a minute`, {
    retryAfterMs: found.ttl,
  });
}
