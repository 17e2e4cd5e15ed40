/**
 * Lists the dependencies with their licences and fails on what is not allowed (scripts/dependencies/objections.ts). Needs the
 * lock file only, no network; `--advisories` asks the registry for known weaknesses instead.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readArguments } from "./arguments.ts";
import { readAdvisories } from "./dependencies/advisories.ts";
import { type Bill, shippedBill } from "./dependencies/bill.ts";
import { readLockFile } from "./dependencies/lock-file.ts";
import { objectionsTo } from "./dependencies/objections.ts";

const HELP = `npm run audit:licences [-- --json]   every production dependency with version and licence; fails (1) on a licence, an
                                     install script or a missing hash that is not allowed
npm run audit:advisories             known weaknesses of what is shipped; fails (1) on a high or critical one, and only says
                                     so when the registry does not answer
npm run --silent sbom                the software bill of materials of what is shipped (CycloneDX, JSON)`;

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const REGISTRY_MS_MAX = 30_000;

const options = readArguments(HELP, {
  json: { type: "boolean" },
  advisories: { type: "boolean" },
  sbom: { type: "boolean" },
});
if (options.advisories === true) tellAdvisories();
else if (options.sbom === true) tellBill();
else tellLicences(options.json === true);

function tellLicences(asJson: boolean): void {
  const packages = readLockFile(readFileSync(`${ROOT}/package-lock.json`, "utf8"));
  const shipped = packages.filter(({ isTool }) => !isTool);
  const rows = shipped.map(({ name, version, licence }) => ({ name, version, licence }));
  if (asJson) console.log(JSON.stringify(rows, null, 2));
  else
    for (const { name, version, licence } of rows)
      console.log(`${`${name} ${version}`.padEnd(40)} ${licence}`);
  const objections = objectionsTo(packages);
  for (const objection of objections) console.error(objection);
  if (objections.length > 0) process.exitCode = 1;
  else if (!asJson)
    console.log(
      `${shipped.length} shipped and ${packages.length - shipped.length} for development: all allowed`,
    );
}

function tellAdvisories(): void {
  const limits = ["--fetch-retries=0", "--fetch-timeout=20000"];
  const { stdout } = spawnSync("npm", ["audit", "--json", "--omit=dev", ...limits], {
    cwd: ROOT,
    encoding: "utf8",
    timeout: REGISTRY_MS_MAX,
  });
  const found = readAdvisories(stdout ?? "");
  if (found.kind === "unknown") {
    console.warn(`WARNING: known weaknesses were NOT checked: the registry did not answer (${found.cause})`);
    return;
  }
  console.log(
    `known weaknesses: ${found.serious} high or critical, ${found.others} others ${found.names.join(", ")}`,
  );
  if (found.serious > 0) process.exitCode = 1;
}

/** From the lock file alone, so that it needs no network and says the same wherever it is made. */
function tellBill(): void {
  const { name } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8"));
  const arguments_ = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--offline"];
  const { stdout, stderr, status } = spawnSync("npm", arguments_, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm made no bill of materials: ${stderr}`);
  const whole: Bill = JSON.parse(stdout);
  console.log(JSON.stringify(shippedBill(whole, name), null, 2));
}
