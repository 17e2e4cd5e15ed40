/**
 * The venue's books: every unit of USDT is in a wallet, the clearing account, the fee account or the insurance fund, and
 * all together equal what was deposited less what was withdrawn. Each movement is booked on both sides at once.
 */
import { moneyText } from "./fixed-point.ts";
import type { Account } from "./state.ts";
import type { LedgerSummary } from "./venue-types.ts";

export class Ledger {
  #clearing = 0n;
  #fees = 0n;
  #insurance = 0n;
  #deposits = 0n;
  #withdrawals = 0n;

  /** Realised profit (or loss, negative) and the fee of one fill; either may be zero. */
  realise(account: Account, pnl: bigint, fee: bigint): void {
    account.wallet += pnl - fee;
    account.cumulative += pnl - fee;
    this.#clearing -= pnl;
    this.#fees += fee;
  }

  /** Positive = received. */
  fund(account: Account, amount: bigint): void {
    account.wallet += amount;
    account.cumulative += amount;
    this.#clearing -= amount;
  }

  /** Closing a bankrupt position at the market instead of its bankruptcy price costs (or pays) the fund. */
  takeOver(amount: bigint): void {
    this.#insurance += amount;
    this.#clearing -= amount;
  }

  /** What a liquidated account cannot pay, the fund pays. */
  cover(account: Account, deficit: bigint): void {
    account.wallet += deficit;
    this.#insurance -= deficit;
  }

  deposit(account: Account, amount: bigint): void {
    account.wallet += amount;
    this.#deposits += amount;
  }

  withdraw(account: Account, amount: bigint): void {
    account.wallet -= amount;
    this.#withdrawals += amount;
  }

  summary(accounts: Iterable<Account>): LedgerSummary {
    let wallets = 0n;
    for (const account of accounts) wallets += account.wallet;
    return {
      wallets: moneyText(wallets),
      clearing: moneyText(this.#clearing),
      fees: moneyText(this.#fees),
      insurance: moneyText(this.#insurance),
      total: moneyText(wallets + this.#clearing + this.#fees + this.#insurance),
      deposits: moneyText(this.#deposits),
      withdrawals: moneyText(this.#withdrawals),
    };
  }
}
