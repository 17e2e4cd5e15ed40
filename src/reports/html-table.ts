/** A table of figures: the first column names the rows; a line break in a cell stays one. */
import { escaped } from "./charts/svg.ts";

export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]) =>
    row
      .map((text, at) =>
        at === 0
          ? `<th scope="row">${escaped(text)}</th>`
          : `<td>${escaped(text).replaceAll("\n", "<br>")}</td>`,
      )
      .join("");
  return `<div class="chart"><table class="figures">
<thead><tr>${head.map((text) => `<th scope="col">${escaped(text)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${cells(row)}</tr>`).join("\n")}
</tbody></table></div>`;
}
