/** How far a limit is used: a bar with its numbers, and a word once it is near or reached. */
import { decimalText, percentText, shareOf } from "../format/decimal.ts";
import { strings } from "../strings.ts";

const NEAR = 0.8;

export interface UseBarProps {
  readonly label: string;
  /** Decimal strings in `unit`; "" when not known. */
  readonly use: string;
  readonly most: string;
  readonly unit: string;
  readonly places?: number;
}

export function UseBar({ label, use, most, unit, places = 2 }: UseBarProps) {
  const share = shareOf(use, most);
  if (share === null) return <span className="muted">{strings.notKnown}</span>;
  const level = share >= 1 ? "use-reached" : share >= NEAR ? "use-near" : "";
  const text = (value: string) => decimalText(value, { places: value.includes(".") ? places : 0 });
  return (
    <div className={`use ${level}`}>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw their own <meter>, in their own colours */}
      <div
        className="use-track"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.min(100, Math.max(0, Math.round(share * 100)))}
        aria-valuetext={`${text(use)} of ${text(most)} ${unit}`}
      >
        <div className="use-fill" style={{ width: `${Math.min(100, Math.max(0, share * 100))}%` }} />
      </div>
      <div className="use-text">
        {percentText(share, share < 0.1 ? 1 : 0)}
        {level === "use-near" && ` ${strings.near}`}
        {level === "use-reached" && ` ${strings.reached}`}
      </div>
    </div>
  );
}
