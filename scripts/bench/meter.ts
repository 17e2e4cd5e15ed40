/**
 * Measures one pass inside a client process: from the leader's frame in hand to the last order handed to its socket, as
 * processor time of the thread and as time on the clock; and the process's whole work from there to rest.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { median } from "./statistics.ts";

export interface Readings {
  /** Processor time of the pass per order, mean over passes. */
  readonly cpuUsPerOrder: number;
  /** The shortest pass of all, on the clock: what it takes when nobody else wants the processor. */
  readonly passUsMin: number;
  /** Share of the pass spent in the journal's append, median over passes; 0 where there is none. */
  readonly appendShare: number;
  /** Appends before the last send, most in any pass. */
  readonly appendsMax: number;
  /** Processor time of this thread from the leader's frame until everything had come to rest, per order. */
  readonly cycleCpuUsPerOrder: number;
  /** The same of the whole process with all its threads. */
  readonly processCpuUsPerOrder: number;
  readonly stallMaxMs: number;
}

const threadUs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};

const processUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

interface Pass {
  readonly cpuUs: number;
  readonly clockUs: number;
  readonly appendUs: number;
  readonly appends: number;
  cycleUs: number;
  processUs: number;
}

export class Meter {
  readonly #orders: number;
  readonly #delay = monitorEventLoopDelay({ resolution: 1 });
  #passes: Pass[] = [];
  #sent = -1;
  #startCpu = 0;
  /** At the last rest: asking the system for it takes longer than a short pass. */
  #startProcess = processUs();
  #startNs = 0n;
  #appendNs = 0n;
  #appends = 0;

  constructor(orders: number) {
    this.#orders = orders;
  }

  /** The leader's frame is here. */
  begin(): void {
    this.#sent = 0;
    this.#appendNs = 0n;
    this.#appends = 0;
    this.#startCpu = threadUs();
    this.#startNs = process.hrtime.bigint();
  }

  /** An order was handed to its socket. */
  sent(): void {
    if (this.#sent < 0) return;
    this.#sent += 1;
    if (this.#sent < this.#orders) return;
    this.#sent = -1;
    const clockUs = Number(process.hrtime.bigint() - this.#startNs) / 1_000;
    const cpuUs = threadUs() - this.#startCpu;
    const appendUs = Number(this.#appendNs) / 1_000;
    this.#passes.push({ cpuUs, clockUs, appendUs, appends: this.#appends, cycleUs: 0, processUs: 0 });
  }

  /** All orders have left in one go. */
  allSent(): void {
    if (this.#sent < 0) return;
    this.#sent = this.#orders - 1;
    this.sent();
  }

  append<Result>(action: () => Result): Result {
    if (this.#sent < 0) return action();
    const startNs = process.hrtime.bigint();
    try {
      return action();
    } finally {
      this.#appendNs += process.hrtime.bigint() - startNs;
      this.#appends += 1;
    }
  }

  /** Everything that the last pass caused has come to rest. */
  settled(): void {
    const last = this.#passes.at(-1);
    const nowUs = processUs();
    if (last !== undefined && last.cycleUs === 0) {
      last.cycleUs = threadUs() - this.#startCpu;
      last.processUs = nowUs - this.#startProcess;
    }
    this.#startProcess = nowUs;
  }

  /** Starts looking for stalls of the event loop. */
  watch(): void {
    this.#delay.reset();
    this.#delay.enable();
  }

  /** What was measured since the last reading. */
  read(): Readings {
    const passes = this.#passes;
    this.#passes = [];
    const each = (value: (pass: Pass) => number) => median(passes.map(value));
    // Where processor time is counted in ticks, only its sum means anything.
    const mean = (value: (pass: Pass) => number) =>
      passes.reduce((sum, pass) => sum + value(pass), 0) / passes.length;
    return {
      cpuUsPerOrder: mean(({ cpuUs }) => cpuUs) / this.#orders,
      passUsMin: Math.min(...passes.map(({ clockUs }) => clockUs)),
      appendShare: each(({ appendUs, clockUs }) => appendUs / clockUs),
      appendsMax: Math.max(0, ...passes.map(({ appends }) => appends)),
      cycleCpuUsPerOrder: mean(({ cycleUs }) => cycleUs) / this.#orders,
      processCpuUsPerOrder: mean(({ processUs: us }) => us) / this.#orders,
      stallMaxMs: this.#delay.max / 1e6,
    };
  }
}
