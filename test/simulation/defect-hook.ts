/**
 * Loaded before a child process of the defect tests: puts the defect named by COPYTRADER_DEFECT into the one source file
 * that it changes, as Node loads it. The files on disk stay as they are.
 */
import { registerHooks } from "node:module";
import { DEFECTS, withDefect } from "./defects.ts";

const defect = DEFECTS.find(({ name }) => name === process.env.COPYTRADER_DEFECT);
if (defect === undefined) throw new Error(`no defect is called ${process.env.COPYTRADER_DEFECT}`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/src/${defect.file}`)) return loaded;
    const source =
      typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source as Buffer);
    return { ...loaded, source: withDefect(source, defect) };
  },
});
