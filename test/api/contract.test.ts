/** The contract and the facade have the same fields: what the one gained and the other not does not compile. */
import { compileErrors, validate } from "@readme/openapi-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import type * as contract from "../../src/api/contract.ts";
import { PROBLEMS } from "../../src/api/contract.ts";
import type {
  CapitalReport,
  JournalEntryReport,
  LimitsReport,
  OtherOrderReport,
  StatusReport,
  WorkedReport,
} from "../../src/control/control.ts";
import type { HealthReport } from "../../src/control/health-report.ts";
import type {
  AllocationsReport,
  CommandReport,
  ExplainReport,
  HoldingsReport,
  PreviewReport,
  ProposalsReport,
} from "../../src/control/owner-commands.ts";
import type { ParityReport } from "../../src/control/parity-certificate.ts";
import { openWorld, type World } from "./world.ts";

/** Names of fields that the one has and the other not, at any depth; `unknown` of the contract covers everything. */
type Missing<Facade, Contract> = unknown extends Contract
  ? never
  : Facade extends readonly (infer One)[]
    ? Contract extends readonly (infer Other)[]
      ? Missing<One, Other>
      : "a list"
    : Facade extends object
      ? Contract extends object
        ? string extends keyof Contract
          ? never
          :
              | Exclude<keyof Facade, keyof Contract>
              | {
                  [Name in keyof Facade & keyof Contract]: Missing<
                    Exclude<Facade[Name], null | undefined>,
                    Exclude<Contract[Name], null | undefined>
                  >;
                }[keyof Facade & keyof Contract]
        : "a group"
      : never;

type Undocumented<Facade, Schema extends z.ZodType> = Missing<Facade, z.output<Schema>>;

/** Compiles only where nothing is missing. */
type Nothing<Names extends never> = Names;

type Checked = [
  Nothing<Undocumented<StatusReport, typeof contract.status>>,
  Nothing<Undocumented<AllocationsReport, typeof contract.allocations>>,
  Nothing<Undocumented<ParityReport, typeof contract.parity>>,
  Nothing<Undocumented<ExplainReport, typeof contract.explanation>>,
  Nothing<Undocumented<LimitsReport, typeof contract.limits>>,
  Nothing<Undocumented<CapitalReport, typeof contract.capital>>,
  Nothing<Undocumented<HoldingsReport, typeof contract.holdings>>,
  Nothing<Undocumented<PreviewReport, typeof contract.preview>>,
  Nothing<Undocumented<CommandReport, typeof contract.commandReport>>,
  Nothing<Undocumented<ProposalsReport, typeof contract.proposals>>,
  Nothing<Undocumented<JournalEntryReport, typeof contract.journalEntry>>,
  Nothing<Undocumented<OtherOrderReport, typeof contract.otherOrder>>,
  Nothing<Undocumented<WorkedReport, typeof contract.worked>>,
  Nothing<Undocumented<HealthReport, typeof contract.healthReport>>,
];

test("the facade has no field that the contract does not have", () => {
  // Where one is missing this file does not compile.
  const missing: Checked[number][] = [];
  expect(missing).toEqual([]);
});

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
});

describe("the OpenAPI document", () => {
  test("is valid OpenAPI 3.1", { timeout: 180_000 }, async () => {
    const { body } = await world.ask("GET", "/api/v1/openapi.json");
    const found = await validate(body);
    expect(found.valid ? "" : compileErrors(found)).toBe("");
  });

  test("tells of what type an answer is that is no JSON", async () => {
    const { paths } = (await world.ask("GET", "/api/v1/openapi.json")).body;
    const typesOf = (path: string) => Object.keys(paths[path].get.responses["200"].content);
    expect(typesOf("/metrics")).toEqual(["text/plain"]);
    expect(typesOf("/api/v1/reports/files/{name}")).toEqual([
      "text/html",
      "application/pdf",
      "image/png",
      "text/csv",
      "application/json",
    ]);
  });

  test("tells the headers of answers", async () => {
    const { paths } = (await world.ask("GET", "/api/v1/openapi.json")).body;
    const settings = paths["/api/v1/followers/{nickname}/settings"];
    for (const { responses } of [settings.get, settings.patch, paths["/api/v1/allocations"].post])
      expect(responses["200"].headers).toMatchObject({ ETag: { schema: { type: "string" } } });
    const { responses } = paths["/api/v1/status"].get;
    expect(responses["200"].headers).toBeUndefined();
    for (const status of ["429", "503"])
      expect(responses[status].headers).toMatchObject({ "Retry-After": { schema: { type: "integer" } } });
    expect(JSON.stringify(paths)).not.toContain("x-etag");
  });

  test("lets pages of allowed origins read them", async () => {
    const origin = "https://panel.example.com";
    const panel = await openWorld({ access: { origins: new Set([origin]) } });
    const read = (from: string) => panel.ask("GET", "/api/v1/status", "owner", { headers: { origin: from } });
    expect((await read(origin)).headers["access-control-expose-headers"]).toMatch(/ETag.*Retry-After/);
    expect((await read("https://evil.test")).headers).not.toHaveProperty("access-control-expose-headers");
    await panel.close();
  });

  test("says of every operation who may use it, and has a name and a topic for it", async () => {
    const { body } = await world.ask("GET", "/api/v1/openapi.json");
    const operations = Object.values<Record<string, Record<string, unknown>>>(body.paths).flatMap((path) =>
      Object.values(path),
    );
    expect(operations.length).toBeGreaterThan(15);
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { summary, description, tags } of operations) {
      expect([summary, tags]).toEqual([expect.any(String), [expect.any(String)]]);
      expect(description).toMatch(/Open to everybody\.|Open to whoever is signed in\.|Needs the permission/);
    }
  });
});

test("the catalogue of problems has only codes that are words, with their status", () => {
  for (const [code, { status, title }] of Object.entries(PROBLEMS)) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).not.toBe("");
  }
});
