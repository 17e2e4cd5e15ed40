/** What the project depends on: licences, install scripts and hashes by the lock file, and the bill of materials. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";
import { readAdvisories } from "../scripts/dependencies/advisories.ts";
import { type LockedPackage, readLockFile } from "../scripts/dependencies/lock-file.ts";
import { INSTALL_SCRIPTS, objectionsTo } from "../scripts/dependencies/objections.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const locked = readLockFile(readFileSync(`${root}/package-lock.json`, "utf8"));
const manifest = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
const sound: LockedPackage = {
  name: "left-pad",
  version: "1.0.0",
  licence: "MIT",
  isTool: false,
  runsScript: false,
  isPinned: true,
};

describe("a dependency", () => {
  it("of the project is allowed, and the lists name none that is gone", () => {
    expect(objectionsTo(locked)).toEqual([]);
    const scripts = new Set(locked.filter(({ runsScript }) => runsScript).map(({ name }) => name));
    expect(scripts).toEqual(INSTALL_SCRIPTS);
  });

  it.each([
    [{ licence: "GPL-3.0" }, "left-pad 1.0.0 is under GPL-3.0"],
    [{ licence: "PSF-2.0" }, "left-pad 1.0.0 is under PSF-2.0"],
    [{ licence: "MIT AND GPL-3.0" }, "left-pad 1.0.0 is under MIT AND GPL-3.0"],
    [{ licence: "" }, "left-pad 1.0.0 states no licence"],
    [{ isPinned: false }, "left-pad 1.0.0 has no sha512 hash"],
    [{ runsScript: true }, "left-pad 1.0.0 wants to run a script"],
  ])("%j is refused", (change, objection) => {
    expect(objectionsTo([{ ...sound, ...change }])).toEqual([expect.stringContaining(objection)]);
  });

  it.each([
    [{ licence: "(MIT OR GPL-3.0)" }],
    [{ licence: "PSF-2.0", isTool: true }],
    [{ licence: "MPL-2.0" }],
    [{ name: "ccxt", runsScript: true }],
  ])("%j is allowed", (change) => {
    expect(objectionsTo([{ ...sound, ...change }])).toEqual([]);
  });

  it("is read from the lock file, wherever in the tree it lies", () => {
    const lock = {
      lockfileVersion: 3,
      packages: {
        "": { name: "copytrader" },
        "node_modules/a/node_modules/@b/c": { version: "2.0.0", dev: true, hasInstallScript: true },
      },
    };
    expect(readLockFile(JSON.stringify(lock))).toEqual([
      { name: "@b/c", version: "2.0.0", licence: "", isTool: true, runsScript: true, isPinned: false },
    ]);
    expect(() => readLockFile('{"lockfileVersion":2}')).toThrow("version 3");
  });
});

test("what the program imports when it runs is shipped, and nothing else is", () => {
  const imported = new Set<string>();
  for (const file of globSync(`${root}/src/**/*.ts`, { exclude: (path) => path.endsWith(".test.ts") })) {
    const runTime = /^(?:import|export) (?!type )[^;]*?from "((?!\.|node:)[^"]+)"/gm;
    const whenNeeded = /\bimport\("((?!\.|node:)[^"]+)"\)/g;
    const text = readFileSync(file, "utf8");
    for (const found of [runTime, whenNeeded])
      for (const [, name = ""] of text.matchAll(found)) imported.add(name);
  }
  const packages = new Set([...imported].map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name));
  expect([...packages].toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted());
});

test("install scripts are off, so that installing runs nobody's code", () => {
  expect(readFileSync(`${root}/.npmrc`, "utf8")).toContain("ignore-scripts=true\n");
});

describe("known weaknesses", () => {
  it("are counted by their weight", () => {
    const output = {
      vulnerabilities: { ws: {}, yaml: {} },
      metadata: { vulnerabilities: { low: 1, high: 1, critical: 1, total: 3 } },
    };
    expect(readAdvisories(JSON.stringify(output))).toEqual({
      kind: "known",
      serious: 2,
      others: 1,
      names: ["ws", "yaml"],
    });
  });

  it.each([
    ["", "no answer that could be read"],
    ['{"message":"405 Method Not Allowed"}', "405 Method Not Allowed"],
    ['{"error":{"summary":"getaddrinfo ENOTFOUND"}}', "getaddrinfo ENOTFOUND"],
  ])("are not known where the registry answers %j", (output, cause) => {
    expect(readAdvisories(output)).toEqual({ kind: "unknown", cause });
  });
});

/** CycloneDX 1.5: the fields that it requires of a document and of a component, and what makes one useful. */
test("the bill of materials is a CycloneDX document that names every shipped package with version, licence and hash", () => {
  const { stdout, status } = spawnSync("npm", ["run", "--silent", "sbom"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(status).toBe(0);
  const bill = JSON.parse(stdout);
  expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5", version: 1 });
  expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(Date.parse(bill.metadata.timestamp)).not.toBeNaN();
  expect(bill.metadata.component).toMatchObject({
    name: manifest.name,
    purl: `pkg:npm/${manifest.name}@${manifest.version}`,
  });
  for (const component of bill.components) {
    expect(component).toMatchObject({
      type: "library",
      name: expect.any(String),
      version: expect.any(String),
      purl: expect.stringMatching(/^pkg:npm\//),
      hashes: [{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
      licenses: [expect.anything()],
    });
  }
  const shipped = locked.filter(({ isTool }) => !isTool).map(({ name, version }) => `${name}@${version}`);
  const named = bill.components.map((one: { name: string; version: string }) => `${one.name}@${one.version}`);
  expect(named.toSorted()).toEqual([...new Set(shipped)].toSorted());
  const references = new Set([bill.metadata.component["bom-ref"], ...bill.components.map(refOf)]);
  expect(references.size).toBe(bill.components.length + 1);
  for (const { ref, dependsOn } of bill.dependencies)
    for (const one of [ref, ...(dependsOn ?? [])]) expect(references).toContain(one);
});

const refOf = (component: { readonly "bom-ref": string }): string => component["bom-ref"];
