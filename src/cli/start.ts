/**
 * Where the program begins. Half of the time that a start takes is compiling; what was compiled once is kept beside the packages,
 * and only what is loaded after that was said is looked up there: the command line itself therefore as well.
 */
import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../node_modules/", import.meta.url));
if (existsSync(packages)) enableCompileCache(`${packages}.cache/copytrader`);

const { main } = await import("./main.ts");
await main();
