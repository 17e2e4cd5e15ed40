/** The keys that may be set for one relation while running: those of an account file that say how is copied. */
import { allocationKeys } from "./allocation-keys.ts";
import { symbols } from "./forms.ts";
import { relationGuardKeys } from "./guard-keys.ts";
import { key, section } from "./key-facts.ts";
import { agreesOnStart, DISAGREES_ON_START } from "./start-mode.ts";

export const runTimeSchema = section({
  ...allocationKeys(),
  ...relationGuardKeys(),
  symbols_to_copy: key(symbols("narrow nothing"), { meaning: "Narrows what is copied.", status: "in-force" }),
  symbols_to_skip: key(symbols("skip none"), { meaning: "What is not copied.", status: "in-force" }),
}).refine(agreesOnStart, DISAGREES_ON_START);
