/** A paper follower keeps the contract of every connection, with the simulated Bybit exchange as the real venue. */
import { PaperWorld } from "../paper/paper-world.ts";
import { describeExchangeContract } from "./exchange-contract.ts";
import { describeOrderForms } from "./order-forms-contract.ts";

describeExchangeContract("A paper follower", true, () => PaperWorld.start("flat"), ["follower"]);
describeOrderForms("A paper follower", () => PaperWorld.start("flat"));
