/** What a command would make of each follower's exposure, and how much of each limit it would use. */
import type { PreviewReport } from "../api/types.ts";
import { shareOf } from "../format/decimal.ts";
import { inUsdt, strings } from "../strings.ts";
import { Amount } from "./amount.tsx";
import { Table } from "./table.tsx";
import { UseBar } from "./use-bar.tsx";

const words = strings.preview;
type Exposure = PreviewReport["exposures"][number];
type LimitChange = Exposure["limits"][number];
/** From here on a limit is shown although it is used no more than before. */
const NEAR = 0.8;

interface Row {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly unit: string;
  /** Null for what has no limit of its own. */
  readonly most: string | null;
}

/** Whether anything of it becomes another, or is nearly used up. */
export function isTold(exposure: Exposure): boolean {
  return ownRows(exposure).length > 0 || exposure.limits.some(isToldLimit);
}

export function PreviewExposure({ exposure }: { readonly exposure: Exposure }) {
  const { follower, limits } = exposure;
  const told = limits.filter(isToldLimit);
  const rest = limits.filter((one) => !isToldLimit(one));
  const rows = [...ownRows(exposure), ...told.map(rowOf)];
  return (
    <>
      <ExposureTable label={words.exposureOf(follower)} follower={follower} rows={rows} />
      {rest.length > 0 && (
        <details>
          <summary>{words.otherLimits(rest.length)}</summary>
          <ExposureTable label={words.otherLimits(rest.length)} follower={follower} rows={rest.map(rowOf)} />
        </details>
      )}
    </>
  );
}

interface ExposureTableProps {
  readonly label: string;
  readonly follower: string;
  readonly rows: readonly Row[];
}

function ExposureTable({ label, follower, rows }: ExposureTableProps) {
  return (
    <Table
      label={label}
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        { id: "name", title: follower, cell: ({ name }) => name },
        {
          id: "before",
          title: words.before,
          isNumber: true,
          isExtra: true,
          cell: ({ before, unit }) => <Amount value={before} places={placesOf(unit)} />,
        },
        {
          id: "after",
          title: inUsdt(words.after),
          isNumber: true,
          cell: ({ after, unit }) => (
            <Amount value={after} places={placesOf(unit)} {...(unit === "USDT" ? {} : { unit })} />
          ),
        },
        {
          id: "most",
          title: words.most,
          isNumber: true,
          isExtra: true,
          cell: ({ most, unit }) => most !== null && <Amount value={most} places={placesOf(unit)} />,
        },
        {
          id: "use",
          title: words.used,
          cell: ({ name, after, most, unit }) =>
            most !== null && <UseBar label={`${follower}, ${name}`} use={after} most={most} unit={unit} />,
        },
      ]}
    />
  );
}

function ownRows({ gross, margin }: Exposure): readonly Row[] {
  return [
    { name: words.gross, ...gross },
    { name: words.margin, ...margin },
  ]
    .filter(({ before, after }) => before !== after)
    .map((row) => ({ ...row, unit: "USDT", most: null }));
}

function isToldLimit({ before, after, most }: LimitChange): boolean {
  return before !== after || (shareOf(after, most) ?? 0) >= NEAR;
}

function rowOf({ limit, of, before, after, unit, most }: LimitChange): Row {
  return { name: `${limit} ${of}`.trim(), before, after, unit, most };
}

/** Shares of equity are small numbers. */
function placesOf(unit: string): number {
  return unit === "USDT" ? 2 : unit === "per minute" ? 0 : 4;
}
