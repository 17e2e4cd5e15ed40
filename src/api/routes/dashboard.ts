/** The dashboard's files, as they were built: nothing of them is secret, and what they show comes from the API. */
import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import files from "@fastify/static";
import { ApiProblem } from "../contract/problems.ts";
import type { RoutePlugin } from "../parts.ts";

const BUILT = fileURLToPath(new URL("../../../web/dist", import.meta.url));
const PAGE = "index.html";
/** Addresses that are no pages of the dashboard. */
const NOT_PAGES = /^\/(api|docs|health|metrics)(\/|$)/;
/** Names with a hash of their content: they never change. */
const HASHED = /^assets\//;
/** However much is asked for that is not there, the folder is read no more often. */
const LOOK_AGAIN_MS = 500;
const YEAR_SECONDS = 31_536_000;

export const dashboardRoutes: RoutePlugin = (app) => addDashboard(app, BUILT);

export async function addDashboard(app: Parameters<RoutePlugin>[0], root: string): Promise<void> {
  await app.register(files, { root, serve: false, cacheControl: false });
  let known = listOf(root);
  let lookAgainAtMs = 0;
  app.get("/*", { schema: { hide: true }, config: { access: "public" } }, async (request, reply) => {
    const path = decodedPath(request.url);
    if (path === null || NOT_PAGES.test(path))
      throw new ApiProblem(
        "not-found",
        `there is no ${request.method} ${path ?? "of that name"}; /docs lists what there is`,
      );
    const name = path.slice(1);
    // It may be built while the server runs: then the page asks for files that were not there before.
    const isNew = !known.has(PAGE) || (HASHED.test(name) && !known.has(name));
    if (isNew && performance.now() >= lookAgainAtMs) {
      lookAgainAtMs = performance.now() + LOOK_AGAIN_MS;
      known = listOf(root);
    }
    if (!known.has(PAGE))
      throw new ApiProblem(
        "not-found",
        "the dashboard is not built: npm run build:web does it; /docs tells of the API",
      );
    if (known.has(name)) {
      const age = HASHED.test(name) ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache";
      return reply.header("Cache-Control", age).sendFile(name);
    }
    if (/\.[a-z0-9]+$/i.test(name))
      throw new ApiProblem("not-found", `there is no file ${path.slice(0, 200)}`);
    // A page of the dashboard: it reads the address itself.
    return reply.header("Cache-Control", "no-cache").sendFile(PAGE);
  });
}

function listOf(root: string): ReadonlySet<string> {
  if (!existsSync(join(root, PAGE))) return new Set();
  const found = readdirSync(root, { recursive: true, withFileTypes: true });
  return new Set(
    found
      .filter((one) => one.isFile())
      .map((one) =>
        join(one.parentPath, one.name)
          .slice(root.length + 1)
          .replaceAll(sep, "/"),
      ),
  );
}

function decodedPath(url: string): string | null {
  try {
    return decodeURIComponent(url.split("?")[0] ?? "");
  } catch {
    return null;
  }
}
