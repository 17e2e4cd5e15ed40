/** The keys of watchdogs: from when on something that is watched counts as late, low or off. */
import { defaults } from "./defaults.ts";
import { number, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";

const own = defaults.watchdogs;

export function watchdogsSection() {
  return section({
    stream_late_seconds: key(number({ min: 1, max: 60 }), {
      meaning:
        "A change that a snapshot shows and a stream does not tell within this time makes the stream silent: it is reconnected, and the account polled.",
      status: "in-force",
      default: own.streamLateSeconds,
    }),
    prices_late_seconds: key(number({ min: 1, max: 60 }), {
      meaning:
        "A price that the venue shows by REST and its price stream does not tell within this time makes that stream silent: it is reconnected, and prices are read by REST.",
      status: "in-force",
      default: own.pricesLateSeconds,
    }),
    poll_seconds: key(number({ min: 1, max: 15 }), {
      meaning:
        "Between two snapshots of an account, or two readings of prices, while their stream cannot be relied on.",
      status: "in-force",
      default: own.pollSeconds,
    }),
    clock_share_percent: key(number({ min: 5, max: 50 }), {
      meaning:
        "Share of engine.order_window_ms by which what is known of a venue's clock may be wrong before it is asked anew; half a second at least.",
      status: "in-force",
      default: own.clockSharePercent,
    }),
    disk_warning_megabytes: key(wholeNumber({ min: 50, max: 1e6 }), {
      meaning: "Less free than this on the disk of the data folder is told.",
      status: "in-force",
      default: own.diskWarningMegabytes,
    }),
    disk_stop_megabytes: key(wholeNumber({ min: 20, max: 1e6 }), {
      meaning: "With less free than this nothing is opened, so that there is always room for reductions.",
      status: "in-force",
      default: own.diskStopMegabytes,
    }),
    journal_sync_seconds: key(number({ min: 1, max: 300 }), {
      meaning:
        "What was written to the journal and is not confirmed by the disk for longer than this is told.",
      status: "in-force",
      default: own.journalSyncSeconds,
    }),
    database_behind_seconds: key(number({ min: 20, max: 86_400 }), {
      meaning: "A database that is further behind the journal than this is told.",
      status: "in-force",
      default: own.databaseBehindSeconds,
    }),
    loop_delay_ms: key(number({ min: 20, max: 10_000 }), {
      meaning:
        "A moment for which this process was kept from its work, in milliseconds, is told from here on.",
      status: "in-force",
      default: own.loopDelayMs,
    }),
  });
}
