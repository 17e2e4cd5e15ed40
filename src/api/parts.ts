/** What the API is made of, handed to every group of routes; and the server that they are added to. */
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Accounts } from "../control/accounts.ts";
import type { StrategyAsked } from "../control/strategy-now.ts";
import type { Identity } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import type { ControlSource } from "./control-source.ts";
import type { Metrics } from "./metrics.ts";
import type { PushDesk } from "./push-desk.ts";

export interface ApiParts {
  readonly control: ControlSource;
  readonly identity: Identity;
  readonly accounts: Accounts;
  readonly configDir: string;
  readonly dataDir: string;
  /** Notifies devices. */
  readonly push: PushDesk;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly access: AccessRules;
  /** The owner's own strategies and filters; throws a ControlError where his files have problems. */
  readonly ownCode: () => Promise<StrategyAsked["own"]>;
  /** UTC milliseconds. */
  readonly nowMs: () => number;
}

/** Who may talk to the server at all. */
export interface AccessRules {
  /** Names that it may be addressed by, without ports. */
  readonly hosts: ReadonlySet<string>;
  /** Other pages that may use it from a browser. */
  readonly origins: ReadonlySet<string>;
  /** Whether it is reached by https, its own or a proxy's. */
  readonly secure: boolean;
  readonly behindProxy: boolean;
  /** Of this installation, in the name of the cookie: browsers send those of one host to each of its ports. */
  readonly installation: string;
}

export type ApiServer = FastifyInstance<
  RawServerDefault,
  import("node:http").IncomingMessage,
  import("node:http").ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** A group of routes; may add what is beside routes, too (the stream, files). */
export type RoutePlugin = (app: ApiServer, parts: ApiParts) => void | Promise<void>;
