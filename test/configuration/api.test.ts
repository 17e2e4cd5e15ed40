/** Where the API listens: the order of its sources, and that it is never put in reach of others without encryption in silence. */
import { expect, test } from "vitest";
import { describeProblem, loadApi } from "../../src/config.ts";
import { loaded, pair, refusals, withFolder } from "./folder.ts";

const stated = (yaml: string) => ({ ...pair, "config/api.yaml": `api:\n${yaml}` });

test("without any settings it is on, at this machine alone", () => {
  const { api, values, apiNotes } = loaded(pair);
  expect(api).toMatchObject({
    enabled: { value: true, source: "default" },
    host: { value: "127.0.0.1", source: "default" },
    port: { value: 8000, source: "default" },
  });
  expect(values).toContainEqual({ keyPath: "api.tls_cert", value: "none", source: "default" });
  expect(apiNotes).toEqual([
    "the API and the dashboard are served at http://127.0.0.1:8000 (host default, port default)",
  ]);
});

test("the command line comes before the environment, and that before the file", () => {
  const files = stated("  host: localhost\n  port: 8001\n  enabled: false\n");
  expect(loaded(files).api).toMatchObject({
    port: { value: 8001, source: "config/api.yaml" },
    enabled: { value: false },
  });
  const env = { API_PORT: "8002", API_HOST: "127.0.0.2", API_ENABLED: "yes" };
  expect(loaded(files, { env }).api).toMatchObject({
    host: { value: "127.0.0.2", source: "environment" },
    port: { value: 8002, source: "environment" },
    enabled: { value: true, source: "environment" },
  });
  expect(loaded(files, { env, api: { port: 8003 } }).api).toMatchObject({
    host: { value: "127.0.0.2", source: "environment" },
    port: { value: 8003, source: "command line" },
  });
});

test("a host that others reach needs TLS, or the word that a proxy does it", () => {
  const told = (yaml: string) => refusals(stated(yaml)).map(describeProblem);
  const [problem = ""] = told("  host: 0.0.0.0\n");
  expect(problem).toContain("config/api.yaml:2: api.host: is 0.0.0.0");
  expect(problem).toContain("api.behind_proxy");
  expect(told("  host: 0.0.0.0\n  behind_proxy: true\n")).toEqual([]);
  expect(told("  host: 0.0.0.0\n  tls_cert: c.pem\n  tls_key: k.pem\n")).toEqual([]);
  expect(told("  host: 0.0.0.0\n  enabled: false\n")).toEqual([]);
  for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "'::1'"])
    expect(told(`  host: ${host}\n`)).toEqual([]);
  expect(told("  tls_cert: c.pem\n")).toMatchObject([expect.stringContaining("api.tls_key: is missing")]);
});

test.each([
  ["  port: 70000\n", "api.port: must be a whole number from 0 to 65535"],
  ["  host: http://here\n", "api.host: must be a host name or address without a port"],
  ["  allowed_origins: [panel.example.com]\n", "api.allowed_origins.0: must be an origin such as"],
  ["  allowed_hosts: []\n", "api.allowed_hosts: must be a list of 1 to 50"],
  ["  prot: 1\n", 'did you mean "port"'],
])("%j is refused in words", (yaml, message) => {
  expect(refusals(stated(yaml)).map(describeProblem).join("\n")).toContain(message);
});

test("variables that cannot be meant are refused by their name", () => {
  const told = (env: Record<string, string>) =>
    refusals(pair, { env }).map(({ keyPath, message }) => [keyPath, message]);
  expect(told({ API_PORT: "eight" })).toEqual([["API_PORT", "must be a whole number from 0 to 65535"]]);
  expect(told({ API_ENABLED: "maybe" })).toEqual([["API_ENABLED", "must be true or false"]]);
});

test("it can be read where there are no accounts yet", () => {
  withFolder({ "config/api.yaml": "api:\n  port: 8005\n  tls_cert: a.pem\n  tls_key: /b.pem\n" }, (root) => {
    const found = loadApi(`${root}/config`, { host: "0.0.0.0" }, {});
    expect(found).toMatchObject({
      ok: true,
      logging: { level: { value: "info" } },
      api: {
        port: { value: 8005 },
        host: { value: "0.0.0.0" },
        tlsCert: { value: `${root}/config/a.pem` },
        tlsKey: { value: "/b.pem" },
      },
    });
  });
});
