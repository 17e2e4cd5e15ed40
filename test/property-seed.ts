/** A run of the suite draws the same cases each time, so that it speaks of the change that was made; `npm run fuzz` draws others. */
import { configureGlobal, readConfigureGlobal } from "fast-check";

configureGlobal({ ...readConfigureGlobal(), seed: Number(process.env.FUZZ_SEED ?? 1) });
