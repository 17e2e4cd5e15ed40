/** A decimal string as a number on the screen: grouped, rounded, with its unit; the exact value on hover. */
import { decimalText, directionOf } from "../format/decimal.ts";
import { strings } from "../strings.ts";

export interface AmountProps {
  /** "" where it is not known. */
  readonly value: string;
  readonly places?: number;
  readonly unit?: string;
}

export function Amount({ value, places, unit }: AmountProps) {
  if (value === "") return <NotKnown />;
  return (
    <span className="nowrap" title={exact(value, unit)}>
      {decimalText(value, places === undefined ? {} : { places })}
      <Unit unit={unit} />
    </span>
  );
}

/** A gain or a loss: sign and arrow beside the colour. */
export function Change({ value, places, unit }: AmountProps) {
  if (value === "") return <NotKnown />;
  const direction = directionOf(value);
  const tone = direction === "up" ? "gain" : direction === "down" ? "loss" : "";
  return (
    <span className={`nowrap ${tone}`} title={exact(value, unit)}>
      {direction !== "flat" && (
        <span className="arrow" aria-hidden="true">
          {direction === "up" ? "▲" : "▼"}
        </span>
      )}{" "}
      {decimalText(value, { signed: true, ...(places === undefined ? {} : { places }) })}
      <Unit unit={unit} />
    </span>
  );
}

/** A position: `long 0.14`, `short 0.14`, `flat`; the side in words, never by colour. */
export function Quantity({ value }: { readonly value: string }) {
  if (value === "") return <NotKnown />;
  return (
    <span className="nowrap" title={value}>
      {decimalText(value, { signed: true })}
    </span>
  );
}

export function NotKnown() {
  return (
    <span className="muted" title={strings.notKnown}>
      <span aria-hidden="true">–</span>
      <span className="for-readers">{strings.notKnown}</span>
    </span>
  );
}

function Unit({ unit }: { readonly unit: string | undefined }) {
  return unit === undefined || unit === "" ? null : <span className="unit"> {unit}</span>;
}

function exact(value: string, unit: string | undefined): string {
  return unit === undefined ? value : `${value} ${unit}`;
}
